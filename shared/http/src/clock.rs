//! The clock that is handed in.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Clones tell the same.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Movable(Arc<RwLock<SignedDuration>>),
    Manual(Arc<RwLock<Timestamp>>),
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// The machine's clock, until it is moved; then it goes on from there.
    pub fn movable() -> Self {
        Self(Source::Movable(Arc::default()))
    }

    /// A clock that stands still until it is moved.
    pub fn manual(at: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(RwLock::new(at))))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => machine(),
            Source::Movable(by) => machine() + *by.read().unwrap_or_else(PoisonError::into_inner),
            Source::Manual(at) => *at.read().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Whether [`Self::advance`] does anything.
    pub const fn is_movable(&self) -> bool {
        !matches!(self.0, Source::System)
    }

    /// Moves the clock; the machine's own can't be moved.
    pub fn advance(&self, by: SignedDuration) {
        match &self.0 {
            Source::System => {}
            Source::Movable(moved) => *moved.write().unwrap_or_else(PoisonError::into_inner) += by,
            Source::Manual(at) => *at.write().unwrap_or_else(PoisonError::into_inner) += by,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock comes in")]
fn machine() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_clock_goes_on_from_there_and_its_clones_with_it() {
        let clock = Clock::movable();
        let (clone, true_time) = (clock.clone(), Clock::system().now());
        clock.advance(SignedDuration::from_hours(-24));
        let behind = true_time.duration_since(clone.now());
        assert!(behind > SignedDuration::from_hours(23) && behind < SignedDuration::from_hours(25), "{behind}");
        assert!(clock.is_movable() && !Clock::system().is_movable());
    }
}
