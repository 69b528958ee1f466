//! Renewals and cancellations: orders that change licences which came with other orders.

use http_api::metric::{self, Metric};
use http_api::{Call, Failure, Reply};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::id::{LicenseCode, OrderId};
use licensing::order::{
    Asked, Changed, Contact, Order, OrderHead, OrderKind, ReceivedChange, Standing, change as decide,
};
use licensing::refusal::Fault;
use serde_json::{Value, json};
use table::{Actor, AuditEntry, Delivery, Event, Holdings, ITEMS_MAX, Stored, Table, Transaction, key, told_of_orders};

use crate::document::OrderReceipt;
use crate::people::People;

/// Takes a renewal or cancellation: load, decide, commit, reply.
pub(crate) async fn take(
    table: &Table,
    call: &Call,
    head: &OrderHead<Contact>,
    asked: &Asked,
) -> Result<Reply, Failure> {
    let mut people = People::new(call, table);
    let head = people.refer(head).await?;
    let whole = match asked {
        Asked::Order(number) => table.order_by_number(number).await?,
        Asked::Renewal(_) | Asked::Licenses(_) => None,
    };
    let whole = whole.as_ref().map(|stored| &stored.state);
    let holdings = table.holdings(&head.customer.number, &codes(asked, whole)).await?;
    // Last: who sees its work done sees the order as well.
    let stored = table.order_by_number(&head.number).await?;
    let order = stored.as_ref().map(|stored| &stored.state);
    let standing = Standing { order, whole, licenses: holdings.licenses() };
    match (decide(head, asked.clone(), standing, OrderId::new(call.ulid()), call.now)?, order) {
        (ReceivedChange::Repeated(_), Some(order)) => Reply::json(StatusCode::OK, &OrderReceipt::from(order)),
        (ReceivedChange::Done(changed), _) => {
            let order = commit(table, call, people, holdings, &changed).await?;
            Reply::json(StatusCode::CREATED, &OrderReceipt::from(&order))
        }
        (ReceivedChange::Repeated(_), None) => Err(Failure::broken("receive order", "repeats what is not stored")),
    }
}

/// The licences that are named, or that the whole order has.
fn codes(asked: &Asked, whole: Option<&Order>) -> Vec<LicenseCode> {
    match asked {
        Asked::Renewal(lines) => lines.iter().map(|line| line.license_code.clone()).collect(),
        Asked::Licenses(codes) => codes.clone(),
        Asked::Order(_) => whole.iter().flat_map(|order| &order.lines).map(|line| line.license_code.clone()).collect(),
    }
}

/// Writes the order, what it changes, audit and mails: all or nothing.
async fn commit(
    table: &Table,
    call: &Call,
    people: People<'_>,
    holdings: Holdings,
    changed: &Changed,
) -> Result<Order, Failure> {
    let Some(order) = changed.order.clone() else {
        return Err(Failure::broken("receive order", "a change without its order"));
    };
    if !holdings.fit(changed) {
        return Err(Refusal::AccountTooLarge.into());
    }
    let mut transaction = Transaction::new();
    people.store(&mut transaction);
    transaction.put_new_order(&Stored::new(order.clone()));
    transaction.put_changed(changed, holdings, call.now)?;
    let details = details(&order, changed);
    let received = entry(call, call.operation, details.clone(), order.version);
    transaction.put_audit(&key::order_partition(order.id), &received);
    for (partition, version) in touched(changed) {
        transaction.put_audit(&partition, &entry(call, action(order.head.kind), details.clone(), version));
    }
    for delivery in mails(call, &order, changed) {
        transaction.put_delivery(&delivery);
    }
    if transaction.len() > ITEMS_MAX {
        return Err(too_wide().into());
    }
    transaction.commit(table, "change licences").await?;
    metric::count(Metric::Orders, call.now);
    Ok(order)
}

/// Locked orders and servers together may be more than one transaction holds.
fn too_wide() -> Refusal {
    let detail = "The lines change more orders and servers than can be written at once. Send them as two orders.";
    Refusal::InvalidOrder(vec![Fault { pointer: "/lines".to_owned(), code: "too_wide", detail: detail.to_owned() }])
}

/// The trails of what changes, with the version that each thing has now.
fn touched(changed: &Changed) -> Vec<(String, u64)> {
    let orders = changed.orders.iter().map(|changed| (key::order_partition(changed.id), changed.version));
    let account = changed.account.as_ref().map(|change| &change.account);
    let account = account.map(|account| (key::account_partition(account.id), account.version));
    orders.chain(account).collect()
}

/// The order mail again for what is locked; one mail to the members for what is unlocked.
fn mails(call: &Call, order: &Order, changed: &Changed) -> Vec<Delivery> {
    let record = |event| Delivery::record(call.ulid(), event, &call.base_url, call.now);
    let mut mails: Vec<Delivery> =
        told_of_orders(changed).map(|(event, recipient)| record(event).to(recipient)).collect();
    if let Some(change) = &changed.account {
        let (order_id, account) = (order.id, change.account.id);
        mails.push(record(match order.head.kind {
            OrderKind::Cancellation => {
                let codes = change.grants.iter().map(|grant| grant.license_code.clone()).collect();
                Event::LicensesCancelled { order: order_id, account, codes }
            }
            _ => Event::OrderRenewed { order: order_id, account },
        }));
    }
    mails
}

fn details(order: &Order, changed: &Changed) -> Value {
    let codes: Vec<&str> = changed.changes.iter().map(|change| change.license_code.as_str()).collect();
    json!({
        "order": order.id,
        "orderNumber": order.head.number,
        "kind": order.head.kind,
        "revision": order.head.revision,
        "licenseCodes": codes,
    })
}

/// What the trail of an account or of a locked order calls it.
const fn action(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Cancellation => "cancelOrder",
        OrderKind::Purchase | OrderKind::Renewal => "renewOrder",
    }
}

fn entry(call: &Call, action: &str, details: Value, version: u64) -> AuditEntry {
    AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: Actor::Erp,
        action: action.to_owned(),
        details,
        version: Some(version),
    }
}
