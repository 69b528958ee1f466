//! `POST /v1/accounts/{accountId}/resellers/{resellerNumber}/move`.

use http_api::{Call, Failure, Rejection, Reply, until_won};
use licensing::Refusal;
use licensing::access::{Actor, move_reseller as decide};
use licensing::account::Business;
use licensing::id::BusinessNumber;
use licensing::member::Party;
use licensing::refusal::Fault;
use licensing::text::Label;
use serde_json::json;
use table::{Delivery, Event, Table, Transaction, key};

use super::reason;
use crate::document::{ResellerMove, ResellerView};
use crate::once::{answer, entry, refuse_reused, remember, repeated};
use crate::{account_id, load};

/// Takes an account from one reseller and gives it to another: one step, so that somebody manages it at any time.
pub(crate) async fn move_reseller(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_act_as_staff()?;
    let id = account_id(call)?;
    let from = call.path("resellerNumber", "reseller", BusinessNumber::parse)?;
    let request = call.idempotency()?;
    let wanted: ResellerMove = call.json()?;
    let (to, why) = (business(&wanted)?, reason(&wanted.reason)?);
    until_won(async || {
        let mut stored = load(table, id).await?;
        if let Some(reply) = repeated(&stored.remembered, &request) {
            return Ok(reply);
        }
        refuse_reused(&stored.remembered, &request)?;
        let known = stored.state.resellers.iter().find(|reseller| reseller.business.number == from);
        let known = known.ok_or(Refusal::ResellerNotFound)?.business.clone();
        stored.state.resellers = decide(&stored.state.resellers, &from, &to, call.now)?;
        let version_read = stored.state.version;
        stored.state.version += 1;
        let moved = stored.state.resellers.iter().find(|reseller| reseller.business.number == to.number);
        let answer = answer(200, &ResellerView::from(moved.ok_or(Refusal::ResellerNotFound)?))?;
        remember(&mut stored.remembered, &request, &answer);
        let version = stored.state.version;
        let details = json!({ "reseller": from, "to": to.number, "toName": to.name, "reason": why });
        let what = Event::ResellerMoved { account: id, from: known, to: to.number.clone() };
        let mut transaction = Transaction::new();
        transaction.put_account(&stored, version_read, call.now);
        transaction.delete_summary(&Party::Reseller(from.clone()), id);
        transaction.put_audit(&key::account_partition(id), &entry(call, actor, details, Some(version)));
        transaction.put_delivery(&Delivery::record(call.ulid(), what, &call.base_url, call.now).by(Some(actor.person)));
        transaction.commit(table, "move reseller").await?;
        Ok(Reply::remembered(&answer).with_version(version))
    })
    .await
}

fn business(wanted: &ResellerMove) -> Result<Business, Failure> {
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, what: String| {
        faults.push(Fault { pointer: pointer.to_owned(), code: "invalid_value", detail: format!("The value {what}.") });
    };
    let number = BusinessNumber::parse(&wanted.number).map_err(|error| fault("/number", error.to_string()));
    let name = Label::parse(&wanted.name).map_err(|error| fault("/name", error.to_string()));
    match (number, name) {
        (Ok(number), Ok(name)) => Ok(Business { number, name }),
        _ => Err(Rejection::InvalidBody(faults).into()),
    }
}
