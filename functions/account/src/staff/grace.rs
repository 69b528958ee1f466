//! `PUT /v1/accounts/{accountId}/grace`.

use http_api::{Call, Failure, Rejection, Reply, until_won};
use licensing::access::Actor;
use licensing::grace::{GRACE_DAYS, GraceSetting, set_grace};
use licensing::refusal::Fault;
use licensing::text::Label;
use serde_json::json;
use table::{Delivery, Event, Stored, Table, Transaction, key};

use super::reason;
use crate::document::{GraceOrder, GraceView};
use crate::once::{answer, entry, refuse_reused, remember, repeated};
use crate::{account_id, load};

/// Sets how long the account's capacity is served after a term.
pub(crate) async fn set(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_act_as_staff()?;
    let id = account_id(call)?;
    let request = call.idempotency()?;
    let GraceOrder { days, reason: why } = call.json()?;
    let why = reason(&why)?;
    if !GRACE_DAYS.contains(&days) {
        let detail = format!("Send {} to {} days.", GRACE_DAYS.start(), GRACE_DAYS.end());
        return Err(
            Rejection::InvalidBody(vec![Fault { pointer: "/days".into(), code: "invalid_value", detail }]).into()
        );
    }
    until_won(async || {
        let mut stored = load(table, id).await?;
        if let Some(reply) = repeated(&stored.remembered, &request) {
            return Ok(reply);
        }
        refuse_reused(&stored.remembered, &request)?;
        let answer = answer(200, &GraceView { term_grace_days: days })?;
        let Some(setting) = set_grace(&stored.state, days, call.now) else { return Ok(Reply::remembered(&answer)) };
        remember(&mut stored.remembered, &request, &answer);
        let version = setting.account.version;
        commit(table, call, actor, stored, setting, &why).await?;
        Ok(Reply::remembered(&answer).with_version(version))
    })
    .await
}

/// Writes account, what servers run, audit and mail: all or nothing.
async fn commit(
    table: &Table,
    call: &Call,
    actor: &Actor,
    stored: Stored<licensing::account::Account>,
    setting: GraceSetting,
    why: &Label,
) -> Result<(), Failure> {
    let GraceSetting { account, changed_servers } = setting;
    let (before, days) = (stored.state.policy.term_grace_days, account.policy.term_grace_days);
    let version_read = stored.state.version;
    let mut transaction = Transaction::new();
    transaction.update_servers(&account, &changed_servers, call.now)?;
    let details = json!({ "from": before, "to": days, "reason": why });
    let partition = key::account_partition(account.id);
    transaction.put_audit(&partition, &entry(call, actor, details, Some(account.version)));
    let what = Event::GraceSet { account: account.id, days };
    transaction.put_delivery(&Delivery::record(call.ulid(), what, &call.base_url, call.now).by(Some(actor.person)));
    transaction.put_account(&stored.with(account), version_read, call.now);
    Ok(transaction.commit(table, "set grace").await?)
}
