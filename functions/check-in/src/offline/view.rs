//! How an offline server stands, as the portal shows it.

use http_api::{Call, Failure, Reply};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::access::Actor;
use licensing::account::{Account, ActivationMode, Server};
use licensing::id::{AccountId, ServerId};
use licensing::offline::{Offline, Spent, losses_left};
use table::{Consistency, Table};

use super::document::{OfflineState, OfflineView, Outcome, SpentView};

/// The view, for who may read the account; for everybody else there is no such server.
pub(super) async fn reply(
    table: &Table,
    call: &Call,
    actor: &Actor,
    account: AccountId,
    id: &ServerId,
    outcome: Option<Outcome>,
) -> Result<Reply, Failure> {
    let missing = Refusal::NotFound("server");
    let account = table.account(account).await?.ok_or(missing.clone())?.state;
    actor.may_read(&account).map_err(|_| missing.clone())?;
    let server = account.server(id).ok_or(missing.clone())?;
    let sheet = table.server_sheet(id, Consistency::Strong).await?.ok_or(missing)?;
    let held = server.offline.as_ref();
    let response = match held.filter(|_| actor.may_manage(&account).is_ok()) {
        Some(held) => {
            let answer = table.offline_answer(account.id, id).await?;
            answer.filter(|answer| answer.serial == held.serial).map(|answer| answer.response)
        }
        None => None,
    };
    let view = OfflineView {
        server_id: id.to_string(),
        version: account.version,
        state: state(server),
        outcome,
        answered_at: held.map(|held| held.answered_at),
        serial: held.map(|held| held.serial),
        up_to_date: held.is_some_and(|held| held.revision == sheet.server.revision),
        response,
        spent: held.map(|held| spent(held, &account, id)).unwrap_or_default(),
        losses_left: losses_left(&account, call.now),
    };
    Ok(Reply::json(StatusCode::OK, &view)?.with_version(account.version))
}

fn state(server: &Server) -> OfflineState {
    match (&server.offline, server.mode) {
        (Some(held), _) if held.confirmed => OfflineState::Confirmed,
        (Some(_), _) => OfflineState::ResponseReady,
        (None, ActivationMode::Offline) => OfflineState::WaitsForRequest,
        (None, ActivationMode::Online) => OfflineState::Online,
    }
}

fn spent(held: &Offline, account: &Account, id: &ServerId) -> Vec<SpentView> {
    let view = |Spent { pool, capacity }| SpentView {
        assigned: account.pool(&pool).map_or(0, |pool| pool.assigned_to(id)),
        application: pool.application.to_string(),
        redundancy: pool.redundancy,
        license_type: pool.license,
        capacity,
    };
    held.spent_of_all().into_iter().map(view).collect()
}
