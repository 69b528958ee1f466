//! The clock, as a handle that tests turn by hand.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

/// Tells the time. Clones share it.
#[derive(Debug, Clone)]
pub struct Clock(Option<Arc<Mutex<Timestamp>>>);

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(None)
    }

    /// A clock that stands until it is [set](Self::set).
    pub fn manual(now: Timestamp) -> Self {
        Self(Some(Arc::new(Mutex::new(now))))
    }

    /// The time.
    #[expect(clippy::disallowed_methods, reason = "this handle is the place where the system's clock comes in")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            None => Timestamp::now(),
            Some(manual) => *manual.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Sets a manual clock and all its clones; the machine's clock ignores it.
    pub fn set(&self, now: Timestamp) {
        if let Some(manual) = &self.0 {
            *manual.lock().unwrap_or_else(PoisonError::into_inner) = now;
        }
    }
}
