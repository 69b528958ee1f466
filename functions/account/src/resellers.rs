//! `PUT` and `DELETE /v1/accounts/{accountId}/resellers/{resellerNumber}`.

use http_api::{Call, Failure, Reply, until_won};
use licensing::Refusal;
use licensing::access::{Action, Actor, ResellerChange, ResellerEvent, accept_reseller, remove_reseller};
use licensing::account::{Account, AccountReseller};
use licensing::id::BusinessNumber;
use licensing::member::Party;
use serde_json::json;
use table::{Table, Transaction, key};

use crate::document::ResellerView;
use crate::once::{answer, done, entry, refuse_reused, remember, repeated};
use crate::{account_id, load};

/// Gives a reseller the access that an order has asked for.
pub(crate) async fn accept(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let number = number(call)?;
    let decide = |account: &Account| accept_reseller(&account.resellers, &number, call.now);
    change(table, call, actor, Action::AcceptReseller, &number, decide).await
}

/// Takes a reseller's access, or declines what it asked for.
pub(crate) async fn remove(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let number = number(call)?;
    let decide = |account: &Account| remove_reseller(&account.resellers, &number);
    change(table, call, actor, Action::RemoveReseller, &number, decide).await
}

fn number(call: &Call) -> Result<BusinessNumber, Failure> {
    call.path("resellerNumber", "reseller", BusinessNumber::parse)
}

async fn change(
    table: &Table,
    call: &Call,
    actor: &Actor,
    action: Action,
    number: &BusinessNumber,
    decide: impl Fn(&Account) -> Result<ResellerChange, Refusal>,
) -> Result<Reply, Failure> {
    let id = account_id(call)?;
    let request = call.idempotency()?;
    until_won(async || {
        let mut stored = load(table, id).await?;
        if let Some(reply) = repeated(&stored.remembered, &request) {
            return Ok(reply);
        }
        actor.may(action, &stored.state)?;
        refuse_reused(&stored.remembered, &request)?;
        let ResellerChange { resellers, event } = decide(&stored.state)?;
        let version_read = stored.state.version;
        stored.state.resellers = resellers;
        stored.state.version += 1;
        let answer = reply(&stored.state, number)?;
        remember(&mut stored.remembered, &request, &answer);
        let version = stored.state.version;
        let mut transaction = Transaction::new();
        transaction.put_account(&stored, version_read, call.now);
        if let Some(ResellerEvent::Removed(removed)) = event {
            transaction.delete_summary(&Party::Reseller(removed), id);
        }
        let details = json!({ "reseller": number });
        transaction.put_audit(&key::account_partition(id), &entry(call, actor, details, Some(version)));
        transaction.commit(table, "change reseller").await?;
        Ok(Reply::remembered(&answer).with_version(version))
    })
    .await
}

/// The reseller as it is now; nothing where the account has it no longer.
fn reply(account: &Account, number: &BusinessNumber) -> Result<table::Reply, Failure> {
    match account.resellers.iter().find(|reseller| reseller.business.number == *number) {
        Some(reseller) => answer(200, &ResellerView::from(reseller)),
        None => Ok(done()),
    }
}

impl From<&AccountReseller> for ResellerView {
    fn from(reseller: &AccountReseller) -> Self {
        Self {
            number: reseller.business.number.to_string(),
            name: reseller.business.name.to_string(),
            access: reseller.access.into(),
            since: reseller.since,
        }
    }
}
