//! An order is unlocked into its customer's account, or locked again by vendor staff.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{ContactRef, Line, LineStatus, LinkState, Order, OrderHead, Unlocked};
use crate::Refusal;
use crate::access::{ResellerEvent, order_came_through};
use crate::account::{Account, Policy};
use crate::advance::Advanced;
use crate::grant::{Grant, Term, day_ended, utc_day};
use crate::id::{AccountId, PersonId, ServerId};
use crate::segment::changed_servers;

/// An order as it is after the unlock, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlocking {
    /// The order.
    pub order: Order,
    /// The account, its version risen by one.
    pub account: Account,
    /// What the lines gave.
    pub grants: Vec<Grant>,
    /// Whether the order made the account.
    pub makes_account: bool,
    /// What happened to the reseller of the order.
    pub reseller: Option<ResellerEvent>,
    /// Servers that run something else, now or later.
    pub changed_servers: BTreeSet<ServerId>,
}

/// Unlocks an order. A line whose terms are over gives nothing and is marked *Ended*, one that was cancelled stays so;
/// the others unlock. `fresh` is the id that the account gets where the customer has none.
///
/// # Errors
///
/// [`Refusal::OrderNotLocked`], [`Refusal::OrderCancelled`], [`Refusal::NotAPurchase`], [`Refusal::TooManyPools`].
pub fn unlock(
    order: &Order,
    account: Option<&Account>,
    fresh: AccountId,
    now: Timestamp,
) -> Result<Unlocking, Refusal> {
    if order.unlocked.is_some() {
        return Err(Refusal::OrderNotLocked);
    }
    order.has_link()?;
    let before = account.cloned().unwrap_or_else(|| empty_account(order, fresh, now));
    let mut order = order.clone();
    for line in order.lines.iter_mut().filter(|line| line.status == LineStatus::Locked) {
        line.status = if line.is_over(now) { LineStatus::Ended } else { LineStatus::Unlocked };
    }
    let grants = order.grants();
    let mut after = before.clone();
    after.add_grants(&grants)?;
    let reseller = follow(&mut after, &order.head, account.is_none(), now);
    let changed = told_servers(&before, &after, now);
    order.unlocked = Some(Unlocked { at: now, account: after.id });
    order.version += 1;
    Ok(Unlocking {
        order,
        account: after,
        grants,
        makes_account: account.is_none(),
        reseller,
        changed_servers: changed,
    })
}

/// What an order says of its customer and of the reseller that it came through. Raises the account's version.
pub(super) fn follow(
    account: &mut Account,
    head: &OrderHead<ContactRef>,
    makes_account: bool,
    now: Timestamp,
) -> Option<ResellerEvent> {
    account.customer.clone_from(&head.customer);
    let change = order_came_through(&account.resellers, &head.reseller.business, makes_account, now);
    account.resellers = change.resellers;
    account.version += 1;
    change.event
}

/// Servers that run something else, now or later, or have another customer's name to show.
pub(super) fn told_servers(before: &Account, after: &Account, now: Timestamp) -> BTreeSet<ServerId> {
    let mut changed = changed_servers(before, after, now);
    if before.customer.name != after.customer.name {
        changed.extend(after.servers.iter().map(|server| server.id.clone()));
    }
    changed
}

/// An order as it is after it was locked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locking {
    /// The order, all its lines *Locked*.
    pub order: Order,
    /// The account without what the order gave, its version risen by one.
    pub account: Account,
    /// What the account has no longer.
    pub grants: Vec<Grant>,
    /// Servers that run something else, now or later.
    pub changed_servers: BTreeSet<ServerId>,
}

/// Locks an order again, while every pool still covers its cells without it. `grants` are those of the order as they
/// are now: its lines keep what renewals and cancellations have made of them.
///
/// # Errors
///
/// [`Refusal::NotAPurchase`], [`Refusal::OrderLocked`] where it is locked, [`Refusal::LockWouldUncover`].
pub fn lock(order: &Order, account: &Account, grants: Vec<Grant>, now: Timestamp) -> Result<Locking, Refusal> {
    order.is_purchase()?;
    if order.unlocked.is_none() {
        return Err(Refusal::OrderLocked);
    }
    let mut after = account.clone();
    after.remove_grants(&grants, now)?;
    after.version += 1;
    let changed_servers = changed_servers(account, &after, now);
    let mut order = order.clone();
    for line in &mut order.lines {
        if let Some(grant) = grants.iter().find(|grant| grant.license_code == line.license_code) {
            line.renewals.clone_from(&grant.renewals);
            line.cancelled.clone_from(&grant.cancelled);
        }
        line.status = if line.cancelled.is_some() { LineStatus::Cancelled } else { LineStatus::Locked };
    }
    order.unlocked = None;
    order.version += 1;
    Ok(Locking { order, account: after, grants, changed_servers })
}

/// Sends the link again, to another person where one is named. Links sent before don't open the order any more.
pub fn resend(order: &Order, recipient: Option<PersonId>, now: Timestamp) -> Order {
    let mut order = order.clone();
    if let Some(person) = recipient {
        order.head.recipient.person = person;
    }
    order.link = LinkState { generation: order.link.generation + 1, recorded_at: now };
    order.version += 1;
    order
}

impl Order {
    /// What the unlocked lines give.
    pub fn grants(&self) -> Vec<Grant> {
        let unlocked = self.lines.iter().filter(|line| line.status == LineStatus::Unlocked);
        unlocked.map(|line| self.grant_of(line)).collect()
    }

    /// What a line gives, with the renewals that have come since.
    pub(super) fn grant_of(&self, line: &Line) -> Grant {
        let bought = Term { capacity: line.capacity, start: line.start, term: line.term };
        let terms = line.renewals.iter().filter_map(|renewal| renewal.term);
        let care = line.renewals.iter().filter_map(|renewal| renewal.care);
        Grant {
            license_code: line.license_code.clone(),
            order_id: self.id,
            sku: line.sku.clone(),
            product: line.product.clone(),
            pool: line.pool.clone(),
            unit: line.unit,
            piece: line.capacity / line.quantity.max(1),
            terms: std::iter::once(bought).chain(terms).collect(),
            care: std::iter::once(line.care).chain(care).collect(),
            renewals: line.renewals.clone(),
            cancelled: line.cancelled.clone(),
        }
    }
}

impl Line {
    /// Pieces, after the renewals that have come since.
    pub fn pieces(&self) -> u32 {
        let piece = (self.capacity / self.quantity.max(1)).max(1);
        let renewed = self.renewals.iter().rev().find_map(|renewal| renewal.term);
        renewed.map_or(self.quantity, |term| term.capacity / piece)
    }

    /// Whether its term and those of all its renewals are over.
    fn is_over(&self, now: Timestamp) -> bool {
        let renewed = self.renewals.iter().filter_map(|renewal| renewal.term).map(|term| term.term);
        std::iter::once(self.term).chain(renewed).all(|last_day| last_day.is_some_and(|day| day_ended(day) <= now))
    }
}

fn empty_account(order: &Order, id: AccountId, now: Timestamp) -> Account {
    Account {
        id,
        version: 0,
        customer: order.head.customer.clone(),
        resellers: Vec::new(),
        pools: Vec::new(),
        servers: Vec::new(),
        policy: Policy::default(),
        next_sequence: 1,
        losses: Vec::new(),
        advanced: Advanced::since(utc_day(now)),
    }
}
