//! `POST /v1/orders`.

use http_api::metric::{self, Metric};
use http_api::{Call, Failure, Reply, until_won};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::id::{LicenseCode, OrderId, Sku};
use licensing::order::{Known, NewOrder, Order, OrderKind, Received, receive as decide};
use serde_json::json;
use table::{Actor, AuditEntry, Delivery, Event, Stored, Table, Transaction, key};

use crate::change;
use crate::document::OrderReceipt;
use crate::parse::{self, OrderDelivery};
use crate::people::People;
use crate::unlock::unlock;

/// Takes an order: parse, load, decide, commit, reply.
pub(crate) async fn receive(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let document = call.json_value()?;
    match parse::kind(&document).map_err(Refusal::InvalidOrder)? {
        OrderKind::Purchase => {
            let (order, delivery) = parse::delivered(&document).map_err(Refusal::InvalidOrder)?;
            until_won(async || take(table, call, &order, delivery).await).await
        }
        kind @ (OrderKind::Renewal | OrderKind::Cancellation) => {
            let (head, asked) = parse::change(&document, kind).map_err(Refusal::InvalidOrder)?;
            until_won(async || change::take(table, call, &head, &asked).await).await
        }
    }
}

async fn take(table: &Table, call: &Call, order: &NewOrder, delivery: OrderDelivery) -> Result<Reply, Failure> {
    let mut people = People::new(call, table);
    let head = people.refer(&order.head).await?;
    let skus: Vec<Sku> = unique(order.lines.iter().map(|line| line.sku.clone()));
    let codes: Vec<LicenseCode> = order.lines.iter().map(|line| line.license_code.clone()).collect();
    let products = table.products_of(&skus).await?;
    let owners: Vec<_> =
        table.license_owners(&codes).await?.into_iter().map(|owner| (owner.code, owner.order)).collect();
    // After the licence codes: who sees a code of this order taken sees the order that took it.
    let stored = table.order_by_number(&order.head.number).await?;
    let known = Known { order: stored.as_ref().map(|stored| &stored.state), products: &products, owners: &owners };
    let received = decide(head, order, known, OrderId::new(call.ulid()), call.now)?;
    let (status, order) = match (received, stored) {
        (Received::Repeated(_), Some(stored)) => (StatusCode::OK, stored.state),
        (Received::Revised(order), Some(stored)) => {
            (StatusCode::OK, replace(table, call, people, stored, order, delivery).await?)
        }
        (Received::New(order) | Received::Revised(order), _) => {
            (StatusCode::CREATED, store(table, call, people, order, delivery).await?)
        }
        (Received::Repeated(_), None) => return Err(Failure::broken("receive order", "repeats what is not stored")),
    };
    if delivery == OrderDelivery::None {
        unlock(table, call, order.id).await?;
    }
    Reply::json(status, &OrderReceipt::from(&order))
}

async fn store(
    table: &Table,
    call: &Call,
    people: People<'_>,
    order: Order,
    delivery: OrderDelivery,
) -> Result<Order, Failure> {
    let generation = order.link.generation;
    let mut transaction = Transaction::new();
    people.store(&mut transaction);
    transaction.put_new_order(&Stored::new(order.clone()));
    transaction.put_audit(&key::order_partition(order.id), &entry(call, &order));
    if delivery == OrderDelivery::Mail {
        transaction.put_delivery(&mail(call, &order, Event::OrderReceived { order: order.id, generation }));
    }
    transaction.commit(table, "store order").await?;
    metric::count(Metric::Orders, call.now);
    Ok(order)
}

async fn replace(
    table: &Table,
    call: &Call,
    people: People<'_>,
    stored: Stored<Order>,
    order: Order,
    delivery: OrderDelivery,
) -> Result<Order, Failure> {
    let before = stored.state.clone();
    let generation = order.link.generation;
    let mut transaction = Transaction::new();
    people.store(&mut transaction);
    transaction.put_order(&stored.with(order.clone()), before.version);
    transaction.move_customer_order(order.id, &before.head.customer.number, &order.head.customer.number);
    for line in &order.lines {
        if !before.lines.iter().any(|old| old.license_code == line.license_code) {
            transaction.keep_license(&line.license_code, order.id)?;
        }
    }
    transaction.put_audit(&key::order_partition(order.id), &entry(call, &order));
    if delivery == OrderDelivery::Mail {
        transaction.put_delivery(&mail(call, &order, Event::OrderRevised { order: order.id, generation }));
    }
    transaction.commit(table, "replace order").await?;
    metric::count(Metric::Orders, call.now);
    Ok(order)
}

fn mail(call: &Call, order: &Order, event: Event) -> Delivery {
    Delivery::record(call.ulid(), event, &call.base_url, call.now).to(order.head.recipient.person)
}

fn entry(call: &Call, order: &Order) -> AuditEntry {
    let codes: Vec<&str> = order.lines.iter().map(|line| line.license_code.as_str()).collect();
    AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: Actor::Erp,
        action: call.operation.to_owned(),
        details: json!({ "revision": order.head.revision, "licenseCodes": codes }),
        version: Some(order.version),
    }
}

/// DynamoDB refuses a key that is asked for twice in one batch.
fn unique<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    items.into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}
