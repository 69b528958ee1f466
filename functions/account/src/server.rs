//! `GET /v1/servers/{serverId}`: what the account does not say of a server, because only its check-ins know.

use http_api::{Call, Failure, Reply};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::access::Actor;
use licensing::check_in::{Conflict, awaited_check_in};
use licensing::id::ServerId;
use table::{Consistency, ServerSheet, Table};

use crate::document::{ConflictView, ServerDetailView, WindowView};

/// Shows a server to who may read its account; for everybody else there is no such server.
pub(crate) async fn show(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let id = call.path("serverId", "server", ServerId::parse)?;
    let sheet = table.server_sheet(&id, Consistency::Strong).await?;
    let sheet = sheet.filter(|sheet| sheet.server.deleted_at.is_none()).ok_or(Refusal::NotFound("server"))?;
    let account = table.account(sheet.server.account).await?.ok_or(Refusal::NotFound("server"))?;
    actor.may_read(&account.state).map_err(|_| Refusal::NotFound("server"))?;
    Reply::json(StatusCode::OK, &view(&id, &sheet, call))
}

fn view(id: &ServerId, ServerSheet { server, lease }: &ServerSheet, call: &Call) -> ServerDetailView {
    let holding = lease.state.holding(server.lease_days);
    let expected = holding.map(|holding| awaited_check_in(id, holding.heard_at, call.now));
    ServerDetailView {
        server_id: id.to_string(),
        account_id: server.account.to_string(),
        account_name: server.account_name.to_string(),
        name: server.server_name.to_string(),
        up_to_date: holding.is_some_and(|holding| holding.revision == Some(server.revision)),
        last_seen: holding.map(|holding| holding.heard_at),
        lease_until: holding.map(|holding| holding.lease_until),
        next_check_in: expected.map(|window| WindowView { earliest: window.earliest, latest: window.latest }),
        releases_left: lease.state.releases_left(call.now),
        conflict: holding.and_then(|holding| Some(conflict(holding.heard_at, holding.conflict?))),
    }
}

fn conflict(holder_seen: jiff::Timestamp, conflict: Conflict) -> ConflictView {
    ConflictView {
        marks: conflict.marks,
        marks_differing: conflict.marks_differing,
        holder_seen,
        rival_seen: conflict.first_seen,
    }
}
