//! What people see of an installation: what it was given, and what a second one has in common with it.

use jiff::{SignedDuration, Timestamp};

use super::state::LeaseState;

/// What is known of the installation that has a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// What its last lease carried; `None` where that is not known.
    pub revision: Option<u64>,
    /// When it was heard last, give or take half a day.
    pub heard_at: Timestamp,
    /// Until when it runs without another check-in, without the leeway for a wrong clock.
    pub lease_until: Timestamp,
    /// A second installation with the same token.
    pub conflict: Option<Conflict>,
}

/// Two installations with one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// When the second one was seen first.
    pub first_seen: Timestamp,
    /// Marks of the first one's machine.
    pub marks: usize,
    /// How many of them the second one does not have.
    pub marks_differing: usize,
}

impl LeaseState {
    /// The installation that has the server, and its rival; `lease_days` is the account's policy.
    pub fn holding(&self, lease_days: u16) -> Option<Holding> {
        let binding = self.binding.as_ref()?;
        let issued_at = binding.pending.issued_at.timestamp();
        let conflict = binding.rival.as_ref().map(|rival| Conflict {
            first_seen: rival.first_seen.timestamp(),
            marks: binding.traits.len(),
            marks_differing: binding.traits.missing_in(&rival.traits),
        });
        Some(Holding {
            revision: binding.pending.revision,
            heard_at: binding.heard_at.timestamp(),
            lease_until: issued_at.saturating_add(SignedDuration::from_hours(24 * i64::from(lease_days))).ok()?,
            conflict,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{ELSEWHERE, MACHINE, World, request};
    use super::super::{Answer, decide};
    use super::*;

    #[test]
    fn nobody_holds_a_server_that_was_never_activated() {
        assert_eq!(LeaseState::default().holding(30), None);
    }

    #[test]
    fn a_second_installation_shows_how_far_its_machine_is_another_one() {
        let mut world = World::new();
        for asked in [request("one", None, MACHINE), request("two", None, ELSEWHERE)] {
            let decision = decide(&world.server, &world.state, &asked, world.now);
            assert!(matches!(decision.answer, Answer::Lease { .. }));
            world.state = decision.store.unwrap();
        }
        let holding = world.state.holding(30).unwrap();
        // The item keeps whole seconds.
        let now = Timestamp::from_second(world.now.as_second()).unwrap();
        assert_eq!((holding.revision, holding.heard_at), (Some(world.server.revision), now));
        assert_eq!(holding.lease_until, now + SignedDuration::from_hours(30 * 24));
        let differ = ELSEWHERE.iter().filter(|mark| !MACHINE.contains(mark)).count();
        let conflict = Conflict { first_seen: now, marks: MACHINE.len(), marks_differing: differ };
        assert_eq!(holding.conflict, Some(conflict));
    }
}
