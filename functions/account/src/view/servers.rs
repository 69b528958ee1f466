//! The servers of an account.

use jiff::Timestamp;
use licensing::account::{ActivationMode, Server};
use licensing::check_in::expected_check_in;
use licensing::row::{Item, items};
use licensing::service::services;
use table::{PortalView, ServerRow, ServerStatus};

use crate::document::{ItemView, ServerView, ServerWord};

/// The servers in the order they were added.
pub(crate) fn servers(view: &PortalView, now: Timestamp) -> Vec<ServerView> {
    let account = &view.account.state;
    let mut items = items(account, now);
    let server = |server: &Server| {
        let items = items.remove(&server.id).unwrap_or_default();
        self::server(server, view.row(&server.id), &items, now)
    };
    account.servers.iter().map(server).collect()
}

fn server(server: &Server, row: Option<&ServerRow>, items: &[Item], now: Timestamp) -> ServerView {
    let status = status(server, row);
    let activated_at = row.and_then(|row| row.activated_at);
    ServerView {
        server_id: server.id.to_string(),
        name: server.name.to_string(),
        mode: server.mode.into(),
        status,
        disabled_from: server.disabled.as_ref().map(|disabled| disabled.effective_at),
        activated_once: row.is_some_and(|row| row.activated_once),
        activated_at,
        app_suite_version: row.and_then(|row| row.app_suite_version.as_ref()).map(ToString::to_string),
        // A check-in that is missing does not show here: those that change nothing don't write the row.
        next_check_in: (status == ServerWord::Active && server.mode == ActivationMode::Online)
            .then(|| expected_check_in(&server.id, activated_at, now)),
        items: items.iter().map(|item| item_view(item, server.mode)).collect(),
    }
}

/// "Disabled" is what the account says; the rest is what check-ins have left in the server's row.
fn status(server: &Server, row: Option<&ServerRow>) -> ServerWord {
    if server.disabled.is_some() {
        return ServerWord::Disabled;
    }
    match row.map(|row| row.status).unwrap_or_default() {
        ServerStatus::Available => ServerWord::Available,
        ServerStatus::Active => ServerWord::Active,
        ServerStatus::Conflict => ServerWord::Conflict,
    }
}

fn item_view(item: &Item, mode: ActivationMode) -> ItemView {
    ItemView {
        application: item.pool.application.to_string(),
        unit: item.unit.into(),
        redundancy: item.pool.redundancy,
        license_type: item.pool.license.into(),
        used: item.assigned,
        running: item.running,
        status: item.status.into(),
        services: services(item.care, mode).iter().map(|service| (*service).into()).collect(),
    }
}
