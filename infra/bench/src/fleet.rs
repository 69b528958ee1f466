//! A fleet that starts at one instant after an outage, played over the client's own schedule and the service's: how it
//! spreads, and what the gateway refuses meanwhile.

use std::fmt;

use appsuite::Jitter;
use appsuite::schedule::{after_failure, after_grant, at_start};
use jiff::{SignedDuration, Timestamp};
use lease::document::NextCheckIn;
use licensing::check_in::next_check_in;
use licensing::id::ServerId;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// What `template.yaml` lets through to check-ins: requests a second, and at most at once.
const RATE: u32 = 8_000;
const BURST: u32 = 4_000;
const DAY_SECONDS: usize = 24 * 60 * 60;
/// The windows that are counted hold so many check-ins on average: of a million servers, ten seconds.
const MEAN: usize = 116;

/// How the machines start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// They run on the leases that they hold, so each waits for a moment of its own choice.
    Running,
    /// They hold nothing, so all ask in the same second.
    Empty,
}

/// What happened.
#[derive(Debug)]
pub struct Told {
    servers: u32,
    start: Start,
    /// Until each had its first answer, in seconds.
    pub first_round_seconds: usize,
    /// Requests in the busiest second of the first round.
    pub busiest_second: u32,
    /// Requests that the gateway refused.
    pub refused: u64,
    /// Length of the windows, in seconds.
    pub window_seconds: usize,
    /// The busiest window after the first round, in times the mean.
    pub busiest: f64,
}

/// Plays a start and the two days after it.
pub fn play(servers: u32, start: Start, seed: u64) -> Told {
    let mut dice = StdRng::seed_from_u64(seed);
    let begin: Timestamp = "2026-11-24T08:00:00Z".parse().expect("it is an instant");
    let ids: Vec<ServerId> = (0..servers).map(ServerId::from_number).collect();
    let mut failures = vec![0_u8; ids.len()];
    let mut due = vec![Vec::new(); 2 * DAY_SECONDS];
    for server in 0..ids.len() {
        let wait = if start == Start::Running { at_start(jitter(&mut dice)) } else { SignedDuration::ZERO };
        plan(&mut due, 0, wait, server);
    }
    let (mut asked, mut tokens, mut refused) = (vec![0_u32; due.len()], BURST, 0);
    let (mut unanswered, mut first_round_seconds) = (vec![true; ids.len()], 0);
    for second in 0..due.len() {
        let now = begin + SignedDuration::from_secs(i64::try_from(second).unwrap_or_default());
        tokens = tokens.saturating_add(RATE).min(RATE.max(BURST));
        for server in std::mem::take(&mut due[second]) {
            asked[second] += 1;
            let wait = if tokens == 0 {
                refused += 1;
                failures[server] = failures[server].saturating_add(1);
                after_failure(u32::from(failures[server]) - 1, false, None, jitter(&mut dice))
            } else {
                tokens -= 1;
                failures[server] = 0;
                if std::mem::take(&mut unanswered[server]) {
                    first_round_seconds = second + 1;
                }
                let window = next_check_in(&ids[server], now);
                let next = NextCheckIn { earliest: window.earliest, latest: window.latest };
                after_grant(next, now, jitter(&mut dice))
            };
            plan(&mut due, second, wait, server);
        }
    }
    let window_seconds = (MEAN * DAY_SECONDS).div_ceil(ids.len());
    Told {
        servers,
        start,
        first_round_seconds,
        busiest_second: asked[..first_round_seconds].iter().copied().max().unwrap_or_default(),
        refused,
        window_seconds,
        busiest: busiest(&asked[first_round_seconds..], window_seconds) / mean(servers, window_seconds),
    }
}

fn jitter(dice: &mut StdRng) -> Jitter {
    Jitter(dice.random())
}

/// What lies beyond the days that are played is left out.
fn plan(due: &mut [Vec<usize>], second: usize, wait: SignedDuration, server: usize) {
    let at = second + usize::try_from(wait.as_secs()).unwrap_or_default();
    if let Some(servers) = due.get_mut(at.max(second + usize::from(second > 0))) {
        servers.push(server);
    }
}

/// The most requests in any window, wherever it begins.
fn busiest(asked: &[u32], window_seconds: usize) -> f64 {
    let most = asked.windows(window_seconds).map(|window| window.iter().sum::<u32>()).max();
    f64::from(most.unwrap_or_default())
}

fn mean(servers: u32, window_seconds: usize) -> f64 {
    let seconds = |count: usize| u32::try_from(count).map_or(f64::INFINITY, f64::from);
    f64::from(servers) * seconds(window_seconds) / seconds(DAY_SECONDS)
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { servers, first_round_seconds, busiest_second, refused, window_seconds, busiest, .. } = self;
        let how = if self.start == Start::Running { "on the leases they hold" } else { "with nothing, in one second" };
        write!(
            f,
            "{servers} servers start together {how}: each is answered within {first_round_seconds} s, at most \
             {busiest_second} requests a second, {refused} of them refused; in the two days after that the busiest \
             {window_seconds} s are {busiest:.2} times the mean"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fleet_that_starts_at_once_is_spread_within_a_day() {
        for start in [Start::Running, Start::Empty] {
            let told = play(50_000, start, 1);
            assert!(told.busiest < 1.5 && told.busiest > 1.0, "{told}");
            assert!(told.first_round_seconds < 1_200, "{told}");
        }
    }

    #[test]
    fn who_is_refused_comes_again_and_is_answered() {
        let told = play(50_000, Start::Empty, 1);
        assert!(told.refused > 30_000 && told.first_round_seconds > 30, "{told}");
    }
}
