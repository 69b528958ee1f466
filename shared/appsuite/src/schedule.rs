//! When a client asks again. Pure, and apart from the rest, so that a whole fleet can be played over it.

use jiff::{SignedDuration, Timestamp};
use lease::document::NextCheckIn;

use crate::randomness::Jitter;

/// The shortest wait between two check-ins.
pub const WAIT_MIN: SignedDuration = SignedDuration::from_mins(1);
/// A quarter of the usual lease: whatever an answer says, the client comes back in time.
pub const WAIT_MAX: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Over how long overdue check-ins are spread when many machines start together.
const START_SPREAD: SignedDuration = SignedDuration::from_mins(10);
const BACKOFF_MAX: SignedDuration = SignedDuration::from_hours(4);
const BACKOFF_MAX_DISABLED: SignedDuration = SignedDuration::from_mins(55);

/// How long to wait after a lease or *unchanged*. It counts from the signed instant, so that it is right on a machine
/// whose clock is not.
pub fn after_grant(next: NextCheckIn, issued_at: Timestamp, jitter: Jitter) -> SignedDuration {
    let wait = jitter.between(next.earliest.duration_since(issued_at), next.latest.duration_since(issued_at));
    wait.clamp(WAIT_MIN, WAIT_MAX)
}

/// How long to wait after so many failures before this one: from a minute, doubling, to four hours (an hour while the
/// server is disabled), half of it spread. The other side may ask for more, up to a day.
pub fn after_failure(
    failures: u32,
    is_disabled: bool,
    retry_after: Option<SignedDuration>,
    jitter: Jitter,
) -> SignedDuration {
    let longest = if is_disabled { BACKOFF_MAX_DISABLED } else { BACKOFF_MAX };
    let backoff = SignedDuration::from_secs(60 << failures.min(8)).min(longest);
    let asked = retry_after.unwrap_or_default().clamp(SignedDuration::ZERO, SignedDuration::from_hours(24));
    jitter.between(backoff / 2, backoff) + asked
}

/// How long a machine that starts with an overdue check-in waits, where it runs on what it holds.
pub fn at_start(jitter: Jitter) -> SignedDuration {
    jitter.between(SignedDuration::ZERO, START_SPREAD)
}
