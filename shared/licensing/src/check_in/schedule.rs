//! When a server should check in next: once a day, each server at its own time of the day.

use jiff::{SignedDuration, Timestamp};

use super::REFRESH_AGE;
use super::second::DAY;
use crate::id::ServerId;

/// How long the client may choose within, so that servers with neighbouring slots don't meet in one second.
const WINDOW: SignedDuration = SignedDuration::from_mins(30);

/// When to check in next; the client picks an instant between the two at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckInWindow {
    /// Not before; what the portal shows as expected.
    pub earliest: Timestamp,
    /// Not after, if the network allows.
    pub latest: Timestamp,
}

/// The window after a check-in at `now`: half an hour from the server's own second of the UTC day on, at least 12 hours
/// ahead, so that the next check-in finds the lease old enough to be replaced. Where that is more than a day ahead, as
/// after an activation or an outage, the server comes once in between, 12 hours and a window before its own second, so
/// that a change never waits for more than a day and the check-in after it is in the own slot again. The second is a hash
/// of the server id: it is the same for ever, and the portal can compute it too.
pub fn next_check_in(server: &ServerId, now: Timestamp) -> CheckInWindow {
    let own = own_second(server, now.checked_add(REFRESH_AGE).unwrap_or(Timestamp::MAX));
    let earliest = if own.duration_since(now) > DAY { own - REFRESH_AGE - WINDOW } else { own };
    CheckInWindow { earliest, latest: earliest.checked_add(WINDOW).unwrap_or(Timestamp::MAX) }
}

/// When a server is expected that was activated at `activated_at` and has come ever since when it should.
pub fn expected_check_in(server: &ServerId, activated_at: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let first = activated_at.map(|at| next_check_in(server, at).earliest);
    first.filter(|first| *first > now).unwrap_or_else(|| own_second(server, now))
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
    fn the_next_check_in_is_half_a_day_to_a_day_ahead() {
        let start: Timestamp = "2026-11-24T08:00:00.75Z".parse().unwrap();
        for minute in 0..48 * 60 {
            let now = start + SignedDuration::from_mins(minute);
            let ahead = next_check_in(&ServerId::from_number(7), now).earliest.duration_since(now);
            assert!(ahead >= REFRESH_AGE - WINDOW - SignedDuration::from_secs(1) && ahead <= DAY, "{ahead}");
        }
    }

    #[test]
    fn the_second_check_in_is_at_the_servers_own_time_and_the_portal_expects_each() {
        let server = ServerId::from_number(7);
        let start: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        for minute in 0..24 * 60 {
            let activated = start + SignedDuration::from_mins(minute);
            let expected = |now| expected_check_in(&server, Some(activated), now);
            let first = next_check_in(&server, activated);
            assert_eq!(expected(activated), first.earliest);
            for came in [first.earliest + SignedDuration::from_secs(1), first.latest] {
                let second = next_check_in(&server, came);
                assert_eq!(second.earliest.as_second().rem_euclid(DAY.as_secs()), second_of_day(&server));
                assert_eq!(expected(came), second.earliest);
            }
        }
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
