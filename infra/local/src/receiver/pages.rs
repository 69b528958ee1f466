//! The receiver as a page.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Received, Receiver};
use crate::page::{page, shown};

#[derive(Clone)]
struct Site {
    receiver: Receiver,
    portal_name: String,
}

/// The routes below `/local/events`.
pub(crate) fn router(receiver: Receiver, portal_name: String) -> Router {
    Router::new().route("/", get(list)).with_state(Site { receiver, portal_name })
}

struct Row {
    id: String,
    kind: String,
    at: String,
    at_shown: String,
    status: u16,
    body: String,
}

#[derive(Template)]
#[template(path = "events.html")]
struct EventsPage<'a> {
    portal_name: &'a str,
    events: Vec<Row>,
}

async fn list(State(site): State<Site>) -> Response {
    let events = site.receiver.all().iter().rev().map(row).collect();
    page(&EventsPage { portal_name: &site.portal_name, events })
}

fn row(received: &Received) -> Row {
    Row {
        id: received.id.clone(),
        kind: received.kind(),
        at: received.at.to_string(),
        at_shown: shown(received.at),
        status: received.status,
        body: serde_json::to_string_pretty(&received.json()).unwrap_or_default(),
    }
}
