//! Which care and which dates a pool shows at an instant.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::account::Policy;
use crate::capacity::Held;
use crate::grant::{Care, CareLevel, LicenseType, day_begins, day_ended};
use crate::pool::{MergedGrant, Pool};

/// What a row or a segment shows of a pool beside its capacity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    /// The lowest care level in force among the grants that hold; `None` where no care is in force.
    pub care: Option<CareLevel>,
    /// Whether those grants differ in care, one without any included.
    pub mixed: bool,
    /// The earliest first day; `None` only where nothing was granted.
    pub start: Option<Date>,
    /// The earliest last day still to come, or the latest one where all are over; `None` where nothing ends.
    pub term: Option<Date>,
}

/// Where a period stands at an instant; a row shows the periods of the first standing that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    InForce,
    InGrace,
    Upcoming,
    Over,
}

/// A period with its first and last day.
type Period = (Standing, Date, Option<Date>);

impl Pool {
    /// What the pool shows at an instant. For perpetual licences the dates are those of the care, or the earliest
    /// start where there never was care.
    pub fn shown_at(&self, policy: Policy, instant: Timestamp) -> Shown {
        let (care, mixed) = self.care_at(policy, instant);
        let terms = || self.grants.iter().flat_map(|grant| grant.held(policy)).map(|held| term_period(&held, instant));
        let (start, term) = match self.key.license {
            LicenseType::Subscription => dates(terms()),
            LicenseType::Perpetual => {
                let care = self.grants.iter().flat_map(|grant| &grant.care).map(|care| care_period(care, instant));
                match dates(care) {
                    (None, _) => (dates(terms()).0, None),
                    dates => dates,
                }
            }
        };
        Shown { care, mixed, start, term }
    }

    /// The lowest care level in force at an instant among the grants that are in force or in grace then, and whether
    /// they differ. Where two periods of one grant overlap, the higher counts.
    pub fn care_at(&self, policy: Policy, instant: Timestamp) -> (Option<CareLevel>, bool) {
        let holding = self.grants.iter().filter(|grant| holds(grant, policy, instant));
        let mut levels = holding.map(|grant| {
            let in_force = grant.care.iter().filter(|care| care_period(care, instant).0 == Standing::InForce);
            in_force.map(|care| care.level).max()
        });
        let Some(first) = levels.next() else { return (None, false) };
        levels.fold((first, false), |(lowest, mixed), level| {
            // `None` is the lowest option, yet care that is not in force hides none that is.
            (lowest.into_iter().chain(level).min(), mixed || level != first)
        })
    }
}

fn holds(grant: &MergedGrant, policy: Policy, instant: Timestamp) -> bool {
    grant.held(policy).flat_map(Held::stretches).any(|stretch| stretch.covers(instant))
}

fn term_period(held: &Held, instant: Timestamp) -> Period {
    let standing = if held.in_force.covers(instant) {
        Standing::InForce
    } else if held.in_grace.is_some_and(|grace| grace.covers(instant)) {
        Standing::InGrace
    } else if instant < held.in_force.from {
        Standing::Upcoming
    } else {
        Standing::Over
    };
    (standing, held.term.start, held.term.term)
}

fn care_period(care: &Care, instant: Timestamp) -> Period {
    let standing = if day_ended(care.term) <= instant {
        Standing::Over
    } else if day_begins(care.start) <= instant {
        Standing::InForce
    } else {
        Standing::Upcoming
    };
    (standing, care.start, Some(care.term))
}

/// Start and term of the periods of the best standing.
fn dates(periods: impl Iterator<Item = Period>) -> (Option<Date>, Option<Date>) {
    let periods: Vec<Period> = periods.collect();
    let Some(best) = periods.iter().map(|(standing, ..)| *standing).min() else { return (None, None) };
    let shown = || periods.iter().filter(|(standing, ..)| *standing == best);
    if best == Standing::Over {
        let latest = shown().max_by_key(|(_, start, term)| (*term, *start));
        return (latest.map(|period| period.1), latest.and_then(|period| period.2));
    }
    (shown().map(|period| period.1).min(), shown().filter_map(|period| period.2).min())
}
