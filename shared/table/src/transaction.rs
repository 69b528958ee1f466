//! Writes that happen together or not at all.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnConsumedCapacity, TransactWriteItem, Update,
};
use serde::Serialize;
use ulid::Ulid;

use crate::definition::{DUE_AT, DUE_SHARD};
use crate::due::Due;
use crate::error::sdk;
use crate::item::{Entity, Item, to_item};
use crate::key::Key;
use crate::{Table, TableError};

/// Most items of one transaction, DynamoDB's limit. The limits of accounts and orders come from it.
pub const ITEMS_MAX: usize = 100;

/// How often a transaction that only collided with another one is repeated.
const CONFLICT_RETRIES: u32 = 6;

/// Writes to commit together. Every one is conditional or harmless when repeated.
#[derive(Debug, Default)]
pub struct Transaction {
    writes: Vec<(&'static str, TransactWriteItem)>,
    fault: Option<TableError>,
}

impl Transaction {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many items it writes.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether it writes nothing.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Puts an item that must not exist yet: what is unique is guarded here.
    pub fn put_new<E: Entity>(&mut self, key: Key, entity: &E) -> &mut Self {
        self.put_if(key, entity, Some("attribute_not_exists(pk)"), HashMap::new(), HashMap::new())
    }

    /// Replaces an item that must still have the version that was read; version 0 means that there was none.
    pub fn put_at<E: Entity>(&mut self, key: Key, entity: &E, version_read: u64) -> &mut Self {
        if version_read == 0 {
            return self.put_new(key, entity);
        }
        let read = HashMap::from([(":read".to_owned(), AttributeValue::N(version_read.to_string()))]);
        self.put_if(key, entity, Some("version = :read"), HashMap::new(), read)
    }

    /// Puts an item whatever was there: for what is derived from an item that the same transaction guards.
    pub fn put<E: Entity>(&mut self, key: Key, entity: &E) -> &mut Self {
        self.put_if(key, entity, None, HashMap::new(), HashMap::new())
    }

    /// Puts an item on a condition that names one attribute as `#name` and compares it with `:name`.
    pub(crate) fn put_where<E: Entity, T: Serialize>(
        &mut self,
        key: Key,
        entity: &E,
        condition: &str,
        (name, compared): (&str, &T),
    ) -> Result<&mut Self, TableError> {
        let names = HashMap::from([(format!("#{name}"), name.to_owned())]);
        let values = HashMap::from([(format!(":{name}"), value(compared)?)]);
        Ok(self.put_if(key, entity, Some(condition), names, values))
    }

    /// Holds the transaction to an item that still has the version that was read.
    pub fn check_at<E: Entity>(&mut self, key: Key, version_read: u64) -> &mut Self {
        let check = ConditionCheck::builder()
            .table_name("")
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", AttributeValue::N(version_read.to_string()))
            .build()
            .expect("table name, key and condition are set");
        self.writes.push((E::KIND, TransactWriteItem::builder().condition_check(check).build()));
        self
    }

    /// Holds the transaction to an item for which a condition holds that compares nothing; whatever else it writes of
    /// this item holds it already, and an item may be named once only.
    pub(crate) fn check(&mut self, kind: &'static str, key: Key, condition: &str) -> &mut Self {
        if self.writes.iter().any(|(_, write)| names(write, &key)) {
            return self;
        }
        let check = ConditionCheck::builder()
            .table_name("")
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .condition_expression(condition)
            .build()
            .expect("table name, key and condition are set");
        self.writes.push((kind, TransactWriteItem::builder().condition_check(check).build()));
        self
    }

    /// Says when the item that was put last falls due.
    pub(crate) fn due(&mut self, due: Option<Due>) -> &mut Self {
        let put = self.writes.last_mut().and_then(|(_, write)| write.put.as_mut());
        if let (Some(Due { shard, at }), Some(put)) = (due, put) {
            put.item.insert(DUE_SHARD.to_owned(), AttributeValue::S(shard));
            put.item.insert(DUE_AT.to_owned(), AttributeValue::S(at));
        }
        self
    }

    /// Deletes an item whatever was there.
    pub fn delete(&mut self, kind: &'static str, key: Key) -> &mut Self {
        let delete = Delete::builder()
            .table_name("")
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .build()
            .expect("table name and key are set");
        self.writes.push((kind, TransactWriteItem::builder().delete(delete).build()));
        self
    }

    pub(crate) fn update(&mut self, kind: &'static str, update: Update) -> &mut Self {
        self.writes.push((kind, TransactWriteItem::builder().update(update).build()));
        self
    }

    fn put_if<E: Entity>(
        &mut self,
        key: Key,
        entity: &E,
        condition: Option<&str>,
        names: HashMap<String, String>,
        values: Item,
    ) -> &mut Self {
        match to_item(key, entity) {
            Ok(item) => {
                let put = Put::builder()
                    .table_name("")
                    .set_item(Some(item))
                    .set_condition_expression(condition.map(str::to_owned))
                    .set_expression_attribute_names((!names.is_empty()).then_some(names))
                    .set_expression_attribute_values((!values.is_empty()).then_some(values))
                    .build()
                    .expect("table name and item are set");
                self.writes.push((E::KIND, TransactWriteItem::builder().put(put).build()));
            }
            Err(source) => self.fault = self.fault.take().or(Some(TableError::malformed("serialize item")(source))),
        }
        self
    }

    /// Commits all writes.
    ///
    /// A transaction that was cancelled only because another one touched an item at the same moment is repeated here
    /// with the same client token, so a commit whose answer was lost does not happen twice.
    ///
    /// # Errors
    ///
    /// [`TableError::Lost`] where a condition did not hold; nothing was written then.
    pub async fn commit(self, table: &Table, operation: &'static str) -> Result<(), TableError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let kinds: Vec<_> = self.writes.iter().map(|(kind, _)| *kind).collect();
        let writes: Vec<_> = self.writes.into_iter().map(|(_, write)| with_table(write, table.name())).collect();
        let token = Ulid::from(rand::random::<u128>()).to_string();
        let mut attempt = 0;
        loop {
            let answer = table
                .client()
                .transact_write_items()
                .set_transact_items(Some(writes.clone()))
                .client_request_token(&token)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            match answer {
                Ok(output) => {
                    table.meter().count(output.consumed_capacity());
                    return Ok(());
                }
                Err(error) => match verdict(&error, &kinds) {
                    Verdict::Collided if attempt < CONFLICT_RETRIES => {
                        attempt += 1;
                        tokio::time::sleep(backoff(attempt)).await;
                    }
                    Verdict::Lost(items) => return Err(TableError::Lost { operation, items }),
                    Verdict::Collided => return Err(TableError::Busy { operation, source: Box::new(error) }),
                    Verdict::Failed => return Err(sdk(operation)(error)),
                },
            }
        }
    }
}

enum Verdict {
    Lost(Vec<&'static str>),
    Collided,
    Failed,
}

fn verdict(error: &SdkError<TransactWriteItemsError>, kinds: &[&'static str]) -> Verdict {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
        return Verdict::Failed;
    };
    let codes: Vec<&str> = cancelled
        .cancellation_reasons()
        .iter()
        .map(|reason| CancellationReason::code(reason).unwrap_or("None"))
        .collect();
    let lost: Vec<_> =
        codes.iter().zip(kinds).filter(|(code, _)| **code == "ConditionalCheckFailed").map(|(_, kind)| *kind).collect();
    if !lost.is_empty() {
        return Verdict::Lost(lost);
    }
    let passing = |code: &&str| {
        matches!(*code, "None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
    };
    if !codes.is_empty() && codes.iter().all(passing) { Verdict::Collided } else { Verdict::Failed }
}

/// 10 to 20 ms, doubled with each attempt, so that two that collided don't collide again.
fn backoff(attempt: u32) -> Duration {
    let base = 10u64 << attempt.min(6);
    Duration::from_millis(base / 2 + rand::random_range(0..=base / 2))
}

/// Whether a write puts or checks the item of a key.
fn names(write: &TransactWriteItem, key: &Key) -> bool {
    let is_its = |attributes: &Item| {
        let text = |name| attributes.get(name).and_then(|value| value.as_s().ok());
        text("pk") == Some(&key.pk) && text("sk") == Some(&key.sk)
    };
    write.put.as_ref().is_some_and(|put| is_its(&put.item))
        || write.condition_check.as_ref().is_some_and(|check| is_its(&check.key))
}

fn with_table(write: TransactWriteItem, name: &str) -> TransactWriteItem {
    let TransactWriteItem { put, delete, update, condition_check, .. } = write;
    TransactWriteItem::builder()
        .set_condition_check(condition_check.map(|mut check| {
            name.clone_into(&mut check.table_name);
            check
        }))
        .set_put(put.map(|mut put| {
            name.clone_into(&mut put.table_name);
            put
        }))
        .set_delete(delete.map(|mut delete| {
            name.clone_into(&mut delete.table_name);
            delete
        }))
        .set_update(update.map(|mut update| {
            name.clone_into(&mut update.table_name);
            update
        }))
        .build()
}

/// An attribute value of anything that serializes.
pub(crate) fn value<T: Serialize>(value: &T) -> Result<AttributeValue, TableError> {
    serde_dynamo::to_attribute_value(value).map_err(TableError::malformed("serialize attribute"))
}
