//! The servers of an account.

use jiff::Timestamp;
use licensing::account::Server;
use licensing::check_in::{REFRESH_AGE, next_check_in};
use licensing::row::{Item, items};
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
        next_check_in: (status == ServerWord::Active).then(|| expected(server, activated_at, now)),
        items: items.iter().map(ItemView::from).collect(),
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

/// The server's next slot of the day; one that lies too near to its activation is left out. A check-in that is missing
/// does not show here: the row is not written by check-ins that change nothing.
fn expected(server: &Server, activated_at: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let before = now.checked_sub(REFRESH_AGE).unwrap_or(now);
    next_check_in(&server.id, activated_at.unwrap_or(before).max(before)).earliest
}

impl From<&Item> for ItemView {
    fn from(item: &Item) -> Self {
        Self {
            application: item.pool.application.to_string(),
            unit: item.unit.into(),
            redundancy: item.pool.redundancy,
            license_type: item.pool.license.into(),
            used: item.assigned,
            running: item.running,
            status: item.status.into(),
        }
    }
}
