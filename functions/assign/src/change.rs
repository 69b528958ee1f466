//! What every change of an account here has in common.

use http_api::change::{Changed, Loaded, change_account};
use http_api::{Call, Failure, Reply};
use licensing::access::{Action, Actor};
use licensing::account::Account;
use licensing::assign::Change;
use licensing::id::ServerId;
use serde_json::{Value, json};
use table::Table;

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
