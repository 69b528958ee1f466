//! What somebody should know or do.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use lease::document::RefusalReason;

use super::instant;
use crate::machine::Failure;
use crate::state::State;

/// From this difference on, people are told that the clock is wrong.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(10);
/// After this silence people are told that there was none.
const SILENCE_TOLERANCE: SignedDuration = SignedDuration::from_hours(48);

/// What somebody should know or do. Each sentence says what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// No token was ever pasted, or the file with it is gone.
    NotActivated,
    /// The file of the state was not readable or not authentic.
    StateDamaged,
    /// The lease is over.
    LeaseEnded {
        /// Since when.
        since: Timestamp,
    },
    /// A member disabled the server.
    Disabled {
        /// From when on nothing may run.
        effective_at: Timestamp,
        /// Whether that is so already.
        in_effect: bool,
        /// Where to go.
        portal: String,
    },
    /// Another refusal.
    Refused {
        /// Which.
        reason: RefusalReason,
        /// Whether there is a lease that runs on.
        leased: bool,
        /// Where to go.
        portal: String,
    },
    /// The last check-in brought nothing that can be trusted.
    NoAnswer {
        /// Why.
        failure: Failure,
        /// Whether there is a lease that runs on.
        leased: bool,
    },
    /// There was no contact for days.
    Silence {
        /// Since when.
        since: Timestamp,
    },
    /// The clock is wrong.
    Clock {
        /// Positive: behind; negative: ahead.
        behind: SignedDuration,
    },
}

pub(super) fn warnings(server: Option<&str>, state: &State, now: Timestamp, damaged: bool) -> Vec<Warning> {
    if server.is_none() {
        return vec![Warning::NotActivated];
    }
    if state.offline.is_some() {
        // Nothing that has to do with contact matters.
        return damaged.then_some(Warning::StateDamaged).into_iter().collect();
    }
    let disabled = state.disabled_from().zip(state.disabled.as_ref()).map(|(effective_at, held)| Warning::Disabled {
        effective_at,
        in_effect: effective_at <= now,
        portal: held.document.binding.issuer.clone(),
    });
    let leased = state.lease.is_some();
    let refused = state.refusal.as_ref().map(|held| Warning::Refused {
        reason: held.document.reason,
        leased,
        portal: held.document.binding.issuer.clone(),
    });
    let ended = state.lease_until().filter(|_| state.is_expired_at(now)).map(|since| Warning::LeaseEnded { since });
    let silent = |since: &Timestamp| now.duration_since(*since) > SILENCE_TOLERANCE;
    let silence = state.last_contact.filter(silent).map(|since| Warning::Silence { since });
    let clock = (state.clock_behind.abs() > CLOCK_TOLERANCE).then_some(Warning::Clock { behind: state.clock_behind });
    let failure = state.last_failure.map(|failure| Warning::NoAnswer { failure, leased });
    let damaged = damaged.then_some(Warning::StateDamaged);
    [disabled, ended, refused, silence, failure, clock, damaged].into_iter().flatten().collect()
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotActivated => {
                f.write_str("Not activated. Copy the server token from the License Portal: appsuite activate --token …")
            }
            Self::StateDamaged => {
                f.write_str("The stored lease could not be read in full. The next check-in brings it back.")
            }
            Self::LeaseEnded { since } => write!(
                f,
                "The lease ended on {}: nothing runs. Restore the connection; appsuite doctor says what is missing.",
                instant(*since)
            ),
            Self::Disabled { effective_at, in_effect: true, portal } => write!(
                f,
                "This server was disabled and runs nothing since {}. Enable it in the License Portal: {portal}",
                instant(*effective_at)
            ),
            Self::Disabled { effective_at, in_effect: false, portal } => write!(
                f,
                "This server was disabled and will run nothing from {} on. Enable it in the License Portal: {portal}",
                instant(*effective_at)
            ),
            Self::Refused { reason, leased: true, portal } => write!(f, "{} {portal}", advice(*reason)),
            Self::Refused { reason, leased: false, portal } => write!(f, "Not activated: {} {portal}", cause(*reason)),
            Self::NoAnswer { failure, leased: true } => {
                write!(f, "The last check-in failed: {failure}. What runs, runs on; it is tried again.")
            }
            Self::NoAnswer { failure, leased: false } => {
                write!(f, "Not activated: {failure}. It is tried again; appsuite doctor says what is missing.")
            }
            Self::Silence { since } => write!(
                f,
                "No contact since {}. Restore the connection before the lease ends; see appsuite doctor.",
                instant(*since)
            ),
            Self::Clock { behind } => {
                let direction = if behind.is_positive() { "behind" } else { "ahead" };
                write!(f, "This machine's clock is {} minutes {direction}. Set it.", behind.abs().as_mins())
            }
        }
    }
}

/// What a refusal asks of a person; the portal's address follows.
fn advice(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::ServerDisabled { .. } => "This server was disabled. Enable it in the License Portal:",
        RefusalReason::TokenSuperseded => {
            "The token was replaced in the License Portal. Activate again with the new one, before the lease ends:"
        }
        RefusalReason::Released => {
            "This server was released and another installation may use it. Activate here again, or assign the \
             licences to another server in the License Portal, before the lease ends:"
        }
        RefusalReason::Offline => {
            "This server was set to offline. Make a request with appsuite offline request and upload it, before the \
             lease ends, in the License Portal:"
        }
        RefusalReason::Conflict => {
            "Two installations use this token. Choose one in the License Portal before the lease ends:"
        }
    }
}

/// Why there is no lease at all; the portal's address follows.
fn cause(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::ServerDisabled { .. } => "this server is disabled. Enable it in the License Portal:",
        RefusalReason::TokenSuperseded => {
            "this token was replaced. Copy the current one from the License Portal and activate with it:"
        }
        RefusalReason::Offline => {
            "this server is offline. Make a request with appsuite offline request and upload it in the License Portal:"
        }
        RefusalReason::Released => "this server was released. Activate with its token from the License Portal:",
        RefusalReason::Conflict => {
            "two other installations use this token. Choose one in the License Portal, or add a server there:"
        }
    }
}
