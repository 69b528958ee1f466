//! What time alone does to an account: its members are reminded of what ends, and a pool that comes to hold less than
//! is assigned is noticed. What servers run needs no decision here: their segments are dated ahead.
//!
//! Days are visited once: an account says through which day this was done, so that days of outage are caught up and
//! nothing happens twice.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::ending::{Ending, endings};
use crate::grant::utc_midnight;
use crate::pool::{Pool, PoolKey};

/// What an account says of the days that have passed for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advanced {
    /// The last day whose happenings are recorded; `None` for an account of an earlier release: none is, and those
    /// before the first day that is looked at stay unsaid.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub through: Option<Date>,
    /// Pools that were found to hold less than is assigned.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub short: BTreeSet<PoolKey>,
}

impl Advanced {
    /// Of an account that is made on a day.
    pub const fn since(day: Date) -> Self {
        Self { through: Some(day), short: BTreeSet::new() }
    }
}

/// How near an ending is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// 90 days before the last day.
    Ninety,
    /// 30 days before it.
    Thirty,
    /// 7 days before it.
    Seven,
    /// The day after it: a part of it at least is served in grace.
    GraceBegun,
}

/// An ending that people are reminded of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// What ends.
    pub ending: Ending,
    /// How near it is.
    pub stage: Stage,
}

/// What a decision leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advancing {
    /// The account, its version risen by one.
    pub account: Account,
    /// The last day that was looked at before.
    pub since: Date,
    /// What people are reminded of, in order of time.
    pub near: Vec<Near>,
    /// Pools that hold less than is assigned from now on.
    pub short: Vec<PoolKey>,
    /// Pools of which this is over.
    pub covered: Vec<PoolKey>,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Ninety, Self::Thirty, Self::Seven, Self::GraceBegun];

    /// Days before the last day.
    const fn days_before(self) -> i64 {
        match self {
            Self::Ninety => 90,
            Self::Thirty => 30,
            Self::Seven => 7,
            Self::GraceBegun => -1,
        }
    }

    /// The day on which people are reminded of an ending; `None` where this stage says nothing of it: it had not begun
    /// by then, or there is no grace.
    fn day_of(self, ending: &Ending) -> Option<Date> {
        let day = ending.last_day.checked_sub(self.days_before().days()).ok()?;
        let said = match self {
            Self::GraceBegun => ending.grace_until().is_some(),
            _ => ending.start().is_some_and(|start| start < day),
        };
        said.then_some(day)
    }
}

/// What people are reminded of because of the days after `since` up to `today`. Of what several stages have passed
/// meanwhile, only the nearest is said; of what is over, its grace included, nothing.
pub fn near(account: &Account, since: Date, today: Date) -> Vec<Near> {
    let stage_of = |ending: &Ending| {
        let passed = |stage: &Stage| stage.day_of(ending).is_some_and(|day| since < day && day <= today);
        Stage::ALL.into_iter().rev().find(passed)
    };
    let said = |near: &Near| match near.stage {
        Stage::GraceBegun => near.ending.grace_last_day().is_some_and(|until| until >= today),
        _ => near.ending.last_day >= today,
    };
    let passed = endings(account, utc_midnight(since)).into_iter();
    passed.filter_map(|ending| stage_of(&ending).map(|stage| Near { ending, stage })).filter(said).collect()
}

/// The first day on which there is something to do for an account; it may be over. `None`: never, as far as is known.
pub fn next_due(account: &Account) -> Option<Date> {
    let Some(through) = account.advanced.through else { return Some(Date::constant(1970, 1, 1)) };
    let endings = endings(account, utc_midnight(through));
    let reminders = endings.iter().flat_map(|ending| Stage::ALL.into_iter().filter_map(|stage| stage.day_of(ending)));
    let found_short = |pool: &Pool| account.advanced.short.contains(&pool.key);
    let shortages = account.pools.iter().filter_map(|pool| match (pool.short_from(through), found_short(pool)) {
        (Some(day), false) => Some(day),
        (Some(day), true) if day <= through => None,
        (_, true) => Some(through),
        (None, false) => None,
    });
    let gone = account.advanced.short.iter().filter(|key| account.pool(key).is_none()).map(|_| through);
    reminders.filter(|day| *day > through).chain(shortages).chain(gone).min()
}

/// Takes an account to a day; `None` where there is nothing to do.
pub fn advance(account: &Account, today: Date) -> Option<Advancing> {
    if next_due(account)? > today {
        return None;
    }
    let since = account.advanced.through.unwrap_or_else(|| today.yesterday().unwrap_or(today));
    let is_short = |pool: &&Pool| pool.used() > u64::from(pool.total(today));
    let short: BTreeSet<PoolKey> = account.pools.iter().filter(is_short).map(|pool| pool.key.clone()).collect();
    let mut after = account.clone();
    after.version += 1;
    // A clock that was set back must not make days come again.
    after.advanced = Advanced { through: Some(today.max(since)), short };
    let (before, now) = (&account.advanced.short, &after.advanced.short);
    Some(Advancing {
        since,
        near: near(account, since, today),
        short: now.difference(before).cloned().collect(),
        covered: before.difference(now).cloned().collect(),
        account: after,
    })
}

impl Pool {
    /// The first day from `day` on from which on it will not hold any more what is assigned.
    fn short_from(&self, day: Date) -> Option<Date> {
        let steps: Vec<(Date, u32)> =
            self.in_force_by_day().from(day).map(|(day, level)| (day, level.in_force)).collect();
        let enough = steps.iter().rposition(|(_, in_force)| u64::from(*in_force) >= self.used());
        steps.get(enough.map_or(0, |index| index + 1)).map(|(day, _)| *day)
    }
}

#[cfg(test)]
mod tests;
