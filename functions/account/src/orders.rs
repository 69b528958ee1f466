//! `GET /v1/accounts/{accountId}/orders`, and how an order is shown.

use http_api::{Call, Failure, Reply};
use lambda_http::http::StatusCode;
use licensing::access::Actor;
use licensing::id::OrderId;
use licensing::member::Party;
use licensing::order::{Line, Order};
use table::{DeliveryState, Event, Receipt, Table, key};

use crate::document::{
    LineView, MailKind, MailView, MailWord, OrderListView, OrderResellerView, OrderStateView, OrderView, OrderWord,
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
    let mut orders = Vec::with_capacity(page.items.len());
    for order in &page.items {
        if may_see(actor, order) {
            orders.push(view(order, &table.receipts(order.id).await?));
        }
    }
    let next_cursor = page.next.and_then(|sort_key| sort_key.strip_prefix(key::ORDER_PREFIX).map(str::to_owned));
    Reply::json(StatusCode::OK, &OrderListView { orders, next_cursor })
}

fn may_see(actor: &Actor, order: &Order) -> bool {
    let reseller = || Party::Reseller(order.head.reseller.business.number.clone());
    order.unlocked.is_some() || actor.is_staff() || actor.role_in(&reseller()).is_some()
}

/// An order as it is shown.
pub(crate) fn view(order: &Order, receipts: &[Receipt]) -> OrderView {
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
        lines: order.lines.iter().map(LineView::from).collect(),
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
    if order.unlocked.is_some() { OrderWord::Unlocked } else { OrderWord::Locked }
}

/// The mail with the link that is valid now. A mail that is still to be sent has no receipt.
fn link_mail(order: &Order, receipts: &[Receipt]) -> MailView {
    let waiting = MailView { recorded_at: order.link.recorded_at, state: MailWord::Waiting, at: None };
    let of_link = |receipt: &&Receipt| generation(&receipt.event) == Some(order.link.generation);
    receipts.iter().rfind(of_link).map_or(waiting, mail)
}

/// How far a mail has come, as its receipt says.
pub(crate) fn mail(receipt: &Receipt) -> MailView {
    let (state, at) = match &receipt.state {
        DeliveryState::Sent { at, .. } => (MailWord::Sent, Some(*at)),
        DeliveryState::Parked { at, .. } => (MailWord::Parked, Some(*at)),
        DeliveryState::Dismissed { at } => (MailWord::Dismissed, Some(*at)),
        DeliveryState::Waiting | DeliveryState::Claimed { .. } | DeliveryState::Expanded { .. } => {
            (MailWord::Waiting, None)
        }
    };
    MailView { recorded_at: receipt.recorded_at, state, at }
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
            Event::Invited { .. } => Self::Invited,
            Event::AccessRequested { .. } => Self::AccessRequested,
            Event::ConflictBegun { .. } => Self::ConflictBegun,
            Event::GraceSet { .. } => Self::GraceSet,
            Event::ResellerMoved { .. } => Self::ResellerMoved,
            Event::ManagerAppointed { .. } => Self::ManagerAppointed,
            Event::EndingsNear { .. } | Event::EndingsDigest { .. } => Self::EndingsDigest,
            Event::DeliveryFailed { .. } => Self::DeliveryFailed,
        }
    }
}

impl From<&Line> for LineView {
    fn from(line: &Line) -> Self {
        Self {
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
            status: line.status.into(),
        }
    }
}
