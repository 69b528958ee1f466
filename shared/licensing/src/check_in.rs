//! What a check-in is answered: clones are found by divergence, and nobody honest is ever accused.
//!
//! [`decide`] is the whole decision for an authentic, current token ([`judge_token`] comes first). It reads the
//! server and its [`LeaseState`] and says what to answer, what to store on condition that the state is still the one
//! read, and what to tell people. The rows are tried in the order of [`Row`].

mod holding;
mod request;
mod schedule;
mod second;
#[cfg(test)]
mod simulation;
mod state;
#[cfg(test)]
mod tests;
mod token;
#[cfg(test)]
mod world;

use jiff::{SignedDuration, Timestamp};

use crate::account::ActivationMode;

pub use holding::{Conflict, Holding};
pub use request::{AttemptId, CheckIn, InvalidCheckIn, LeaseId, PublicKey, Traits};
pub use schedule::{CheckInWindow, awaited_check_in, expected_check_in, next_check_in};
use second::{DAY, Second};
use state::{Binding, Confirmed, Pending, Rival};
pub use state::{Chosen, LeaseState, RELEASES_MAX};
pub use token::{TokenState, TokenVerdict, judge_token};

/// A lease of this age is replaced although nothing changed, so that a daily check-in always extends it.
pub const REFRESH_AGE: SignedDuration = SignedDuration::from_hours(12);

/// How long the one lease of a second installation lives.
pub const RIVAL_LEASE_DAYS: u16 = 7;

/// After this long without a word from the holder, its rival becomes the holder.
const HOLDER_SILENT: SignedDuration = SignedDuration::from_hours(6 * 24);

/// What the decision needs to know of the server itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerState {
    /// Set while the server is disabled: from when on it runs nothing. It may be ahead or past.
    pub disabled_from: Option<Timestamp>,
    /// How it stays current.
    pub mode: ActivationMode,
    /// Differs whenever a lease would carry something else than the last time: capacity, names, care, policy.
    pub revision: u64,
    /// How many days a lease lives without another check-in.
    pub lease_days: u16,
}

/// The rule that decided, for logs and metrics; in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// Before all rows: the server is disabled.
    Disabled,
    /// Before all rows: the server is an offline one.
    Offline,
    /// 1: it names an epoch or serial ahead of the table, so the table was restored.
    AheadOfTable,
    /// 2: no AppSuite is bound.
    NotBound,
    /// 3: the attempt is the pending lease's, so its answer was lost.
    AnswerLost,
    /// 4: it names the pending lease, so the answer arrived.
    AnswerArrived,
    /// 5: the attempt is the confirmed lease's: a late duplicate.
    LateDuplicate,
    /// 6: the rival speaks.
    Conflict,
    /// 7: it names a lease of an older epoch: released, or not chosen.
    OlderEpoch,
    /// 8: the same machine with another memory: reinstalled, or restored from a backup.
    SameMachine,
    /// 9: a second installation.
    SecondInstallation,
}

/// The decision on one check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Which rule decided.
    pub row: Row,
    /// What to sign.
    pub answer: Answer,
    /// What to store before answering, on condition that the item still has the version that was read. Where that
    /// fails, read again and decide again. `None`: nothing to store.
    pub store: Option<LeaseState>,
    /// What people and the server's row must learn, in the same transaction as `store`.
    pub event: Option<Event>,
}

/// What a check-in is answered, always signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A lease with the content of now.
    Lease {
        /// Its id; the serial only rises per server.
        id: LeaseId,
        /// When it ends without another check-in. The client keeps the later end of two leases.
        expires_at: Timestamp,
    },
    /// The client's lease is the current one and fresh.
    Unchanged,
    /// No, and why.
    Refused(CheckInRefusal),
}

/// Why a check-in gets no lease. Only [`Self::ServerDisabled`] makes a client stop before its lease ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckInRefusal {
    /// The server is disabled: capacities are 0 from this instant on.
    ServerDisabled {
        /// 24 hours after the click; it may be past.
        effective_at: Timestamp,
    },
    /// The token was regenerated; this is an older one.
    TokenSuperseded,
    /// A member released the server from this installation, or chose the other one.
    Released,
    /// Another installation uses this token.
    Conflict,
    /// The server is an offline one: it is given what it may run by strings.
    Offline,
}

impl CheckInRefusal {
    /// The stable code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ServerDisabled { .. } => "server_disabled",
            Self::TokenSuperseded => "token_superseded",
            Self::Released => "released",
            Self::Conflict => "conflict",
            Self::Offline => "offline",
        }
    }
}

/// What happened beside the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// An AppSuite was bound: the server is *Active*.
    Activated {
        /// Whether it is the first one ever.
        first: bool,
    },
    /// The table was behind the client, so it was restored: raise an alarm. The server is *Active*.
    Adopted,
    /// The same machine began anew after a reinstall or a restored backup.
    Reseeded,
    /// A second installation appeared: the server is in *Conflict*, managers are mailed.
    ConflictBegun,
    /// The holder was silent and its rival became the holder: the server is *Active*. This used up a release.
    ConflictResolved,
}

impl Decision {
    /// Whether it goes against somebody: it is a refusal, or a write that can't be taken back, since managers are mailed
    /// of a conflict, and a rival that takes over uses up a release.
    pub const fn is_adverse(&self) -> bool {
        let accuses = matches!(self.event, Some(Event::ConflictBegun | Event::ConflictResolved));
        accuses || matches!(self.answer, Answer::Refused(_))
    }

    /// Whether to decide again on a strongly consistent read before acting, where this one was decided on an
    /// eventually consistent one: a stale state can look like a restored table, a clone or a refusal.
    pub const fn needs_consistent_read(&self) -> bool {
        !matches!(self.row, Row::AnswerLost | Row::AnswerArrived | Row::LateDuplicate)
    }
}

/// Decides a check-in with the server's current token.
///
/// A disabled server answers `server_disabled` to everybody and stores nothing, before `disabled_from` as well as
/// after it: so an AppSuite that checks in during the 24 hours knows when to stop, and an ENABLE in time finds the
/// binding untouched. An ENABLE after it stores [`LeaseState::unbound`], and row 2 binds whoever comes first.
pub fn decide(server: &ServerState, lease: &LeaseState, request: &CheckIn, now: Timestamp) -> Decision {
    let case = Case { server, lease, request, now };
    if let Some(effective_at) = server.disabled_from {
        return refused(Row::Disabled, CheckInRefusal::ServerDisabled { effective_at });
    }
    if server.mode == ActivationMode::Offline {
        return refused(Row::Offline, CheckInRefusal::Offline);
    }
    if let Some(named) = request.lease.filter(|named| lease.is_behind(*named)) {
        return case.adopt(named);
    }
    let Some(binding) = &lease.binding else {
        let of_this_epoch = request.lease.is_none_or(|named| named.epoch == lease.epoch);
        return if of_this_epoch { case.bind() } else { refused(Row::OlderEpoch, CheckInRefusal::Released) };
    };
    if binding.pending.attempt == request.attempt {
        return case.repeat_pending(binding);
    }
    if request.lease == Some(binding.pending.id) {
        return case.answer_arrived(binding);
    }
    if binding.confirmed.as_ref().is_some_and(|confirmed| confirmed.attempt.as_ref() == Some(&request.attempt)) {
        return unchanged(Row::LateDuplicate);
    }
    if let Some(rival) = binding.rival.as_ref().filter(|rival| rival.speaks_in(request)) {
        return case.conflict_goes_on(binding, rival);
    }
    if request.lease.is_some_and(|named| named.epoch < lease.epoch && !binding.has_confirmed(named)) {
        return refused(Row::OlderEpoch, CheckInRefusal::Released);
    }
    if binding.traits.resemble(&request.traits) && lease.may_reseed(Second::of(now)) {
        return case.reseed(binding);
    }
    case.second_installation(binding)
}

const fn refused(row: Row, refusal: CheckInRefusal) -> Decision {
    Decision { row, answer: Answer::Refused(refusal), store: None, event: None }
}

const fn unchanged(row: Row) -> Decision {
    Decision { row, answer: Answer::Unchanged, store: None, event: None }
}

/// One check-in with all that is known of it.
struct Case<'a> {
    server: &'a ServerState,
    lease: &'a LeaseState,
    request: &'a CheckIn,
    now: Timestamp,
}

impl Case<'_> {
    /// Row 1. What the client proves was given by us, so the table forgot it. An epoch ahead means that a release or
    /// a choice was forgotten too, and both clear the conflict.
    fn adopt(&self, named: LeaseId) -> Decision {
        let mut next = self.lease.clone();
        let mut rival = next.binding.take().and_then(|binding| binding.rival);
        if named.epoch > next.epoch {
            rival = None;
            next.reseeds.clear();
        }
        next.epoch = next.epoch.max(named.epoch);
        next.highest = next.highest.max(named.serial);
        let confirmed = Some(Confirmed { id: named, attempt: None });
        self.give(Row::AheadOfTable, &next, confirmed, rival, Some(Event::Adopted))
    }

    /// Row 2.
    fn bind(&self) -> Decision {
        let confirmed = self.request.lease.map(|id| Confirmed { id, attempt: None });
        let event = Event::Activated { first: self.lease.highest == 0 };
        self.give(Row::NotBound, self.lease, confirmed, None, Some(event))
    }

    /// Row 3. The recorded revision and age stay those of the first answer: should that one still arrive, the next
    /// check-in must not call its content current.
    fn repeat_pending(&self, binding: &Binding) -> Decision {
        let now = Second::of(self.now);
        let store = (now.since(binding.heard_at) >= REFRESH_AGE).then(|| {
            let mut next = self.lease.next_version();
            next.binding = Some(Binding { heard_at: now, ..binding.clone() });
            next
        });
        let answer = self.lease_answer(binding.pending.id, self.server.lease_days);
        Decision { row: Row::AnswerLost, answer, store, event: None }
    }

    /// Row 4.
    fn answer_arrived(&self, binding: &Binding) -> Decision {
        let pending = &binding.pending;
        let fresh = Second::of(self.now).since(pending.issued_at) < REFRESH_AGE;
        if fresh && pending.revision == Some(self.server.revision) {
            return unchanged(Row::AnswerArrived);
        }
        let confirmed = Some(Confirmed { id: pending.id, attempt: Some(pending.attempt.clone()) });
        let mut given = self.give(Row::AnswerArrived, self.lease, confirmed, binding.rival.clone(), None);
        if !binding.traits.resemble(&self.request.traits)
            && let Some(next) = given.store.as_mut().and_then(|state| state.binding.as_mut())
        {
            next.traits.clone_from(&binding.traits);
            next.public_key.clone_from(&binding.public_key);
        }
        given
    }

    /// Row 6. A rival that takes over uses up a release, so that one licence can't wander between two machines.
    fn conflict_goes_on(&self, binding: &Binding, rival: &Rival) -> Decision {
        let now = Second::of(self.now);
        if rival.attempt == self.request.attempt {
            let answer = self.lease_answer(rival.id, RIVAL_LEASE_DAYS);
            return Decision { row: Row::Conflict, answer, store: None, event: None };
        }
        if now.since(binding.heard_at) < HOLDER_SILENT || !self.lease.may_release(now) {
            return refused(Row::Conflict, CheckInRefusal::Conflict);
        }
        let mut next = self.lease.clone();
        next.count_release(now);
        let confirmed = Some(Confirmed { id: rival.id, attempt: Some(rival.attempt.clone()) });
        self.give(Row::Conflict, &next, confirmed, None, Some(Event::ConflictResolved))
    }

    /// Row 8.
    fn reseed(&self, binding: &Binding) -> Decision {
        let mut next = self.lease.clone();
        next.count_reseed(Second::of(self.now));
        let confirmed = self.request.lease.map(|id| Confirmed { id, attempt: None });
        self.give(Row::SameMachine, &next, confirmed, binding.rival.clone(), Some(Event::Reseeded))
    }

    /// Row 9. Whoever it is, it runs for a week, because a failover at night can't wait for a manager.
    fn second_installation(&self, binding: &Binding) -> Decision {
        if binding.rival.is_some() {
            return refused(Row::SecondInstallation, CheckInRefusal::Conflict);
        }
        let mut next = self.lease.next_version();
        let id = next.next_id();
        let rival = Rival {
            id,
            attempt: self.request.attempt.clone(),
            traits: self.request.traits.clone(),
            public_key: self.request.public_key.clone(),
            first_seen: Second::of(self.now),
        };
        next.binding = Some(Binding { rival: Some(rival), ..binding.clone() });
        Decision {
            row: Row::SecondInstallation,
            answer: self.lease_answer(id, RIVAL_LEASE_DAYS),
            store: Some(next),
            event: Some(Event::ConflictBegun),
        }
    }

    /// Gives the next lease to the installation that asks, as the holder.
    fn give(
        &self,
        row: Row,
        from: &LeaseState,
        confirmed: Option<Confirmed>,
        rival: Option<Rival>,
        event: Option<Event>,
    ) -> Decision {
        let mut next = from.next_version();
        let now = Second::of(self.now);
        let id = next.next_id();
        let pending =
            Pending { id, attempt: self.request.attempt.clone(), revision: Some(self.server.revision), issued_at: now };
        next.binding = Some(Binding {
            confirmed,
            pending,
            traits: self.request.traits.clone(),
            public_key: self.request.public_key.clone(),
            heard_at: now,
            rival,
        });
        Decision { row, answer: self.lease_answer(id, self.server.lease_days), store: Some(next), event }
    }

    fn lease_answer(&self, id: LeaseId, days: u16) -> Answer {
        let expires_at = self.now.checked_add(DAY * i32::from(days)).unwrap_or(Timestamp::MAX);
        Answer::Lease { id, expires_at }
    }
}
