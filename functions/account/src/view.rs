//! `GET /v1/accounts/{accountId}`: what the portal shows of an account.

mod rows;
mod servers;

use http_api::{Call, Failure, Rejection, Reply};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::access::{Action, Actor};
use licensing::account::Account;
use licensing::member::{Party, Roster};
use table::{Stored, Table, Transaction};

use crate::account_id;
use crate::document::{AccountView, Permission, PolicyView, ResellerView};

/// Shows an account. A member who comes for the first time is marked as seen.
pub(crate) async fn show(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let with_grants = includes_grants(call)?;
    let id = account_id(call)?;
    let view = table.portal_view(id).await?.ok_or(Refusal::NotFound("account"))?;
    actor.may_read(&view.account.state)?;
    let party = Party::Account(id);
    let roster = table.roster(&party).await?;
    let may = permissions(actor, &view.account.state, &roster.state);
    mark_seen(table, &party, roster, actor).await?;
    let grants = if with_grants { Some(table.grants(id).await?) } else { None };
    let account = &view.account.state;
    let document = AccountView {
        account_id: account.id.to_string(),
        version: account.version,
        customer: (&account.customer).into(),
        resellers: account.resellers.iter().map(ResellerView::from).collect(),
        policy: PolicyView { term_grace_days: account.policy.term_grace_days, lease_days: account.policy.lease_days },
        may,
        rows: rows::rows(account, grants.as_deref(), call.now),
        servers: servers::servers(&view, call.now),
    };
    Ok(Reply::json(StatusCode::OK, &document)?.with_version(account.version))
}

fn includes_grants(call: &Call) -> Result<bool, Failure> {
    match call.query("include") {
        None => Ok(false),
        Some("grants") => Ok(true),
        Some(_) => Err(Rejection::InvalidParameter { name: "include", detail: "must be grants".to_owned() }.into()),
    }
}

/// What the actor may do, so that the portal offers nothing that would be refused.
fn permissions(actor: &Actor, account: &Account, roster: &Roster) -> Vec<Permission> {
    let allowed = Action::ALL.into_iter().filter(|action| actor.may(*action, account).is_ok());
    let invite = actor.may_invite(account, roster).is_ok().then_some(Permission::Invite);
    allowed.map(Permission::from).chain(invite).collect()
}

/// Somebody who had signed in before they were invited is seen here for the first time. Where somebody else writes the
/// roster at the same moment, the next visit marks them.
async fn mark_seen(table: &Table, party: &Party, roster: Stored<Roster>, actor: &Actor) -> Result<(), Failure> {
    let version_read = roster.state.version;
    let change = roster.state.mark_seen(actor.person);
    if change.event.is_none() {
        return Ok(());
    }
    let mut transaction = Transaction::new();
    transaction.put_roster(party, &roster.with(change.roster), version_read);
    match transaction.commit(table, "mark member as seen").await {
        Err(error) if !error.is_lost() => Err(error.into()),
        _ => Ok(()),
    }
}
