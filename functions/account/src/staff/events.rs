//! Events that the vendor's receiver did not take: `GET /v1/events`, and what staff does with one.

use http_api::{Call, Failure, Reply, until_won};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::access::Actor;
use licensing::member::Party;
use serde_json::json;
use table::{EventState, Table, Transaction, VendorEvent, key};
use ulid::Ulid;

use super::Verdict;
use crate::document::{ParkedEventListView, ParkedEventView};
use crate::once::{done, entry, refuse_reused, remember, repeated};

/// Most events that are listed; the longest parked ones come first, and who deals with them sees the next.
const LISTED_MAX: i32 = 100;

/// Lists the events that wait for staff.
pub(crate) async fn list(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_read_as_staff()?;
    let mut parked = table.vendor_events_parked(call.now, LISTED_MAX).await?;
    parked.sort_by_key(|event| event.id);
    let views = parked.iter().map(view).collect::<Result<Vec<_>, _>>()?;
    Reply::json(StatusCode::OK, &ParkedEventListView { events: views.into_iter().flatten().collect() })
}

/// Replays a parked event, or dismisses it.
pub(crate) async fn settle(table: &Table, call: &Call, actor: &Actor, verdict: Verdict) -> Result<Reply, Failure> {
    actor.may_act_as_staff()?;
    let id = call.path("eventId", "event", Ulid::from_string)?;
    let request = call.idempotency()?;
    until_won(async || {
        let event = table.vendor_event(key::vendor_event(id)).await?.ok_or(Refusal::NotFound("event"))?;
        if let Some(reply) = repeated(&event.remembered, &request) {
            return Ok(reply);
        }
        refuse_reused(&event.remembered, &request)?;
        if !matches!(event.state, EventState::Parked { .. }) {
            return Err(Refusal::EventNotParked.into());
        }
        let mut after = match verdict {
            Verdict::Retry => event.replayed(call.now),
            Verdict::Dismiss => event.moved(EventState::Dismissed { at: call.now }, call.now),
        };
        remember(&mut after.remembered, &request, &done());
        let details = json!({ "event": after.id, "type": after.happening.name() });
        let mut transaction = Transaction::new();
        transaction.move_vendor_event(&after);
        transaction.put_audit(&key::party_partition(&Party::Vendor), &entry(call, actor, details, None));
        transaction.commit(table, "settle event").await?;
        Ok(Reply::remembered(&done()))
    })
    .await
}

fn view(event: &VendorEvent) -> Result<Option<ParkedEventView>, Failure> {
    let EventState::Parked { at, reason } = &event.state else { return Ok(None) };
    let happening =
        serde_json::to_value(&event.happening).map_err(|error| Failure::broken("show parked event", error))?;
    Ok(Some(ParkedEventView {
        event_id: event.id.to_string(),
        r#type: event.happening.name().to_owned(),
        data: happening["data"].clone(),
        recorded_at: event.recorded_at,
        parked_at: *at,
        attempts: event.attempts,
        reason: reason.clone(),
    }))
}
