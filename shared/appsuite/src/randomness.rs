//! Randomness, as a handle that tests replace: attempt ids, the installation's key, jitter.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng as _, TryRng as _};

/// Gives random bytes. Clones share it.
#[derive(Debug, Clone)]
pub struct Randomness(Option<Arc<Mutex<StdRng>>>);

/// A fraction from 0 to almost 1 by which a wait is spread, so that many clients don't come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Jitter(pub u16);

impl Randomness {
    /// The operating system's.
    pub const fn system() -> Self {
        Self(None)
    }

    /// The same bytes for the same seed: for tests only.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// Random bytes.
    ///
    /// # Panics
    /// If the operating system has no randomness: nothing sensible can be done then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            None => SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives randomness"),
            Some(seeded) => seeded.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A fresh attempt id: 16 bytes as 22 characters.
    pub fn attempt(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<16>())
    }

    /// A fresh jitter.
    pub fn jitter(&self) -> Jitter {
        Jitter(u16::from_be_bytes(self.bytes()))
    }
}

impl Jitter {
    /// A duration between the two, to the second.
    pub fn between(self, shortest: SignedDuration, longest: SignedDuration) -> SignedDuration {
        let span = (longest - shortest).as_secs().max(0);
        shortest + SignedDuration::from_secs(span.saturating_mul(i64::from(self.0)) / 65_536)
    }
}
