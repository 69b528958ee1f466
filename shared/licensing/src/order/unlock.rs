//! An order is unlocked into its customer's account, or locked again by vendor staff.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Line, LineStatus, LinkState, Order, Unlocked};
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

/// Unlocks an order. A line whose term is over gives nothing and is marked *Ended*; the others unlock. `fresh` is the
/// id that the account gets where the customer has none.
///
/// # Errors
///
/// [`Refusal::OrderNotLocked`], [`Refusal::TooManyPools`].
pub fn unlock(
    order: &Order,
    account: Option<&Account>,
    fresh: AccountId,
    now: Timestamp,
) -> Result<Unlocking, Refusal> {
    if order.unlocked.is_some() {
        return Err(Refusal::OrderNotLocked);
    }
    let before = account.cloned().unwrap_or_else(|| empty_account(order, fresh, now));
    let mut order = order.clone();
    for line in &mut order.lines {
        line.status = if line.is_over(now) { LineStatus::Ended } else { LineStatus::Unlocked };
    }
    let grants = order.grants();
    let mut after = before.clone();
    after.customer.clone_from(&order.head.customer);
    after.add_grants(&grants)?;
    let change = order_came_through(&after.resellers, &order.head.reseller.business, account.is_none(), now);
    after.resellers = change.resellers;
    after.version += 1;
    let mut changed = changed_servers(&before, &after, now);
    if before.customer.name != after.customer.name {
        changed.extend(after.servers.iter().map(|server| server.id.clone()));
    }
    order.unlocked = Some(Unlocked { at: now, account: after.id });
    order.version += 1;
    Ok(Unlocking {
        order,
        account: after,
        grants,
        makes_account: account.is_none(),
        reseller: change.event,
        changed_servers: changed,
    })
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

/// Locks an order again, while every pool still covers its cells without it.
///
/// # Errors
///
/// [`Refusal::OrderLocked`] where it is locked, [`Refusal::LockWouldUncover`].
pub fn lock(order: &Order, account: &Account, now: Timestamp) -> Result<Locking, Refusal> {
    if order.unlocked.is_none() {
        return Err(Refusal::OrderLocked);
    }
    let grants = order.grants();
    let mut after = account.clone();
    after.remove_grants(&grants, now)?;
    after.version += 1;
    let changed_servers = changed_servers(account, &after, now);
    let mut order = order.clone();
    for line in &mut order.lines {
        line.status = LineStatus::Locked;
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
        unlocked
            .map(|line| Grant {
                license_code: line.license_code.clone(),
                order_id: self.id,
                sku: line.sku.clone(),
                product: line.product.clone(),
                pool: line.pool.clone(),
                unit: line.unit,
                terms: vec![Term { capacity: line.capacity, start: line.start, term: line.term }],
                care: vec![line.care],
            })
            .collect()
    }
}

impl Line {
    fn is_over(&self, now: Timestamp) -> bool {
        self.term.is_some_and(|term| day_ended(term) <= now)
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
