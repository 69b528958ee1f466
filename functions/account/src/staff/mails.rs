//! Mails that were given up or came back: `GET /v1/mails`, and what staff does with one.

use http_api::{Call, Failure, Idempotency, Reply, until_won};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::access::Actor;
use licensing::id::PersonId;
use licensing::member::Party;
use serde_json::json;
use table::{Delivery, DeliveryState, Table, Transaction, key};
use ulid::Ulid;

use crate::document::{MailKind, ParkedMailListView, ParkedMailView};
use crate::once::{done, entry, refuse_reused, remember, repeated};
use crate::orders::mail_state;
use crate::people::People;

/// Most mails that are listed; the longest parked ones come first, and who deals with them sees the next.
const LISTED_MAX: i32 = 100;

/// What staff does with a parked mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is tried again.
    Retry,
    /// It is not sent.
    Dismiss,
}

/// Lists the mails that wait for staff.
pub(crate) async fn list(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_read_as_staff()?;
    let mut parked = table.deliveries_parked(call.now, LISTED_MAX).await?;
    parked.sort_by_key(|delivery| delivery.id);
    let readers: Vec<PersonId> = parked.iter().filter_map(|delivery| delivery.reader).collect();
    let people = People::load(table, &readers).await?;
    let mails = parked.iter().filter_map(|delivery| view(delivery, &people)).collect();
    Reply::json(StatusCode::OK, &ParkedMailListView { mails })
}

/// Tries a parked mail again, or dismisses it.
pub(crate) async fn settle(table: &Table, call: &Call, actor: &Actor, verdict: Verdict) -> Result<Reply, Failure> {
    actor.may_act_as_staff()?;
    let (id, reader) = call.path("mailId", "mail", parse_id)?;
    let request = call.idempotency()?;
    until_won(async || {
        let delivery = table.delivery(key::outbox(id, Some(reader))).await?.ok_or(Refusal::NotFound("mail"))?;
        if let Some(reply) = repeated(&delivery.remembered, &request) {
            return Ok(reply);
        }
        refuse_reused(&delivery.remembered, &request)?;
        if delivery.state.given_up().is_none() {
            return Err(Refusal::MailNotParked.into());
        }
        commit(table, call, actor, moved(delivery, verdict, &request, call)).await?;
        Ok(Reply::remembered(&done()))
    })
    .await
}

fn moved(delivery: Delivery, verdict: Verdict, request: &Idempotency, call: &Call) -> Delivery {
    let state = match verdict {
        Verdict::Retry => DeliveryState::Waiting,
        Verdict::Dismiss => DeliveryState::Dismissed { at: call.now },
    };
    let mut after = delivery.moved(state, call.now);
    // The patience begins anew.
    after.attempts = 0;
    remember(&mut after.remembered, request, &done());
    after
}

async fn commit(table: &Table, call: &Call, actor: &Actor, delivery: Delivery) -> Result<(), Failure> {
    let details = json!({ "mail": delivery.id, "person": delivery.reader });
    let mut transaction = Transaction::new();
    transaction.move_delivery(&delivery);
    transaction.put_receipt(&delivery);
    transaction.put_audit(&key::party_partition(&Party::Vendor), &entry(call, actor, details, None));
    Ok(transaction.commit(table, "settle mail").await?)
}

fn view(delivery: &Delivery, people: &People) -> Option<ParkedMailView> {
    let (given_up, reader) = (delivery.state.given_up()?, delivery.reader?);
    Some(ParkedMailView {
        mail_id: id(delivery.id, reader),
        kind: MailKind::from(&delivery.event),
        reader: people.view(reader),
        order_id: delivery.event.order().map(|order| order.to_string()),
        recorded_at: delivery.recorded_at,
        state: mail_state(&delivery.state).0,
        parked_at: given_up.at,
        attempts: delivery.attempts,
        reason: given_up.reason.to_owned(),
    })
}

/// Names a mail: what it tells, and to whom.
pub(super) fn id(delivery: Ulid, reader: PersonId) -> String {
    format!("{delivery}.{reader}")
}

/// Reads what [`id`] wrote.
fn parse_id(text: &str) -> Result<(Ulid, PersonId), ulid::DecodeError> {
    let (id, reader) = text.split_once('.').ok_or(ulid::DecodeError::InvalidLength)?;
    let reader = PersonId::parse(reader).map_err(|_| ulid::DecodeError::InvalidChar)?;
    Ok((Ulid::from_string(id)?, reader))
}
