//! Instants of the lease item, in whole seconds: ten digits each instead of thirty characters.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// 24 hours.
pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A Unix time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Second(i64);

impl Second {
    /// Drops the fraction.
    pub(super) fn of(instant: Timestamp) -> Self {
        Self(instant.as_second())
    }

    /// The time from `earlier` to this; negative where `earlier` is later.
    pub(super) fn since(self, earlier: Self) -> SignedDuration {
        SignedDuration::from_secs(self.0.saturating_sub(earlier.0))
    }

    /// The instant. One outside the calendar saturates.
    pub(super) fn timestamp(self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap_or(Timestamp::MAX)
    }
}
