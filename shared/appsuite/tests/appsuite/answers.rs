//! What the rows of the client's table lead to, without I/O. The rows themselves are in [`crate::rows`].

use appsuite::{Cause, Effect, Event, Failure, Outcome, Question, State, step};
use jiff::{SignedDuration, Timestamp};
use lease::document::{JwsFault, RefusalReason};
use lease::request::CheckInResponse;
use lease::{DocumentFault, sign};

use crate::fixture::{
    ATTEMPT, JITTER, NOW, answer, binding, capacity, days, key, key_set, lease, refusal, segment, trust, unchanged,
};

fn asking(state: State) -> State {
    step(&trust(), state, Event::CheckInDue { fresh_attempt: ATTEMPT.to_owned() }, NOW).0
}

fn answered_at(state: State, response: CheckInResponse, now: Timestamp) -> (State, Outcome) {
    let (state, effects) = step(&trust(), state, Event::Answered { response, jitter: JITTER }, now);
    let [Effect::Store, Effect::Tell(outcome)] = &effects[..] else { panic!("{effects:?}") };
    (state, outcome.clone())
}

fn answered(state: State, response: CheckInResponse) -> (State, Outcome) {
    answered_at(state, response, NOW)
}

/// A state that holds lease 7 and asks again.
fn running() -> State {
    let (state, outcome) = answered(asking(State::default()), answer(&lease(ATTEMPT, 7, NOW)));
    assert_eq!(outcome, Outcome::NewLease { serial: 7 });
    asking(state)
}

/// The answer must not change what runs, what is held, or the attempt.
fn without_effect(response: CheckInResponse) -> Cause {
    let before = running();
    let (after, outcome) = answered(before.clone(), response);
    assert_eq!((&after.lease, &after.attempt, &after.disabled), (&before.lease, &before.attempt, &before.disabled));
    assert_eq!((capacity(&after, NOW), after.failures), (20, 1));
    let Outcome::NoEffect(cause) = outcome else { panic!("{outcome:?}") };
    cause
}

fn disabled(effective_at: Timestamp) -> State {
    let reason = RefusalReason::ServerDisabled { effective_at };
    let (state, outcome) = answered(running(), answer(&refusal(ATTEMPT, NOW, reason)));
    assert_eq!(outcome, Outcome::Refused(reason));
    asking(state)
}

#[test]
fn a_request_names_what_is_held_and_is_stored_before_it_is_sent() {
    let due = Event::CheckInDue { fresh_attempt: ATTEMPT.to_owned() };
    let (state, effects) = step(&trust(), State::default(), due, NOW);
    let first = Question { attempt: ATTEMPT.to_owned(), lease: None, key_set: 0 };
    assert_eq!(effects, [Effect::Store, Effect::Send(first)]);
    assert_eq!(state.attempt.as_deref(), Some(ATTEMPT));

    let again = Event::CheckInDue { fresh_attempt: "another-attempt-01".to_owned() };
    let (_, effects) = step(&trust(), running(), again, NOW);
    let repeated = Question { attempt: ATTEMPT.to_owned(), lease: Some("lease-7".to_owned()), key_set: 1 };
    assert_eq!(effects[1], Effect::Send(repeated), "an attempt is repeated until its answer is stored");
}

#[test]
fn unchanged_without_a_lease_is_followed_by_another_check_in_at_once() {
    let lost = State { lease: None, ..running() };
    let (state, _) = answered(lost, answer(&unchanged(ATTEMPT, NOW)));
    assert_eq!(state.next_check_in, Some(NOW + SignedDuration::from_mins(1)));
}

#[test]
fn whatever_an_answer_says_the_client_comes_back_in_a_minute_to_a_week() {
    let wait = |from: Timestamp, until: Timestamp| {
        let mut odd = unchanged(ATTEMPT, NOW);
        odd.next_check_in = lease::document::NextCheckIn { earliest: from, latest: until };
        answered(running(), answer(&odd)).0.next_check_in.unwrap().duration_since(NOW)
    };
    assert_eq!(wait(NOW - days(2), NOW - days(1)), SignedDuration::from_mins(1));
    assert_eq!(wait(NOW + days(1), NOW - days(1)), days(1), "turned around");
    assert_eq!(wait(NOW + days(300), NOW + days(400)), days(7));
}

#[test]
fn a_later_lease_or_unchanged_cancels_server_disabled() {
    for response in [answer(&lease(ATTEMPT, 8, NOW)), answer(&lease(ATTEMPT, 7, NOW)), answer(&unchanged(ATTEMPT, NOW))]
    {
        let (state, _) = answered(disabled(NOW), response);
        assert_eq!((state.disabled_from(), capacity(&state, NOW)), (None, 20));
    }
}

#[test]
fn another_refusal_does_not_cancel_server_disabled() {
    let (state, _) = answered(disabled(NOW), answer(&refusal(ATTEMPT, NOW, RefusalReason::Conflict)));
    assert_eq!(capacity(&state, NOW), 0);
}

#[test]
fn the_other_refusals_let_it_run_to_the_end_of_the_lease() {
    for reason in [RefusalReason::TokenSuperseded, RefusalReason::Released, RefusalReason::Conflict] {
        let (state, outcome) = answered(running(), answer(&refusal(ATTEMPT, NOW, reason)));
        assert_eq!(outcome, Outcome::Refused(reason));
        assert_eq!(state.refusal.as_ref().unwrap().document.reason, reason);
        assert_eq!(capacity(&state, NOW + days(30)), 20);
        let (state, _) = answered(asking(state), answer(&unchanged(ATTEMPT, NOW)));
        assert_eq!(state.refusal, None, "{reason:?} is over once there is a lease again");
    }
}

#[test]
fn failures_back_off_and_honour_retry_after() {
    let wait = |state: State, retry_after| {
        let failed = Event::Failed { failure: Failure::Status(503), retry_after, jitter: JITTER };
        let (state, _) = step(&trust(), state, failed, NOW);
        let wait = state.next_check_in.unwrap().duration_since(NOW);
        (state, wait.as_secs())
    };
    let (state, first) = wait(running(), None);
    let (state, second) = wait(state, None);
    assert_eq!((first, second), (45, 90));
    let (_, asked) = wait(state.clone(), Some(SignedDuration::from_hours(2)));
    assert_eq!(asked, 180 + 7200);
    let (_, absurd) = wait(state.clone(), Some(SignedDuration::from_hours(24 * 365)));
    assert_eq!(absurd, 180 + 24 * 3600, "nobody silences a client for more than a day");
    let (_, longest) = wait(State { failures: u32::MAX, ..state }, None);
    assert_eq!(longest, 3 * 3600);
    let (_, while_disabled) = wait(State { failures: 20, ..disabled(NOW) }, None);
    assert!(while_disabled <= 3600, "a disabled server never waits for more than an hour");
}

#[test]
fn an_unsigned_or_wrongly_signed_answer_has_no_effect() {
    let right = answer(&lease(ATTEMPT, 8, NOW));
    let unsigned = CheckInResponse { document: String::new(), ..right.clone() };
    assert_eq!(without_effect(unsigned), DocumentFault::from(JwsFault::Malformed).into());
    let (message, _) = right.document.rsplit_once('.').unwrap();
    let forged = sign(&key(9), &lease(ATTEMPT, 8, NOW));
    let (_, signature) = forged.rsplit_once('.').unwrap();
    let forged = CheckInResponse { document: format!("{message}.{signature}"), ..right.clone() };
    assert_eq!(without_effect(forged), DocumentFault::from(JwsFault::Signature).into());
    let stranger = CheckInResponse { document: sign(&key(9), &lease(ATTEMPT, 8, NOW)), ..right };
    assert_eq!(without_effect(stranger), DocumentFault::UnknownKey.into());
}

#[test]
fn an_answer_to_another_server_token_or_request_has_no_effect() {
    let mut elsewhere = lease(ATTEMPT, 8, NOW);
    elsewhere.binding.server = "b000121894".to_owned();
    assert_eq!(without_effect(answer(&elsewhere)), DocumentFault::Audience.into());
    let mut other_token = lease(ATTEMPT, 8, NOW);
    other_token.binding.token_version = 2;
    assert_eq!(without_effect(answer(&other_token)), DocumentFault::TokenVersion.into());
    let mut late = lease(ATTEMPT, 8, NOW);
    late.binding = binding("attempt-0000000000", NOW);
    assert_eq!(without_effect(answer(&late)), DocumentFault::Nonce.into());
}

#[test]
fn an_answer_nobody_asked_for_has_no_effect() {
    let (held, _) = answered(running(), answer(&unchanged(ATTEMPT, NOW)));
    let (state, outcome) = answered(held.clone(), answer(&lease(ATTEMPT, 8, NOW)));
    assert_eq!(outcome, Outcome::NoEffect(DocumentFault::Nonce.into()));
    assert_eq!(state.lease, held.lease);
}

#[test]
fn an_answer_without_any_key_set_has_no_effect() {
    let response = CheckInResponse { key_set: None, ..answer(&lease(ATTEMPT, 7, NOW)) };
    let (state, outcome) = answered(asking(State::default()), response);
    assert_eq!((outcome, state.lease), (Outcome::NoEffect(Cause::NoKeySet), None));
}

#[test]
fn only_a_key_set_of_a_higher_serial_and_a_pinned_root_is_taken() {
    let serial_after = |set: String| {
        let response = CheckInResponse { key_set: Some(set), ..answer(&unchanged(ATTEMPT, NOW)) };
        answered(running(), response).0.key_set.unwrap().0.serial
    };
    assert_eq!(serial_after(key_set(2, &[2, 3], 4)), 2);
    assert_eq!(serial_after(key_set(2, &[2, 3], 5)), 2, "the spare root is as good");
    assert_eq!(serial_after(key_set(2, &[2, 3], 6)), 1, "another root is not");
    assert_eq!(serial_after(key_set(0, &[9], 4)), 1, "nor an older set");
    assert_eq!(serial_after("a.b.c".to_owned()), 1);
}

#[test]
fn keys_rotate_without_a_stop() {
    let next = sign(&key(3), &lease(ATTEMPT, 8, NOW));
    let (state, outcome) = answered(running(), CheckInResponse { document: next, key_set: None });
    assert_eq!(outcome, Outcome::NewLease { serial: 8 }, "the prepared key needs no new set");

    let (state, _) = answered(
        asking(state),
        CheckInResponse { document: sign(&key(7), &unchanged(ATTEMPT, NOW)), key_set: Some(key_set(2, &[7], 4)) },
    );
    assert_eq!(capacity(&state, NOW), 20, "a lease of a removed key runs on");
    let removed = CheckInResponse { document: sign(&key(3), &lease(ATTEMPT, 9, NOW)), key_set: None };
    let (_, outcome) = answered(asking(state), removed);
    assert_eq!(outcome, Outcome::NoEffect(DocumentFault::UnknownKey.into()), "a removed key signs nothing new");
}

#[test]
fn the_short_lease_of_a_second_installation_keeps_the_later_end() {
    let mut short = lease(ATTEMPT, 8, NOW + days(1));
    short.expires_at = NOW + days(8);
    short.segments = vec![segment("Advanced Queueing", 10)];
    let (state, _) = answered_at(running(), answer(&short), NOW + days(1));
    assert_eq!(state.lease_until(), Some(NOW + days(30)));
    assert_eq!(capacity(&state, NOW + days(20)), 10);
    let (state, _) = answered_at(asking(state), answer(&lease(ATTEMPT, 9, NOW + days(2))), NOW + days(2));
    assert_eq!((state.lease_until(), state.later_end), (Some(NOW + days(32)), None));
}

#[test]
fn a_lease_without_segments_runs_nothing_and_is_no_refusal() {
    let mut empty = lease(ATTEMPT, 8, NOW);
    empty.segments = vec![];
    let (state, outcome) = answered(running(), answer(&empty));
    assert_eq!((outcome, capacity(&state, NOW)), (Outcome::NewLease { serial: 8 }, 0));
}

#[test]
fn without_contact_it_runs_to_the_end_of_the_lease_and_a_day_longer() {
    let state = running();
    let end = NOW + days(31);
    assert_eq!(capacity(&state, end - SignedDuration::from_secs(1)), 20);
    assert_eq!(capacity(&state, end), 0);
}

#[test]
fn segments_follow_each_other_with_time_alone() {
    let mut dated = lease(ATTEMPT, 8, NOW);
    dated.segments[0].until = Some(NOW + days(5));
    dated.segments.push(lease::segment::Segment {
        from: NOW + days(5),
        capacity: 8,
        ..segment("Advanced Queueing", 8)
    });
    let (state, _) = answered(running(), answer(&dated));
    let second = SignedDuration::from_secs(1);
    assert_eq!((capacity(&state, NOW + days(5) - second), capacity(&state, NOW + days(5))), (20, 8));
}

#[test]
fn a_clock_that_is_set_back_puts_no_check_in_off_for_years() {
    let ahead = NOW + days(3_000);
    let (state, _) = answered_at(asking(State::default()), answer(&lease(ATTEMPT, 7, NOW)), ahead);
    assert_eq!(state.due_at(ahead), ahead + days(1));
    assert_eq!(state.due_at(NOW), NOW, "set right, it asks at once instead of in eight years");
}

#[test]
fn a_clock_that_fell_back_does_not_enable_a_disabled_server() {
    let long_ago = NOW - days(3_000);
    assert_eq!(capacity(&disabled(NOW), long_ago), 0);
    assert_eq!(capacity(&disabled(NOW + days(1)), long_ago), 20, "not in effect when it was signed");
}

#[test]
fn a_clock_that_fell_back_does_not_stop_what_runs_and_is_noticed() {
    let long_ago = NOW - days(3_000);
    let (state, _) = answered_at(asking(State::default()), answer(&lease(ATTEMPT, 7, NOW)), long_ago);
    assert_eq!(capacity(&state, long_ago), 20);
    assert_eq!(state.clock_behind, days(3_000));
    assert_eq!(state.next_check_in, Some(long_ago + days(1)), "waits count from the signed instant");
}
