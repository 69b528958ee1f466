//! An account after any sequence of purchases, renewals, cancellations, saves and locks, against the documents that came.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::tests::{head, id, line, received};
use super::*;
use crate::account::Account;
use crate::assign::{Assignment, save};
use crate::fixture::{at, label, server, subscription};
use crate::grant::{Grant, day_begins, utc_day};
use crate::id::AccountId;
use crate::segment::{changed_servers, segments};
use crate::server::add_server;
use ulid::Ulid;

const SERVERS: u32 = 3;
/// Capacity of a piece of the article that is sold.
const PIECE: u32 = 4;

#[derive(Debug, Clone)]
enum Step {
    /// First day from today, days, pieces; unlocked at once or left locked.
    Buy {
        from: i64,
        days: i64,
        pieces: u32,
        unlock: bool,
    },
    Unlock(prop::sample::Index),
    Lock(prop::sample::Index),
    /// Of which licence, first day after the start of its last term, days, pieces where they change.
    Renew {
        which: prop::sample::Index,
        after: i64,
        days: i64,
        pieces: Option<u32>,
    },
    Cancel {
        which: prop::sample::Index,
        by_staff: bool,
    },
    Save {
        server: u32,
        capacity: u32,
    },
    WaitHours(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let which = any::<prop::sample::Index>;
    let step = prop_oneof![
        3 => (-40..20i64, 0..90i64, 1..4u32, any::<bool>())
            .prop_map(|(from, days, pieces, unlock)| Step::Buy { from, days, pieces, unlock }),
        2 => which().prop_map(Step::Unlock),
        1 => which().prop_map(Step::Lock),
        5 => (which(), -3..130i64, 0..90i64, prop::option::of(1..5u32))
            .prop_map(|(which, after, days, pieces)| Step::Renew { which, after, days, pieces }),
        2 => (which(), any::<bool>()).prop_map(|(which, by_staff)| Step::Cancel { which, by_staff }),
        4 => (1..=SERVERS, 0..20u32).prop_map(|(server, capacity)| Step::Save { server, capacity }),
        2 => (1..60 * 24i64).prop_map(Step::WaitHours),
    ];
    prop::collection::vec(step, 1..20)
}

/// What the documents have said of one licence.
#[derive(Debug, Clone)]
struct Said {
    terms: Vec<(u32, Date, Date)>,
    cancelled: bool,
}

/// Everything that the table would hold, and beside it what was said.
struct World {
    now: Timestamp,
    orders: Vec<Order>,
    account: Option<Account>,
    grants: BTreeMap<LicenseCode, Grant>,
    said: BTreeMap<LicenseCode, Said>,
}

impl World {
    fn licenses<'a>(&'a self, grants: &'a [Grant]) -> Licenses<'a> {
        Licenses { orders: &self.orders, account: self.account.as_ref(), grants }
    }

    fn code(&self, which: prop::sample::Index) -> Option<LicenseCode> {
        (!self.said.is_empty()).then(|| which.get(&self.said.keys().cloned().collect::<Vec<_>>()).clone())
    }

    fn take(&mut self, step: &Step, number: usize) -> Result<(), TestCaseError> {
        match step {
            Step::Buy { from, days, pieces, unlock } => {
                self.buy(number, *from, *days, *pieces);
                if *unlock { self.unlock(self.orders.len() - 1) } else { Ok(()) }
            }
            Step::Unlock(which) if !self.orders.is_empty() => self.unlock(which.index(self.orders.len())),
            Step::Lock(which) if !self.orders.is_empty() => {
                self.lock(which.index(self.orders.len()));
                Ok(())
            }
            Step::Renew { which, after, days, pieces } => self.renew(number, *which, *after, *days, *pieces),
            Step::Cancel { which, by_staff } => self.cancel(number, *which, *by_staff),
            Step::Save { server: number, capacity } => self.save(*number, *capacity),
            Step::WaitHours(hours) => {
                self.now += SignedDuration::from_hours(*hours);
                Ok(())
            }
            Step::Unlock(_) | Step::Lock(_) => Ok(()),
        }
    }

    fn buy(&mut self, number: usize, from: i64, days: i64, pieces: u32) {
        let start = utc_day(self.now).saturating_add(from.days());
        let term = start.saturating_add(days.days());
        let code = format!("L{number:03}");
        let new = NewLine { quantity: pieces, start, term: Some(term), ..line(&code, "2020-08-07") };
        let head = OrderHead { number: OrderNumber::parse(&format!("P{number}")).unwrap(), ..head(1) };
        let Ok(Received::New(order)) = received(head, vec![new], None) else { panic!("refused") };
        self.orders.push(Order { id: id(number as u128), ..order });
        let terms = vec![(pieces * PIECE, start, term)];
        self.said.insert(LicenseCode::parse(&code).unwrap(), Said { terms, cancelled: false });
    }

    fn unlock(&mut self, index: usize) -> Result<(), TestCaseError> {
        let fresh = AccountId::new(Ulid::from(7_u128));
        let order = &self.orders[index];
        let expected = if order.unlocked.is_some() {
            Err(Refusal::OrderNotLocked)
        } else if order.is_cancelled() {
            Err(Refusal::OrderCancelled)
        } else {
            Ok(())
        };
        let unlocking = unlock(order, self.account.as_ref(), fresh, self.now);
        prop_assert_eq!(unlocking.as_ref().map(|_| ()).map_err(Clone::clone), expected);
        let Ok(unlocking) = unlocking else { return Ok(()) };
        let mut account = unlocking.account;
        if unlocking.makes_account {
            for number in 1..=SERVERS {
                account = add_server(&account, server(number), None).unwrap();
            }
        }
        self.account = Some(account);
        self.orders[index] = unlocking.order;
        self.grants.extend(unlocking.grants.into_iter().map(|grant| (grant.license_code.clone(), grant)));
        Ok(())
    }

    fn lock(&mut self, index: usize) {
        let Some(account) = &self.account else { return };
        let order = &self.orders[index];
        let own = order.lines.iter().filter_map(|line| self.grants.get(&line.license_code).cloned()).collect();
        let Ok(locking) = lock(order, account, own, self.now) else { return };
        for grant in &locking.grants {
            self.grants.remove(&grant.license_code);
        }
        self.account = Some(locking.account);
        self.orders[index] = locking.order;
    }

    fn renew(
        &mut self,
        number: usize,
        which: prop::sample::Index,
        after: i64,
        days: i64,
        pieces: Option<u32>,
    ) -> Result<(), TestCaseError> {
        let Some(code) = self.code(which) else { return Ok(()) };
        let (capacity, last, _) = *self.said[&code].terms.last().unwrap();
        let start = last.saturating_add(after.days());
        let term = start.saturating_add(days.days());
        let line = RenewalLine {
            license_code: code.clone(),
            quantity: pieces,
            start: Some(start),
            term: Some(term),
            care: None,
        };
        let accepted = self.change(number, OrderKind::Renewal, Asked::Renewal(vec![line]))?;
        let said = self.said.get_mut(&code).unwrap();
        prop_assert_eq!(accepted, !said.cancelled && after >= 0);
        if accepted {
            said.terms.push((pieces.map_or(capacity, |pieces| pieces * PIECE), start, term));
        }
        Ok(())
    }

    fn cancel(&mut self, number: usize, which: prop::sample::Index, by_staff: bool) -> Result<(), TestCaseError> {
        let Some(code) = self.code(which) else { return Ok(()) };
        let was_granted = self.grants.contains_key(&code);
        let accepted = if by_staff {
            self.cancel_by_staff(&code)?
        } else {
            self.change(number, OrderKind::Cancellation, Asked::Licenses(vec![code.clone()]))?
        };
        let (now, today) = (self.now, utc_day(self.now));
        let said = self.said.get_mut(&code).unwrap();
        prop_assert_eq!(accepted, !said.cancelled);
        if accepted {
            said.cancelled = true;
            for (_, start, last) in said.terms.iter_mut().filter(|_| was_granted) {
                let end = if day_begins(*start) <= now { today.max(*start) } else { start.yesterday().unwrap() };
                *last = end.min(*last);
            }
        }
        Ok(())
    }

    fn cancel_by_staff(&mut self, code: &LicenseCode) -> Result<bool, TestCaseError> {
        let grants: Vec<Grant> = self.grants.values().cloned().collect();
        let of = |order: &&Order| order.lines.iter().any(|line| line.license_code == *code);
        let order = self.orders.iter().find(of).unwrap();
        let reason = label("Returned");
        match cancel(order, Some(std::slice::from_ref(code)), reason, self.licenses(&grants), self.now) {
            Ok(changed) => self.apply(changed).map(|()| true),
            Err(refusal) => {
                prop_assert_eq!(refusal, Refusal::OrderCancelled);
                Ok(false)
            }
        }
    }

    /// Sends a document, and once more; whether it was accepted.
    fn change(&mut self, number: usize, kind: OrderKind, asked: Asked) -> Result<bool, TestCaseError> {
        let head = || OrderHead { number: OrderNumber::parse(&format!("C{number}")).unwrap(), kind, ..head(1) };
        let grants: Vec<Grant> = self.grants.values().cloned().collect();
        let standing = Standing { order: None, whole: None, licenses: self.licenses(&grants) };
        let fresh = id(1_000 + number as u128);
        let changed = match change(head(), asked.clone(), standing, fresh, self.now) {
            Ok(ReceivedChange::Done(changed)) => *changed,
            Ok(ReceivedChange::Repeated(_)) => panic!("it is new"),
            Err(refusal) => {
                prop_assert!(matches!(refusal, Refusal::InvalidOrder(_)), "{:?}", refusal);
                return Ok(false);
            }
        };
        let order = changed.order.clone().unwrap();
        self.apply(changed)?;
        let grants: Vec<Grant> = self.grants.values().cloned().collect();
        let standing = Standing { order: Some(&order), whole: None, licenses: self.licenses(&grants) };
        prop_assert_eq!(change(head(), asked, standing, fresh, self.now), Ok(ReceivedChange::Repeated(fresh)));
        Ok(true)
    }

    fn apply(&mut self, changed: Changed) -> Result<(), TestCaseError> {
        for order in changed.orders {
            let place = self.orders.iter().position(|old| old.id == order.id).unwrap();
            prop_assert_eq!(order.version, self.orders[place].version + 1);
            self.orders[place] = order;
        }
        let Some(change) = changed.account else { return Ok(()) };
        let before = self.account.replace(change.account).unwrap();
        let after = self.account.as_ref().unwrap();
        prop_assert_eq!(after.version, before.version + 1);
        for pool in &before.pools {
            prop_assert_eq!(&after.pool(&pool.key).unwrap().cells, &pool.cells, "cells stay");
        }
        prop_assert_eq!(changed_servers(&before, after, self.now), change.changed_servers);
        self.grants.extend(change.grants.into_iter().map(|grant| (grant.license_code.clone(), grant)));
        Ok(())
    }

    fn save(&mut self, number: u32, capacity: u32) -> Result<(), TestCaseError> {
        let Some(account) = &self.account else { return Ok(()) };
        let pool = subscription("IP Fax server");
        let one = Assignment { pool: pool.clone(), server: server(number), capacity };
        let Ok(saved) = save(account, &[one], account.version, self.now) else { return Ok(()) };
        let used = |account: &Account| account.pool(&pool).map_or(0, crate::pool::Pool::used);
        let total = u64::from(saved.account.pool(&pool).map_or(0, |pool| pool.total(utc_day(self.now))));
        prop_assert!(used(&saved.account) <= total.max(used(account)), "used raised above total");
        self.account = Some(saved.account);
        Ok(())
    }

    /// The account is what its grants add up to, and its total what was said; of one licence the larger term counts.
    fn check(&self) -> Result<(), TestCaseError> {
        let Some(account) = &self.account else { return Ok(()) };
        let mut anew = account.clone();
        anew.pools.iter_mut().for_each(|pool| pool.grants.clear());
        anew.add_grants(&self.grants.values().cloned().collect::<Vec<_>>()).unwrap();
        let run =
            |account: &Account| segments(&account.pools, &account.servers, account.policy, self.now, Timestamp::MAX);
        prop_assert_eq!(run(&anew), run(account));
        let today = utc_day(self.now);
        let granted: Vec<&Said> =
            self.said.iter().filter(|(code, _)| self.grants.contains_key(*code)).map(|(_, said)| said).collect();
        let on = |day: Date| -> u32 {
            let of = |said: &&Said| {
                let holding = said.terms.iter().filter(|(_, start, last)| *start <= day && day <= *last);
                holding.map(|(capacity, ..)| *capacity).max().unwrap_or(0)
            };
            granted.iter().map(of).sum()
        };
        let starts = granted.iter().flat_map(|said| &said.terms).map(|(_, start, _)| *start);
        let expected = starts.chain([today]).filter(|day| *day >= today).map(on).max().unwrap_or(0);
        let total = account.pool(&subscription("IP Fax server")).map_or(0, |pool| pool.total(today));
        prop_assert_eq!(total, expected);
        Ok(())
    }
}

proptest! {
    #[test]
    fn an_account_is_what_its_orders_say(steps in steps()) {
        let mut world = World {
            now: at("2020-01-17"),
            orders: Vec::new(),
            account: None,
            grants: BTreeMap::new(),
            said: BTreeMap::new(),
        };
        for (number, step) in steps.iter().enumerate() {
            world.take(step, number + 1)?;
            world.check()?;
        }
    }
}
