//! Events to the vendor: recorded in the transaction of what they tell, then sent to its ERP or CRM.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use licensing::account::Account;
use licensing::advance::{Advancing, Near, Stage};
use licensing::grant::LicenseType;
use licensing::id::{AccountId, BusinessNumber, LicenseCode, OrderId, OrderNumber, ServerId, Sku};
use licensing::order::{LineStatus, Order};
use licensing::pool::PoolKey;
use licensing::text::Label;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::key::{self, Key};
use crate::{Entity, Remembered, Table, TableError, Transaction};

/// Over how many partitions of the due index waiting events are spread.
const SHARDS: u128 = 4;
/// The partition of the due index where parked events wait for staff.
const PARKED_SHARD: &str = "PARKED_EVENT";
/// How long an item stays after it was delivered or dismissed.
const KEPT_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What happened, as the vendor's systems are told: `type` and `data` of the message. Everything they are told is copied
/// when it happens, so that a replay says the same; people are not named, so that nobody has to be erased here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum Happening {
    /// An order was unlocked.
    #[serde(rename = "order.unlocked")]
    OrderUnlocked(UnlockedOrder),
    /// An installation took a server's token into use: the first time, after a release or after it was enabled again.
    #[serde(rename = "server.activated")]
    ServerActivated(ServerFacts),
    /// A second installation uses a server's token.
    #[serde(rename = "server.conflict")]
    ServerConflict(ServerFacts),
    /// Rows of an account came to hold less than is assigned.
    #[serde(rename = "pool.short")]
    PoolShort(ShortPools),
    /// Licences or care of an account end before long.
    #[serde(rename = "ending.soon")]
    EndingSoon(NearEndings),
}

/// An order that was unlocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnlockedOrder {
    /// This service's id of it.
    pub order_id: OrderId,
    /// The ERP's number of it.
    pub order_number: OrderNumber,
    /// The account that it was unlocked into.
    pub account_id: AccountId,
    /// The ERP's number of the customer.
    pub customer_number: BusinessNumber,
    /// The ERP's number of the reseller.
    pub reseller_number: BusinessNumber,
    /// Its lines.
    pub lines: Vec<UnlockedLine>,
}

/// A line of an order that was unlocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnlockedLine {
    /// The licence's code.
    pub license_code: LicenseCode,
    /// The article.
    pub sku: Sku,
    /// Pieces.
    pub quantity: u32,
    /// `unlocked`, or `ended` where its term was over.
    pub status: LineStatus,
}

/// A server that something happened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerFacts {
    /// Which one.
    pub server_id: ServerId,
    /// Its name in the portal.
    pub server_name: Label,
    /// Whose it is.
    pub account_id: AccountId,
    /// The ERP's number of the customer.
    pub customer_number: BusinessNumber,
    /// What the installation says of itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub app_suite_version: Option<Label>,
}

/// The rows of an account that hold less than is assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShortPools {
    /// Which account.
    pub account_id: AccountId,
    /// The ERP's number of the customer.
    pub customer_number: BusinessNumber,
    /// The rows.
    pub pools: Vec<PoolFacts>,
}

/// What of an account ends before long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NearEndings {
    /// Which account.
    pub account_id: AccountId,
    /// The ERP's number of the customer.
    pub customer_number: BusinessNumber,
    /// What ends, in order of time.
    pub endings: Vec<EndingFacts>,
}

/// A row of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolFacts {
    /// The application.
    pub application: Label,
    /// Whether it is for redundant installations.
    pub redundancy: bool,
    /// How it is sold.
    pub license_type: LicenseType,
}

/// What ends of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndingFacts {
    /// Of which row.
    #[serde(flatten)]
    pub pool: PoolFacts,
    /// The last day.
    pub last_day: Date,
    /// How near it is.
    pub stage: Stage,
}

impl From<&PoolKey> for PoolFacts {
    fn from(key: &PoolKey) -> Self {
        Self { application: key.application.clone(), redundancy: key.redundancy, license_type: key.license }
    }
}

/// What the vendor's systems are told of the days that have passed for an account.
pub fn told_of_days(advancing: &Advancing) -> Vec<Happening> {
    let Account { id, customer, .. } = &advancing.account;
    let (account_id, customer_number) = (*id, customer.number.clone());
    let mut told = Vec::new();
    if !advancing.short.is_empty() {
        let pools = advancing.short.iter().map(PoolFacts::from).collect();
        let customer_number = customer_number.clone();
        told.push(Happening::PoolShort(ShortPools { account_id, customer_number, pools }));
    }
    if !advancing.near.is_empty() {
        let ending = |near: &Near| EndingFacts {
            pool: PoolFacts::from(&near.ending.pool),
            last_day: near.ending.last_day,
            stage: near.stage,
        };
        let endings = advancing.near.iter().map(ending).collect();
        told.push(Happening::EndingSoon(NearEndings { account_id, customer_number, endings }));
    }
    told
}

impl UnlockedOrder {
    /// What an order gave.
    pub fn of(order: &Order, account_id: AccountId) -> Self {
        let line = |line: &licensing::order::Line| UnlockedLine {
            license_code: line.license_code.clone(),
            sku: line.sku.clone(),
            quantity: line.quantity,
            status: line.status,
        };
        Self {
            order_id: order.id,
            order_number: order.head.number.clone(),
            account_id,
            customer_number: order.head.customer.number.clone(),
            reseller_number: order.head.reseller.business.number.clone(),
            lines: order.lines.iter().map(line).collect(),
        }
    }
}

impl Happening {
    /// The message's `type`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OrderUnlocked(_) => "order.unlocked",
            Self::ServerActivated(_) => "server.activated",
            Self::ServerConflict(_) => "server.conflict",
            Self::PoolShort(_) => "pool.short",
            Self::EndingSoon(_) => "ending.soon",
        }
    }
}

/// How far an event has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "state")]
pub enum EventState {
    /// Waits to be sent.
    Waiting,
    /// Somebody is sending it until then; afterwards it waits again.
    Claimed {
        /// End of the claim.
        until: Timestamp,
    },
    /// The receiver took it.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// Given up until staff replays it.
    Parked {
        /// When.
        at: Timestamp,
        /// Why, without what the receiver said.
        reason: String,
    },
    /// Not to be sent: staff said so, or the deployment names no receiver.
    Dismissed {
        /// When.
        at: Timestamp,
    },
}

/// A recorded event and how far it has come. Its id is the message's id, however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VendorEvent {
    /// Its id, for ever.
    pub id: Ulid,
    /// Rises by one with each write.
    pub version: u64,
    /// What happened.
    #[serde(flatten)]
    pub happening: Happening,
    /// When it happened.
    pub recorded_at: Timestamp,
    /// Since when its delivery is tried; before the first try, since it was recorded or replayed.
    pub tried_since: Timestamp,
    /// How often that was tried.
    pub attempts: u32,
    /// How far it has come.
    #[serde(flatten)]
    pub state: EventState,
    /// What staff was answered about it.
    #[serde(skip_serializing_if = "Remembered::is_empty", default)]
    pub remembered: Remembered,
    /// Index key, while something is to be done.
    #[serde(rename = "dueShard", skip_serializing_if = "Option::is_none", default)]
    due_shard: Option<String>,
    /// Index key, while something is to be done.
    #[serde(rename = "dueAt", skip_serializing_if = "Option::is_none", default)]
    due_at: Option<Timestamp>,
    /// When DynamoDB deletes it, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    expires: Option<i64>,
}

impl Entity for VendorEvent {
    const KIND: &'static str = "vendorEvent";
}

impl VendorEvent {
    /// A new event that waits.
    pub fn record(id: Ulid, happening: Happening, now: Timestamp) -> Self {
        Self {
            id,
            version: 1,
            happening,
            recorded_at: now,
            tried_since: now,
            attempts: 0,
            state: EventState::Waiting,
            remembered: Remembered::default(),
            due_shard: Some(shard(id)),
            due_at: Some(now),
            expires: None,
        }
    }

    /// The next version in another state; what is to be done, and when, follows from it. A claim counts as an attempt.
    #[must_use]
    pub fn moved(self, state: EventState, now: Timestamp) -> Self {
        let (due_shard, due_at, expires) = match &state {
            EventState::Waiting => (Some(shard(self.id)), Some(now), None),
            EventState::Claimed { until } => (Some(shard(self.id)), Some(*until), None),
            EventState::Parked { at, .. } => (Some(PARKED_SHARD.to_owned()), Some(*at), None),
            EventState::Delivered { at } | EventState::Dismissed { at } => {
                (None, None, Some((*at + KEPT_AFTER).as_second()))
            }
        };
        let attempts = self.attempts + u32::from(matches!(state, EventState::Claimed { .. }));
        Self { version: self.version + 1, attempts, state, due_shard, due_at, expires, ..self }
    }

    /// The same, as it is when its first try begins: what an outage of ours has held back has its whole patience still.
    #[must_use]
    pub fn first_tried(self, now: Timestamp) -> Self {
        let tried_since = if self.attempts == 0 { now } else { self.tried_since };
        Self { tried_since, ..self }
    }

    /// The same, waiting again with fresh patience.
    #[must_use]
    pub fn replayed(self, now: Timestamp) -> Self {
        Self { attempts: 0, tried_since: now, ..self.moved(EventState::Waiting, now) }
    }

    /// The same, to be tried again at an instant.
    #[must_use]
    pub fn due(self, at: Timestamp) -> Self {
        Self { due_at: Some(at), ..self }
    }

    /// Whether its time has come.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due| due <= now)
    }
}

fn shard(id: Ulid) -> String {
    format!("EVENT#{}", u128::from(id) % SHARDS)
}

impl Table {
    /// One event.
    pub async fn vendor_event(&self, key: Key) -> Result<Option<VendorEvent>, TableError> {
        self.get(key).await
    }

    /// Events that fell due until `now`, the longest waiting first in each shard; at most `limit` a shard.
    pub async fn vendor_events_due(&self, now: Timestamp, limit: i32) -> Result<Vec<VendorEvent>, TableError> {
        self.due_in_shards("EVENT", SHARDS, now, limit).await
    }

    /// Events that wait for staff; at most `limit`.
    pub async fn vendor_events_parked(&self, now: Timestamp, limit: i32) -> Result<Vec<VendorEvent>, TableError> {
        let keys = self.due_keys(PARKED_SHARD.to_owned(), now, limit).await?;
        self.get_many(keys).await
    }

    /// Replaces an event that was read one version before.
    ///
    /// # Errors
    ///
    /// [`TableError::Lost`] where somebody else took it.
    pub async fn move_vendor_event(&self, event: &VendorEvent) -> Result<(), TableError> {
        self.put_at(key::vendor_event(event.id), event, event.version - 1, "move event").await
    }
}

impl Transaction {
    /// Records an event of the vendor.
    pub fn put_vendor_event(&mut self, event: &VendorEvent) -> &mut Self {
        self.put_new(key::vendor_event(event.id), event)
    }

    /// Replaces an event that was read one version before.
    pub fn move_vendor_event(&mut self, event: &VendorEvent) -> &mut Self {
        self.put_at(key::vendor_event(event.id), event, event.version - 1)
    }
}
