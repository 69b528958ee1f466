//! What the service remembers of the leases of one server.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::request::{AttemptId, CheckIn, LeaseId, PublicKey, Traits};
use super::second::Second;
use crate::offline::Asking;
use crate::refusal::Refusal;

/// How often a server can be released in 30 days without asking; a rival that takes over counts too.
pub const RELEASES_MAX: usize = 3;

/// How often a machine may begin anew in 30 days before it counts as a second installation.
const RESEEDS_MAX: usize = 2;

/// Releases and re-seeds older than this are forgotten.
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The lease item: at most 1,000 bytes, written on condition that its version is the one read. Instants are whole
/// seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseState {
    /// Rises by one with each write; 0 where there is no item yet.
    pub(super) version: u64,
    /// Rises with each release and each choice.
    pub(super) epoch: u32,
    /// The highest serial given.
    pub(super) highest: u64,
    /// The installation that has the server, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) binding: Option<Binding>,
    /// The last re-seeds of this epoch, at most [`RESEEDS_MAX`].
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(super) reseeds: Vec<Second>,
    /// The last releases, at most [`RELEASES_MAX`].
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(super) releases: Vec<Second>,
}

/// The installation that has the server: the holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Binding {
    /// The lease that the holder is known to have received.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) confirmed: Option<Confirmed>,
    /// The lease that was given last.
    pub(super) pending: Pending,
    /// What the holder's machine looks like.
    pub(super) traits: Traits,
    /// The holder's own key.
    #[serde(rename = "key")]
    pub(super) public_key: PublicKey,
    /// When the holder was heard last, give or take the refresh age.
    #[serde(rename = "heard")]
    pub(super) heard_at: Second,
    /// A second installation with the same token: the server is in conflict.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) rival: Option<Rival>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Confirmed {
    pub(super) id: LeaseId,
    /// What asked for it; `None` where the client named a lease that we don't remember giving.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) attempt: Option<AttemptId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) id: LeaseId,
    pub(super) attempt: AttemptId,
    /// What the first answer carried; `None` where the next check-in is to get a new lease in any case.
    #[serde(rename = "rev", skip_serializing_if = "Option::is_none", default)]
    pub(super) revision: Option<u64>,
    /// When the first answer was given.
    #[serde(rename = "iat")]
    pub(super) issued_at: Second,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rival {
    pub(super) id: LeaseId,
    pub(super) attempt: AttemptId,
    pub(super) traits: Traits,
    #[serde(rename = "key")]
    pub(super) public_key: PublicKey,
    #[serde(rename = "seen")]
    pub(super) first_seen: Second,
}

/// Which of two installations keeps the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// The one that had it.
    Holder,
    /// The second one.
    Rival,
}

/// A server that was never activated: there is no item yet.
impl Default for LeaseState {
    fn default() -> Self {
        Self { version: 0, epoch: 1, highest: 0, binding: None, reseeds: Vec::new(), releases: Vec::new() }
    }
}

/// What others read of it.
impl LeaseState {
    /// The state of a server that was deleted before it was ever activated: it takes the place of the first lease, so
    /// that an activation decided a moment before loses its race.
    pub fn blocked() -> Self {
        Self { version: 1, ..Self::default() }
    }

    /// The item's version: the condition of the next write, 0 where there must be no item.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Whether an AppSuite is bound.
    pub const fn is_bound(&self) -> bool {
        self.binding.is_some()
    }

    /// Whether an AppSuite was ever bound; such a server can't be deleted.
    pub const fn was_activated(&self) -> bool {
        self.highest > 0
    }

    /// When the second installation was seen first; `None` where there is no conflict.
    pub fn conflict_since(&self) -> Option<Timestamp> {
        Some(self.binding.as_ref()?.rival.as_ref()?.first_seen.timestamp())
    }

    /// When the holder was heard last, up to half a day late.
    pub fn heard_at(&self) -> Option<Timestamp> {
        Some(self.binding.as_ref()?.heard_at.timestamp())
    }

    /// The revision that the holder's lease carries at least; while it is another than the server's, the holder may
    /// still run what it had before.
    pub fn issued_revision(&self) -> Option<u64> {
        self.binding.as_ref()?.pending.revision
    }

    /// The holder's own key.
    pub fn public_key(&self) -> Option<&PublicKey> {
        Some(&self.binding.as_ref()?.public_key)
    }

    /// How many releases are left without asking.
    pub fn releases_left(&self, now: Timestamp) -> usize {
        RELEASES_MAX.saturating_sub(recent(&self.releases, Second::of(now)))
    }
}

/// What members do to it.
impl LeaseState {
    /// A member takes the server away from the installation that has it: the next one to check in without a lease is
    /// bound, the present one is answered `released` and runs to the end of its lease.
    ///
    /// Refused where nothing is bound, and after [`RELEASES_MAX`] releases in 30 days.
    pub fn release(&self, now: Timestamp) -> Result<Self, Refusal> {
        let mut next = self.release_without_limit()?;
        if !self.may_release(Second::of(now)) {
            return Err(Refusal::TooManyReleases(RELEASES_MAX));
        }
        next.count_release(Second::of(now));
        Ok(next)
    }

    /// As [`Self::release`], by the vendor's support: neither limited nor counted.
    pub fn release_without_limit(&self) -> Result<Self, Refusal> {
        if !self.is_bound() {
            return Err(Refusal::ServerNotBound);
        }
        let mut next = self.next_epoch();
        next.binding = None;
        Ok(next)
    }

    /// A manager says which of two installations is the right one: it goes on as if nothing had been, the other one
    /// is answered `released`. Not limited: a conflict must always have a way out.
    ///
    /// Refused where there is no conflict.
    pub fn choose(&self, chosen: Chosen, now: Timestamp) -> Result<Self, Refusal> {
        let mut next = self.next_epoch();
        let binding = next.binding.as_mut().ok_or(Refusal::NoConflict)?;
        let rival = binding.rival.take().ok_or(Refusal::NoConflict)?;
        if chosen == Chosen::Rival {
            // Its lease is a short one, so its next check-in gets a new one whatever the revision.
            let pending = Pending { id: rival.id, attempt: rival.attempt, revision: None, issued_at: rival.first_seen };
            *binding = Binding {
                confirmed: None,
                pending,
                traits: rival.traits,
                public_key: rival.public_key,
                heard_at: Second::of(now),
                rival: None,
            };
        }
        Ok(next)
    }

    /// The state after ENABLE of a server that was disabled from `disabled_from` on: a binding that counts as cleared
    /// is cleared. `None` where there is nothing to store.
    pub fn enabled(&self, disabled_from: Timestamp, now: Timestamp) -> Option<Self> {
        if now < disabled_from || !self.is_bound() {
            return None;
        }
        self.unbound()
    }
}

/// What strings for an offline installation do to it.
impl LeaseState {
    /// The serial of the next response to an installation that holds a lease of serial `named`.
    pub fn next_offline_serial(&self, named: u64) -> u64 {
        self.highest.max(named).saturating_add(1)
    }

    /// The state after a response of this serial: its installation has the server.
    ///
    /// Refused where another installation is activated.
    pub fn given_offline(&self, asking: &Asking, serial: u64, now: Timestamp) -> Result<Self, Refusal> {
        let other = self.binding.as_ref().is_some_and(|binding| binding.public_key != asking.key);
        if other {
            return Err(Refusal::OfflineOtherInstallation);
        }
        let mut next = self.next_version();
        next.highest = serial;
        let id = LeaseId { epoch: next.epoch, serial };
        next.binding = Some(Binding {
            confirmed: None,
            pending: Pending { id, attempt: asking.nonce.clone(), revision: None, issued_at: Second::of(now) },
            traits: self.binding.as_ref().map(|binding| binding.traits.clone()).unwrap_or_default(),
            public_key: asking.key.clone(),
            heard_at: Second::of(now),
            rival: None,
        });
        Ok(next)
    }

    /// The state after what an installation had was returned or lost: the next one is bound. `None` where none is.
    pub fn unbound(&self) -> Option<Self> {
        self.is_bound().then(|| Self { binding: None, ..self.next_version() })
    }
}

/// What the decision asks and does.
impl LeaseState {
    pub(super) const fn is_behind(&self, named: LeaseId) -> bool {
        named.epoch > self.epoch || named.serial > self.highest
    }

    pub(super) fn may_reseed(&self, now: Second) -> bool {
        recent(&self.reseeds, now) < RESEEDS_MAX
    }

    pub(super) fn may_release(&self, now: Second) -> bool {
        recent(&self.releases, now) < RELEASES_MAX
    }

    pub(super) fn count_reseed(&mut self, now: Second) {
        self.reseeds.retain(|date| is_recent(*date, now));
        self.reseeds.push(now);
    }

    pub(super) fn count_release(&mut self, now: Second) {
        self.releases.retain(|date| is_recent(*date, now));
        self.releases.push(now);
    }

    /// The id of the next lease; its serial is used up.
    pub(super) const fn next_id(&mut self) -> LeaseId {
        self.highest = self.highest.saturating_add(1);
        LeaseId { epoch: self.epoch, serial: self.highest }
    }

    pub(super) fn next_version(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }

    fn next_epoch(&self) -> Self {
        Self { epoch: self.epoch + 1, reseeds: Vec::new(), ..self.next_version() }
    }
}

impl Binding {
    pub(super) fn has_confirmed(&self, named: LeaseId) -> bool {
        self.confirmed.as_ref().is_some_and(|confirmed| confirmed.id == named)
    }
}

impl Rival {
    pub(super) fn speaks_in(&self, request: &CheckIn) -> bool {
        self.attempt == request.attempt || request.lease == Some(self.id)
    }
}

fn recent(dates: &[Second], now: Second) -> usize {
    dates.iter().filter(|date| is_recent(**date, now)).count()
}

fn is_recent(date: Second, now: Second) -> bool {
    now.since(date) < MONTH
}
