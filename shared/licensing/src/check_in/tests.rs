//! What one row leads to in the next check-ins, and what members do. The rows themselves are in [`rows`].

mod rows;

use jiff::SignedDuration;

use super::world::{ELSEWHERE, MACHINE, World, id, refusal, request};
use super::*;
use crate::Refusal;

#[test]
fn a_disabled_server_answers_everybody_so_before_and_after_the_instant() {
    let mut world = World::in_conflict();
    let effective_at = world.now + SignedDuration::from_hours(24);
    world.server.disabled_from = Some(effective_at);
    for days in [0, 5] {
        world.days_pass(days);
        for asking in [
            request("2", Some(id(1, 1)), MACHINE),
            request("x", Some(id(1, 2)), MACHINE),
            request("x", Some(id(9, 9)), MACHINE),
            request("rival", None, ELSEWHERE),
        ] {
            let decision = world.look(&asking);
            assert_eq!(decision.row, Row::Disabled);
            assert_eq!(decision.answer, refusal(CheckInRefusal::ServerDisabled { effective_at }));
            assert_eq!((decision.store, decision.event), (None, None));
        }
    }
}

#[test]
fn row_1_adopts_a_lease_that_a_restored_table_forgot() {
    for (named, given) in [(id(1, 9), id(1, 10)), (id(3, 2), id(3, 3)), (id(3, 9), id(3, 10)), (id(0, 9), id(1, 10))] {
        let mut world = World::active();
        let decision = world.check_in(Some(named), ELSEWHERE);
        assert_eq!((decision.row, decision.event), (Row::AheadOfTable, Some(Event::Adopted)), "{named:?}");
        assert_eq!(decision.answer, world.lease(given.epoch, given.serial, 30), "{named:?}");
        let next = world.check_in(Some(given), ELSEWHERE);
        assert_eq!(next.row, Row::AnswerArrived);
    }
    let mut empty = World::new();
    assert_eq!(empty.check_in(Some(id(1, 4)), MACHINE).answer, empty.lease(1, 5, 30));
}

#[test]
fn row_1_forgets_conflict_and_re_seeds_only_where_a_newer_epoch_was_forgotten() {
    let mut world = World::in_conflict();
    world.check_in(Some(id(1, 9)), MACHINE);
    assert!(world.state.conflict_since().is_some());
    world.state.count_reseed(Second::of(world.now));
    world.check_in(Some(id(2, 9)), MACHINE);
    assert_eq!(world.state.conflict_since(), None);
    assert!(world.state.reseeds.is_empty());
}

#[test]
fn row_2_binds_again_after_a_disabled_server_is_enabled() {
    let mut world = World::active();
    let disabled_from = world.now + SignedDuration::from_hours(24);
    assert_eq!(world.state.enabled(disabled_from, world.now), None, "taken back in time");
    world.days_pass(1);
    world.state = world.state.enabled(disabled_from, world.now).unwrap();
    let again = world.check_in(Some(id(1, 2)), ELSEWHERE);
    assert_eq!((again.row, again.event), (Row::NotBound, Some(Event::Activated { first: false })));
    assert_eq!(again.answer, world.lease(1, 3, 30));
}

#[test]
fn row_3_gives_the_pending_lease_again_whatever_the_attempt_names() {
    let mut world = World::active();
    for named in [None, Some(id(1, 1)), Some(id(1, 2))] {
        let again = world.ask(&request("2", named, ELSEWHERE));
        assert_eq!((again.row, again.store.is_none(), again.event), (Row::AnswerLost, true, None));
        assert_eq!(again.answer, world.lease(1, 2, 30));
    }
    world.days_pass(3);
    let late = world.ask(&request("2", Some(id(1, 1)), MACHINE));
    assert_eq!(late.answer, world.lease(1, 2, 30));
    let heard = world.state.heard_at().unwrap();
    assert!(heard <= world.now && heard > world.now - SignedDuration::from_secs(1), "an old attempt is still a word");
}

#[test]
fn row_3_leaves_the_content_to_be_asked_for_once_more() {
    let mut world = World::active();
    world.server.revision = 2;
    world.ask(&request("2", Some(id(1, 1)), MACHINE));
    let next = world.check_in(Some(id(1, 2)), MACHINE);
    assert_eq!(next.answer, world.lease(1, 3, 30), "the first answer, without the change, may have arrived");
}

#[test]
fn row_4_says_unchanged_while_nothing_changed_and_the_lease_is_fresh() {
    let mut world = World::active();
    world.now += REFRESH_AGE - SignedDuration::from_secs(1);
    let fresh = world.check_in(Some(id(1, 2)), MACHINE);
    assert_eq!((fresh.row, fresh.answer, fresh.store), (Row::AnswerArrived, Answer::Unchanged, None));
    world.now += SignedDuration::from_secs(1);
    assert_eq!(world.check_in(Some(id(1, 2)), MACHINE).answer, world.lease(1, 3, 30), "old");
    world.server.revision = 2;
    let changed = world.check_in(Some(id(1, 3)), MACHINE);
    assert_eq!((changed.row, changed.answer), (Row::AnswerArrived, world.lease(1, 4, 30)), "changed");
}

#[test]
fn row_4_follows_a_machine_that_changes_one_trait_at_a_time() {
    let mut world = World::active();
    world.days_pass(1);
    world.check_in(Some(id(1, 2)), ["kids", "board", "uuid", "name"]);
    world.days_pass(1);
    world.check_in(Some(id(1, 3)), ["kids", "draob", "uuid", "name"]);
    assert_eq!(world.check_in(None, ["kids", "draob", "diuu", "name"]).row, Row::SameMachine);

    let mut leap = World::active();
    leap.days_pass(1);
    let mut other = request("x", Some(id(1, 2)), ELSEWHERE);
    other.public_key = PublicKey::parse(&"E".repeat(43)).unwrap();
    leap.ask(&other);
    assert_ne!(leap.state.public_key(), Some(&other.public_key), "the key stays with the traits");
    assert_eq!(leap.check_in(None, MACHINE).row, Row::SameMachine, "two at a time leave the old ones recorded");
}

#[test]
fn row_6_refuses_the_rival_while_the_holder_speaks() {
    let mut world = World::in_conflict();
    let again = world.ask(&request("rival", Some(id(1, 1)), ELSEWHERE));
    assert_eq!((again.row, again.answer, again.store), (Row::Conflict, world.lease(1, 3, 7), None));
    let mut holder = id(1, 2);
    for _ in 0..10 {
        world.days_pass(1);
        let Answer::Lease { id, .. } = world.check_in(Some(holder), MACHINE).answer else { panic!("holder refused") };
        holder = id;
        let rival = world.check_in(Some(id_of_rival()), ELSEWHERE);
        assert_eq!((rival.row, rival.answer), (Row::Conflict, refusal(CheckInRefusal::Conflict)));
    }
}

fn id_of_rival() -> LeaseId {
    id(1, 3)
}

#[test]
fn row_6_makes_the_rival_the_holder_after_six_silent_days() {
    let mut world = World::in_conflict();
    world.days_pass(4);
    assert_eq!(world.check_in(Some(id_of_rival()), ELSEWHERE).answer, refusal(CheckInRefusal::Conflict));
    world.days_pass(1);
    let after = world.check_in(Some(id_of_rival()), ELSEWHERE);
    assert_eq!((after.row, after.event), (Row::Conflict, Some(Event::ConflictResolved)));
    assert_eq!(after.answer, world.lease(1, 4, 30));
    assert_eq!(world.state.conflict_since(), None);
    assert_eq!(world.state.releases_left(world.now), RELEASES_MAX - 1);
    assert_eq!(world.check_in(Some(id(1, 2)), MACHINE).event, Some(Event::ConflictBegun), "the old one returns");
}

#[test]
fn row_6_leaves_a_rival_alone_once_the_releases_are_used_up() {
    let mut world = World::in_conflict();
    for _ in 0..RELEASES_MAX {
        world.state.count_release(Second::of(world.now));
    }
    world.days_pass(20);
    assert_eq!(world.check_in(Some(id_of_rival()), ELSEWHERE).answer, refusal(CheckInRefusal::Conflict));
    world.days_pass(11);
    assert_eq!(world.check_in(Some(id_of_rival()), ELSEWHERE).event, Some(Event::ConflictResolved));
}

#[test]
fn row_7_tells_an_older_epoch_that_it_was_released() {
    let mut world = World::active();
    world.state = world.state.release(world.now).unwrap();
    for bound in [false, true] {
        let old = world.check_in(Some(id(1, 2)), MACHINE);
        assert_eq!((old.row, old.answer), (Row::OlderEpoch, refusal(CheckInRefusal::Released)), "bound: {bound}");
        assert_eq!(old.store, None);
        world.check_in(None, ELSEWHERE);
    }
}

#[test]
fn row_7_spares_the_lease_that_the_chosen_installation_is_known_to_have_had() {
    let mut world = World::in_conflict();
    world.state = world.state.choose(Chosen::Holder, world.now).unwrap();
    assert_eq!(world.check_in(Some(id(1, 1)), MACHINE).row, Row::SameMachine, "restored from a backup");
}

#[test]
fn row_8_lets_the_same_machine_begin_anew_twice_in_30_days() {
    let mut world = World::active();
    let restored = world.check_in(Some(id(1, 1)), MACHINE);
    assert_eq!((restored.row, restored.event), (Row::SameMachine, Some(Event::Reseeded)));
    assert_eq!(restored.answer, world.lease(1, 3, 30));
    world.days_pass(1);
    let reinstalled = world.check_in(None, ["kids", "board", "uuid", "name"]);
    assert_eq!((reinstalled.row, reinstalled.answer), (Row::SameMachine, world.lease(1, 4, 30)));
    world.days_pass(1);
    assert_eq!(world.look(&request("x", None, ["kids", "board", "uuid", "name"])).row, Row::SecondInstallation);
    world.days_pass(28);
    assert_eq!(world.check_in(None, ["kids", "board", "uuid", "name"]).row, Row::SameMachine, "30 days later");
}

#[test]
fn row_8_confirms_what_it_named() {
    let mut world = World::active();
    world.check_in(Some(id(1, 1)), MACHINE);
    assert!(world.state.binding.as_ref().unwrap().has_confirmed(id(1, 1)));
}

#[test]
fn row_9_gives_a_second_installation_one_week() {
    let mut world = World::active();
    let second = world.ask(&request("rival", None, ELSEWHERE));
    assert_eq!((second.row, second.event), (Row::SecondInstallation, Some(Event::ConflictBegun)));
    assert_eq!(second.answer, world.lease(1, 3, 7));
    let third = world.check_in(None, ["a---", "b---", "c---", "d---"]);
    assert_eq!((third.row, third.answer), (Row::SecondInstallation, refusal(CheckInRefusal::Conflict)));
    assert_eq!(third.store, None);
}

#[test]
fn a_release_frees_the_server_a_few_times_a_month() {
    let mut world = World::new();
    assert_eq!(world.state.release(world.now), Err(Refusal::ServerNotBound));
    for left in (0..RELEASES_MAX).rev() {
        assert!(matches!(world.check_in(None, MACHINE).answer, Answer::Lease { .. }));
        world.state = world.state.release(world.now).unwrap();
        assert_eq!(world.state.releases_left(world.now), left);
        world.days_pass(1);
    }
    world.check_in(None, MACHINE);
    assert_eq!(world.state.release(world.now), Err(Refusal::TooManyReleases(RELEASES_MAX)));
    assert!(!world.state.release_without_limit().unwrap().is_bound());
    world.days_pass(27);
    assert!(world.state.release(world.now).is_ok(), "the first one is 30 days old");
}

#[test]
fn a_release_and_a_choice_forget_the_re_seeds() {
    let mut world = World::in_conflict();
    world.state.count_reseed(Second::of(world.now));
    assert!(world.state.release(world.now).unwrap().reseeds.is_empty());
    assert!(world.state.choose(Chosen::Holder, world.now).unwrap().reseeds.is_empty());
}

#[test]
fn a_choice_leaves_the_chosen_installation_as_it_was_and_releases_the_other() {
    for chosen in [Chosen::Holder, Chosen::Rival] {
        for lost in [false, true] {
            let mut world = World::in_conflict();
            world.state = world.state.choose(chosen, world.now).unwrap();
            let (right, wrong, machine, attempt) = match chosen {
                Chosen::Holder => (id(1, 2), id(1, 3), MACHINE, "2"),
                Chosen::Rival => (id(1, 3), id(1, 2), ELSEWHERE, "rival"),
            };
            if lost {
                let again = world.ask(&request(attempt, Some(id(1, 1)), machine));
                assert_eq!(again.answer, world.lease(1, right.serial, 30), "{chosen:?}");
            }
            world.days_pass(1);
            assert_eq!(world.check_in(Some(wrong), MACHINE).answer, refusal(CheckInRefusal::Released), "{chosen:?}");
            let next = world.check_in(Some(right), machine);
            assert_eq!((next.row, next.answer), (Row::AnswerArrived, world.lease(2, 4, 30)), "{chosen:?}");
        }
    }
}

#[test]
fn a_chosen_rival_gets_a_full_lease_at_once() {
    let mut world = World::active();
    let mut rival = request("rival", None, ELSEWHERE);
    rival.public_key = PublicKey::parse(&"E".repeat(43)).unwrap();
    world.ask(&rival);
    world.state = world.state.choose(Chosen::Rival, world.now).unwrap();
    assert_eq!(world.state.public_key(), Some(&rival.public_key));
    assert_eq!(world.check_in(Some(id_of_rival()), ELSEWHERE).answer, world.lease(2, 4, 30));
}

#[test]
fn without_a_conflict_there_is_nothing_to_choose() {
    for world in [World::new(), World::active()] {
        assert_eq!(world.state.choose(Chosen::Holder, world.now), Err(Refusal::NoConflict));
    }
}

#[test]
fn the_largest_state_leaves_room_in_the_item() {
    let hashes: Vec<String> = ('a'..='h').map(|letter| letter.to_string().repeat(16)).collect();
    let traits = || Traits::parse(hashes.iter().map(String::as_str)).unwrap();
    let attempt = || AttemptId::parse(&"a".repeat(36)).unwrap();
    let key = || PublicKey::parse(&"A".repeat(43)).unwrap();
    let late = Second::of("2100-01-01T00:00:00Z".parse().unwrap());
    let largest = LeaseId { epoch: 999_999, serial: 9_999_999_999 };
    let state = LeaseState {
        version: largest.serial,
        epoch: largest.epoch,
        highest: largest.serial,
        binding: Some(Binding {
            confirmed: Some(Confirmed { id: largest, attempt: Some(attempt()) }),
            pending: Pending { id: largest, attempt: attempt(), revision: Some(largest.serial), issued_at: late },
            traits: traits(),
            public_key: key(),
            heard_at: late,
            rival: Some(Rival {
                id: largest,
                attempt: attempt(),
                traits: traits(),
                public_key: key(),
                first_seen: late,
            }),
        }),
        reseeds: vec![late; 2],
        releases: vec![late; RELEASES_MAX],
    };
    let json = serde_json::to_string(&state).unwrap();
    assert!(json.len() <= 900, "{} bytes: {json}", json.len());
    assert_eq!(serde_json::from_str::<LeaseState>(&json).unwrap(), state);
}
