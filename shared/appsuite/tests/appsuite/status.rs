//! What `status` shows.

use appsuite::{Failure, Held, State, Status};
use jiff::SignedDuration;
use lease::document::RefusalReason;
use lease::segment::{License, Segment, SegmentStatus};

use crate::fixture::{ATTEMPT, NOW, SERVER, days, lease, refusal, segment};

fn held<T>(document: T) -> Held<T> {
    Held { document, text: String::new(), key_set: String::new() }
}

fn state() -> State {
    let mut lease = lease(ATTEMPT, 7, NOW);
    let auto_attendant = Segment { unit: "instances".to_owned(), ..segment("Auto Attendant", 1) };
    let grace = Segment { redundancy: true, status: SegmentStatus::InGrace, ..segment("IP Fax server", 4) };
    let perpetual = Segment {
        license: License::Perpetual,
        unit: "users".to_owned(),
        until: None,
        care: None,
        term: None,
        ..segment("Accounting & Billing", 2_500)
    };
    let coming = Segment { from: NOW + days(9), ..segment("Call Recording", 90) };
    let over = Segment { until: Some(NOW - days(1)), ..segment("Stonefax", 4) };
    lease.segments.extend([auto_attendant, grace, perpetual, coming, over]);
    lease.segments[0].services = vec!["support".to_owned(), "proactive-support".to_owned()];
    State { lease: Some(held(lease)), last_contact: Some(NOW), next_check_in: Some(NOW + days(1)), ..State::default() }
}

fn shown(state: &State, after: SignedDuration) -> String {
    Status::of(Some(SERVER), state, NOW + after, false).to_string()
}

#[test]
fn licences_and_care_are_shown_as_a_table() {
    let expected = "\
Server         Server 1 (b000121893)
Smart Account  Imagicle Final Customer 1

APP. NAME                      TYPE          CAPACITY  CARE  START       TERM DATE   STATUS       SERVICES
Accounting & Billing (users)   Perpetual         2500  -     08/08/2019  -           Active       -
Advanced Queueing (channels)   Subscription        20  GOLD  08/08/2019  07/08/2020  Active       support, proactive-support
Auto Attendant                 Subscription         1  GOLD  08/08/2019  07/08/2020  Active       -
Call Recording (channels)      Subscription         0  GOLD  08/08/2019  07/08/2020  Not started  -
Stonefax (channels)            Subscription         0  GOLD  08/08/2019  07/08/2020  Ended        -
IP Fax server red. (channels)  Subscription         4  GOLD  08/08/2019  07/08/2020  In grace     -

Lease until    24/12/2026 06:00 UTC
Last contact   24/11/2026 06:00 UTC
Next check-in  25/11/2026 06:00 UTC
";
    assert_eq!(shown(&state(), SignedDuration::ZERO), expected);
}

#[test]
fn a_server_without_licences_says_so() {
    let mut empty = state();
    empty.lease.as_mut().unwrap().document.segments.clear();
    assert!(shown(&empty, SignedDuration::ZERO).contains("No licences are assigned to this server."));
}

#[test]
fn each_trouble_is_a_sentence_that_says_what_to_do() {
    let refused = |reason| State { refusal: Some(held(refusal(ATTEMPT, NOW, reason))), ..state() };
    let disabled = |effective_at| State {
        disabled: Some(held(refusal(ATTEMPT, NOW, RefusalReason::ServerDisabled { effective_at }))),
        ..state()
    };
    let slow = |clock_behind| State { clock_behind, ..state() };
    for (state, after, sentence) in [
        (disabled(NOW + days(1)), days(0), "will run nothing from 25/11/2026 06:00 UTC on. Enable it"),
        (disabled(NOW), days(0), "runs nothing since 24/11/2026 06:00 UTC. Enable it"),
        (
            refused(RefusalReason::TokenSuperseded),
            days(0),
            "Activate again with the new one, before the lease ends: https://portal.example.com",
        ),
        (refused(RefusalReason::Released), days(0), "This server was released"),
        (refused(RefusalReason::Conflict), days(0), "Choose one in the License Portal"),
        (state(), days(3), "No contact since 24/11/2026 06:00 UTC. Restore the connection"),
        (state(), days(31), "The lease ended on 24/12/2026 06:00 UTC: nothing runs."),
        (
            State { last_failure: Some(Failure::TokenRejected), ..state() },
            days(0),
            "failed: the token was not accepted. What runs, runs on",
        ),
        (slow(days(3)), days(0), "clock is 4320 minutes behind. Set it."),
        (slow(-SignedDuration::from_mins(11)), days(0), "clock is 11 minutes ahead. Set it."),
    ] {
        let text = shown(&state, after);
        assert!(text.contains(sentence), "{sentence}\n{text}");
    }
    assert!(!shown(&slow(SignedDuration::from_mins(9)), days(0)).contains("Warning"));
}

#[test]
fn without_any_lease_a_trouble_is_why_the_server_is_not_activated() {
    let refused = |reason| State { refusal: Some(held(refusal(ATTEMPT, NOW, reason))), ..State::default() };
    let unreachable = State { last_failure: Some(Failure::Unreachable), ..State::default() };
    for (state, sentence) in [
        (
            refused(RefusalReason::TokenSuperseded),
            "Not activated: this token was replaced. Copy the current one from the License Portal and activate with \
             it: https://portal.example.com",
        ),
        (refused(RefusalReason::Released), "Not activated: this server was released. Activate with its token"),
        (refused(RefusalReason::Conflict), "Not activated: two other installations use this token."),
        (unreachable, "Not activated: no connection to the Licensing Service."),
    ] {
        let text = shown(&state, SignedDuration::ZERO);
        assert!(text.starts_with("Server         b000121893\n") && text.contains(sentence), "{sentence}\n{text}");
        assert!(!text.contains("before the lease ends") && !text.contains("runs on"), "{text}");
    }
}

#[test]
fn nothing_runs_while_disabled_or_after_the_lease() {
    let disabled = RefusalReason::ServerDisabled { effective_at: NOW };
    let disabled = State { disabled: Some(held(refusal(ATTEMPT, NOW, disabled))), ..state() };
    for (state, after, word) in [(disabled, days(0), "Disabled"), (state(), days(31), "Lease ended")] {
        let status = Status::of(Some(SERVER), &state, NOW + after, false);
        for row in status.rows {
            assert_eq!((row.capacity, row.status.to_string().as_str()), (0, word));
        }
    }
}

#[test]
fn before_the_activation_it_says_what_to_do() {
    assert!(Status::not_activated().to_string().contains("appsuite activate --token"));
}
