//! A file that is damaged anywhere, in any way.

use std::fs;

use appsuite::{State, Status, Storage};
use lease::request::CheckInRequest;
use proptest::prelude::*;

use crate::fixture::{NOW, SERVER, answer, capacity, days, lease, refusal, roots, trust};

/// What is stored while an attempt is under way, after a lease, a shorter one and a refusal.
fn stored() -> State {
    use appsuite::{Event, Jitter, step};
    let mut short = lease("attempt-0000000002", 8, NOW);
    short.expires_at = NOW + days(7);
    let conflict = refusal("attempt-0000000003", NOW, lease::document::RefusalReason::Conflict);
    let answers = [answer(&lease("attempt-0000000001", 7, NOW)), answer(&short), answer(&conflict)];
    let due = |number: u8| Event::CheckInDue { fresh_attempt: format!("attempt-{number:010}") };
    let mut state = State::default();
    for (number, response) in (1..).zip(answers) {
        state = step(&trust(), state, due(number), NOW).0;
        state = step(&trust(), state, Event::Answered { response, jitter: Jitter(0) }, NOW).0;
    }
    step(&trust(), state, due(4), NOW).0
}

#[derive(Debug, Clone)]
enum Damage {
    Byte(prop::sample::Index, u8),
    CutOff(prop::sample::Index),
    Field(prop::sample::Index, serde_json::Value),
}

fn damage() -> impl Strategy<Value = Damage> {
    let odd = [
        serde_json::json!(null),
        serde_json::json!(""),
        serde_json::json!("short"),
        serde_json::json!("a blank is in it "),
        serde_json::json!(i64::MIN),
        serde_json::json!(u64::MAX),
        serde_json::json!(0),
        serde_json::json!("9999-12-30T22:00:00Z"),
        serde_json::json!("-009999-01-02T01:59:59Z"),
        serde_json::json!({ "document": "a.b.c", "keySet": "a.b.c" }),
    ];
    prop_oneof![
        (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        any::<prop::sample::Index>().prop_map(Damage::CutOff),
        (any::<prop::sample::Index>(), prop::sample::select(odd.to_vec()))
            .prop_map(|(which, value)| Damage::Field(which, value)),
    ]
}

fn damaged(text: &[u8], damage: &Damage) -> Vec<u8> {
    let mut bytes = text.to_vec();
    match damage {
        Damage::Byte(at, byte) => bytes[at.index(text.len())] = *byte,
        Damage::CutOff(at) => bytes.truncate(at.index(text.len())),
        Damage::Field(which, value) => {
            let mut file: serde_json::Map<_, _> = serde_json::from_slice(text).unwrap();
            let names: Vec<String> = file.keys().cloned().collect();
            file[which.get(&names)] = value.clone();
            bytes = serde_json::to_vec(&file).unwrap();
        }
    }
    bytes
}

/// Whether the service would take the attempt.
fn is_sendable(attempt: &str) -> bool {
    let request = serde_json::json!({
        "attempt": attempt, "traits": [], "publicKey": "A".repeat(43), "appSuiteVersion": "1", "clock": NOW, "keySet": 0,
    });
    serde_json::from_value::<CheckInRequest>(request).unwrap().validate().is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_gives_no_more_than_was_stored_and_never_keeps_the_client_from_asking(damage in damage()) {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::new(folder.path().to_owned());
        storage.store_state(&stored()).unwrap();
        let path = folder.path().join("state.json");
        let text = damaged(&fs::read(&path).unwrap(), &damage);
        fs::write(&path, text).unwrap();

        let read = storage.state(&roots(), SERVER);
        let state = &read.state;
        for at in [NOW - days(400), NOW, NOW + days(20), NOW + days(40)] {
            prop_assert!(capacity(state, at) <= capacity(&stored(), at), "{:?}", state);
            prop_assert!(state.due_at(at) <= at + days(7));
            let _ = Status::of(Some(SERVER), state, at, read.damaged).to_string();
        }
        prop_assert!(state.attempt.as_deref().is_none_or(is_sendable), "{:?}", state.attempt);
    }
}
