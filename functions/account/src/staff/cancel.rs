//! `POST /v1/orders/{orderId}/cancel`.

use http_api::{Call, Failure, Rejection, Reply, until_won};
use licensing::Refusal;
use licensing::access::Actor;
use licensing::id::LicenseCode;
use licensing::order::{Changed, Order, cancel as decide};
use licensing::refusal::Fault;
use licensing::text::Label;
use serde_json::{Value, json};
use table::{Delivery, Event, Holdings, Stored, Table, Transaction, key, told_of_orders};

use super::{load, order_id};
use crate::document::CancelRequest;
use crate::once::{answer, entry, refuse_reused, remember, repeated};
use crate::orders::state;

/// What staff cancels, and why.
struct Wish {
    reason: Label,
    codes: Option<Vec<LicenseCode>>,
}

/// Cancels licences of an order, or all that are left of it: what is locked is closed, what is unlocked ends now and is
/// served through its grace.
pub(crate) async fn cancel(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_act_as_staff()?;
    let id = order_id(call)?;
    let request = call.idempotency()?;
    let wish = wish(call)?;
    until_won(async || {
        let order = load(table, id).await?;
        if let Some(reply) = repeated(&order.remembered, &request) {
            return Ok(reply);
        }
        refuse_reused(&order.remembered, &request)?;
        let codes: Vec<LicenseCode> = order.state.lines.iter().map(|line| line.license_code.clone()).collect();
        let holdings = table.holdings(&order.state.head.customer.number, &codes).await?;
        let licenses = holdings.licenses();
        let changed = decide(&order.state, wish.codes.as_deref(), wish.reason.clone(), licenses, call.now)?;
        if !holdings.fit(&changed) {
            return Err(Refusal::AccountTooLarge.into());
        }
        // The answer is remembered by the order, which so is written even where only its grants change.
        let after = after(&order.state, &changed);
        let answer = answer(200, &state(&after))?;
        let mut stored = order.clone().with(after);
        remember(&mut stored.remembered, &request, &answer);
        commit(table, call, actor, &wish, (stored, order.state.version), holdings, changed).await?;
        Ok(Reply::remembered(&answer))
    })
    .await
}

fn after(order: &Order, changed: &Changed) -> Order {
    let own = changed.orders.iter().find(|changed| changed.id == order.id);
    own.cloned().unwrap_or_else(|| Order { version: order.version + 1, ..order.clone() })
}

/// Writes order, account, grants, what servers run, audit and mail: all or nothing.
async fn commit(
    table: &Table,
    call: &Call,
    actor: &Actor,
    wish: &Wish,
    (order, version_read): (Stored<Order>, u64),
    holdings: Holdings,
    changed: Changed,
) -> Result<(), Failure> {
    let id = order.state.id;
    let details = details(&order.state, wish, &changed);
    let record = |event| Delivery::record(call.ulid(), event, &call.base_url, call.now);
    let mut transaction = Transaction::new();
    transaction.put_order(&order, version_read);
    let about_order = entry(call, actor, details.clone(), Some(order.state.version));
    transaction.put_audit(&key::order_partition(id), &about_order);
    for (event, recipient) in told_of_orders(&changed) {
        transaction.put_delivery(&record(event).to(recipient));
    }
    if let Some(change) = &changed.account {
        let account = change.account.id;
        let about_account = entry(call, actor, details, Some(change.account.version));
        transaction.put_audit(&key::account_partition(account), &about_account);
        let codes = change.grants.iter().map(|grant| grant.license_code.clone()).collect();
        let event = Event::LicensesCancelled { order: id, account, codes };
        transaction.put_delivery(&record(event).by(Some(actor.person)));
    }
    let rest = Changed { orders: Vec::new(), ..changed };
    transaction.put_changed(&rest, holdings, call.now)?;
    Ok(transaction.commit(table, "cancel order").await?)
}

fn details(order: &Order, wish: &Wish, changed: &Changed) -> Value {
    let codes: Vec<&str> = changed.changes.iter().map(|change| change.license_code.as_str()).collect();
    let number = &order.head.number;
    json!({ "order": order.id, "orderNumber": number, "licenseCodes": codes, "reason": wish.reason })
}

fn wish(call: &Call) -> Result<Wish, Failure> {
    let document: CancelRequest = call.json()?;
    let mut faults = Vec::new();
    let mut fault = |pointer: String, detail: String| {
        faults.push(Fault { pointer, code: "invalid_value", detail: format!("The value {detail}.") });
    };
    let reason = Label::parse(&document.reason).map_err(|error| fault("/reason".to_owned(), error.to_string()));
    let mut codes = document.license_codes.as_ref().map(|_| Vec::new());
    for (index, text) in document.license_codes.iter().flatten().enumerate() {
        match (LicenseCode::parse(text), codes.as_mut()) {
            (Ok(code), Some(codes)) => codes.push(code),
            (Err(error), _) => fault(format!("/licenseCodes/{index}"), error.to_string()),
            (Ok(_), None) => {}
        }
    }
    match reason {
        Ok(reason) if faults.is_empty() => {
            if let Some(codes) = &mut codes {
                codes.sort_unstable();
                codes.dedup();
            }
            Ok(Wish { reason, codes })
        }
        _ => Err(Rejection::InvalidBody(faults).into()),
    }
}
