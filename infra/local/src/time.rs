//! Moves the stack's clock, so that a sample world has a past: what ended last month must have begun before.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http_api::Clock;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;

/// Where the clock is moved.
pub(crate) const PATH: &str = "/local/clock";

/// How far from the true time a clock may be: servers are told what they run for 60 days ahead.
const SECONDS_MAX: u64 = 60 * 24 * 60 * 60;

/// Who may move the clock, and by how much it was moved.
#[derive(Clone)]
pub(crate) struct TimeMachine {
    clock: Clock,
    key: String,
    moved: Arc<Mutex<SignedDuration>>,
}

/// How far the clock is to be from the true time.
#[derive(Deserialize)]
struct Wanted {
    seconds: i64,
}

impl TimeMachine {
    /// Whoever has the ERP's key may move the clock: a page elsewhere that a browser shows has it not.
    pub(crate) fn new(clock: Clock, key: String) -> Self {
        Self { clock, key, moved: Arc::default() }
    }

    /// Its one route.
    pub(crate) fn router(self) -> Router {
        Router::new().route(PATH, post(set)).with_state(self)
    }

    fn set(&self, wanted: SignedDuration) {
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        self.clock.advance(wanted - *moved);
        *moved = wanted;
    }
}

async fn set(
    State(machine): State<TimeMachine>,
    headers: HeaderMap,
    Json(Wanted { seconds }): Json<Wanted>,
) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if bearer.and_then(|value| value.strip_prefix("Bearer ")) != Some(machine.key.as_str()) {
        return (StatusCode::UNAUTHORIZED, "Name the local ERP key.").into_response();
    }
    if !machine.clock.is_movable() || seconds.unsigned_abs() > SECONDS_MAX {
        return (StatusCode::CONFLICT, "The clock of this stack can't be moved so.").into_response();
    }
    machine.set(SignedDuration::from_secs(seconds));
    Json(json!({ "now": machine.clock.now() })).into_response()
}
