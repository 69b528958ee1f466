//! A server and its lease item, as the tests play with them.

use jiff::SignedDuration;

use super::*;
use crate::account::ActivationMode;

/// A server with an AppSuite that has been activated and has checked in once more: lease 1 is confirmed, 2 pending.
pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) server: ServerState,
    pub(super) state: LeaseState,
    attempts: u32,
}

pub(super) const MACHINE: [&str; 4] = ["disk", "board", "uuid", "name"];
pub(super) const ELSEWHERE: [&str; 4] = ["kids", "draob", "diuu", "eman"];

pub(super) fn id(epoch: u32, serial: u64) -> LeaseId {
    LeaseId { epoch, serial }
}

pub(super) fn request(attempt: &str, lease: Option<LeaseId>, traits: [&str; 4]) -> CheckIn {
    CheckIn {
        attempt: AttemptId::parse(&format!("attempt-{attempt:0>8}")).unwrap(),
        lease,
        traits: Traits::parse(traits).unwrap(),
        public_key: PublicKey::parse(&"A".repeat(43)).unwrap(),
    }
}

impl World {
    pub(super) fn new() -> Self {
        let now = "2026-11-24T08:00:00.5Z".parse().unwrap();
        let server = ServerState { disabled_from: None, mode: ActivationMode::Online, revision: 1, lease_days: 30 };
        Self { now, server, state: LeaseState::default(), attempts: 0 }
    }

    pub(super) fn active() -> Self {
        let mut world = Self::new();
        world.ask(&request("1", None, MACHINE));
        world.days_pass(1);
        world.ask(&request("2", Some(id(1, 1)), MACHINE));
        world
    }

    /// The holder has lease 2, a second installation lease 3.
    pub(super) fn in_conflict() -> Self {
        let mut world = Self::active();
        world.days_pass(1);
        world.ask(&request("rival", Some(id(1, 1)), ELSEWHERE));
        world
    }

    pub(super) fn days_pass(&mut self, days: i64) {
        self.now += SignedDuration::from_hours(24 * days);
    }

    pub(super) fn look(&self, request: &CheckIn) -> Decision {
        decide(&self.server, &self.state, request, self.now)
    }

    /// Decides and stores, as the service does.
    pub(super) fn ask(&mut self, request: &CheckIn) -> Decision {
        let decision = self.look(request);
        if let Some(next) = &decision.store {
            assert_eq!(next.version(), self.state.version() + 1, "a write is conditional on the version read");
            self.state = next.clone();
        }
        decision
    }

    /// A check-in with a new attempt.
    pub(super) fn check_in(&mut self, lease: Option<LeaseId>, traits: [&str; 4]) -> Decision {
        self.attempts += 1;
        let attempt = format!("n{}", self.attempts);
        self.ask(&request(&attempt, lease, traits))
    }

    pub(super) fn lease(&self, epoch: u32, serial: u64, days: i64) -> Answer {
        Answer::Lease { id: id(epoch, serial), expires_at: self.now + SignedDuration::from_hours(24 * days) }
    }
}

pub(super) fn refusal(refusal: CheckInRefusal) -> Answer {
    Answer::Refused(refusal)
}
