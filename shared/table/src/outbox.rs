//! The outbox: mail that is recorded in the transaction of what it tells, and what became of it.

mod event;

use jiff::{SignedDuration, Timestamp};
use licensing::id::PersonId;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

pub use event::Event;

use crate::key::{self, Key};
use crate::{Entity, Item, Remembered, Table, TableError, Transaction, from_item};

/// Over how many partitions of the due index waiting deliveries are spread.
const SHARDS: u128 = 4;
/// The partition of the due index where deliveries that were given up or came back wait for staff.
const PARKED_SHARD: &str = "PARKED";
/// How long an item stays after it was sent or dismissed.
const KEPT_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How far a delivery has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "state")]
pub enum DeliveryState {
    /// Waits to be sent.
    Waiting,
    /// Somebody is sending it until then; afterwards it waits again.
    Claimed {
        /// End of the claim.
        until: Timestamp,
    },
    /// One delivery for each reader stands beside it.
    Expanded {
        /// When.
        at: Timestamp,
    },
    /// The mail service took it.
    Sent {
        /// When.
        at: Timestamp,
        /// The mail service's id.
        message_id: String,
        /// What the reader's mail server said since, such as that the mailbox is full; the mail may have arrived.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        note: Option<String>,
    },
    /// Given up until staff sends it again.
    Parked {
        /// When.
        at: Timestamp,
        /// Why, without addresses.
        reason: String,
    },
    /// The mail service took it, and the reader's mail server refused it for good. It waits for staff.
    Bounced {
        /// When that was heard.
        at: Timestamp,
        /// The mail service's id.
        message_id: String,
        /// Why, without addresses.
        reason: String,
    },
    /// It arrived, and the reader reported it as unwanted. It waits for staff.
    Complained {
        /// When that was heard.
        at: Timestamp,
        /// The mail service's id.
        message_id: String,
        /// As what it was reported.
        reason: String,
    },
    /// There is nobody to tell, or nothing left to tell.
    Dismissed {
        /// When.
        at: Timestamp,
    },
}

/// What waits for staff: since when, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenUp<'a> {
    /// Since when.
    pub at: Timestamp,
    /// Why, without addresses.
    pub reason: &'a str,
}

impl DeliveryState {
    /// What staff has to look at: a mail that was given up, came back, or was reported as unwanted.
    pub fn given_up(&self) -> Option<GivenUp<'_>> {
        match self {
            Self::Parked { at, reason } | Self::Bounced { at, reason, .. } | Self::Complained { at, reason, .. } => {
                Some(GivenUp { at: *at, reason })
            }
            _ => None,
        }
    }

    /// The mail service's id, where it took the mail.
    pub fn message_id(&self) -> Option<&str> {
        match self {
            Self::Sent { message_id, .. } | Self::Bounced { message_id, .. } | Self::Complained { message_id, .. } => {
                Some(message_id)
            }
            _ => None,
        }
    }
}

/// A recorded event (`reader` is `None`: tell everybody it concerns) or its mail to one reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The event's id; the same for all its readers.
    pub id: Ulid,
    /// Rises by one with each write.
    pub version: u64,
    /// What happened.
    #[serde(rename = "what")]
    pub event: Event,
    /// Who did it and so need not be told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<PersonId>,
    /// To whom.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reader: Option<PersonId>,
    /// Where links in the mail lead.
    pub base_url: String,
    /// When it was recorded; for a digest, when it is to be sent.
    pub recorded_at: Timestamp,
    /// How often sending was tried.
    pub attempts: u32,
    /// How far it has come.
    #[serde(flatten)]
    pub state: DeliveryState,
    /// The mail service's id of the try that came back last, so that it is told once, however often it is heard.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub came_back: Option<String>,
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

impl Entity for Delivery {
    const KIND: &'static str = "outbox";
}

impl Delivery {
    /// A new delivery that waits.
    pub fn record(id: Ulid, event: Event, base_url: &str, now: Timestamp) -> Self {
        Self {
            id,
            version: 1,
            event,
            by: None,
            reader: None,
            base_url: base_url.to_owned(),
            recorded_at: now,
            attempts: 0,
            state: DeliveryState::Waiting,
            came_back: None,
            remembered: Remembered::default(),
            due_shard: Some(shard(id, None)),
            due_at: Some(now),
            expires: None,
        }
    }

    /// The same to one reader.
    #[must_use]
    pub fn to(self, reader: PersonId) -> Self {
        Self { due_shard: Some(shard(self.id, Some(reader))), reader: Some(reader), ..self }
    }

    /// The same, done by somebody who need not be told.
    #[must_use]
    pub fn by(self, by: Option<PersonId>) -> Self {
        Self { by, ..self }
    }

    /// The partitions of the due index where mails are that wait, to be sent or for staff.
    pub(crate) fn due_partitions() -> impl Iterator<Item = String> {
        (0..SHARDS).map(|number| format!("OUTBOX#{number}")).chain([PARKED_SHARD.to_owned()])
    }

    /// Its key: of the event itself, or of its mail to one reader.
    pub fn key(&self) -> Key {
        key::outbox(self.id, self.reader)
    }

    /// The next version in another state; what is to be done, and when, follows from it. A claim counts as an attempt.
    #[must_use]
    pub fn moved(self, state: DeliveryState, now: Timestamp) -> Self {
        let (due_shard, due_at, expires) = match &state {
            DeliveryState::Waiting => (Some(shard(self.id, self.reader)), Some(now), None),
            DeliveryState::Claimed { until } => (Some(shard(self.id, self.reader)), Some(*until), None),
            DeliveryState::Parked { at, .. }
            | DeliveryState::Bounced { at, .. }
            | DeliveryState::Complained { at, .. } => (Some(PARKED_SHARD.to_owned()), Some(*at), None),
            DeliveryState::Expanded { at } | DeliveryState::Sent { at, .. } | DeliveryState::Dismissed { at } => {
                (None, None, Some((*at + KEPT_AFTER).as_second()))
            }
        };
        let attempts = self.attempts + u32::from(matches!(state, DeliveryState::Claimed { .. }));
        let came_back = match &state {
            DeliveryState::Bounced { message_id, .. } | DeliveryState::Complained { message_id, .. } => {
                Some(message_id.clone())
            }
            _ => self.came_back,
        };
        Self { version: self.version + 1, attempts, state, came_back, due_shard, due_at, expires, ..self }
    }

    /// Whether its time has come.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due| due <= now)
    }

    /// The same, to be tried again at an instant.
    #[must_use]
    pub fn due(self, at: Timestamp) -> Self {
        Self { due_at: Some(at), ..self }
    }
}

/// All digests of a day have the same id, so the reader counts too.
fn shard(id: Ulid, reader: Option<PersonId>) -> String {
    let reader = reader.map_or(0, |reader| u128::from(reader.ulid()));
    format!("OUTBOX#{}", (u128::from(id) ^ reader) % SHARDS)
}

impl Table {
    /// One delivery.
    pub async fn delivery(&self, key: Key) -> Result<Option<Delivery>, TableError> {
        self.get(key).await
    }

    /// Deliveries that fell due until `now`, the longest waiting first in each shard; at most `limit` a shard.
    pub async fn deliveries_due(&self, now: Timestamp, limit: i32) -> Result<Vec<Delivery>, TableError> {
        self.due_in_shards("OUTBOX", SHARDS, now, limit).await
    }

    /// Deliveries that wait for staff; at most `limit`.
    pub async fn deliveries_parked(&self, now: Timestamp, limit: i32) -> Result<Vec<Delivery>, TableError> {
        let keys = self.due_keys(PARKED_SHARD.to_owned(), now, limit).await?;
        self.get_many(keys).await
    }

    /// Replaces a delivery that was read one version before.
    ///
    /// # Errors
    ///
    /// [`TableError::Lost`] where somebody else took it.
    pub async fn move_delivery(&self, delivery: &Delivery) -> Result<(), TableError> {
        self.put_at(delivery.key(), delivery, delivery.version - 1, "move delivery").await
    }

    /// Puts a delivery that must not stand there yet.
    ///
    /// # Errors
    ///
    /// [`TableError::Lost`] where it does.
    pub async fn put_new_delivery(&self, delivery: &Delivery) -> Result<(), TableError> {
        self.put_at(delivery.key(), delivery, 0, "put delivery").await
    }

    /// Puts a delivery that may stand there already: then it stays as it is.
    pub async fn put_delivery_once(&self, delivery: &Delivery) -> Result<(), TableError> {
        match self.put_new_delivery(delivery).await {
            Err(error) if error.is_lost() => Ok(()),
            other => other,
        }
    }
}

impl Transaction {
    /// Records a delivery; one that stands there already is a lost race.
    pub fn put_delivery(&mut self, delivery: &Delivery) -> &mut Self {
        self.put_new(delivery.key(), delivery)
    }

    /// Replaces a delivery that was read one version before.
    pub fn move_delivery(&mut self, delivery: &Delivery) -> &mut Self {
        self.put_at(delivery.key(), delivery, delivery.version - 1)
    }
}

/// Reads a delivery from a stream record's new image.
pub fn delivery_from(image: Item) -> Result<Delivery, TableError> {
    from_item(image)
}
