#![doc = include_str!("../README.md")]

pub mod definition;
pub mod key;

mod account;
mod audit;
mod change;
mod digest;
mod due;
mod erasure;
mod error;
mod item;
mod meter;
mod offline;
mod order;
mod outbox;
mod packed;
mod person;
mod product;
mod receipt;
mod remembered;
mod roster;
mod server;
mod summary;
mod transaction;
mod unlock;
mod vendor_event;

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};

pub use account::{CustomerAccount, PortalView, ServerRow, ServerStatus};
pub use audit::{Actor, AuditEntry};
pub use change::{Holdings, told_of_orders};
pub use digest::Passed;
pub use due::{ADVANCE_SHARDS, DueCursor, DuePage};
pub use erasure::Erasure;
pub use error::TableError;
pub use item::{Entity, Item, from_item};
pub use meter::{Meter, Reading};
pub use offline::OfflineAnswer;
pub use order::{LicenseOwner, OrderByNumber, OrderOfCustomer};
pub use outbox::{Delivery, DeliveryState, Event, GivenUp, delivery_from};
pub use person::{AddressBook, AddressOwner, Binding, Membership, OpenRequest, Preferences};
pub use receipt::Receipt;
pub use remembered::{Recall, Remembered, Reply, Stored};
pub use roster::Appointment;
pub use server::{LeaseItem, ServerItem, ServerSheet};
pub use summary::Summary;
pub use transaction::{ITEMS_MAX, Transaction};
pub use unlock::{UnlockContacts, unlock_details, unlocking_fits};
pub use vendor_event::{
    EndingFacts, EventState, Happening, MailOutcome, MailReader, NearEndings, OrderMail, PoolFacts, ReturnedMail,
    ServerFacts, ShortPools, UnlockedLine, UnlockedOrder, VendorEvent, told_of_days,
};

use crate::error::sdk;
use crate::key::Key;

/// How fresh a read must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// May miss what was written within the last moment; costs half.
    Eventual,
    /// Sees every write that was answered before.
    Strong,
}

/// The table and the way to it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    name: Arc<str>,
    meter: Arc<Meter>,
}

/// One page of a Query.
#[derive(Debug)]
pub struct Page<T> {
    /// The items, in the order of their sort keys.
    pub items: Vec<T>,
    /// Where the next page begins: the sort key after which to go on.
    pub next: Option<String>,
}

/// What to read of one partition.
pub(crate) struct Select<'a> {
    pub partition: String,
    pub prefix: &'a str,
    pub after: Option<String>,
    pub limit: Option<i32>,
    pub newest_first: bool,
    pub consistency: Consistency,
}

impl<'a> Select<'a> {
    pub(crate) fn all(partition: String, prefix: &'a str) -> Self {
        Self { partition, prefix, after: None, limit: None, newest_first: false, consistency: Consistency::Strong }
    }
}

impl Table {
    /// The table of this name behind this client.
    pub fn new(client: Client, name: impl Into<Arc<str>>) -> Self {
        Self { client, name: name.into(), meter: Arc::default() }
    }

    /// What was consumed so far.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Opens the connection, so that the first request doesn't pay for it.
    ///
    /// # Errors
    ///
    /// When the table can't be reached.
    pub async fn warm(&self) -> Result<(), TableError> {
        let nothing = Key { pk: "WARM".to_owned(), sk: "WARM".to_owned() };
        self.get_item("warm", nothing, Consistency::Eventual).await.map(|_| ())
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) async fn get_item(
        &self,
        operation: &'static str,
        key: Key,
        consistency: Consistency,
    ) -> Result<Option<Item>, TableError> {
        let output = self
            .client
            .get_item()
            .table_name(self.name())
            .key("pk", AttributeValue::S(key.pk))
            .key("sk", AttributeValue::S(key.sk))
            .consistent_read(consistency == Consistency::Strong)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(sdk(operation))?;
        self.meter.count(output.consumed_capacity());
        Ok(output.item)
    }

    /// Reads one entity, strongly consistent.
    pub(crate) async fn get<E: Entity>(&self, key: Key) -> Result<Option<E>, TableError> {
        self.get_item(E::KIND, key, Consistency::Strong).await?.map(from_item).transpose()
    }

    /// Replaces one item that must still have the version that was read; version 0 means that there was none. A single
    /// write costs half of what a transaction of one costs.
    pub(crate) async fn put_at<E: Entity>(
        &self,
        key: Key,
        entity: &E,
        version_read: u64,
        operation: &'static str,
    ) -> Result<(), TableError> {
        let item = item::to_item(key, entity).map_err(TableError::malformed(operation))?;
        let put = self
            .client
            .put_item()
            .table_name(self.name())
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let put = if version_read == 0 {
            put.condition_expression("attribute_not_exists(pk)")
        } else {
            put.condition_expression("version = :read")
                .expression_attribute_values(":read", AttributeValue::N(version_read.to_string()))
        };
        match put.send().await {
            Ok(output) => {
                self.meter.count(output.consumed_capacity());
                Ok(())
            }
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Err(TableError::Lost { operation, items: vec![E::KIND] })
            }
            Err(error) => Err(sdk(operation)(error)),
        }
    }

    /// Reads up to 100 entities by key; the order is DynamoDB's, missing ones are left out.
    pub(crate) async fn get_many<E: Entity>(&self, keys: Vec<Key>) -> Result<Vec<E>, TableError> {
        let mut entities = Vec::with_capacity(keys.len());
        let mut pending: Vec<_> = keys.into_iter().map(attributes).collect();
        while !pending.is_empty() {
            let batch = pending.split_off(pending.len().saturating_sub(100));
            let wanted =
                KeysAndAttributes::builder().set_keys(Some(batch)).consistent_read(true).build().expect("keys are set");
            let mut output = self
                .client
                .batch_get_item()
                .request_items(self.name(), wanted)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(sdk(E::KIND))?;
            self.meter.count(output.consumed_capacity());
            let found = output.responses.as_mut().and_then(|tables| tables.remove(self.name())).unwrap_or_default();
            entities.extend(found.into_iter().map(from_item).collect::<Result<Vec<E>, _>>()?);
            let rest = output.unprocessed_keys.and_then(|mut tables| tables.remove(self.name()));
            pending.extend(rest.map(|keys| keys.keys).unwrap_or_default());
        }
        Ok(entities)
    }

    /// Reads one page of a partition.
    pub(crate) async fn query_page(
        &self,
        operation: &'static str,
        select: Select<'_>,
    ) -> Result<Page<Item>, TableError> {
        let start = select.after.map(|sk| attributes(Key { pk: select.partition.clone(), sk }));
        let query = self.client.query().table_name(self.name());
        // DynamoDB refuses an empty text in the condition of a key, though every key begins with it.
        let query = match select.prefix {
            "" => query.key_condition_expression("pk = :pk"),
            prefix => query
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned())),
        };
        let output = query
            .expression_attribute_values(":pk", AttributeValue::S(select.partition))
            .set_exclusive_start_key(start)
            .set_limit(select.limit)
            .scan_index_forward(!select.newest_first)
            .consistent_read(select.consistency == Consistency::Strong)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(sdk(operation))?;
        self.meter.count(output.consumed_capacity());
        let next = output.last_evaluated_key.as_ref().map(|key| item::sort_key(key).to_owned());
        Ok(Page { items: output.items.unwrap_or_default(), next })
    }

    /// Reads all of a partition's items with a prefix, page by page.
    pub(crate) async fn query_all(
        &self,
        operation: &'static str,
        partition: String,
        prefix: &str,
    ) -> Result<Vec<Item>, TableError> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let select = Select { after, ..Select::all(partition.clone(), prefix) };
            let page = self.query_page(operation, select).await?;
            items.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(items);
            }
        }
    }
}

fn attributes(key: Key) -> HashMap<String, AttributeValue> {
    HashMap::from([("pk".to_owned(), AttributeValue::S(key.pk)), ("sk".to_owned(), AttributeValue::S(key.sk))])
}

#[cfg(test)]
mod chart;
