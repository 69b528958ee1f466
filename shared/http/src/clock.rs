//! The clock that is handed in.

use std::sync::{Arc, RwLock};

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Clones tell the same.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<RwLock<Timestamp>>),
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is moved.
    pub fn manual(at: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(RwLock::new(at))))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock comes in")]
            Source::System => Timestamp::now(),
            Source::Manual(at) => *at.read().unwrap_or_else(std::sync::PoisonError::into_inner),
        }
    }

    /// Moves a manual clock; the machine's clock can't be moved.
    pub fn advance(&self, by: SignedDuration) {
        if let Source::Manual(at) = &self.0 {
            *at.write().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
        }
    }
}
