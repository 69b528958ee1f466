//! The client's rules as one pure function: state, event and time in, state and effects out.

use jiff::{SignedDuration, Timestamp};
use lease::document::{Binding, NextCheckIn, RefusalReason};
use lease::request::CheckInResponse;
use lease::{Document, DocumentFault, Expected, KeySet, Lease, Refusal, Roots, verify};
use serde::{Deserialize, Serialize};

use crate::randomness::Jitter;
use crate::schedule::{WAIT_MIN, after_failure, after_grant};
use crate::state::{Held, State};

/// What an installation trusts and who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The pinned roots.
    pub roots: Roots,
    /// The server's id, from the token.
    pub server: String,
    /// The token's version.
    pub token_version: u16,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It is time to check in, or somebody asked to.
    CheckInDue {
        /// The attempt to make where none is outstanding.
        fresh_attempt: String,
    },
    /// Something came that looks like an answer.
    Answered {
        /// The answer; nothing of it is proven.
        response: CheckInResponse,
        /// Spreads the next check-in.
        jitter: Jitter,
    },
    /// No answer came.
    Failed {
        /// Why.
        failure: Failure,
        /// How long the other side asked to wait.
        retry_after: Option<SignedDuration>,
        /// Spreads the next check-in.
        jitter: Jitter,
    },
}

/// Why no answer came. None of these has an effect on what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Failure {
    /// An unsigned 401.
    #[error("the token was not accepted")]
    TokenRejected,
    /// Another status than 200.
    #[error("the other side answered with status {0}")]
    Status(u16),
    /// No connection, or it broke, or it took too long.
    #[error("no connection to the Licensing Service")]
    Unreachable,
    /// A 200 that is not an answer: a captive portal, for example.
    #[error("what came is not an answer of the Licensing Service")]
    NotAnAnswer,
    /// An answer whose signature, type or binding is not right.
    #[error("what came is not signed for this server and this request")]
    Untrusted,
}

/// What to do, in this order. If [`Effect::Store`] fails, nothing after it is done and the old state stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Store the new state.
    Store,
    /// Send this check-in.
    Send(Question),
    /// Tell the people.
    Tell(Outcome),
}

/// What the state contributes to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The attempt.
    pub attempt: String,
    /// The id of the lease held.
    pub lease: Option<String>,
    /// The serial of the key set held; 0 is none.
    pub key_set: u64,
}

/// What came of a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A new lease is held.
    NewLease {
        /// Its serial.
        serial: u64,
    },
    /// The lease held stays: it is fresh, or newer than the one that came.
    LeaseKept,
    /// There is no new lease.
    Refused(RefusalReason),
    /// Nothing that can be trusted came. What runs, runs on.
    NoEffect(Cause),
}

/// Why an answer had no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// No answer came.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// There is no key set to verify the answer with.
    #[error("no key set signed by a pinned root came with the answer")]
    NoKeySet,
    /// The answer is not what it should be.
    #[error(transparent)]
    Document(#[from] DocumentFault),
}

/// One step of the client.
pub fn step(trust: &Trust, mut state: State, event: Event, now: Timestamp) -> (State, Vec<Effect>) {
    let outcome = match event {
        Event::CheckInDue { fresh_attempt } => return ask(state, fresh_attempt),
        Event::Answered { response, jitter } => {
            answer(trust, &mut state, &response, jitter, now).unwrap_or_else(|cause| {
                failed(&mut state, Failure::Untrusted, None, jitter, now);
                Outcome::NoEffect(cause)
            })
        }
        Event::Failed { failure, retry_after, jitter } => {
            failed(&mut state, failure, retry_after, jitter, now);
            Outcome::NoEffect(failure.into())
        }
    };
    (state, vec![Effect::Store, Effect::Tell(outcome)])
}

/// The attempt is stored before it is sent, and repeated until its answer is stored.
fn ask(mut state: State, fresh_attempt: String) -> (State, Vec<Effect>) {
    let attempt = state.attempt.get_or_insert(fresh_attempt).clone();
    let question = Question {
        attempt,
        lease: state.lease.as_ref().map(|lease| lease.document.lease_id.clone()),
        key_set: state.key_set.as_ref().map_or(0, |(set, _)| set.serial),
    };
    (state, vec![Effect::Store, Effect::Send(question)])
}

fn answer(
    trust: &Trust,
    state: &mut State,
    response: &CheckInResponse,
    jitter: Jitter,
    now: Timestamp,
) -> Result<Outcome, Cause> {
    take_key_set(state, trust, response);
    let (keys, key_set) = state.key_set.clone().ok_or(Cause::NoKeySet)?;
    // Nothing was asked, so nothing can answer it, not even a document that leaves the attempt empty.
    let attempt = state.attempt.clone().ok_or(DocumentFault::Nonce)?;
    let expected = Expected { server: &trust.server, token_version: trust.token_version, attempt: &attempt };
    let document = verify(&keys, &expected, &response.document)?;
    heard(state, document.binding(), now);
    let text = response.document.clone();
    Ok(match document {
        Document::Lease(document) => lease(state, Held { document, text, key_set }, jitter, now),
        Document::Unchanged(document) => {
            granted(state, document.binding.issued_at, document.next_check_in, jitter, now);
            if state.lease.is_none() {
                // The file was lost while an attempt was under way. The next request names nothing and gets a lease.
                state.next_check_in = after(now, WAIT_MIN);
            }
            Outcome::LeaseKept
        }
        Document::Refusal(document) => refused(state, Held { document, text, key_set }, jitter, now),
    })
}

/// Only a set of a pinned root with a higher serial replaces the one held.
fn take_key_set(state: &mut State, trust: &Trust, response: &CheckInResponse) {
    let Some(text) = &response.key_set else { return };
    let Ok(set) = KeySet::verify(&trust.roots, text) else { return };
    if state.key_set.as_ref().is_none_or(|(held, _)| held.serial < set.serial) {
        state.key_set = Some((set, text.clone()));
    }
}

/// A trusted answer came: the attempt is done.
fn heard(state: &mut State, binding: &Binding, now: Timestamp) {
    state.attempt = None;
    state.failures = 0;
    state.last_failure = None;
    state.last_contact = Some(now);
    state.clock_behind = binding.issued_at.duration_since(now);
}

fn lease(state: &mut State, new: Held<Lease>, jitter: Jitter, now: Timestamp) -> Outcome {
    granted(state, new.document.binding.issued_at, new.document.next_check_in, jitter, now);
    let serial = new.document.serial;
    if state.offline.as_ref().is_some_and(|held| held.document.serial < serial) {
        // The server is online again.
        state.offline = None;
    }
    if state.lease.as_ref().is_some_and(|held| serial <= held.document.serial) {
        return Outcome::LeaseKept;
    }
    let earlier = [state.later_end.take(), state.lease.take()].into_iter().flatten();
    state.later_end = earlier
        .filter(|earlier| earlier.document.expires_at > new.document.expires_at)
        .max_by_key(|earlier| earlier.document.expires_at);
    state.lease = Some(new);
    Outcome::NewLease { serial }
}

/// A lease or unchanged cancels every refusal.
fn granted(state: &mut State, issued_at: Timestamp, next: NextCheckIn, jitter: Jitter, now: Timestamp) {
    state.disabled = None;
    state.refusal = None;
    state.next_check_in = after(now, after_grant(next, issued_at, jitter));
}

fn refused(state: &mut State, refusal: Held<Refusal>, jitter: Jitter, now: Timestamp) -> Outcome {
    let reason = refusal.document.reason;
    match reason {
        RefusalReason::ServerDisabled { .. } => state.disabled = Some(refusal),
        RefusalReason::TokenSuperseded | RefusalReason::Released | RefusalReason::Conflict | RefusalReason::Offline => {
            state.refusal = Some(refusal);
        }
    }
    let (shortest, longest) = if state.disabled.is_some() { HOURLY } else { DAILY };
    state.next_check_in = after(now, jitter.between(shortest, longest));
    Outcome::Refused(reason)
}

fn failed(state: &mut State, failure: Failure, retry_after: Option<SignedDuration>, jitter: Jitter, now: Timestamp) {
    let wait = after_failure(state.failures, state.disabled.is_some(), retry_after, jitter);
    state.failures = state.failures.saturating_add(1);
    state.last_failure = Some(failure);
    state.next_check_in = after(now, wait);
}

const HOURLY: (SignedDuration, SignedDuration) = (SignedDuration::from_mins(55), SignedDuration::from_mins(65));
const DAILY: (SignedDuration, SignedDuration) = (SignedDuration::from_hours(23), SignedDuration::from_hours(25));

fn after(now: Timestamp, wait: SignedDuration) -> Option<Timestamp> {
    now.checked_add(wait).ok()
}
