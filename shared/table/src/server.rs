//! A server's own items: what a check-in reads, in one Query of at most 4,096 bytes.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, Update};
use jiff::{SignedDuration, Timestamp};
use licensing::account::{Account, ActivationMode};
use licensing::check_in::{LeaseState, TokenState};
use licensing::id::{AccountId, ServerId};
use licensing::segment::{Segment, segments};
use licensing::text::Label;
use serde::{Deserialize, Serialize};

use crate::due::Due;
use crate::key::{self, LEASE, SERVER};
use crate::transaction::value;
use crate::{Consistency, Entity, Page, Select, Stored, Table, TableError, Transaction, from_item, item, packed};

/// Most bytes that packed segments may take, so that the item stays below 3,000.
const SEGMENTS_LEN_MAX: usize = 2_300;

/// How far segments are dated where not all of them fit, tried in this order. The last one always counts.
const HORIZONS_DAYS: [i64; 5] = [5 * 365, 2 * 365, 365, 180, 62];

/// Segments that are dated less far than this are dated again.
const DATED_DAYS_MIN: i64 = 61;

/// A server as its check-ins see it. Account and assignment write everything but the token, with
/// [`Transaction::update_server`]; the token is written by `mint-token` alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerItem {
    /// Which server.
    pub id: ServerId,
    /// Of which account.
    pub account: AccountId,
    /// The customer's name, to show.
    pub account_name: Label,
    /// The server's name, to show.
    pub server_name: Label,
    /// Differs whenever a lease would carry something else: the account's version at the last change.
    pub revision: u64,
    /// Days a lease lives without another check-in.
    pub lease_days: u16,
    /// How it stays current.
    #[serde(default)]
    pub mode: ActivationMode,
    /// The token that is current.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token: Option<TokenState>,
    /// Set while the server is disabled: from when on it runs nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub disabled_from: Option<Timestamp>,
    /// Set once it is deleted: its id is never given again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deleted_at: Option<Timestamp>,
    /// What it may run, packed.
    #[serde(with = "serde_bytes", skip_serializing_if = "Option::is_none", default)]
    segments: Option<Vec<u8>>,
}

impl Entity for ServerItem {
    const KIND: &'static str = "server";
}

/// A server's lease item.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseItem {
    /// What check-ins are decided on.
    #[serde(flatten)]
    pub state: LeaseState,
    /// The version that the AppSuite named last; the server's row follows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub app_suite_version: Option<Label>,
}

impl Entity for LeaseItem {
    const KIND: &'static str = "lease";
}

impl ServerItem {
    /// A server that was just added to an account.
    pub fn new(id: ServerId, account: &Account, server_name: Label) -> Self {
        Self {
            id,
            account: account.id,
            account_name: account.customer.name.clone(),
            server_name,
            revision: account.version,
            lease_days: account.policy.lease_days,
            mode: ActivationMode::Online,
            token: None,
            disabled_from: None,
            deleted_at: None,
            segments: None,
        }
    }

    /// What it may run, dated.
    ///
    /// # Errors
    ///
    /// [`TableError::Malformed`] where the item holds something else.
    pub fn segments(&self) -> Result<Vec<Segment>, TableError> {
        self.segments.as_ref().map_or(Ok(Vec::new()), |bytes| packed::unpack(bytes))
    }
}

/// Both items of a server.
#[derive(Debug, Clone)]
pub struct ServerSheet {
    /// The server.
    pub server: ServerItem,
    /// Its lease; the default where there was no check-in yet.
    pub lease: LeaseItem,
}

impl Table {
    /// Both items of a server in one Query; half a unit where they are eventually consistent and small.
    pub async fn server_sheet(
        &self,
        server: &ServerId,
        consistency: Consistency,
    ) -> Result<Option<ServerSheet>, TableError> {
        let select = Select { consistency, ..Select::all(key::server_partition(server), "") };
        let Page { items, .. } = self.query_page("server sheet", select).await?;
        let (mut found, mut lease) = (None, LeaseItem::default());
        for item in items {
            match item::sort_key(&item) {
                SERVER => found = Some(from_item(item)?),
                LEASE => lease = from_item(item)?,
                _ => {}
            }
        }
        Ok(found.map(|server| ServerSheet { server, lease }))
    }
}

impl Table {
    /// Replaces a lease item that was read at `version_read`, alone: one write of one small item.
    ///
    /// # Errors
    ///
    /// [`TableError::Lost`] where another check-in was faster.
    pub async fn put_lease(&self, server: &ServerId, lease: &LeaseItem, version_read: u64) -> Result<(), TableError> {
        self.put_at(key::lease(server), lease, version_read, "put lease").await
    }
}

impl Transaction {
    /// Dates the segments of some servers of an account further ahead, on condition that the account is the one read.
    ///
    /// # Errors
    ///
    /// Never for the states that exist; the type is serde's.
    pub fn date_servers<'a>(
        &mut self,
        account: &Account,
        servers: impl IntoIterator<Item = &'a ServerId>,
        now: Timestamp,
    ) -> Result<&mut Self, TableError> {
        self.check_at::<Stored<Account>>(key::account(account.id), account.version);
        self.update_servers(account, servers, now)
    }

    /// Takes an id for a new server.
    pub fn put_new_server(&mut self, server: &ServerItem) -> &mut Self {
        self.put_new(key::server(&server.id), server)
    }

    /// Replaces a lease item that was read at `version_read`.
    pub fn put_lease(&mut self, server: &ServerId, lease: &LeaseItem, version_read: u64) -> &mut Self {
        self.put_at(key::lease(server), lease, version_read)
    }

    /// Records the current token on condition that `read` is still the current one.
    ///
    /// # Errors
    ///
    /// Never for the states that exist; the type is serde's.
    pub fn update_token(
        &mut self,
        server: &ServerId,
        read: Option<TokenState>,
        token: TokenState,
    ) -> Result<&mut Self, TableError> {
        let condition = match read {
            None => "attribute_exists(pk) AND attribute_not_exists(#token)",
            Some(_) => "#token = :read",
        };
        let update = update_of(server)
            .update_expression("SET #token = :token")
            .condition_expression(condition)
            .expression_attribute_names("#token", "token")
            .expression_attribute_values(":token", value(&token)?);
        let update = match read {
            None => update,
            Some(read) => update.expression_attribute_values(":read", value(&read)?),
        };
        Ok(self.update("server", update.build().expect("table, key and expression are set")))
    }

    /// Writes what the account says of some of its servers. The account item in the same transaction guards it, so
    /// nothing is read first.
    ///
    /// # Errors
    ///
    /// Never for the states that exist; the type is serde's.
    pub fn update_servers<'a>(
        &mut self,
        account: &Account,
        servers: impl IntoIterator<Item = &'a ServerId>,
        now: Timestamp,
    ) -> Result<&mut Self, TableError> {
        let mut all = segments_until(account, now, Timestamp::MAX);
        for server in servers {
            let packed = packed::pack(&all.remove(server).unwrap_or_default());
            let (packed, due) = if packed.len() > SEGMENTS_LEN_MAX {
                let (packed, horizon) = as_far_as_they_fit(account, server, now);
                (packed, Some(Due::of_server(server, days_after(horizon, -DATED_DAYS_MIN))))
            } else {
                (packed, None)
            };
            self.update_server(account, server, packed, due)?;
        }
        Ok(self)
    }

    fn update_server(
        &mut self,
        account: &Account,
        id: &ServerId,
        packed: Vec<u8>,
        due: Option<Due>,
    ) -> Result<(), TableError> {
        let Some(server) = account.server(id) else { return Ok(()) };
        let disabled = server.disabled.as_ref().map(|disabled| disabled.effective_at);
        let clause = match (&disabled, &due) {
            (Some(_), Some(_)) => ", disabledFrom = :disabled, dueShard = :shard, dueAt = :at",
            (Some(_), None) => ", disabledFrom = :disabled REMOVE dueShard, dueAt",
            (None, Some(_)) => ", dueShard = :shard, dueAt = :at REMOVE disabledFrom",
            (None, None) => " REMOVE disabledFrom, dueShard, dueAt",
        };
        let mut update = update_of(id)
            .update_expression(format!(
                "SET accountName = :account, serverName = :name, revision = :revision, leaseDays = :days, \
                 #mode = :mode, #segments = :segments{clause}"
            ))
            .expression_attribute_names("#segments", "segments")
            .expression_attribute_names("#mode", "mode")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":mode", value(&server.mode)?)
            .expression_attribute_values(":account", value(&account.customer.name)?)
            .expression_attribute_values(":name", value(&server.name)?)
            .expression_attribute_values(":revision", value(&account.version)?)
            .expression_attribute_values(":days", value(&account.policy.lease_days)?)
            .expression_attribute_values(":segments", AttributeValue::B(Blob::new(packed)));
        if let Some(from) = disabled {
            update = update.expression_attribute_values(":disabled", value(&from)?);
        }
        if let Some(Due { shard, at }) = due {
            update = update.expression_attribute_values(":shard", AttributeValue::S(shard));
            update = update.expression_attribute_values(":at", AttributeValue::S(at));
        }
        self.update("server", update.build().expect("table, key and expression are set"));
        Ok(())
    }

    /// Leaves a tombstone for a server that was never activated.
    ///
    /// # Errors
    ///
    /// Never for the states that exist; the type is serde's.
    pub fn bury_server(&mut self, server: &ServerId, now: Timestamp) -> Result<&mut Self, TableError> {
        let update = update_of(server)
            .update_expression("SET deletedAt = :now REMOVE #token, #segments, dueShard, dueAt")
            .expression_attribute_names("#segments", "segments")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#token", "token")
            .expression_attribute_values(":now", value(&now)?)
            .build()
            .expect("table, key and expression are set");
        self.update("server", update);
        // An activation that has read the server before this must not come after it.
        let blocked = LeaseItem { state: LeaseState::blocked(), app_suite_version: None };
        Ok(self.put_new(key::lease(server), &blocked))
    }
}

fn update_of(server: &ServerId) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
    let key = key::server(server);
    Update::builder().table_name("").key("pk", AttributeValue::S(key.pk)).key("sk", AttributeValue::S(key.sk))
}

/// The packed segments of a server that has too many of them, up to the furthest horizon at which they fit, and it.
fn as_far_as_they_fit(account: &Account, server: &ServerId, now: Timestamp) -> (Vec<u8>, Timestamp) {
    let (mut packed, mut horizon) = (Vec::new(), now);
    for days in HORIZONS_DAYS {
        horizon = days_after(now, days);
        packed = packed::pack(&segments_until(account, now, horizon).remove(server).unwrap_or_default());
        if packed.len() <= SEGMENTS_LEN_MAX {
            break;
        }
    }
    (packed, horizon)
}

fn days_after(instant: Timestamp, days: i64) -> Timestamp {
    instant.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX)
}

fn segments_until(account: &Account, now: Timestamp, horizon: Timestamp) -> BTreeMap<ServerId, Vec<Segment>> {
    segments(&account.pools, &account.servers, account.policy, now, horizon)
}
