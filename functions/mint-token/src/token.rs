//! Showing and regenerating a token.

use std::sync::Arc;

use http_api::{Call, Failure, Reply, actor_of, until_won};
use keys::Secret;
use lambda_http::http::StatusCode;
use lease::{MacRing, ServerToken};
use licensing::Refusal;
use licensing::access::Actor;
use licensing::check_in::TokenState;
use licensing::id::ServerId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use table::{AuditEntry, Consistency, PortalView, Recall, ServerItem, ServerRow, Table, Transaction, key};
use utoipa::ToSchema;

/// A server's token.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenReply {
    /// The server.
    pub server_id: String,
    /// The text to paste into the ApplicationSuite server, such as `b000121893|…`.
    pub token: String,
    /// How often it was made; only the last one is current.
    pub version: u16,
}

/// Shows the token; makes the first one where the server has capacity and none was made yet.
pub(crate) async fn show(table: &Table, call: &Call, keys: &Secret<MacRing>) -> Result<Reply, Failure> {
    let id = call.path("serverId", "server", ServerId::parse)?;
    let actor = actor_of(call, table).await?;
    until_won(async || {
        let (server, view) = load(table, &id, &actor).await?;
        let ring = ring(keys, call, &server).await;
        let current = match server.token {
            Some(current) => current,
            None => first(table, call, &actor, &ring, &server, &view).await?,
        };
        reply(&ring, &id, current)
    })
    .await
}

/// Makes the next token; those before are superseded.
pub(crate) async fn regenerate(table: &Table, call: &Call, keys: &Secret<MacRing>) -> Result<Reply, Failure> {
    let id = call.path("serverId", "server", ServerId::parse)?;
    let actor = actor_of(call, table).await?;
    let idempotency = call.idempotency()?;
    until_won(async || {
        let (server, view) = load(table, &id, &actor).await?;
        let ring = ring(keys, call, &server).await;
        let row = view.row(&id).cloned().ok_or_else(|| Failure::broken("regenerate token", "no row"))?;
        match row.remembered.recall(&idempotency.key, &idempotency.hash) {
            // The answer itself is a secret and is not kept: the version says which token it was.
            Recall::Same(before) => return again(&ring, &id, &server, &before.body),
            Recall::Other => return Err(Refusal::IdempotencyKeyReused.into()),
            Recall::New => {}
        }
        let current = server.token.ok_or(Refusal::NoTokenYet)?;
        let version = current.version.checked_add(1);
        let version = version.ok_or_else(|| Failure::broken("regenerate token", "the versions are used up"))?;
        let next = TokenState { version, key_id: ring.current() };
        let row_read = row.version;
        let mut row = ServerRow { version: row_read + 1, ..row };
        let remembered = table::Reply { status: 200, body: version.to_string() };
        row.remembered.remember(&idempotency.key, &idempotency.hash, remembered);
        let mut transaction = Transaction::new();
        transaction.update_token(&id, Some(current), next)?;
        transaction.put_server_row(server.account, &row, row_read);
        transaction.put_audit(&key::account_partition(server.account), &entry(call, &actor, &id, version));
        transaction.commit(table, "regenerate token").await?;
        reply(&ring, &id, next)
    })
    .await
}

/// The ring, with the key of the server's token.
async fn ring(keys: &Secret<MacRing>, call: &Call, server: &ServerItem) -> Arc<MacRing> {
    keys.that_knows(call.now, |ring| server.token.is_none_or(|token| ring.knows(token.key_id))).await
}

/// The server with its account, where the actor may see its token; otherwise there is no such server.
async fn load(table: &Table, id: &ServerId, actor: &Actor) -> Result<(ServerItem, PortalView), Failure> {
    let missing = || Failure::from(Refusal::NotFound("server"));
    let sheet = table.server_sheet(id, Consistency::Strong).await?.ok_or_else(missing)?;
    if sheet.server.deleted_at.is_some() {
        return Err(missing());
    }
    let view = table.portal_view(sheet.server.account).await?.ok_or_else(missing)?;
    match actor.may_see_tokens(&view.account.state) {
        Err(Refusal::NotFound(_)) => Err(missing()),
        other => other.map(|()| (sheet.server, view)).map_err(Failure::from),
    }
}

/// The first token, with the first capacity.
async fn first(
    table: &Table,
    call: &Call,
    actor: &Actor,
    ring: &MacRing,
    server: &ServerItem,
    view: &PortalView,
) -> Result<TokenState, Failure> {
    let has_capacity = view.account.state.pools.iter().any(|pool| pool.cells.contains_key(&server.id));
    if !has_capacity {
        return Err(Refusal::NoTokenYet.into());
    }
    let token = TokenState { version: 1, key_id: ring.current() };
    let mut transaction = Transaction::new();
    transaction.update_token(&server.id, None, token)?;
    transaction.put_audit(&key::account_partition(server.account), &entry(call, actor, &server.id, 1));
    transaction.commit(table, "first token").await?;
    Ok(token)
}

fn again(ring: &MacRing, id: &ServerId, server: &ServerItem, version: &str) -> Result<Reply, Failure> {
    match server.token.filter(|current| current.version.to_string() == version) {
        Some(current) => reply(ring, id, current),
        // It was regenerated since; the token that was made then is worth nothing any more.
        None => Err(Refusal::VersionMismatch.into()),
    }
}

/// The token of a state. Where the ring has rotated since, it is still made with the key that the state names.
fn reply(ring: &MacRing, id: &ServerId, state: TokenState) -> Result<Reply, Failure> {
    let token = ServerToken::mint_with(ring, state.key_id, id.as_str(), state.version)
        .ok_or_else(|| Failure::broken("mint token", "the ring has lost a key"))?;
    let reply = TokenReply { server_id: id.to_string(), token: token.to_string(), version: state.version };
    Reply::json(StatusCode::OK, &reply)
}

fn entry(call: &Call, actor: &Actor, server: &ServerId, version: u16) -> AuditEntry {
    AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: table::Actor::Person(actor.person),
        action: call.operation.to_owned(),
        details: json!({ "server": server, "tokenVersion": version }),
        version: None,
    }
}
