//! What API Gateway's HTTP API does, done here: the functions get the events that it would send. And what a Lambda
//! Function URL does, which is less.

mod authorizer;
mod event;
mod reply;
mod route;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use http_api::{Authorization, Clock};
use lambda_http::{Context, RequestExt};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use ulid::Ulid;

use crate::functions::{HttpFunction, Invoke};

pub(crate) use authorizer::Authorizer;
use authorizer::Unauthorized;
use route::{Match, RouteTable};

/// What API Gateway allows a request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest body, in bytes.
    pub body_bytes_max: usize,
    /// The longest time a function may take.
    pub integration_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_bytes_max: 10 * 1024 * 1024, integration_max: Duration::from_secs(30) }
    }
}

/// Which of the front doors of the template a gateway stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    HttpApi,
    FunctionUrl,
}

/// The gateway in front of the functions.
pub(crate) struct Gateway {
    door: Door,
    routes: RouteTable,
    authorizer: Authorizer,
    clock: Clock,
    limits: Limits,
    wakes: Vec<Arc<Notify>>,
    functions_on: Handle,
}

/// A request that the gateway itself answers; bodies and statuses are API Gateway's.
#[derive(Debug)]
enum Stopped {
    Forbidden,
    TooLarge,
    NotFound,
    Unauthorized(Unauthorized),
    TimedOut,
    Crashed,
}

impl Gateway {
    /// A gateway for these functions, which run on the runtime `functions_on`; each of `wakes` is told after a request that may
    /// have written.
    pub(crate) fn new(
        functions: Vec<HttpFunction>,
        authorizer: Authorizer,
        clock: Clock,
        limits: Limits,
        wakes: Vec<Arc<Notify>>,
        functions_on: Handle,
    ) -> Self {
        Self { door: Door::HttpApi, routes: RouteTable::new(functions), authorizer, clock, limits, wakes, functions_on }
    }

    /// A Function URL of the first function instead: all that comes to it goes there, and nobody's sign-in is checked.
    pub(crate) fn of_one_function(self) -> Self {
        Self { door: Door::FunctionUrl, ..self }
    }

    /// Every path that nothing else of the stack serves.
    pub(crate) fn router(self) -> Router {
        Router::new().fallback(serve).with_state(Arc::new(self))
    }

    async fn answer(&self, request_id: &str, parts: &Parts, body: Body) -> (&str, Result<Response, Stopped>) {
        let matched = match self.door {
            Door::HttpApi => self.routes.find(&parts.method, parts.uri.path()),
            Door::FunctionUrl => self.routes.only(),
        };
        let Some(matched) = matched else { return ("none", Err(Stopped::NotFound)) };
        let response = self.pass(request_id, parts, body, &matched).await;
        (matched.route_key, response)
    }

    async fn pass(&self, request_id: &str, parts: &Parts, body: Body, to: &Match<'_>) -> Result<Response, Stopped> {
        check_host(parts)?;
        let body = read(body, self.limits.body_bytes_max).await?;
        let claims = match to.authorization {
            Authorization::Portal => Some(self.authorize(parts)?),
            _ => None,
        };
        let (door, now) = (self.door, self.clock.now());
        let event = event::build(&event::Received { door, request_id, parts, body: &body, to, claims, now });
        let response = self.invoke(to.invoke.clone(), event, request_id.to_owned()).await?;
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            self.wakes.iter().for_each(|wake| wake.notify_one());
        }
        Ok(reply::from_function(response))
    }

    async fn invoke(
        &self,
        invoke: Invoke,
        event: String,
        request_id: String,
    ) -> Result<lambda_http::Response<lambda_http::Body>, Stopped> {
        // In a task of its own, so that a panic is that function's alone.
        let task = self.functions_on.spawn(async move {
            let request =
                lambda_http::request::from_str(&event).expect("the event is made here, as API Gateway makes it");
            let mut context = Context::default();
            context.request_id = request_id;
            invoke(request.with_lambda_context(context)).await
        });
        let abort = task.abort_handle();
        match tokio::time::timeout(self.limits.integration_max, task).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(_)) => Err(Stopped::Crashed),
            Err(_) => {
                abort.abort();
                Err(Stopped::TimedOut)
            }
        }
    }

    fn authorize(&self, parts: &Parts) -> Result<authorizer::Claims, Stopped> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        self.authorizer.check(header, self.clock.now()).map_err(Stopped::Unauthorized)
    }
}

async fn serve(State(gateway): State<Arc<Gateway>>, request: axum::extract::Request) -> Response {
    let request_id = Ulid::generate().to_string();
    let (parts, body) = request.into_parts();
    let (route, response) = gateway.answer(&request_id, &parts, body).await;
    let response = reply::with_request_id(response.unwrap_or_else(|stopped| reply::stopped(&stopped)), &request_id);
    // The route, never the path: paths hold unlock links.
    tracing::info!(request.id = %request_id, route, status = response.status().as_u16(), "request served");
    response
}

/// A page elsewhere whose name was made to resolve to this machine names itself as host; it is nobody here.
fn check_host(parts: &Parts) -> Result<(), Stopped> {
    let host = event::host(parts).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if matches!(name, "localhost" | "127.0.0.1") { Ok(()) } else { Err(Stopped::Forbidden) }
}

async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Stopped> {
    axum::body::to_bytes(body, bytes_max).await.map_err(|_| Stopped::TooLarge)
}

impl Stopped {
    fn status(&self) -> StatusCode {
        match self {
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::Crashed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn message(&self) -> &'static str {
        match self {
            Self::Forbidden => "Forbidden",
            Self::TooLarge => "Request Entity Too Large",
            Self::NotFound => "Not Found",
            Self::Unauthorized(_) => "Unauthorized",
            Self::TimedOut => "Service Unavailable",
            Self::Crashed => "Internal Server Error",
        }
    }
}
