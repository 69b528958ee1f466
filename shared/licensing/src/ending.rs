//! The calendar ahead: which capacity and which care end on which day, and which server loses what by it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::{Account, Policy};
use crate::capacity::Level;
use crate::grant::{Care, CareLevel, day_ended, utc_day};
use crate::id::ServerId;
use crate::pool::{MergedGrant, Pool, PoolKey};
use crate::product::Unit;
use crate::queue::Queue;

/// Something of a pool that ends at an instant. What a renewal carries on without a gap does not end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Of which pool.
    pub pool: PoolKey,
    /// The unit of the pool's application.
    pub unit: Unit,
    /// The last day with what there was before.
    pub last_day: Date,
    /// From when on it is missing.
    pub at: Timestamp,
    /// What ends.
    pub what: What,
    /// Servers that run less from then on, in order of id, if nothing changes before.
    pub losses: Vec<Loss>,
}

/// What ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Capacity in force falls.
    Term {
        /// By how much, in units.
        capacity: u32,
        /// The earliest first day of what ends.
        start: Date,
        /// Until when (exclusive) a part of it at least is served in grace; `None` where nothing is.
        grace_until: Option<Timestamp>,
    },
    /// Capacity is served no longer. It is said only where a server loses by it: the end of the term said the rest.
    Served {
        /// By how much what is served falls, in units.
        capacity: u32,
    },
    /// Care ends for capacity that goes on.
    Care {
        /// The level that ends.
        level: CareLevel,
        /// The first day of what ends.
        start: Date,
        /// For how much, in units.
        capacity: u32,
    },
}

/// What a server loses of a pool, in units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// Which server.
    pub server: ServerId,
    /// What it may run before.
    pub before: u32,
    /// What it may run afterwards; less than before.
    pub after: u32,
}

/// Everything that is known to end after an instant, in order of time, then of pool. Servers that are disabled have
/// no cells and lose nothing.
pub fn endings(account: &Account, after: Timestamp) -> Vec<Ending> {
    let mut all: Vec<Ending> = account
        .pools
        .iter()
        .flat_map(|pool| capacity_ends(pool, account.policy, after).chain(care_ends(pool, after)))
        .collect();
    all.sort_by(|one, other| (one.at, &one.pool, one.what).cmp(&(other.at, &other.pool, other.what)));
    all
}

/// Where capacity in force falls, and where servers lose.
fn capacity_ends(pool: &Pool, policy: Policy, after: Timestamp) -> impl Iterator<Item = Ending> {
    let levels: Vec<(Timestamp, Level)> = pool.levels(policy).from(after).collect();
    let queue = Queue::of(pool);
    let mut ends: BTreeMap<Timestamp, (Option<What>, Vec<Loss>)> = BTreeMap::new();
    let starts = first_days(pool);
    for (last_day, fall) in falls(pool, after) {
        let start = starts.get(&last_day).copied().unwrap_or(last_day);
        let what = What::Term { capacity: fall, start, grace_until: None };
        ends.entry(day_ended(last_day)).or_default().0 = Some(what);
    }
    for (index, pair) in levels.windows(2).enumerate() {
        let ((_, before), (at, now)) = (pair[0], pair[1]);
        let losses = losses(&queue, before, now);
        if !losses.is_empty() {
            ends.entry(at).or_default().1 = losses;
        }
        if let Some((Some(What::Term { grace_until, .. }), _)) = ends.get_mut(&at) {
            *grace_until = graced_until(&levels[index..]);
        }
        if let Some((what @ None, _)) = ends.get_mut(&at) {
            *what = Some(What::Served { capacity: before.sum().saturating_sub(now.sum()) });
        }
    }
    let (key, unit) = (pool.key.clone(), pool.unit);
    ends.into_iter().filter_map(move |(at, (what, losses))| {
        Some(Ending { pool: key.clone(), unit, last_day: last_day(at), at, what: what?, losses })
    })
}

/// The days after which capacity in force falls, with by how much.
fn falls(pool: &Pool, after: Timestamp) -> Vec<(Date, u32)> {
    // A day ends for the service in the middle of the day after it.
    let first = utc_day(after).yesterday().unwrap_or(Date::MIN);
    let days: Vec<(Date, u32)> = pool.in_force_by_day().from(first).map(|(day, level)| (day, level.in_force)).collect();
    let pairs = days.windows(2).filter(|pair| pair[1].1 < pair[0].1);
    let falls = pairs.filter_map(|pair| Some((pair[1].0.yesterday().ok()?, pair[0].1 - pair[1].1)));
    falls.filter(|(last_day, _)| day_ended(*last_day) > after).collect()
}

/// The earliest first day of the terms that end on a day, for each such day.
fn first_days(pool: &Pool) -> BTreeMap<Date, Date> {
    let mut starts = BTreeMap::new();
    for term in pool.grants.iter().flat_map(|grant| &grant.terms) {
        if let Some(last_day) = term.term {
            let start = starts.entry(last_day).or_insert(term.start);
            *start = term.start.min(*start);
        }
    }
    starts
}

/// Until when at least a part of what comes into grace between the first and the second level stays there.
fn graced_until(levels: &[(Timestamp, Level)]) -> Option<Timestamp> {
    let [(_, before), (_, level), later @ ..] = levels else { return None };
    let next = later.iter().find(|(_, later)| later.in_grace < level.in_grace);
    next.filter(|_| level.in_grace > before.in_grace).map(|(until, _)| *until)
}

fn losses(queue: &Queue<'_>, before: Level, after: Level) -> Vec<Loss> {
    let (had, has) = (queue.serve(before), queue.serve(after));
    let served = queue.servers.iter().zip(had.iter().zip(&has));
    served
        .map(|(server, (had, has))| Loss { server: (*server).clone(), before: had.capacity(), after: has.capacity() })
        .filter(|loss| loss.after < loss.before)
        .collect()
}

/// The last day before an instant at which something ends: it is the end of a day, or the beginning of another term,
/// which ends a grace.
fn last_day(at: Timestamp) -> Date {
    let day = utc_day(at);
    day.yesterday().ok().filter(|before| day_ended(*before) == at).unwrap_or(day)
}

/// Where care ends for capacity that goes on, alike ends added up.
fn care_ends(pool: &Pool, after: Timestamp) -> impl Iterator<Item = Ending> {
    let mut ends: BTreeMap<(Date, CareLevel), (Date, u32)> = BTreeMap::new();
    for grant in &pool.grants {
        for period in &grant.care {
            let capacity = goes_on_without(grant, period);
            if capacity > 0 && day_ended(period.term) > after {
                let (start, sum) = ends.entry((period.term, period.level)).or_insert((period.start, 0));
                *start = period.start.min(*start);
                *sum += capacity;
            }
        }
    }
    let (key, unit) = (pool.key.clone(), pool.unit);
    ends.into_iter().map(move |((last_day, level), (start, capacity))| Ending {
        pool: key.clone(),
        unit,
        last_day,
        at: day_ended(last_day),
        what: What::Care { level, start, capacity },
        losses: Vec::new(),
    })
}

/// What a grant has on the day after a care period, in units, where no other period of it covers that day.
fn goes_on_without(grant: &MergedGrant, period: &Care) -> u32 {
    let Ok(next) = period.term.tomorrow() else { return 0 };
    let covers =
        |start: Date, last_day: Option<Date>| start <= next && last_day.is_none_or(|last_day| next <= last_day);
    if period.term < period.start || grant.care.iter().any(|care| covers(care.start, Some(care.term))) {
        return 0;
    }
    grant.terms.iter().filter(|term| covers(term.start, term.term)).map(|term| term.capacity).max().unwrap_or(0)
}

impl Ending {
    /// The first day of what ends; `None` where nothing but grace does.
    pub const fn start(&self) -> Option<Date> {
        match self.what {
            What::Term { start, .. } | What::Care { start, .. } => Some(start),
            What::Served { .. } => None,
        }
    }

    /// The last day on which it is served in grace.
    pub fn grace_last_day(&self) -> Option<Date> {
        self.grace_until().map(last_day)
    }

    /// Until when (exclusive) it is served in grace.
    pub const fn grace_until(&self) -> Option<Timestamp> {
        match self.what {
            What::Term { grace_until, .. } => grace_until,
            _ => None,
        }
    }
}

impl Level {
    const fn sum(self) -> u32 {
        self.in_force + self.in_grace
    }
}

#[cfg(test)]
mod tests;
