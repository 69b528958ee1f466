//! What one unlocked line gives an account, and the instants between which it holds.

mod change;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::account::Policy;
use crate::id::{LicenseCode, OrderId, Sku};
use crate::pool::PoolKey;
use crate::product::Unit;
use crate::text::Label;

pub use change::{Cancellation, Renewal};

/// How a licence is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LicenseType {
    /// Without end; its care has a term.
    Perpetual,
    /// Holds between start and term.
    Subscription,
}

/// The maintenance level, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CareLevel {
    /// The lowest level.
    Basic,
    /// The middle level.
    Gold,
    /// The highest level.
    Platinum,
}

/// Maintenance between two dates, both inclusive. Care has no grace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Care {
    /// The level.
    pub level: CareLevel,
    /// First day.
    pub start: Date,
    /// Last day.
    pub term: Date,
}

/// Capacity between two dates, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Term {
    /// Capacity in units.
    pub capacity: u32,
    /// First day.
    pub start: Date,
    /// Last day; `None` for a perpetual licence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub term: Option<Date>,
}

/// What one unlocked line gives: copied from product and line when the order was received, so that a later change of
/// the catalogue doesn't change what was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The licence code, unique for ever.
    pub license_code: LicenseCode,
    /// The order that gave it.
    pub order_id: OrderId,
    /// The article.
    pub sku: Sku,
    /// The article's name when it was ordered.
    pub product: Label,
    /// The pool that the capacity counts in.
    pub pool: PoolKey,
    /// The unit of the pool's application.
    pub unit: Unit,
    /// Capacity of one piece, in units, as it was when it was ordered: a renewal counts in pieces of the same size.
    pub piece: u32,
    /// Its terms in order of start: the first from the purchase, one more with each renewal. Two terms of one grant
    /// never add; where both hold, the larger counts.
    pub terms: Vec<Term>,
    /// Its care periods in order of start.
    pub care: Vec<Care>,
    /// Its renewals, in the order they came.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub renewals: Vec<Renewal>,
    /// Its end before its time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cancelled: Option<Cancellation>,
}

/// The instant a first day begins somewhere on Earth: 10:00 UTC of the day before (it is midnight at UTC+14).
///
/// Dates at the end of the calendar saturate.
pub fn day_begins(day: Date) -> Timestamp {
    at_utc_hour(day.yesterday().unwrap_or(day), 10)
}

/// The instant a last day has ended everywhere on Earth: 12:00 UTC of the day after (it is midnight at UTC−12).
///
/// Dates at the end of the calendar saturate.
pub fn day_ended(day: Date) -> Timestamp {
    at_utc_hour(day.tomorrow().unwrap_or(day), 12)
}

/// The instant the term grace after a last day has ended everywhere on Earth.
pub fn grace_ended(last_day: Date, policy: Policy) -> Timestamp {
    day_ended(last_day.saturating_add(i64::from(policy.term_grace_days).days()))
}

fn at_utc_hour(day: Date, hour: i8) -> Timestamp {
    day.at(hour, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The instant at which a day begins in UTC.
pub fn utc_midnight(day: Date) -> Timestamp {
    at_utc_hour(day, 0)
}

/// The calendar day of an instant in UTC: "today" wherever a rule speaks of days.
pub fn utc_day(instant: Timestamp) -> Date {
    instant.to_zoned_datetime(TimeZone::UTC).date()
}
