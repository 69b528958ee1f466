//! What an installation knows, and what it may run because of it.

use jiff::{SignedDuration, Timestamp};
use lease::document::RefusalReason;
use lease::offline::OfflineLease;
use lease::segment::Segment;
use lease::{KeySet, Lease, Refusal};

use crate::machine::Failure;
use crate::offline::Made;
use crate::schedule::WAIT_MAX;

/// A signed document together with the texts that prove it: its own, and that of the key set that verified it. A key
/// that a later set removes does not end what is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held<T> {
    /// What it says.
    pub document: T,
    /// The compact JWS.
    pub text: String,
    /// The compact JWS of the key set.
    pub key_set: String,
}

/// Everything that an installation knows besides its token and key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The key set of the highest serial, with its text.
    pub key_set: Option<(KeySet, String)>,
    /// The lease of the highest serial.
    pub lease: Option<Held<Lease>>,
    /// An earlier lease that ends later than the held one. The answer to a second installation is a short lease; it
    /// must not shorten what was promised before.
    pub later_end: Option<Held<Lease>>,
    /// What a response string lets run, without contact: nothing else counts while it is held.
    pub offline: Option<Held<OfflineLease>>,
    /// The request string whose response is awaited.
    pub request: Option<Made>,
    /// The return string that was made last, until the next request.
    pub returned: Option<Made>,
    /// The highest serial that was returned: no response up to it is ever installed again.
    pub serial_floor: u64,
    /// The attempt whose answer is not stored yet.
    pub attempt: Option<String>,
    /// The last `server_disabled`, until a lease or unchanged cancels it.
    pub disabled: Option<Held<Refusal>>,
    /// The last other refusal, until a lease or unchanged cancels it.
    pub refusal: Option<Held<Refusal>>,
    /// When a trusted answer last came.
    pub last_contact: Option<Timestamp>,
    /// How far the local clock was behind (positive) or ahead (negative) at the last contact.
    pub clock_behind: SignedDuration,
    /// When to check in next.
    pub next_check_in: Option<Timestamp>,
    /// How often in a row no trusted answer came.
    pub failures: u32,
    /// Why none came the last time.
    pub last_failure: Option<Failure>,
}

impl State {
    /// How far a clock may be wrong without an effect on what runs.
    pub const CLOCK_LEEWAY: SignedDuration = SignedDuration::from_hours(24);

    /// The highest serial that was ever held; 0 is none.
    pub fn serial_held(&self) -> u64 {
        let online = self.lease.as_ref().map_or(0, |held| held.document.serial);
        let offline = self.offline.as_ref().map_or(0, |held| held.document.serial);
        online.max(offline).max(self.serial_floor)
    }

    /// What the lease held says, on whatever days: the one installed from a string, or the last one by contact.
    pub fn segments(&self) -> Option<&[Segment]> {
        let offline = self.offline.as_ref().map(|held| held.document.segments.as_slice());
        offline.or_else(|| self.lease.as_ref().map(|held| held.document.segments.as_slice()))
    }

    /// Until when the lease holds without contact, by the letter.
    pub fn lease_until(&self) -> Option<Timestamp> {
        let held = [&self.lease, &self.later_end].into_iter().flatten();
        held.map(|lease| lease.document.expires_at).max()
    }

    /// The instant from which on nothing may run because a member disabled the server.
    pub fn disabled_from(&self) -> Option<Timestamp> {
        match self.disabled.as_ref()?.document.reason {
            RefusalReason::ServerDisabled { effective_at } => Some(effective_at),
            _ => None,
        }
    }

    /// Whether the server is disabled at an instant; never before the refusal was signed, so that a clock that fell
    /// back doesn't enable it.
    pub fn is_disabled_at(&self, now: Timestamp) -> bool {
        let signed = self.disabled.as_ref().map(|refusal| refusal.document.binding.issued_at);
        self.disabled_from().is_some_and(|from| from <= signed.map_or(now, |signed| now.max(signed)))
    }

    /// When to check in next, seen from an instant. Nobody ever waits longer than a week, so what is further ahead was
    /// planned by a clock that has been set back since, and is due at once. Offline nothing is due, ever.
    pub fn due_at(&self, now: Timestamp) -> Timestamp {
        if self.offline.is_some() {
            return now.saturating_add(WAIT_MAX).unwrap_or(Timestamp::MAX);
        }
        self.next_check_in.filter(|next| next.duration_since(now) <= WAIT_MAX).unwrap_or(now)
    }

    /// Whether the lease has ended at an instant, with the leeway for a wrong clock. True without a lease.
    pub fn is_expired_at(&self, now: Timestamp) -> bool {
        self.lease_until().is_none_or(|until| until.saturating_add(Self::CLOCK_LEEWAY).is_ok_and(|end| end <= now))
    }

    /// The instant that segments are looked up at: the clock's, but never before the lease was signed. So a clock that
    /// fell back by years doesn't stop what runs.
    pub fn lease_time(&self, now: Timestamp) -> Timestamp {
        let offline = self.offline.as_ref().map(|held| held.document.binding.issued_at);
        let signed = offline.or_else(|| self.lease.as_ref().map(|held| held.document.binding.issued_at));
        signed.map_or(now, |signed| now.max(signed))
    }

    /// What may run at an instant.
    pub fn running_at(&self, now: Timestamp) -> Vec<&Segment> {
        let Some(segments) = self.segments() else { return Vec::new() };
        if self.offline.is_none() && (self.is_expired_at(now) || self.is_disabled_at(now)) {
            return Vec::new();
        }
        let instant = self.lease_time(now);
        segments.iter().filter(|segment| segment.holds_at(instant)).collect()
    }
}
