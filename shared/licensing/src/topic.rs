//! Mails that come by the calendar and not because somebody did something: a person may do without them.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::advance::Stage;

/// What such a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Topic {
    /// What ends in accounts that one is a member of.
    OwnEndings,
    /// What ends at the customers of a reseller that one is a member of, gathered weekly.
    CustomersEndings,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::OwnEndings, Self::CustomersEndings];

    /// Its number in links, for ever.
    pub const fn number(self) -> u32 {
        match self {
            Self::OwnEndings => 0,
            Self::CustomersEndings => 1,
        }
    }

    /// The topic of a number.
    pub fn of_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.number() == number)
    }

    /// Whether this mail speaks of an ending at a stage.
    pub const fn tells(self, stage: Stage) -> bool {
        match self {
            Self::OwnEndings => true,
            Self::CustomersEndings => matches!(stage, Stage::Ninety | Stage::Thirty),
        }
    }

    /// The day of the mail that tells what was found on a day: the same, or the next Monday.
    pub fn day_of(self, found: Date) -> Date {
        match self {
            Self::OwnEndings => found,
            Self::CustomersEndings if found.weekday() == Weekday::Monday => found,
            Self::CustomersEndings => found.nth_weekday(1, Weekday::Monday).unwrap_or(found),
        }
    }

    /// The day of the mail after one.
    pub fn day_after(self, day: Date) -> Date {
        let days = match self {
            Self::OwnEndings => 1,
            Self::CustomersEndings => 7,
        };
        day.saturating_add(days.days())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::day;

    #[test]
    fn a_reseller_reads_on_mondays_and_a_customer_every_day() {
        for (found, own, customers) in
            [("2026-11-23", "2026-11-23", "2026-11-23"), ("2026-11-24", "2026-11-24", "2026-11-30")]
        {
            assert_eq!(Topic::OwnEndings.day_of(day(found)), day(own));
            assert_eq!(Topic::CustomersEndings.day_of(day(found)), day(customers));
        }
        assert_eq!(Topic::CustomersEndings.day_after(day("2026-11-30")), day("2026-12-07"));
    }
}
