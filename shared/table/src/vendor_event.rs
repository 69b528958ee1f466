//! Events to the vendor: recorded in the transaction of what they tell, then sent to its ERP or CRM.

mod happening;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

pub use happening::{
    EndingFacts, Happening, MailOutcome, MailReader, NearEndings, OrderMail, PoolFacts, ReturnedMail, ServerFacts,
    ShortPools, UnlockedLine, UnlockedOrder, told_of_days,
};

use crate::key::{self, Key};
use crate::{Entity, Remembered, Table, TableError, Transaction};

/// Over how many partitions of the due index waiting events are spread.
const SHARDS: u128 = 4;
/// The partition of the due index where parked events wait for staff.
const PARKED_SHARD: &str = "PARKED_EVENT";
/// How long an item stays after it was delivered or dismissed.
const KEPT_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

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
