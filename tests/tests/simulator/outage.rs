//! The service is down for days or weeks, and no telephone notices.

use std::collections::BTreeMap;

use appsuite::{Client, Outcome as Heard};
use jiff::SignedDuration;
use local::Trouble;

use crate::catalogue::Row;
use crate::history::History;
use crate::report::Outcome;

/// How long a lease lives without contact, in days.
const LEASE_DAYS: i32 = 30;
/// So much of the day is left when an outage ends, so that a lease ends after it by the letter.
const HOURS_OF_LAST_DAY: i64 = 20;

impl History {
    /// Installations have just checked in; then nobody answers, for less than their leases hold. They try all the time,
    /// and run day by day what the service would have said, whatever they are answered instead.
    pub async fn outage_of_the_service(&mut self) -> Outcome {
        let suites = self.online_suites();
        for (customer, id) in &suites {
            self.check_in_at(*customer, id).await;
        }
        let runs = |id: &String| !self.suites.get(id).is_none_or(|suite| suite.runs().is_empty());
        let running: Vec<(usize, String)> = suites.into_iter().filter(|(_, id)| runs(id)).collect();
        if running.is_empty() {
            return Outcome::Idle;
        }
        self.report.had("service down", 1);
        for _ in 1..self.dice.between(3, LEASE_DAYS) {
            self.advance(SignedDuration::from_hours(24));
            self.check_silent_day(&running).await;
        }
        self.advance(SignedDuration::from_hours(HOURS_OF_LAST_DAY));
        self.check_silent_day(&running).await;
        Outcome::Done
    }

    async fn check_silent_day(&mut self, running: &[(usize, String)]) {
        let is_reached = self.dice.one_in(3);
        for (customer, id) in running {
            let before = self.suites[id].runs();
            let heard = if is_reached { self.refused_by_a_broken_service(id).await } else { self.unheard(id).await };
            assert!(matches!(heard, Heard::NoEffect(_)), "{heard:?}");
            let suite = &self.suites[id];
            assert_eq!(suite.runs(), before, "an answer that is none has stopped {id}");
            if suite.skew.is_zero() {
                let should = self.portal_runs(*customer, id).await;
                assert_eq!(suite.runs(), should, "{id} in an outage at {}:\n{}", self.now(), suite.client.status());
            } else {
                assert_eq!(suite.runs(), suite.lease_gives(), "{id} with a wrong clock:\n{}", suite.client.status());
            }
        }
    }

    /// Nobody listens.
    async fn unheard(&self, id: &str) -> Heard {
        let suite = &self.suites[id];
        let config = suite.config("http://127.0.0.1:1", self.stack.roots);
        Client::new(config, suite.clock.clone()).unwrap().check_in().await.unwrap()
    }

    /// The service answers, but reaches nothing behind it.
    async fn refused_by_a_broken_service(&mut self, id: &str) -> Heard {
        self.stack.troubles.choose(|_| Some(Trouble::LostRequest));
        let heard = self.suites[id].client.check_in().await.unwrap();
        let seed = self.dice.below(u32::MAX);
        self.choose_trouble(seed.into());
        heard
    }

    /// What the portal says that an installation runs now.
    async fn portal_runs(&self, customer: usize, id: &str) -> BTreeMap<Row, u32> {
        let view = self.view(customer).await;
        crate::promises::running_of(&view, id)
    }
}
