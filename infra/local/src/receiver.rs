//! The vendor's receiver of events: it verifies what comes, keeps it, and can be made to fail.

pub(crate) mod pages;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http_api::Clock;
use jiff::Timestamp;
use keys::{ErpKeys, Ring, SignatureFault};
use serde_json::Value;
use tokio::sync::watch;

use crate::StartError;

/// Where events are posted to.
pub(crate) const PATH: &str = "/events";
/// How many events are kept; the oldest go first.
const KEPT_MAX: usize = 1000;

/// A message whose signature fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// `webhook-id`: the same whenever the event is sent.
    pub id: String,
    /// When it arrived.
    pub at: Timestamp,
    /// What the receiver answered.
    pub status: u16,
    /// The body as it came.
    pub body: String,
}

impl Received {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The message's `type`.
    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().to_owned()
    }
}

/// What the receiver answers instead of 204.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusing {
    /// The status.
    pub status: u16,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
}

impl From<u16> for Refusing {
    fn from(status: u16) -> Self {
        Self { status, retry_after: None }
    }
}

/// The receiver; a clone is another handle on the same one.
#[derive(Clone)]
pub struct Receiver(Arc<Inner>);

struct Inner {
    clock: Clock,
    keys: ErpKeys,
    received: Mutex<VecDeque<Received>>,
    plan: Mutex<Plan>,
    count: watch::Sender<usize>,
}

#[derive(Default)]
struct Plan {
    always: Option<Refusing>,
    next: VecDeque<Refusing>,
    unsigned: usize,
}

impl Receiver {
    /// A receiver that has the keys of a ring.
    pub(crate) fn new(ring: &str, clock: Clock) -> Result<Self, StartError> {
        let keys = ErpKeys::parse(ring).map_err(|error| StartError::Key(error.to_string()))?;
        let (count, _) = watch::channel(0);
        Ok(Self(Arc::new(Inner { clock, keys, received: Mutex::default(), plan: Mutex::default(), count })))
    }

    /// Its one route.
    pub(crate) fn router(self) -> Router {
        Router::new().route(PATH, post(take)).with_state(self)
    }

    /// Everything that came with a signature that fits, refused or not, newest last.
    pub fn all(&self) -> Vec<Received> {
        self.0.received.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// What was taken, newest last.
    pub fn taken(&self) -> Vec<Received> {
        self.all().into_iter().filter(|received| received.status == StatusCode::NO_CONTENT).collect()
    }

    /// Waits until something is as wanted and gives it; `None` where nothing has come after `patience`.
    pub async fn wait_for(&self, patience: Duration, wanted: impl Fn(&Received) -> bool) -> Option<Received> {
        let mut count = self.0.count.subscribe();
        let arrived = async {
            loop {
                let found = self.all().into_iter().rev().find(|received| wanted(received));
                if found.is_some() || count.changed().await.is_err() {
                    return found;
                }
            }
        };
        tokio::time::timeout(patience, arrived).await.unwrap_or(None)
    }

    /// Refuses everything until [`Self::clear`].
    pub fn refuse_always(&self, refusing: impl Into<Refusing>) {
        self.plan().always = Some(refusing.into());
    }

    /// Refuses the next message, after those that are to be refused already.
    pub fn refuse_next(&self, refusing: impl Into<Refusing>) {
        self.plan().next.push_back(refusing.into());
    }

    /// Takes everything from now on.
    pub fn clear(&self) {
        let mut plan = self.plan();
        plan.always = None;
        plan.next.clear();
    }

    /// How many requests came whose signature did not fit.
    pub fn unsigned(&self) -> usize {
        self.plan().unsigned
    }

    fn plan(&self) -> std::sync::MutexGuard<'_, Plan> {
        self.0.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), SignatureFault> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
        self.0.keys.verify(id, timestamp, signature, body, self.0.clock.now())
    }

    fn keep(&self, received: Received) {
        let mut all = self.0.received.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back(received);
        if all.len() > KEPT_MAX {
            all.pop_front();
        }
        self.0.count.send_modify(|count| *count += 1);
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(fault) = receiver.verify(&headers, &body) {
        receiver.plan().unsigned += 1;
        return (StatusCode::UNAUTHORIZED, fault.to_string()).into_response();
    }
    let refusing = {
        let mut plan = receiver.plan();
        plan.next.pop_front().or(plan.always)
    };
    let status = refusing.map_or(StatusCode::NO_CONTENT.as_u16(), |refusing| refusing.status);
    let id = headers.get("webhook-id").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let body = String::from_utf8_lossy(&body).into_owned();
    receiver.keep(Received { id, at: receiver.0.clock.now(), status, body });
    let retry_after = refusing.and_then(|refusing| refusing.retry_after);
    let headers: Option<[(_, String); 1]> = retry_after.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match headers {
        Some(headers) => (status, headers).into_response(),
        None => status.into_response(),
    }
}
