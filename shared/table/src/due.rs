//! What falls due: items that say when in the index's two attributes. Whoever takes a due item decides on the item
//! itself; the index only finds it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::Timestamp;
use licensing::account::Account;
use licensing::advance::next_due;
use licensing::grant::utc_midnight;
use licensing::id::{AccountId, ServerId};

use crate::definition::{DUE_AT, DUE_INDEX, DUE_SHARD};
use crate::error::sdk;
use crate::key::{self, Key};
use crate::{Entity, Table, TableError, item};

/// Over how many partitions of the index accounts and servers are spread: most of a vendor's terms end on the same
/// day, so that many fall due together.
pub const ADVANCE_SHARDS: u8 = 16;

/// Where a page of the due index goes on.
#[derive(Debug, Clone)]
pub struct DueCursor(HashMap<String, AttributeValue>);

/// A page of what is due.
#[derive(Debug)]
pub struct DuePage<T> {
    /// What is due, the longest first.
    pub items: Vec<T>,
    /// Where the next page begins.
    pub next: Option<DueCursor>,
}

/// Where an item stands in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub shard: String,
    pub at: String,
}

impl Due {
    /// When `advance` is to look at an account; `None` where nothing is to come.
    pub fn of_account(account: &Account) -> Option<Self> {
        let day = next_due(account)?;
        let number = u128::from(account.id.ulid()) % u128::from(ADVANCE_SHARDS);
        let shard = account_shard(u8::try_from(number).unwrap_or_default());
        Some(Self { shard, at: utc_midnight(day).to_string() })
    }

    /// When a server's segments are to be dated further ahead.
    pub fn of_server(server: &ServerId, at: Timestamp) -> Self {
        let number = server.as_str().bytes().fold(0_u8, u8::wrapping_add) % ADVANCE_SHARDS;
        Self { shard: server_shard(number), at: at.to_string() }
    }
}

fn account_shard(number: u8) -> String {
    format!("ACCOUNT#{number}")
}

fn server_shard(number: u8) -> String {
    format!("SERVER#{number}")
}

impl Table {
    /// Accounts of a shard for which there is something to do; at most `limit`.
    pub async fn accounts_due(
        &self,
        shard: u8,
        now: Timestamp,
        after: Option<DueCursor>,
        limit: i32,
    ) -> Result<DuePage<AccountId>, TableError> {
        let page = self.due_page(account_shard(shard), now, after, limit).await?;
        Ok(DuePage { items: page.items.iter().filter_map(key::parse_account).collect(), next: page.next })
    }

    /// Servers of a shard whose segments are to be dated further ahead; at most `limit`.
    pub async fn servers_due(
        &self,
        shard: u8,
        now: Timestamp,
        after: Option<DueCursor>,
        limit: i32,
    ) -> Result<DuePage<ServerId>, TableError> {
        let page = self.due_page(server_shard(shard), now, after, limit).await?;
        Ok(DuePage { items: page.items.iter().filter_map(key::parse_server).collect(), next: page.next })
    }

    /// Items that fell due until `now` in the partitions `{name}#0`, `{name}#1` and so on of the due index, the longest
    /// waiting first in each; at most `limit` of each.
    pub(crate) async fn due_in_shards<E: Entity>(
        &self,
        name: &str,
        shards: u128,
        now: Timestamp,
        limit: i32,
    ) -> Result<Vec<E>, TableError> {
        let mut keys = Vec::new();
        for number in 0..shards {
            keys.extend(self.due_keys(format!("{name}#{number}"), now, limit).await?);
        }
        self.get_many(keys).await
    }

    /// The first keys in a partition of the due index up to `now`, the longest due first; at most `limit`.
    pub(crate) async fn due_keys(&self, shard: String, now: Timestamp, limit: i32) -> Result<Vec<Key>, TableError> {
        Ok(self.due_page(shard, now, None, limit).await?.items)
    }

    /// Keys in a partition of the due index up to `now`, the longest due first, a page of `limit` after `after`.
    pub(crate) async fn due_page(
        &self,
        partition: String,
        now: Timestamp,
        after: Option<DueCursor>,
        limit: i32,
    ) -> Result<DuePage<Key>, TableError> {
        let output = self
            .client()
            .query()
            .table_name(self.name())
            .index_name(DUE_INDEX)
            .key_condition_expression("#shard = :shard AND #at <= :now")
            .expression_attribute_names("#shard", DUE_SHARD)
            .expression_attribute_names("#at", DUE_AT)
            .expression_attribute_values(":shard", AttributeValue::S(partition))
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .set_exclusive_start_key(after.map(|cursor| cursor.0))
            .limit(limit)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(sdk("what is due"))?;
        self.meter().count(output.consumed_capacity());
        let items = output.items.unwrap_or_default().iter().filter_map(item::key_of).collect();
        Ok(DuePage { items, next: output.last_evaluated_key.map(DueCursor) })
    }
}
