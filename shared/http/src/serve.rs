//! From a Lambda request to a call, and from its outcome to a response.

use lambda_http::{Body, Request, RequestExt, Response};

use crate::call::Call;
use crate::telemetry::causes;
use crate::{Authorization, Clock, Failure, Rejection, Reply, Route};

/// Where a function stands: its clock and its address.
#[derive(Debug, Clone)]
pub struct Site {
    /// The time.
    pub clock: Clock,
    /// Where people reach the service; `None`: at the domain that the gateway names.
    pub base_url: Option<String>,
}

/// Finds the route of a request, lets `handler` answer it, and turns the outcome into a response; a failure becomes a
/// problem. It logs one line: the operation, the outcome and, where the fault is ours, its causes.
pub async fn serve(
    site: &Site,
    routes: &'static [Route],
    request: Request,
    handler: impl AsyncFnOnce(&Call) -> Result<Reply, Failure>,
) -> Response<Body> {
    serve_with(site, routes, request, handler, |call, failure| failure.response(&call.request_id)).await
}

/// As [`serve`], with another form for failures: pages for people instead of problems for programs.
pub async fn serve_with(
    site: &Site,
    routes: &'static [Route],
    request: Request,
    handler: impl AsyncFnOnce(&Call) -> Result<Reply, Failure>,
    failed: impl FnOnce(&Call, &Failure) -> Response<Body>,
) -> Response<Body> {
    let request_id = request.lambda_context_ref().map(|context| context.request_id.clone());
    let path = raw_path(&request);
    let method = request.method().as_str().to_owned();
    let found = routes.iter().find_map(|route| Some((route, route.matches(&method, &path)?)));
    let Some((route, parameters)) = found else {
        return Failure::from(Rejection::NoSuchRoute).response(request_id.as_deref().unwrap_or_default());
    };
    let call = Call::new(site, route, parameters, request, request_id);
    let outcome = handler(&call).await;
    log(&call, &outcome);
    match outcome {
        Ok(reply) => reply.into(),
        Err(failure) => failed(&call, &failure),
    }
}

/// The path as it was sent, without the stage.
pub(crate) fn raw_path(request: &Request) -> String {
    let path = request.raw_http_path();
    if path.is_empty() { request.uri().path().to_owned() } else { path.to_owned() }
}

/// What the gateway's `$default` route serves.
const DEFAULT: Route =
    Route { method: "ANY", path: "$default", operation: "servePortal", authorization: Authorization::None };

/// As [`serve`], for the function behind the gateway's `$default` route.
pub async fn serve_default(
    site: &Site,
    request: Request,
    handler: impl AsyncFnOnce(&Call) -> Result<Reply, Failure>,
) -> Response<Body> {
    let request_id = request.lambda_context_ref().map(|context| context.request_id.clone());
    let call = Call::new(site, &DEFAULT, Vec::new(), request, request_id);
    let outcome = handler(&call).await;
    log(&call, &outcome);
    outcome.map_or_else(|failure| failure.response(&call.request_id), Into::into)
}

fn log(call: &Call, outcome: &Result<Reply, Failure>) {
    let (operation, request_id) = (call.operation, call.request_id.as_str());
    match outcome {
        Ok(_) => tracing::info!(operation, request_id, "answered"),
        Err(failure) if failure.is_fault() => {
            tracing::error!(operation, request_id, code = failure.code(), cause = causes(failure), "failed");
        }
        Err(failure) => tracing::info!(operation, request_id, code = failure.code(), "refused"),
    }
}
