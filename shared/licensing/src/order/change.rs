//! Orders that change licences which came with other orders: renewals and cancellations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::receive::head_differences;
use super::unlock::{follow, told_servers};
use super::{ContactRef, LineStatus, LinkState, Order, OrderHead, Unlocked};
use crate::Refusal;
use crate::account::{Account, Policy};
use crate::grant::{Care, Grant, Term};
use crate::id::{BusinessNumber, LicenseCode, OrderId, OrderNumber, ServerId, Sku};
use crate::pool::PoolKey;
use crate::product::Unit;
use crate::refusal::Fault;
use crate::text::Label;

/// A line of a renewal, as received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenewalLine {
    /// Which licence.
    pub license_code: LicenseCode,
    /// Pieces from its start on; as many as before where it is left out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quantity: Option<u32>,
    /// First day of the new term, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start: Option<Date>,
    /// Its last day; `None` for a perpetual licence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub term: Option<Date>,
    /// New care, where there is some.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub care: Option<Care>,
}

/// What a renewal or cancellation asks for, as received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Asked {
    /// New terms, quantities and care; no licence code twice.
    Renewal(Vec<RenewalLine>),
    /// The end of these licences; no code twice.
    Licenses(Vec<LicenseCode>),
    /// The end of all licences of an order that are not cancelled yet.
    Order(OrderNumber),
}

/// What a renewal or cancellation has done to one licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Which licence.
    pub license_code: LicenseCode,
    /// The order that it came with.
    pub of: OrderId,
    /// The article.
    pub sku: Sku,
    /// The article's name when it was ordered.
    pub product: Label,
    /// The pool that it counts in.
    pub pool: PoolKey,
    /// The unit of the pool's application.
    pub unit: Unit,
    /// What was done.
    pub done: Done,
    /// Whether the licence was locked then, and stays so.
    pub locked: bool,
}

/// What was done to a licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Done {
    /// It was renewed.
    Renewed {
        /// The new term, where there is one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        term: Option<Term>,
        /// The new care, where there is one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        care: Option<Care>,
    },
    /// It was cancelled.
    Cancelled {
        /// The last day in force; `None` where it never was in force.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        last_day: Option<Date>,
    },
}

/// What the table knows of the licences that are named.
#[derive(Debug, Clone, Copy)]
pub struct Licenses<'a> {
    /// The orders that they came with.
    pub orders: &'a [Order],
    /// The customer's account, where there is one; read after the orders.
    pub account: Option<&'a Account>,
    /// The account's grants of these licences; read after the account.
    pub grants: &'a [Grant],
}

/// What the table knows when a renewal or cancellation arrives.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The stored order of the same number.
    pub order: Option<&'a Order>,
    /// The order that is to be cancelled whole, where one is named and there.
    pub whole: Option<&'a Order>,
    /// The licences that are named, or that the whole order has.
    pub licenses: Licenses<'a>,
}

/// What becomes of a renewal or cancellation that arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is stored with what it does.
    Done(Box<Changed>),
    /// It was received before: nothing changes.
    Repeated(OrderId),
}

/// Everything that changes with some licences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The renewal or cancellation itself; `None` where vendor staff did it.
    pub order: Option<Order>,
    /// Orders whose lines changed before they gave anything, their versions risen by one. Where an order is still to
    /// be unlocked, so has its link.
    pub orders: Vec<Order>,
    /// What changed in the account.
    pub account: Option<AccountChange>,
    /// What was done, licence by licence.
    pub changes: Vec<Change>,
}

/// What changes in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChange {
    /// The account, its version risen by one.
    pub account: Account,
    /// The grants that changed, as they are now.
    pub grants: Vec<Grant>,
    /// Servers that run something else, now or later.
    pub changed_servers: BTreeSet<ServerId>,
}

/// Decides on a renewal or cancellation whose values are well-formed: it is applied at once to what is unlocked, and
/// changes the lines of what is locked. `fresh` is the id that it gets where it is new.
///
/// # Errors
///
/// [`Refusal::InvalidOrder`] with every licence that is unknown, foreign or cancelled and every renewal that does not
/// fit its licence; [`Refusal::OrderDiffers`] where the number is known with other content and no higher revision, or
/// as another type; [`Refusal::OrderApplied`] where a higher one comes too late; [`Refusal::TooManyPools`] and
/// [`Refusal::AccountTooLarge`].
pub fn change(
    head: OrderHead<ContactRef>,
    asked: Asked,
    standing: Standing<'_>,
    fresh: OrderId,
    now: Timestamp,
) -> Result<Received, Refusal> {
    if let Some(stored) = standing.order {
        return recognised(stored, &head, &asked).map(Received::Repeated);
    }
    let mut work = Work::new(standing.licenses, &head.customer.number, now);
    match &asked {
        Asked::Renewal(lines) => work.renew(lines, &head.number),
        Asked::Licenses(codes) => work.cancel_codes(codes, &head.number),
        Asked::Order(number) => work.cancel_whole(number, standing.whole, &head.number),
    }
    let mut changed = work.finish(Some(&head))?;
    let unlocked = changed.account.as_ref().map(|change| Unlocked { at: now, account: change.account.id });
    changed.order = Some(Order {
        id: fresh,
        version: 1,
        head,
        lines: Vec::new(),
        asked: Some(asked),
        changes: changed.changes.clone(),
        received_at: now,
        link: LinkState { generation: 1, recorded_at: now },
        unlocked,
        forwards: Vec::new(),
    });
    Ok(Received::Done(Box::new(changed)))
}

/// The stored order that a document repeats.
fn recognised(stored: &Order, head: &OrderHead<ContactRef>, asked: &Asked) -> Result<OrderId, Refusal> {
    let mut differences = head_differences(&stored.head, head);
    if stored.asked.as_ref() != Some(asked) {
        differences.push(if matches!(asked, Asked::Order(_)) { "/cancelledOrder" } else { "/lines" }.to_owned());
    }
    if differences.is_empty() {
        Ok(stored.id)
    } else if head.revision > stored.head.revision && head.kind == stored.head.kind {
        Err(Refusal::OrderApplied)
    } else {
        Err(Refusal::OrderDiffers(differences))
    }
}

/// A change on the way: orders and grants as they become, and every fault.
pub(super) struct Work<'a> {
    known: Licenses<'a>,
    customer: &'a BusinessNumber,
    pub(super) now: Timestamp,
    pub(super) orders: Vec<Order>,
    /// Which of the orders changed.
    touched: BTreeSet<usize>,
    /// Each grant that changes: as it was, if it was, and as it is now.
    grants: BTreeMap<LicenseCode, (Option<Grant>, Grant)>,
    changes: Vec<Change>,
    pub(super) faults: Vec<Fault>,
}

/// A licence that is to change.
pub(super) struct Found {
    /// What it gives, or would give.
    pub grant: Grant,
    /// Whether the account has it.
    pub granted: bool,
    order: usize,
    line: usize,
}

impl<'a> Work<'a> {
    pub(super) fn new(known: Licenses<'a>, customer: &'a BusinessNumber, now: Timestamp) -> Self {
        let orders = known.orders.to_vec();
        let (touched, grants) = (BTreeSet::new(), BTreeMap::new());
        Self { known, customer, now, orders, touched, grants, changes: Vec::new(), faults: Vec::new() }
    }

    pub(super) fn fault(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.faults.push(Fault { pointer: pointer.into(), code, detail: detail.into() });
    }

    /// The licence of a code, or a fault where there is none to change.
    pub(super) fn find(&mut self, code: &LicenseCode, pointer: &str) -> Option<Found> {
        let place = self.orders.iter().enumerate().find_map(|(order, of)| {
            of.lines.iter().position(|line| line.license_code == *code).map(|line| (order, line))
        });
        let Some((order, line)) = place else {
            self.fault(pointer, "unknown_license_code", "No order came with this licence code.");
            return None;
        };
        if !self.is_of_customer(&self.orders[order]) {
            self.fault(pointer, "foreign_license_code", "This licence code belongs to another customer.");
            return None;
        }
        let of = &self.orders[order];
        let granted = self.known.grants.iter().find(|grant| grant.license_code == *code);
        let grant = granted.cloned().unwrap_or_else(|| of.grant_of(&of.lines[line]));
        if grant.cancelled.is_some() {
            self.fault(pointer, "license_cancelled", "This licence was cancelled. What is sold anew is a purchase.");
            return None;
        }
        Some(Found { grant, granted: granted.is_some(), order, line })
    }

    /// Renews or cancels a licence that was found. A line that had ended when its order was unlocked gives its grant
    /// only now: the order's version in the same write guards it.
    pub(super) fn put(&mut self, found: Found, after: Grant, done: Done) {
        let Found { grant: before, granted, order, line } = found;
        let is_locked = !granted && self.orders[order].unlocked.is_none();
        self.changes.push(Change {
            license_code: after.license_code.clone(),
            of: after.order_id,
            sku: after.sku.clone(),
            product: after.product.clone(),
            pool: after.pool.clone(),
            unit: after.unit,
            done,
            locked: is_locked,
        });
        if !granted {
            self.touched.insert(order);
            let line = &mut self.orders[order].lines[line];
            line.renewals.clone_from(&after.renewals);
            line.cancelled.clone_from(&after.cancelled);
            line.status = match (&line.cancelled, is_locked) {
                (Some(_), _) => LineStatus::Cancelled,
                (None, true) => LineStatus::Locked,
                (None, false) => LineStatus::Unlocked,
            };
        }
        if granted || (!is_locked && after.cancelled.is_none()) {
            self.grants.insert(after.license_code.clone(), (granted.then_some(before), after));
        }
    }

    /// What the vendor allows the account, or will allow it.
    pub(super) fn policy(&self) -> Policy {
        self.known.account.map(|account| account.policy).unwrap_or_default()
    }

    pub(super) fn is_of_customer(&self, order: &Order) -> bool {
        order.head.customer.number == *self.customer
    }

    /// Whether a licence was cancelled before.
    pub(super) fn is_cancelled(&self, code: &LicenseCode) -> bool {
        let lines = self.orders.iter().flat_map(|order| &order.lines);
        let of_line = lines.filter(|line| line.license_code == *code).any(|line| line.cancelled.is_some());
        let grants = self.known.grants.iter();
        of_line || grants.filter(|grant| grant.license_code == *code).any(|grant| grant.cancelled.is_some())
    }

    /// The whole change; `head` is of the order that brought it.
    pub(super) fn finish(self, head: Option<&OrderHead<ContactRef>>) -> Result<Changed, Refusal> {
        if !self.faults.is_empty() {
            return Err(Refusal::InvalidOrder(self.faults));
        }
        let (now, changes) = (self.now, self.changes);
        let account = match (self.known.account, self.grants) {
            (Some(account), grants) if !grants.is_empty() => {
                Some(account_change(account, grants.into_values().collect(), head, now)?)
            }
            _ => None,
        };
        let mut orders = self.orders;
        let touched = orders.iter_mut().enumerate().filter(|(index, _)| self.touched.contains(index));
        touched.for_each(|(_, order)| revise(order, now));
        let orders = orders.into_iter().enumerate().filter(|(index, _)| self.touched.contains(index));
        Ok(Changed { order: None, orders: orders.map(|(_, order)| order).collect(), account, changes })
    }
}

fn account_change(
    before: &Account,
    grants: Vec<(Option<Grant>, Grant)>,
    head: Option<&OrderHead<ContactRef>>,
    now: Timestamp,
) -> Result<AccountChange, Refusal> {
    let mut account = before.clone();
    account.replace_grants(&grants)?;
    match head {
        Some(head) => _ = follow(&mut account, head, false, now),
        None => account.version += 1,
    }
    let changed_servers = told_servers(before, &account, now);
    let grants = grants.into_iter().map(|(_, after)| after).collect();
    Ok(AccountChange { account, grants, changed_servers })
}

/// The next version of an order whose lines changed. Its mail is sent anew while there is something to unlock; a link
/// to nothing stays as it is and says so.
fn revise(order: &mut Order, now: Timestamp) {
    order.version += 1;
    if order.unlocked.is_none() && !order.is_cancelled() {
        order.link = LinkState { generation: order.link.generation + 1, recorded_at: now };
    }
}
