//! Who is accused of being a second installation: nobody honest, and every copy. Played over the pure rules, years in
//! seconds.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use licensing::account::ActivationMode;
use licensing::check_in::{
    Answer, AttemptId, CheckIn, Event, LeaseId, LeaseState, PublicKey, ServerState, Traits, decide,
};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Of the answers, so many are lost.
const LOST: f64 = 0.05;
/// On average once in two months, and never more than twice in 30 days: more counts as another machine.
const REINSTALLED: f64 = 1.0 / 60.0;
/// On average twice a year, one at a time.
const TRAIT_CHANGED: f64 = 1.0 / 180.0;
const CHANGED: f64 = 0.1;
const DAY: SignedDuration = SignedDuration::from_hours(24);
const MONTH_DAYS: u32 = 30;
const YEAR_DAYS: u32 = 365;

/// What honest installations went through.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Honest {
    pub check_ins: u64,
    pub lost: u64,
    pub reinstalls: u64,
    pub changed_traits: u64,
    pub accusations: u64,
}

/// After how many check-ins of its own, at most, each of two copies was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Copies {
    pub pairs: usize,
    pub p50: u32,
    pub p99: u32,
    pub most: u32,
}

impl fmt::Display for Honest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check_ins, lost, reinstalls, changed_traits, accusations } = self;
        write!(
            f,
            "honest check-ins: {check_ins}, of which {lost} lost their answer; {reinstalls} reinstalls, \
             {changed_traits} changed traits; accusations: {accusations}"
        )
    }
}

impl fmt::Display for Copies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pairs, p50, p99, most } = self;
        write!(f, "pairs of copies: {pairs}; check-ins of each until found: p50 {p50}, p99 {p99}, at most {most}")
    }
}

/// Installations that check in daily for a year each, until there were so many check-ins.
pub fn honest(check_ins: u64, seed: u64) -> Honest {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut told = Honest::default();
    while told.check_ins < check_ins {
        year(&mut dice, &mut told);
    }
    told
}

fn year(dice: &mut StdRng, told: &mut Honest) {
    let (mut service, mut installation) = (Service::new(), Installation::new(dice));
    let (mut reinstalled, mut changed): (Vec<u32>, Option<u32>) = (Vec::new(), None);
    for day in 0..YEAR_DAYS {
        service.now += DAY;
        service.server.revision += u64::from(dice.random_bool(CHANGED));
        reinstalled.retain(|before| day - before < MONTH_DAYS);
        if reinstalled.len() < 2 && dice.random_bool(REINSTALLED) {
            reinstalled.push(day);
            told.reinstalls += 1;
            installation.reinstall();
        }
        if changed.is_none_or(|before| day - before >= MONTH_DAYS) && dice.random_bool(TRAIT_CHANGED) {
            changed = Some(day);
            told.changed_traits += 1;
            installation.traits[dice.random_range(0..4)] = dice.random();
        }
        let tries = installation.check_in(&mut service, dice);
        told.check_ins += tries;
        told.lost += tries - 1;
    }
    told.accusations += service.accusations;
}

/// Pairs of copies that check in daily, at any distance in time, on the same kind of machine or on another.
pub fn copies(pairs: usize, seed: u64) -> Copies {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut found: Vec<u32> = (0..pairs).map(|_| until_found(&mut dice)).collect();
    found.sort_unstable();
    let at = |percent: usize| found[(pairs - 1) * percent / 100];
    Copies { pairs, p50: at(50), p99: at(99), most: at(100) }
}

fn until_found(dice: &mut StdRng) -> u32 {
    let (mut service, mut first) = (Service::new(), Installation::new(dice));
    for _ in 0..3 {
        service.now += DAY;
        first.check_in(&mut service, dice);
    }
    let mut second = first.clone();
    if dice.random_bool(0.5) {
        second.traits = dice.random();
    }
    let mins_apart = dice.random_range(0..24 * 60);
    for check_ins in 1.. {
        let begin = service.now + DAY;
        let order = if dice.random_bool(0.5) { [&mut first, &mut second] } else { [&mut second, &mut first] };
        for (each, mins) in order.into_iter().zip([0, mins_apart]) {
            service.now = begin + SignedDuration::from_mins(mins);
            each.check_in(&mut service, dice);
        }
        service.now = begin;
        if service.accusations > 0 {
            return check_ins;
        }
    }
    u32::MAX
}

struct Service {
    now: Timestamp,
    server: ServerState,
    lease: LeaseState,
    accusations: u64,
}

impl Service {
    fn new() -> Self {
        let server = ServerState { disabled_from: None, mode: ActivationMode::Online, revision: 1, lease_days: 30 };
        Self { now: Timestamp::UNIX_EPOCH, server, lease: LeaseState::default(), accusations: 0 }
    }

    fn answer(&mut self, request: &CheckIn) -> Answer {
        let decision = decide(&self.server, &self.lease, request, self.now);
        let accused = decision.event == Some(Event::ConflictBegun) || matches!(decision.answer, Answer::Refused(_));
        self.accusations += u64::from(accused);
        if let Some(next) = decision.store {
            self.lease = next;
        }
        decision.answer
    }
}

#[derive(Clone)]
struct Installation {
    traits: [u32; 4],
    lease: Option<LeaseId>,
}

impl Installation {
    fn new(dice: &mut StdRng) -> Self {
        Self { traits: dice.random(), lease: None }
    }

    fn reinstall(&mut self) {
        self.lease = None;
    }

    /// Repeats its attempt until the answer arrives, and says how often it asked.
    fn check_in(&mut self, service: &mut Service, dice: &mut StdRng) -> u64 {
        let hashes = self.traits.map(|mark| format!("{mark:08x}"));
        let request = CheckIn {
            attempt: AttemptId::parse(&format!("{:032x}", dice.random::<u128>())).expect("32 digits are an attempt"),
            lease: self.lease,
            traits: Traits::parse(hashes.iter().map(String::as_str)).expect("eight digits are a hash"),
            public_key: PublicKey::parse(&"A".repeat(43)).expect("it has the length of a key"),
        };
        for tries in 1.. {
            let answer = service.answer(&request);
            if dice.random_bool(LOST) {
                continue;
            }
            if let Answer::Lease { id, .. } = answer
                && self.lease.is_none_or(|held| held.serial < id.serial)
            {
                self.lease = Some(id);
            }
            return tries;
        }
        unreachable!("an answer arrives at last")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_thousand_honest_check_ins_none_is_accused() {
        let told = honest(100_000, 1);
        assert_eq!(told.accusations, 0, "{told}");
        assert!(told.lost > 4_000 && told.reinstalls > 1_000 && told.changed_traits > 200, "{told}");
    }

    #[test]
    fn of_a_thousand_pairs_of_copies_each_is_found_within_three_check_ins() {
        let found = copies(1_000, 1);
        assert!(found.most <= 3, "{found}");
    }
}
