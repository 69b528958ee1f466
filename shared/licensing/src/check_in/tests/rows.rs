//! The service's table, row by row: who asks, in which state of the lease item, and what comes of it.

use jiff::SignedDuration;

use super::super::world::{ELSEWHERE, MACHINE, World, id, refusal, request};
use super::super::*;

/// What a row answers.
#[derive(Debug, PartialEq, Eq)]
enum Says {
    /// A lease of this epoch and serial, for so many days.
    Lease(u32, u64, i64),
    Unchanged,
    Refused(CheckInRefusal),
}

/// One row of the table in one situation.
struct Case {
    name: &'static str,
    /// The situation, to which the request comes.
    given: fn() -> World,
    asks: CheckIn,
    row: Row,
    says: Says,
    writes: bool,
    event: Option<Event>,
}

/// A check-in that is answered without a write, until [`Case::writes`] says otherwise.
fn case(name: &'static str, given: fn() -> World, asks: CheckIn, row: Row, says: Says) -> Case {
    Case { name, given, asks, row, says, writes: false, event: None }
}

impl Case {
    fn writes(self, event: Option<Event>) -> Self {
        Self { writes: true, event, ..self }
    }

    fn check(&self) {
        let world = (self.given)();
        let decision = world.look(&self.asks);
        let says = match self.says {
            Says::Lease(epoch, serial, days) => world.lease(epoch, serial, days),
            Says::Unchanged => Answer::Unchanged,
            Says::Refused(why) => refusal(why),
        };
        assert_eq!((decision.row, decision.answer, decision.event), (self.row, says, self.event), "{}", self.name);
        let version = decision.store.as_ref().map(LeaseState::version);
        assert_eq!(version, self.writes.then(|| world.state.version() + 1), "{}: what it writes", self.name);
        assert!(decision.event.is_none() || self.writes, "{}: what people learn is written with it", self.name);
        let eventual = matches!(self.row, Row::AnswerLost | Row::AnswerArrived | Row::LateDuplicate);
        assert_eq!(decision.needs_consistent_read(), !eventual, "{}: on which read", self.name);
        if let Some(next) = &decision.store {
            assert!(next.highest >= world.state.highest && next.epoch >= world.state.epoch, "{}: falls", self.name);
        }
    }
}

fn disabled_at() -> Timestamp {
    World::active().now + SignedDuration::from_hours(24)
}

fn disabled() -> World {
    let mut world = World::active();
    world.server.disabled_from = Some(disabled_at());
    world
}

fn released() -> World {
    let mut world = World::active();
    world.state = world.state.release(world.now).unwrap();
    world
}

/// Lease 3 is pending, lease 2 is confirmed with the attempt that asked for it.
fn a_day_later() -> World {
    let mut world = World::active();
    world.days_pass(1);
    world.ask(&request("3", Some(id(1, 2)), MACHINE));
    world
}

fn changed() -> World {
    let mut world = World::active();
    world.server.revision = 2;
    world
}

fn old() -> World {
    let mut world = World::active();
    world.now += REFRESH_AGE;
    world
}

fn silent_holder() -> World {
    let mut world = World::in_conflict();
    world.days_pass(6);
    world
}

/// The same machine has begun anew twice this month.
fn twice_begun_anew() -> World {
    let mut world = World::active();
    world.state.count_reseed(Second::of(world.now));
    world.state.count_reseed(Second::of(world.now));
    world
}

fn asks(attempt: &str, epoch: u32, serial: u64) -> CheckIn {
    request(attempt, Some(id(epoch, serial)), MACHINE)
}

fn asks_elsewhere(attempt: &str, epoch: u32, serial: u64) -> CheckIn {
    request(attempt, Some(id(epoch, serial)), ELSEWHERE)
}

fn asks_on(traits: [&str; 4]) -> CheckIn {
    request("x", None, traits)
}

fn rows_0_to_3() -> Vec<Case> {
    use Row::{AheadOfTable, AnswerLost, Disabled, NotBound};
    use Says::{Lease, Refused};
    let off = || Refused(CheckInRefusal::ServerDisabled { effective_at: disabled_at() });
    let bound = |first| Some(Event::Activated { first });
    let adopted = Some(Event::Adopted);
    vec![
        case("0: the holder of a disabled server", disabled, asks("2", 1, 1), Disabled, off()),
        case("0: a lease ahead at a disabled server", disabled, asks_elsewhere("x", 9, 9), Disabled, off()),
        case("1: a serial ahead", World::active, asks("x", 1, 9), AheadOfTable, Lease(1, 10, 30)).writes(adopted),
        case("1: an epoch ahead", World::active, asks("x", 3, 2), AheadOfTable, Lease(3, 3, 30)).writes(adopted),
        case("1: with the pending attempt", World::active, asks("2", 1, 9), AheadOfTable, Lease(1, 10, 30))
            .writes(adopted),
        case("1: nothing bound", World::new, asks("x", 1, 4), AheadOfTable, Lease(1, 5, 30)).writes(adopted),
        case("2: the first activation", World::new, asks_on(MACHINE), NotBound, Lease(1, 1, 30)).writes(bound(true)),
        case("2: after a release", released, asks_on(ELSEWHERE), NotBound, Lease(2, 3, 30)).writes(bound(false)),
        case("3: on the lease before", World::active, asks("2", 1, 1), AnswerLost, Lease(1, 2, 30)),
        case("3: on nothing", World::active, request("2", None, ELSEWHERE), AnswerLost, Lease(1, 2, 30)),
        case("3: on the lease itself", World::active, asks("2", 1, 2), AnswerLost, Lease(1, 2, 30)),
        case("3: half a day later it counts as heard", old, asks("2", 1, 1), AnswerLost, Lease(1, 2, 30)).writes(None),
    ]
}

fn rows_4_to_6() -> Vec<Case> {
    use Row::{AnswerArrived, Conflict, LateDuplicate};
    use Says::{Lease, Refused, Unchanged};
    let no = || Refused(CheckInRefusal::Conflict);
    let resolved = Some(Event::ConflictResolved);
    vec![
        case("4: fresh", World::active, asks("x", 1, 2), AnswerArrived, Unchanged),
        case("4: fresh, whatever the machine", World::active, asks_elsewhere("x", 1, 2), AnswerArrived, Unchanged),
        case("4: changed", changed, asks("x", 1, 2), AnswerArrived, Lease(1, 3, 30)).writes(None),
        case("4: half a day old", old, asks("x", 1, 2), AnswerArrived, Lease(1, 3, 30)).writes(None),
        case("4: in a conflict", World::in_conflict, asks("x", 1, 2), AnswerArrived, Lease(1, 4, 30)).writes(None),
        case("5: a late duplicate", a_day_later, asks("2", 1, 1), LateDuplicate, Unchanged),
        case("6: its answer was lost", World::in_conflict, asks_elsewhere("rival", 1, 1), Conflict, Lease(1, 3, 7)),
        case("6: the rival again", World::in_conflict, asks_elsewhere("x", 1, 3), Conflict, no()),
        case("6: the holder silent", silent_holder, asks_elsewhere("x", 1, 3), Conflict, Lease(1, 4, 30))
            .writes(resolved),
    ]
}

fn rows_7_to_9() -> Vec<Case> {
    use Row::{OlderEpoch, SameMachine, SecondInstallation};
    use Says::{Lease, Refused};
    let one_trait = request("x", Some(id(1, 1)), ["kids", "board", "uuid", "name"]);
    let two_traits = || asks_on(["kids", "draob", "uuid", "name"]);
    let (anew, begun) = (Some(Event::Reseeded), Some(Event::ConflictBegun));
    let no = Refused;
    vec![
        case("7: nothing bound since", released, asks("x", 1, 2), OlderEpoch, no(CheckInRefusal::Released)),
        case("7: another bound since", released_and_bound, asks("x", 1, 2), OlderEpoch, no(CheckInRefusal::Released)),
        case("8: reinstalled", World::active, asks_on(MACHINE), SameMachine, Lease(1, 3, 30)).writes(anew),
        case("8: a backup on a new disk", World::active, one_trait, SameMachine, Lease(1, 3, 30)).writes(anew),
        case("9: two traits differ", World::active, two_traits(), SecondInstallation, Lease(1, 3, 7)).writes(begun),
        case("9: a third time", twice_begun_anew, asks_on(MACHINE), SecondInstallation, Lease(1, 3, 7)).writes(begun),
        case("9: a third one", World::in_conflict, two_traits(), SecondInstallation, no(CheckInRefusal::Conflict)),
    ]
}

fn released_and_bound() -> World {
    let mut world = released();
    world.ask(&request("3", None, ELSEWHERE));
    world
}

#[test]
fn every_row_answers_as_the_table_says() {
    let cases: Vec<Case> = [rows_0_to_3(), rows_4_to_6(), rows_7_to_9()].into_iter().flatten().collect();
    for case in &cases {
        case.check();
    }
    let rows: std::collections::BTreeSet<Row> = cases.iter().map(|case| case.row).collect();
    assert_eq!(rows.len(), 10, "nine rows, and the one before them");
}

#[test]
fn the_token_is_judged_before_any_row() {
    let token = |version, key_id| TokenState { version, key_id };
    for (name, current, presented, verdict) in [
        ("recorded version, recorded key", Some(token(2, 1)), token(2, 1), TokenVerdict::Current),
        ("an older version", Some(token(2, 1)), token(1, 1), TokenVerdict::Superseded),
        ("an older version under the key before a rotation", Some(token(2, 2)), token(1, 1), TokenVerdict::Superseded),
        ("the recorded version under another key", Some(token(2, 1)), token(2, 2), TokenVerdict::Unauthentic),
        ("a newer version: the table was restored", Some(token(2, 1)), token(3, 1), TokenVerdict::Unknown),
        ("a newer version under another key", Some(token(2, 1)), token(3, 2), TokenVerdict::Unknown),
        ("no token recorded", None, token(1, 1), TokenVerdict::Unknown),
    ] {
        assert_eq!(judge_token(current, presented), verdict, "{name}");
        assert_eq!(verdict.needs_consistent_read(), verdict != TokenVerdict::Current, "{name}");
    }
}
