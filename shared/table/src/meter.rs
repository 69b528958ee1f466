//! What the table charges: counted from its own answers, so that benchmarks and tests report units, not guesses.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Counts calls and capacity units, in tenths because reads come in halves.
#[derive(Debug, Default)]
pub struct Meter {
    calls: AtomicU64,
    tenths: AtomicU64,
}

/// A reading of a [`Meter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Requests made.
    pub calls: u64,
    /// Tenths of capacity units consumed, reads and writes together.
    pub tenths: u64,
}

impl Meter {
    /// What was counted since the last call of this function.
    pub fn take(&self) -> Reading {
        Reading { calls: self.calls.swap(0, Ordering::Relaxed), tenths: self.tenths.swap(0, Ordering::Relaxed) }
    }

    pub(crate) fn count<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let units: f64 = consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "units are small and positive")]
        self.tenths.fetch_add((units * 10.0).round() as u64, Ordering::Relaxed);
    }
}
