//! `POST /v1/orders/{orderId}/resend`.

use http_api::{Call, Failure, Rejection, Reply, until_won};
use licensing::access::Actor;
use licensing::order::{Contact, resend as decide};
use licensing::refusal::Fault;
use serde_json::json;
use table::{Delivery, Event, Table, Transaction, key};

use super::{load, order_id};
use crate::document::Resending;
use crate::once::{answer, entry, refuse_reused, remember, repeated};
use crate::orders::state;
use crate::people::{Found, contact, find_or_make};

/// Sends an order's link again, to a corrected recipient where one is named. The links before it say so from now on.
pub(crate) async fn resend(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_act_as_staff()?;
    let id = order_id(call)?;
    let request = call.idempotency()?;
    let corrected = corrected(call)?;
    until_won(async || {
        let mut order = load(table, id).await?;
        if let Some(reply) = repeated(&order.remembered, &request) {
            return Ok(reply);
        }
        refuse_reused(&order.remembered, &request)?;
        order.state.has_link()?;
        let found = match &corrected {
            Some(contact) => Some(find_or_make(table, call, contact).await?),
            None => None,
        };
        let version_read = order.state.version;
        order.state = decide(&order.state, found.as_ref().map(|found| found.person.id), call.now);
        let answer = answer(200, &state(&order.state))?;
        remember(&mut order.remembered, &request, &answer);
        let (recipient, generation) = (order.state.head.recipient.person, order.state.link.generation);
        let details = json!({ "person": recipient, "linkGeneration": generation, "corrected": found.is_some() });
        let mut transaction = Transaction::new();
        if let Some(Found { person, is_new: true }) = &found {
            transaction.put_new_person(person);
        }
        transaction.put_order(&order, version_read);
        let entry = entry(call, actor, details, Some(order.state.version));
        transaction.put_audit(&key::order_partition(id), &entry);
        let what = Event::LinkResent { order: id, generation };
        transaction.put_delivery(&Delivery::record(call.ulid(), what, &call.base_url, call.now).to(recipient));
        transaction.commit(table, "resend order").await?;
        Ok(Reply::remembered(&answer))
    })
    .await
}

/// The recipient that the body names; `None` where it has none, or there is no body.
fn corrected(call: &Call) -> Result<Option<Contact>, Failure> {
    let document = if call.body().is_empty() { Resending::default() } else { call.json()? };
    match document {
        Resending { email: Some(email), name, language } => {
            contact(&email, name.as_deref(), language.as_deref()).map(Some)
        }
        Resending { email: None, name: None, language: None } => Ok(None),
        Resending { email: None, .. } => {
            let detail = "Send the address that name and language belong to.".to_owned();
            Err(Rejection::InvalidBody(vec![Fault { pointer: "/email".to_owned(), code: "missing", detail }]).into())
        }
    }
}
