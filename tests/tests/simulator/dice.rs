//! Chance, decided by a seed.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// What a seed throws.
pub struct Dice(StdRng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number of a range, its end left out.
    pub fn below(&mut self, end: u32) -> u32 {
        self.0.random_range(0..end)
    }

    /// A number between two, both possible.
    pub fn between(&mut self, least: i32, most: i32) -> i32 {
        self.0.random_range(least..=most)
    }

    /// Whether one of `many` chances comes.
    pub fn one_in(&mut self, many: u32) -> bool {
        self.below(many) == 0
    }

    /// One of several things; `None` where there are none.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        if things.is_empty() { None } else { things.get(self.0.random_range(0..things.len())) }
    }

    /// Which of several weights the dice fall on.
    pub fn weighed(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        weights
            .iter()
            .position(|weight| {
                let here = left < *weight;
                left = left.saturating_sub(*weight);
                here
            })
            .unwrap_or(0)
    }
}
