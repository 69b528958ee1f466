//! Digests: deliveries that gather what several accounts tell one reader.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use licensing::grant::utc_midnight;
use licensing::id::{AccountId, PersonId};
use licensing::topic::Topic;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::{Delivery, DeliveryState, Event};

/// Most that one digest tells, so that its item stays small; the rest comes with the next one.
const LEN_MAX: usize = 1_000;
/// By how much the clocks of two machines differ at most.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(1);

/// Days that an account was taken through, with something to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// Which account.
    pub account: AccountId,
    /// The last day before them.
    pub since: Date,
    /// The last of them.
    pub through: Date,
}

impl Delivery {
    /// The digest of a topic and day for one reader, to be sent at an instant. There is one only, because its id follows
    /// from topic and day.
    pub fn digest(topic: Topic, day: Date, of: Passed, reader: PersonId, base_url: &str, at: Timestamp) -> Self {
        let moment = u64::try_from(utc_midnight(day).as_millisecond()).unwrap_or_default();
        let id = Ulid::from_parts(moment, u128::from(topic.number()));
        Self::record(id, Event::EndingsDigest { topic, day, of: vec![of] }, base_url, at).to(reader)
    }

    /// The next version of a digest that nobody has tried to send yet, with something more to tell; `None` for any
    /// other delivery.
    #[must_use]
    pub fn with_passed(mut self, passed: Passed) -> Option<Self> {
        let is_new = self.state == DeliveryState::Waiting && self.attempts == 0;
        match &mut self.event {
            Event::EndingsDigest { of, .. } if is_new && of.len() < LEN_MAX => of.push(passed),
            _ => return None,
        }
        self.version += 1;
        Some(self)
    }

    /// Whether it is a digest that tells this.
    pub fn tells(&self, passed: Passed) -> bool {
        matches!(&self.event, Event::EndingsDigest { of, .. } if of.contains(&passed))
    }

    /// Whether it was recorded to be sent later.
    pub fn is_ahead(&self, now: Timestamp) -> bool {
        self.recorded_at > now + CLOCKS_DIFFER
    }
}
