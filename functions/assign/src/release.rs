//! `POST …/servers/{serverId}/release`: the server is free for another installation, or a conflict is resolved.

use http_api::change::{entry, reason};
use http_api::{Call, Failure, Reply, actor_of, until_won};
use licensing::Refusal;
use licensing::access::{Action, Actor};
use licensing::account::Account;
use licensing::check_in::Chosen;
use serde_json::json;
use table::{Consistency, LeaseItem, Recall, ServerRow, ServerStatus, Table, Transaction, key};

use crate::document::{Keep, Release, Released};
use crate::{account_id, answer, reply, server_id};

/// Releases a server from its AppSuite; with `keep`, chooses between two of them. The account item stays as it is.
pub(crate) async fn release(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let (account, id) = (account_id(call)?, server_id(call)?);
    let document: Release = if call.body().is_empty() { Release::default() } else { call.json()? };
    let reason = reason(document.reason.as_deref())?;
    let actor = actor_of(call, table).await?;
    let idempotency = call.idempotency()?;
    until_won(async || {
        let view = table.portal_view(account).await?.ok_or(Refusal::NotFound("account"))?;
        let limited = by_member(&actor, &view.account.state, document.keep.is_none())?;
        let server = view.account.state.server(&id).ok_or(Refusal::ServerNotFound)?;
        if server.disabled.is_some() {
            return Err(Refusal::ServerDisabled.into());
        }
        if server.offline.is_some() {
            return Err(Refusal::OfflineNotReturned.into());
        }
        let row = view.row(&id).cloned().ok_or_else(|| Failure::broken("release server", "it has no row"))?;
        match row.remembered.recall(&idempotency.key, &idempotency.hash) {
            Recall::Same(before) => return Ok(reply(&before)),
            Recall::Other => return Err(Refusal::IdempotencyKeyReused.into()),
            Recall::New => {}
        }
        if !limited && reason.is_none() {
            return Err(Refusal::ReasonRequired.into());
        }
        let sheet = table.server_sheet(&id, Consistency::Strong).await?.ok_or(Refusal::ServerNotFound)?;
        let before = &sheet.lease.state;
        let (state, status, kept) = match document.keep {
            None if !limited => (before.release_without_limit()?, ServerStatus::Available, None),
            None => (before.release(call.now)?, ServerStatus::Available, None),
            Some(Keep::First) => (before.choose(Chosen::Holder, call.now)?, ServerStatus::Active, Some("first")),
            Some(Keep::Second) => (before.choose(Chosen::Rival, call.now)?, ServerStatus::Active, Some("second")),
        };
        let answer = answer(200, &Released { releases_left: state.releases_left(call.now) })?;
        let (lease_read, row_read) = (before.version(), row.version);
        let mut row = ServerRow { version: row.version + 1, status, ..row };
        row.remembered.remember(&idempotency.key, &idempotency.hash, answer.clone());
        let mut transaction = Transaction::new();
        transaction.put_lease(&id, &LeaseItem { state, ..sheet.lease }, lease_read);
        transaction.put_server_row(account, &row, row_read);
        let details = json!({ "server": id, "keep": kept, "reason": reason.as_ref().filter(|_| !limited) });
        transaction.put_audit(&key::account_partition(account), &entry(call, &actor, details, None));
        transaction.commit(table, "release server").await?;
        Ok(reply(&answer))
    })
    .await
}

/// Whether the limit of a month counts: for whoever may assign. The vendor's staff releases beyond it, but leaves the
/// choice between two installations to those who know them.
fn by_member(actor: &Actor, account: &Account, releases: bool) -> Result<bool, Refusal> {
    match actor.may(Action::Assign, account) {
        Err(_) if releases && actor.may_act_as_staff().is_ok() => Ok(false),
        decided => decided.map(|()| true),
    }
}
