//! Lambda's Runtime API on loopback, as much of it as a function uses.

use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::Outcome;

/// How long after its start an invocation may end, in milliseconds; the function is told when that is.
const TIMEOUT_MS: u64 = 10_000;

/// What a function says.
pub enum Said {
    /// It waits for an event.
    Asks(Instant, oneshot::Sender<String>),
    /// It has answered the last one.
    Answered(Instant, Value),
    /// It could not.
    Failed(String),
}

/// The API of one function.
pub struct RuntimeApi {
    address: String,
    said: mpsc::UnboundedReceiver<Said>,
    server: JoinHandle<()>,
}

impl RuntimeApi {
    pub async fn start() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (say, said) = mpsc::unbounded_channel();
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(say);
        let server = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, said, server })
    }

    /// What the function finds in `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The next that the function says.
    pub async fn hear(&mut self) -> Outcome<Said> {
        match self.said.recv().await {
            Some(Said::Failed(cause)) => Err(format!("the function failed: {cause}").into()),
            Some(said) => Ok(said),
            None => Err("the Runtime API has stopped".into()),
        }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Say = mpsc::UnboundedSender<Said>;

async fn next(State(say): State<Say>) -> impl IntoResponse {
    let (hand, event) = oneshot::channel();
    drop(say.send(Said::Asks(Instant::now(), hand)));
    // Without another event the function waits until it is killed, as it does on Lambda.
    let event = event.await.unwrap_or_default();
    let deadline = http_api::Clock::system().now().as_millisecond().unsigned_abs() + TIMEOUT_MS;
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:bench".to_owned()),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0".to_owned()),
        (header::CONTENT_TYPE.as_str(), "application/json".to_owned()),
    ];
    (headers, event)
}

async fn response(State(say): State<Say>, body: Bytes) -> StatusCode {
    let at = Instant::now();
    let said = match serde_json::from_slice(&body) {
        Ok(answer) => Said::Answered(at, answer),
        Err(error) => Said::Failed(error.to_string()),
    };
    drop(say.send(said));
    StatusCode::ACCEPTED
}

async fn error(State(say): State<Say>, body: Bytes) -> StatusCode {
    drop(say.send(Said::Failed(String::from_utf8_lossy(&body).into_owned())));
    StatusCode::ACCEPTED
}
