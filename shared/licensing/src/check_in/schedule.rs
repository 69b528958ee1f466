//! When a server should check in next: once a day, each server at its own time of the day.

use jiff::{SignedDuration, Timestamp};

use super::REFRESH_AGE;
use super::second::DAY;
use crate::id::ServerId;

/// How long the client may choose within, so that servers with neighbouring slots don't meet in one second.
const WINDOW: SignedDuration = SignedDuration::from_mins(30);

/// Who comes so little before its own second has come for that day.
const EARLY: SignedDuration = SignedDuration::from_mins(1);

/// When to check in next; the client picks an instant between the two at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckInWindow {
    /// Not before; what the portal shows as expected.
    pub earliest: Timestamp,
    /// Not after, if the network allows.
    pub latest: Timestamp,
}

/// The window after a check-in at `now`: half an hour from the server's own second of the UTC day on, which is the same
/// for ever. So a change never waits for more than a day, the portal can compute when a server comes, and a fleet that
/// starts at one instant is spread over the very next day. Where the own second comes within [`REFRESH_AGE`] of an
/// activation or an outage, that one check-in finds a fresh lease and costs half a read unit.
pub fn next_check_in(server: &ServerId, now: Timestamp) -> CheckInWindow {
    let earliest = own_second(server, now.checked_add(EARLY).unwrap_or(Timestamp::MAX));
    CheckInWindow { earliest, latest: earliest.checked_add(WINDOW).unwrap_or(Timestamp::MAX) }
}

/// When a server is expected that was activated at `activated_at` and has come ever since when it should.
pub fn expected_check_in(server: &ServerId, activated_at: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let first = activated_at.map(|at| next_check_in(server, at).earliest);
    first.filter(|first| *first > now).unwrap_or_else(|| own_second(server, now))
}

/// The window in which a server is awaited that was last heard of at `heard_at`. Who comes with a fresh lease leaves no
/// trace, so where such a window is over, the next one counts.
pub fn awaited_check_in(server: &ServerId, heard_at: Timestamp, now: Timestamp) -> CheckInWindow {
    let first = next_check_in(server, heard_at);
    let leaves_no_trace = first.latest.duration_since(heard_at) < REFRESH_AGE;
    if leaves_no_trace && first.latest < now { next_check_in(server, first.latest) } else { first }
}

/// The first instant from `from` on that is the server's own second of a day.
fn own_second(server: &ServerId, from: Timestamp) -> Timestamp {
    let from = from.as_second();
    let wait = (second_of_day(server) - from).rem_euclid(DAY.as_secs());
    Timestamp::from_second(from + wait).unwrap_or(Timestamp::MAX)
}

/// FNV-1a with a last mixing step, because ids differ in few bits; which hash it is doesn't matter as long as it
/// spreads.
fn second_of_day(server: &ServerId) -> i64 {
    let fnv = server
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (fnv ^ (fnv >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    i64::try_from((mixed >> 33) % DAY.as_secs().unsigned_abs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_keeps_its_time_of_day() {
        let server = ServerId::from_number(121_893);
        let first = next_check_in(&server, "2026-11-24T08:00:00Z".parse().unwrap());
        let second = next_check_in(&server, first.latest);
        assert_eq!(second.earliest.duration_since(first.earliest), DAY);
        assert_eq!(first.latest.duration_since(first.earliest), WINDOW);
    }

    #[test]
    fn the_next_check_in_is_at_the_servers_own_second_within_a_day_and_the_portal_expects_it() {
        let server = ServerId::from_number(7);
        let start: Timestamp = "2026-11-24T08:00:00.75Z".parse().unwrap();
        for minute in 0..24 * 60 {
            let activated = start + SignedDuration::from_mins(minute);
            let first = next_check_in(&server, activated);
            let ahead = first.earliest.duration_since(activated);
            assert!(ahead >= EARLY - SignedDuration::from_secs(1) && ahead <= DAY + EARLY, "{ahead}");
            let expected = |now| expected_check_in(&server, Some(activated), now);
            assert_eq!(expected(activated), first.earliest);
            for came in [first.earliest, first.earliest + SignedDuration::from_secs(1), first.latest] {
                let second = next_check_in(&server, came);
                assert_eq!(second.earliest.duration_since(first.earliest), DAY);
                assert_eq!(expected(came + SignedDuration::from_secs(1)), second.earliest);
            }
        }
    }

    #[test]
    fn a_visit_that_left_no_trace_is_not_awaited_for_ever() {
        let server = ServerId::from_number(7);
        let own = next_check_in(&server, "2026-11-24T08:00:00Z".parse().unwrap());
        let awaited = |hours, now| awaited_check_in(&server, own.earliest - SignedDuration::from_hours(hours), now);
        let later = own.latest + SignedDuration::from_secs(1);
        assert_eq!(awaited(2, own.latest), own);
        assert_eq!(awaited(2, later).earliest, own.earliest + DAY);
        assert_eq!(awaited(20, later), own);
    }

    #[test]
    fn who_comes_a_moment_early_does_not_come_twice() {
        let server = ServerId::from_number(7);
        let own = next_check_in(&server, "2026-11-24T08:00:00Z".parse().unwrap()).earliest;
        assert_eq!(next_check_in(&server, own - SignedDuration::from_secs(1)).earliest, own + DAY);
    }

    #[test]
    fn neighbouring_servers_are_spread_over_the_day() {
        let mut hours = [0; 24];
        for number in 0..24_000 {
            let second = second_of_day(&ServerId::from_number(number));
            hours[usize::try_from(second / 3600).unwrap()] += 1;
        }
        assert!(hours.iter().all(|count| (850..1150).contains(count)), "{hours:?}");
    }
}
