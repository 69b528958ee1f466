//! What every change of an account has in common: who may, whether it was done before, and its one transaction.

use std::collections::BTreeSet;

use http_api::{Call, Failure, Reply, actor_of, until_won};
use licensing::Refusal;
use licensing::access::{Action, Actor};
use licensing::account::Account;
use licensing::assign::Change;
use licensing::id::ServerId;
use serde_json::{Value, json};
use table::{AuditEntry, Consistency, PortalView, Recall, Reply as Remembered, ServerSheet, Table, Transaction, key};

use crate::{account_id, answer, reply};

/// What a decision changes.
pub(crate) struct Changed {
    /// The account as it is now; where its version has not risen, nothing is written.
    pub(crate) account: Account,
    /// Servers that run something else.
    pub(crate) servers: BTreeSet<ServerId>,
    /// The difference, for the audit trail.
    pub(crate) details: Value,
    /// What else is written in the same transaction.
    pub(crate) also: Transaction,
    /// The answer.
    pub(crate) reply: Remembered,
}

/// What a decision is made on.
pub(crate) struct Loaded {
    /// The account with its servers' rows.
    pub(crate) view: PortalView,
    /// The server's own items, where the decision asked for them.
    pub(crate) sheet: Option<ServerSheet>,
}

/// Loads the account, and the sheet of a server where one is named, lets `decide` change it, and commits: again, where
/// somebody else was faster.
pub(crate) async fn change(
    table: &Table,
    call: &Call,
    sheet_of: Option<&ServerId>,
    decide: impl Fn(&Loaded) -> Result<Changed, Failure>,
) -> Result<Reply, Failure> {
    let id = account_id(call)?;
    let actor = actor_of(call, table).await?;
    let idempotency = call.idempotency()?;
    until_won(async || {
        let view = load(table, id, &actor).await?;
        match view.account.remembered.recall(&idempotency.key, &idempotency.hash) {
            Recall::Same(before) => return Ok(reply(&before)),
            Recall::Other => return Err(Refusal::IdempotencyKeyReused.into()),
            Recall::New => {}
        }
        let sheet = match sheet_of {
            Some(server) => table.server_sheet(server, Consistency::Strong).await?,
            None => None,
        };
        let loaded = Loaded { view, sheet };
        let changed = decide(&loaded)?;
        let version_read = loaded.view.account.state.version;
        if changed.account.version == version_read {
            return Ok(reply(&changed.reply).with_version(version_read));
        }
        let before = loaded.view.account.state.clone();
        let mut stored = loaded.view.account.with(changed.account);
        stored.remembered.remember(&idempotency.key, &idempotency.hash, changed.reply.clone());
        if !stored.fits_after(&before) {
            return Err(Refusal::AccountTooLarge.into());
        }
        let version = stored.state.version;
        let mut transaction = changed.also;
        transaction.put_account(&stored, version_read, call.now);
        transaction.update_servers(&stored.state, &changed.servers, call.now)?;
        transaction.put_audit(&key::account_partition(id), &entry(call, &actor, changed.details, Some(version)));
        transaction.commit(table, call.operation).await?;
        Ok(reply(&changed.reply).with_version(version))
    })
    .await
}

/// The account with its rows, where the actor may assign.
pub(crate) async fn load(table: &Table, id: licensing::id::AccountId, actor: &Actor) -> Result<PortalView, Failure> {
    let view = table.portal_view(id).await?.ok_or(Refusal::NotFound("account"))?;
    actor.may(Action::Assign, &view.account.state)?;
    Ok(view)
}

/// An entry of the audit trail.
pub(crate) fn entry(call: &Call, actor: &Actor, details: Value, version: Option<u64>) -> AuditEntry {
    AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: table::Actor::Person(actor.person),
        action: call.operation.to_owned(),
        details,
        version,
    }
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
pub(crate) fn version(account: &Account) -> Result<Remembered, Failure> {
    answer(200, &crate::document::VersionReply { version: account.version })
}
