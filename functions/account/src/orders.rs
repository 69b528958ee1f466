//! `GET /v1/accounts/{accountId}/orders`, and how an order is shown.

use std::collections::HashMap;

use http_api::{Call, Failure, Reply};
use jiff::Timestamp;
use lambda_http::http::StatusCode;
use licensing::access::Actor;
use licensing::account::{Account, Policy};
use licensing::grant::{Cancellation, Grant, Renewal, grace_ended};
use licensing::id::{LicenseCode, OrderId};
use licensing::member::Party;
use licensing::order::{Change, Done, Line, Order, OrderKind};
use table::{DeliveryState, Event, Receipt, Table, key};

use crate::document::{
    CancellationView, ChangeView, ChangeWord, LineView, LineWord, MailKind, MailView, MailWord, OrderListView,
    OrderResellerView, OrderStateView, OrderView, OrderWord, RenewalView,
};
use crate::{account_id, load};

/// Most orders of a page.
const PAGE_LEN: i32 = 20;

/// Lists the orders of an account's customer, newest first. What is still locked is between the vendor and whom the
/// order came through; everybody else sees it once it is unlocked.
pub(crate) async fn list(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let after = call.query_as("cursor", OrderId::parse)?;
    let account = load(table, account_id(call)?).await?.state;
    actor.may_read(&account)?;
    let page = table.orders_of(&account.customer.number, after, PAGE_LEN).await?;
    let seen: Vec<&Order> = page.items.iter().filter(|order| may_see(actor, order)).collect();
    let given = Given::load(table, &account, seen.iter().copied()).await?;
    let mut orders = Vec::with_capacity(seen.len());
    for order in seen {
        orders.push(view(order, &table.receipts(order.id).await?, Some(&given)));
    }
    let next_cursor = page.next.and_then(|sort_key| sort_key.strip_prefix(key::ORDER_PREFIX).map(str::to_owned));
    Reply::json(StatusCode::OK, &OrderListView { orders, next_cursor })
}

fn may_see(actor: &Actor, order: &Order) -> bool {
    let reseller = || Party::Reseller(order.head.reseller.business.number.clone());
    order.unlocked.is_some() || actor.is_staff() || actor.role_in(&reseller()).is_some()
}

/// What unlocked orders gave, as it is now: renewals and cancellations change the grant, not the line.
pub(crate) struct Given {
    policy: Policy,
    grants: HashMap<LicenseCode, Grant>,
}

impl Given {
    /// What an account has of the licences that came with some of its orders.
    pub(crate) async fn load<'a>(
        table: &Table,
        account: &Account,
        orders: impl Iterator<Item = &'a Order>,
    ) -> Result<Self, Failure> {
        let lines = orders.filter(|order| order.unlocked.is_some()).flat_map(|order| &order.lines);
        let codes: Vec<LicenseCode> = lines.map(|line| line.license_code.clone()).collect();
        let grants = table.grants_of(account.id, &codes).await?;
        let grants = grants.into_iter().map(|grant| (grant.license_code.clone(), grant)).collect();
        Ok(Self { policy: account.policy, grants })
    }
}

/// An order as it is shown; `given` is needed where it is unlocked.
pub(crate) fn view(order: &Order, receipts: &[Receipt], given: Option<&Given>) -> OrderView {
    let reseller = &order.head.reseller;
    OrderView {
        order_id: order.id.to_string(),
        number: order.head.number.to_string(),
        revision: order.head.revision,
        kind: order.head.kind.into(),
        purchase_order: order.head.purchase_order.to_string(),
        reseller: OrderResellerView {
            number: reseller.business.number.to_string(),
            name: reseller.business.name.to_string(),
            order_number: reseller.order_number.as_ref().map(ToString::to_string),
        },
        status: status(order),
        received_at: order.received_at,
        unlocked_at: order.unlocked.map(|unlocked| unlocked.at),
        mail: link_mail(order, receipts),
        lines: order.lines.iter().map(|line| line_view(line, given)).collect(),
        changes: order.changes.iter().map(ChangeView::from).collect(),
    }
}

/// What staff is told of an order that they changed.
pub(crate) fn state(order: &Order) -> OrderStateView {
    OrderStateView {
        order_id: order.id.to_string(),
        number: order.head.number.to_string(),
        status: status(order),
        link_generation: order.link.generation,
        link_recorded_at: order.link.recorded_at,
    }
}

fn status(order: &Order) -> OrderWord {
    if order.head.kind != OrderKind::Purchase {
        OrderWord::Applied
    } else if order.unlocked.is_some() {
        OrderWord::Unlocked
    } else if order.is_cancelled() {
        OrderWord::Cancelled
    } else {
        OrderWord::Locked
    }
}

/// The mail with the link that is valid now. A mail that is still to be sent has no receipt.
fn link_mail(order: &Order, receipts: &[Receipt]) -> MailView {
    let waiting = MailView { recorded_at: order.link.recorded_at, state: MailWord::Waiting, at: None };
    let of_link = |receipt: &&Receipt| generation(&receipt.event) == Some(order.link.generation);
    receipts.iter().rfind(of_link).map_or(waiting, mail)
}

/// How far a mail has come, as its receipt says.
pub(crate) fn mail(receipt: &Receipt) -> MailView {
    let (state, at) = mail_state(&receipt.state);
    MailView { recorded_at: receipt.recorded_at, state, at }
}

/// The word for how far a mail has come, and since when, where it has come to an end.
pub(crate) fn mail_state(state: &DeliveryState) -> (MailWord, Option<Timestamp>) {
    match state {
        DeliveryState::Sent { at, .. } => (MailWord::Sent, Some(*at)),
        DeliveryState::Parked { at, .. } => (MailWord::Parked, Some(*at)),
        DeliveryState::Bounced { at, .. } => (MailWord::Bounced, Some(*at)),
        DeliveryState::Complained { at, .. } => (MailWord::Complained, Some(*at)),
        DeliveryState::Dismissed { at } => (MailWord::Dismissed, Some(*at)),
        DeliveryState::Waiting | DeliveryState::Claimed { .. } | DeliveryState::Expanded { .. } => {
            (MailWord::Waiting, None)
        }
    }
}

fn generation(event: &Event) -> Option<u32> {
    match event {
        Event::OrderReceived { generation, .. }
        | Event::OrderRevised { generation, .. }
        | Event::LinkResent { generation, .. } => Some(*generation),
        _ => None,
    }
}

impl From<&Event> for MailKind {
    fn from(event: &Event) -> Self {
        match event {
            Event::OrderReceived { .. } => Self::OrderReceived,
            Event::OrderRevised { .. } => Self::OrderRevised,
            Event::LinkResent { .. } => Self::LinkResent,
            Event::OrderUnlocked { .. } => Self::OrderUnlocked,
            Event::OrderRenewed { .. } => Self::OrderRenewed,
            Event::LicensesCancelled { .. } => Self::LicensesCancelled,
            Event::OrderCancelled { .. } => Self::OrderCancelled,
            Event::Invited { .. } => Self::Invited,
            Event::AccessRequested { .. } => Self::AccessRequested,
            Event::ConflictBegun { .. } => Self::ConflictBegun,
            Event::GraceSet { .. } => Self::GraceSet,
            Event::ResellerMoved { .. } => Self::ResellerMoved,
            Event::ManagerAppointed { .. } => Self::ManagerAppointed,
            Event::EndingsNear { .. } | Event::EndingsDigest { .. } => Self::EndingsDigest,
            Event::DeliveryFailed { .. } => Self::DeliveryFailed,
            Event::EventParked { .. } => Self::EventParked,
        }
    }
}

/// A line with what has become of it: the grant says so where there is one.
fn line_view(line: &Line, given: Option<&Given>) -> LineView {
    let grant = given.and_then(|given| given.grants.get(&line.license_code));
    let renewals = grant.map_or(&line.renewals, |grant| &grant.renewals);
    let cancelled = grant.map_or(&line.cancelled, |grant| &grant.cancelled).as_ref();
    let status = match (cancelled, grant) {
        (Some(_), _) => LineWord::Cancelled,
        (None, Some(_)) => LineWord::Unlocked,
        (None, None) => line.status.into(),
    };
    LineView {
        sku: line.sku.to_string(),
        product: line.product.to_string(),
        quantity: line.quantity,
        license_code: line.license_code.to_string(),
        application: line.pool.application.to_string(),
        unit: line.unit.into(),
        redundancy: line.pool.redundancy,
        license_type: line.pool.license.into(),
        capacity: line.capacity,
        start: line.start,
        term: line.term,
        care: (&line.care).into(),
        status,
        renewals: renewals.iter().map(RenewalView::from).collect(),
        cancelled: cancelled.map(|cancelled| cancellation(cancelled, given.map(|given| given.policy))),
    }
}

/// A cancellation; what is still served follows from what the vendor allows the account.
pub(crate) fn cancellation(cancelled: &Cancellation, policy: Option<Policy>) -> CancellationView {
    CancellationView {
        order_number: cancelled.order.as_ref().map(ToString::to_string),
        reason: cancelled.reason.as_ref().map(ToString::to_string),
        at: cancelled.at,
        last_day: cancelled.last_day,
        served_until: cancelled.last_day.zip(policy).map(|(last_day, policy)| grace_ended(last_day, policy)),
    }
}

impl From<&Renewal> for RenewalView {
    fn from(renewal: &Renewal) -> Self {
        Self {
            order_number: renewal.order.to_string(),
            at: renewal.at,
            term: renewal.term.as_ref().map(Into::into),
            care: renewal.care.as_ref().map(Into::into),
        }
    }
}

impl From<&Change> for ChangeView {
    fn from(change: &Change) -> Self {
        let (done, term, care, last_day) = match &change.done {
            Done::Renewed { term, care } => (ChangeWord::Renewed, term.as_ref(), care.as_ref(), None),
            Done::Cancelled { last_day } => (ChangeWord::Cancelled, None, None, *last_day),
        };
        Self {
            license_code: change.license_code.to_string(),
            order_id: change.of.to_string(),
            sku: change.sku.to_string(),
            product: change.product.to_string(),
            application: change.pool.application.to_string(),
            unit: change.unit.into(),
            redundancy: change.pool.redundancy,
            license_type: change.pool.license.into(),
            done,
            term: term.map(Into::into),
            care: care.map(Into::into),
            last_day,
            locked: change.locked,
        }
    }
}
