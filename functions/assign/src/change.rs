//! What every change of an account here has in common.

use http_api::change::{Changed, Loaded, change_account};
use http_api::{Call, Failure, Reply};
use licensing::Refusal;
use licensing::access::{Action, Actor};
use licensing::account::Account;
use licensing::assign::Change;
use licensing::id::ServerId;
use serde_json::{Value, json};
use table::{PortalView, Table};

use crate::{account_id, answer};

/// Changes the account that the path names, where the actor may assign.
pub(crate) async fn change(
    table: &Table,
    call: &Call,
    sheet_of: Option<&ServerId>,
    decide: impl Fn(&Loaded) -> Result<Changed, Failure>,
) -> Result<Reply, Failure> {
    let may = |actor: &Actor, account: &Account| actor.may(Action::Assign, account);
    Ok(change_account(table, call, account_id(call)?, sheet_of, may, decide).await?.into())
}

/// The account with its rows, where the actor may assign.
pub(crate) async fn load(table: &Table, id: licensing::id::AccountId, actor: &Actor) -> Result<PortalView, Failure> {
    let view = table.portal_view(id).await?.ok_or(Refusal::NotFound("account"))?;
    actor.may(Action::Assign, &view.account.state)?;
    Ok(view)
}

/// Changed cells as the audit trail shows them.
pub(crate) fn cells(changes: &[Change]) -> Value {
    let cell = |change: &Change| {
        json!({
            "server": change.server,
            "application": change.pool.application,
            "redundancy": change.pool.redundancy,
            "licenseType": change.pool.license,
            "from": change.from,
            "to": change.to,
        })
    };
    changes.iter().map(cell).collect()
}

/// The answer that only tells the version.
pub(crate) fn version(account: &Account) -> Result<table::Reply, Failure> {
    answer(200, &crate::document::VersionReply { version: account.version })
}
