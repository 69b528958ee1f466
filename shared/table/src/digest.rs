//! Deliveries of which there is one a day: digests, which gather what several accounts tell one reader, and what tells
//! staff of parked events.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use licensing::grant::{utc_day, utc_midnight};
use licensing::id::{AccountId, PersonId};
use licensing::topic::Topic;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::{Delivery, DeliveryState, Event};

/// Most that one digest tells, so that its item stays small; the rest comes with the next one.
const LEN_MAX: usize = 1_000;
/// By how much the clocks of two machines differ at most.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(1);

/// Sets the deliveries of a day that tell of parked events apart from its digests, whose topics are small numbers.
const EVENT_PARKED: u128 = 1 << 32;

/// The id of the one delivery of its kind and day.
fn id_of_day(day: Date, kind: u128) -> Ulid {
    let moment = u64::try_from(utc_midnight(day).as_millisecond()).unwrap_or_default();
    Ulid::from_parts(moment, kind)
}

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
        let id = id_of_day(day, u128::from(topic.number()));
        Self::record(id, Event::EndingsDigest { topic, day, of: vec![of] }, base_url, at).to(reader)
    }

    /// What tells staff that an event is parked. There is one of a day, because its id follows from it: a receiver that
    /// is gone parks many.
    pub fn event_parked(parked: Ulid, base_url: &str, now: Timestamp) -> Self {
        let id = id_of_day(utc_day(now), EVENT_PARKED);
        Self::record(id, Event::EventParked { parked }, base_url, now)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parked_events_are_told_once_a_day_and_apart_from_digests() {
        let id_at = |at: &str| Delivery::event_parked(Ulid::from(1_u128), "https://x", at.parse().unwrap()).id;
        assert_eq!(id_at("2026-11-24T00:00:00Z"), id_at("2026-11-24T23:59:59Z"));
        assert_ne!(id_at("2026-11-24T23:59:59Z"), id_at("2026-11-25T00:00:00Z"));
        let day = "2026-11-24".parse().unwrap();
        let of = Passed { account: AccountId::new(Ulid::nil()), since: day, through: day };
        let reader = PersonId::new(Ulid::nil());
        for topic in [Topic::OwnEndings, Topic::CustomersEndings] {
            let digest = Delivery::digest(topic, day, of, reader, "https://x", Timestamp::UNIX_EPOCH);
            assert_ne!(digest.id, id_at("2026-11-24T00:00:00Z"));
        }
    }
}
