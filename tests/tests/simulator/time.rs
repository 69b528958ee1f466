//! Time passes.

use jiff::SignedDuration;

use crate::history::History;
use crate::report::Outcome;

/// For how many days in a row everybody does what is due.
const QUIET_DAYS_MAX: i32 = 12;

impl History {
    /// Time passes, now and then weeks in which the service does not look at its accounts.
    pub async fn pass_time(&mut self) -> Outcome {
        let hours = match self.dice.below(8) {
            0 | 1 => self.dice.between(24 * 12, 24 * 80),
            2 | 3 => self.dice.between(24, 24 * 12),
            _ => self.dice.between(1, 24),
        };
        self.advance(SignedDuration::from_hours(hours.into()));
        if !self.dice.one_in(3) {
            self.stack.advance().await;
        }
        Outcome::Done
    }

    /// Days in which everything runs as it should: installations check in daily, mails and events go out.
    pub async fn quiet_days(&mut self) -> Outcome {
        for _ in 0..self.dice.between(3, QUIET_DAYS_MAX) {
            self.advance(SignedDuration::from_hours(24));
            self.stack.advance().await;
            for (customer, id) in self.online_suites() {
                self.check_in_at(customer, &id).await;
            }
            self.deliver().await;
        }
        Outcome::Done
    }

    pub fn advance(&self, time: SignedDuration) {
        self.clock.advance(time);
        for suite in self.suites.values().chain(self.rivals.values()) {
            suite.clock.set(self.clock.now() + suite.skew);
        }
    }
}
