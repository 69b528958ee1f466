//! How much of a pool there is: at an instant, on a calendar day, and in total.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::account::Policy;
use crate::grant::{Term, day_begins, day_ended, grace_ended};
use crate::pool::{MergedGrant, Pool};
use crate::steps::{Steps, Stretch};

/// What a pool has at an instant, in units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Level {
    /// Within its term.
    pub in_force: u32,
    /// After its term, still served for a while; comes on top of what is in force.
    pub in_grace: u32,
}

impl Pool {
    /// What is in force and in grace at an instant. Terms hold generously: from [`day_begins`] of their first day to
    /// [`day_ended`] of their last.
    pub fn level_at(&self, policy: Policy, instant: Timestamp) -> Level {
        self.levels(policy).at(instant)
    }

    /// Capacity in force on a calendar day, in units: start and term as written, without generous hours or grace.
    pub fn in_force_on(&self, day: Date) -> u32 {
        self.in_force_by_day().at(day).in_force
    }

    /// The second number of USED LICENSES, in units: the largest capacity in force on any calendar day from `today`
    /// on, so that a grant that starts next month can be assigned today.
    pub fn total(&self, today: Date) -> u32 {
        self.in_force_by_day().from(today).map(|(_, level)| level.in_force).max().unwrap_or(0)
    }

    /// The levels over time.
    pub(crate) fn levels(&self, policy: Policy) -> Steps<Timestamp> {
        Steps::sum(self.grants.iter().map(|grant| grant.held(policy).flat_map(Held::stretches).collect()))
    }

    /// Capacity in force by calendar day.
    pub(crate) fn in_force_by_day(&self) -> Steps<Date> {
        Steps::sum(self.grants.iter().map(|grant| grant.terms_that_hold().map(|(_, term)| calendar(term)).collect()))
    }
}

/// A term with its instants.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    /// The term as written.
    pub term: Term,
    /// When it is in force.
    pub in_force: Stretch<Timestamp>,
    /// When it is in grace, if ever.
    pub in_grace: Option<Stretch<Timestamp>>,
}

impl Held {
    /// When it counts at all.
    pub fn stretches(self) -> impl Iterator<Item = Stretch<Timestamp>> {
        std::iter::once(self.in_force).chain(self.in_grace)
    }
}

impl MergedGrant {
    /// The terms with the instants between which they hold.
    pub(crate) fn held(&self, policy: Policy) -> impl Iterator<Item = Held> {
        self.terms_that_hold().map(move |(index, term)| {
            let succeeded_at = self.terms_that_hold().filter(|(later, _)| *later > index).map(|(_, later)| later.start);
            Held { term: *term, in_force: in_force(term), in_grace: in_grace(term, policy, succeeded_at.min()) }
        })
    }

    fn terms_that_hold(&self) -> impl Iterator<Item = (usize, &Term)> {
        self.terms.iter().enumerate().filter(|(_, term)| term.holds_at_all())
    }
}

fn in_force(term: &Term) -> Stretch<Timestamp> {
    let until = term.term.map(day_ended);
    Stretch { from: day_begins(term.start), until, capacity: term.capacity, grace: false }
}

/// The grace after a term; the start of a later term of the same grant ends it.
fn in_grace(term: &Term, policy: Policy, succeeded_on: Option<Date>) -> Option<Stretch<Timestamp>> {
    let last_day = term.term?;
    let from = day_ended(last_day);
    let full = grace_ended(last_day, policy);
    let until = succeeded_on.map_or(full, |start| day_begins(start).min(full));
    (from < until).then_some(Stretch { from, until: Some(until), capacity: term.capacity, grace: true })
}

fn calendar(term: &Term) -> Stretch<Date> {
    // A term that ends on the calendar's last day has no day after it, so it never ends.
    let until = term.term.and_then(|last_day| last_day.tomorrow().ok());
    Stretch { from: term.start, until, capacity: term.capacity, grace: false }
}

#[cfg(test)]
mod tests;
