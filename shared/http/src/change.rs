//! What every change of an account has in common: who may, whether it was done before, and its one transaction.

use std::collections::BTreeSet;

use licensing::Refusal;
use licensing::access::Actor;
use licensing::account::Account;
use licensing::id::{AccountId, ServerId};
use licensing::refusal::Fault;
use licensing::text::Label;
use serde_json::Value;
use table::{AuditEntry, Consistency, PortalView, Recall, ServerSheet, Table, Transaction, key};

use crate::{Call, Failure, Rejection, Reply, actor_of, until_won};

/// What a decision changes.
pub struct Changed {
    /// The account as it is now; where its version has not risen, nothing is written.
    pub account: Account,
    /// Servers that run something else.
    pub servers: BTreeSet<ServerId>,
    /// The difference, for the audit trail.
    pub details: Value,
    /// What else is written in the same transaction.
    pub also: Transaction,
    /// The answer.
    pub reply: table::Reply,
}

/// What a decision is made on.
pub struct Loaded {
    /// Who asks.
    pub actor: Actor,
    /// The account with its servers' rows.
    pub view: PortalView,
    /// The server's own items, where the decision asked for them.
    pub sheet: Option<ServerSheet>,
}

/// What a change was answered.
pub struct Written {
    /// The answer that is remembered.
    pub reply: table::Reply,
    /// The account's version now; `None` in a repeat, which may come long after.
    pub version: Option<u64>,
}

impl From<Written> for Reply {
    fn from(written: Written) -> Self {
        let reply = Self::remembered(&written.reply);
        match written.version {
            Some(version) => reply.with_version(version),
            None => reply,
        }
    }
}

/// Loads the account, and the sheet of a server where one is named, lets `decide` change it where `may` allows it, and
/// commits: again, where somebody else was faster. A repeat with the same key is answered as the first.
///
/// # Errors
///
/// What `may` and `decide` refuse; [`Refusal::NotFound`] where there is no such account, [`Refusal::AccountTooLarge`],
/// and those of [`Call::idempotency`] and [`actor_of`].
pub async fn change_account(
    table: &Table,
    call: &Call,
    account: AccountId,
    sheet_of: Option<&ServerId>,
    may: impl Fn(&Actor, &Account) -> Result<(), Refusal>,
    decide: impl Fn(&Loaded) -> Result<Changed, Failure>,
) -> Result<Written, Failure> {
    let actor = actor_of(call, table).await?;
    let idempotency = call.idempotency()?;
    until_won(async || {
        let view = table.portal_view(account).await?.ok_or(Refusal::NotFound("account"))?;
        may(&actor, &view.account.state)?;
        match view.account.remembered.recall(&idempotency.key, &idempotency.hash) {
            Recall::Same(before) => return Ok(Written { reply: before, version: None }),
            Recall::Other => return Err(Refusal::IdempotencyKeyReused.into()),
            Recall::New => {}
        }
        let sheet = match sheet_of {
            Some(server) => table.server_sheet(server, Consistency::Strong).await?,
            None => None,
        };
        let loaded = Loaded { actor: actor.clone(), view, sheet };
        let changed = decide(&loaded)?;
        let version_read = loaded.view.account.state.version;
        if changed.account.version == version_read {
            return Ok(Written { reply: changed.reply, version: Some(version_read) });
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
        transaction.put_audit(&key::account_partition(account), &entry(call, &actor, changed.details, Some(version)));
        transaction.commit(table, call.operation).await?;
        Ok(Written { reply: changed.reply, version: Some(version) })
    })
    .await
}

/// An entry of the audit trail.
pub fn entry(call: &Call, actor: &Actor, details: Value, version: Option<u64>) -> AuditEntry {
    AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: table::Actor::Person(actor.person),
        action: call.operation.to_owned(),
        details,
        version,
    }
}

/// Why the vendor's staff does something that others can't: a short text, `None` where it is left out or blank.
///
/// # Errors
///
/// [`Rejection::InvalidBody`] where it is too long or not printable.
pub fn reason(text: Option<&str>) -> Result<Option<Label>, Failure> {
    let given = text.map(str::trim).filter(|text| !text.is_empty());
    given.map(Label::parse).transpose().map_err(|fault| {
        let detail = format!("The value {fault}.");
        Rejection::InvalidBody(vec![Fault { pointer: "/reason".to_owned(), code: "invalid_value", detail }]).into()
    })
}

/// An answer of a status with a document, to be remembered.
///
/// # Errors
///
/// Never for the documents that exist; the type is serde's.
pub fn answer(status: u16, document: &impl serde::Serialize) -> Result<table::Reply, Failure> {
    let body = serde_json::to_string(document).map_err(|error| Failure::broken("serialize the answer", error))?;
    Ok(table::Reply { status, body })
}
