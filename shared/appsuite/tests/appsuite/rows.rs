//! The client's table, row by row: what comes back, and what it does to an installation that holds lease 7 of 20
//! channels and asks again.

use appsuite::{Effect, Event, Failure, Outcome, State, step};
use jiff::SignedDuration;
use lease::document::RefusalReason;
use lease::request::CheckInResponse;
use lease::{DocumentFault, Lease, sign};

use crate::fixture::{
    ATTEMPT, JITTER, NOW, answer, capacity, days, key, lease, refusal, segment, signed, trust, unchanged,
};

struct Case {
    name: &'static str,
    comes: Event,
    outcome: Outcome,
    /// The serial of the lease held afterwards.
    serial: u64,
    /// What runs at once, in 23 hours, and in 29 days.
    runs: [u32; 3],
    /// The code of the refusal that people are told of.
    refusal: Option<&'static str>,
    wait: SignedDuration,
}

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Half of a minute and a half of the other half, by the jitter of the tests.
const FIRST_BACKOFF: SignedDuration = SignedDuration::from_secs(45);

impl Case {
    fn of(name: &'static str, response: CheckInResponse, outcome: Outcome) -> Self {
        let comes = Event::Answered { response, jitter: JITTER };
        Self { name, comes, outcome, serial: 7, runs: [20; 3], refusal: None, wait: DAY }
    }

    fn refused(name: &'static str, reason: RefusalReason) -> Self {
        let case = Self::of(name, answer(&refusal(ATTEMPT, NOW, reason)), Outcome::Refused(reason));
        Self { refusal: Some(reason.code()), ..case }
    }

    /// Nothing that can be trusted: the answer is still awaited.
    fn without_effect(name: &'static str, response: CheckInResponse, fault: DocumentFault) -> Self {
        Self { wait: FIRST_BACKOFF, ..Self::of(name, response, Outcome::NoEffect(fault.into())) }
    }

    fn failed(name: &'static str, failure: Failure, retry_after: Option<SignedDuration>) -> Self {
        Self {
            comes: Event::Failed { failure, retry_after, jitter: JITTER },
            wait: FIRST_BACKOFF + retry_after.unwrap_or_default(),
            ..Self::of(name, answer(&unchanged(ATTEMPT, NOW)), Outcome::NoEffect(failure.into()))
        }
    }

    fn check(&self) {
        let (name, before) = (self.name, holding_and_asking());
        let (after, effects) = step(&trust(), before.clone(), self.comes.clone(), NOW);
        assert_eq!(effects, [Effect::Store, Effect::Tell(self.outcome.clone())], "{name}");
        assert_eq!(after.lease.as_ref().map(|lease| lease.document.serial), Some(self.serial), "{name}: lease");
        let ended = !matches!(self.outcome, Outcome::NoEffect(_));
        assert_eq!(after.attempt, before.attempt.filter(|_| !ended), "{name}: the attempt ends with its answer");
        let runs = [NOW, NOW + DAY - HOUR, NOW + days(29)].map(|at| capacity(&after, at));
        assert_eq!(runs, self.runs, "{name}: what runs");
        let refusal = [&after.disabled, &after.refusal].into_iter().flatten().next();
        assert_eq!(refusal.map(|refusal| refusal.document.reason.code()), self.refusal, "{name}: refusal");
        assert_eq!(after.next_check_in, Some(NOW + self.wait), "{name}: when it asks again");
    }
}

fn holding_and_asking() -> State {
    let due = || Event::CheckInDue { fresh_attempt: ATTEMPT.to_owned() };
    let answered = Event::Answered { response: answer(&lease(ATTEMPT, 7, NOW)), jitter: JITTER };
    let events = [due(), answered, due()];
    events.into_iter().fold(State::default(), |state, event| step(&trust(), state, event, NOW).0)
}

fn other(serial: u64) -> Lease {
    Lease { segments: vec![segment("Advanced Queueing", 99)], ..lease(ATTEMPT, serial, NOW) }
}

fn signed_answers() -> Vec<Case> {
    let disabled = |effective_at| RefusalReason::ServerDisabled { effective_at };
    vec![
        Case {
            serial: 8,
            runs: [99; 3],
            ..Case::of("lease, higher serial", answer(&other(8)), Outcome::NewLease { serial: 8 })
        },
        Case::of("lease, equal serial", answer(&other(7)), Outcome::LeaseKept),
        Case::of("lease, lower serial", answer(&other(6)), Outcome::LeaseKept),
        Case::of("unchanged", answer(&unchanged(ATTEMPT, NOW)), Outcome::LeaseKept),
        Case { runs: [20, 20, 0], wait: HOUR, ..Case::refused("server_disabled, in a day", disabled(NOW + DAY)) },
        Case { runs: [0; 3], wait: HOUR, ..Case::refused("server_disabled, by now", disabled(NOW - SECOND)) },
        Case::refused("token_superseded", RefusalReason::TokenSuperseded),
        Case::refused("released", RefusalReason::Released),
        Case::refused("conflict", RefusalReason::Conflict),
    ]
}

fn everything_else() -> Vec<Case> {
    let status = Failure::Status;
    let unknown_type = signed("upgrade+jwt", &serde_json::to_value(other(8)).unwrap());
    let mut claims = serde_json::to_value(refusal(ATTEMPT, NOW, RefusalReason::Conflict)).unwrap();
    claims["code"] = "moved".into();
    let unknown_code = signed("refusal+jwt", &claims);
    let unknown_key = CheckInResponse { document: sign(&key(9), &other(8)), key_set: None };
    vec![
        Case::failed("unsigned 401", Failure::TokenRejected, None),
        Case::failed("unsigned 403", status(403), None),
        Case::failed("unsigned 429, Retry-After", status(429), Some(HOUR)),
        Case::failed("unsigned 500", status(500), None),
        Case::failed("unsigned 503, Retry-After", status(503), Some(HOUR * 2)),
        Case::failed("unsigned 302", status(302), None),
        Case::failed("unsigned 200", Failure::NotAnAnswer, None),
        Case::failed("no connection", Failure::Unreachable, None),
        Case::without_effect("unknown typ", unknown_type, DocumentFault::UnknownType),
        Case::without_effect("unknown code", unknown_code, DocumentFault::UnknownCode),
        Case::without_effect("unknown key", unknown_key, DocumentFault::UnknownKey),
    ]
}

#[test]
fn every_answer_does_what_the_table_says() {
    for case in signed_answers().iter().chain(&everything_else()) {
        case.check();
    }
}
