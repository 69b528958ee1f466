//! From a Lambda request to a call, and from its outcome to a response.

use lambda_http::{Body, Request, RequestExt, Response};

use crate::call::Call;
use crate::telemetry::causes;
use crate::{Clock, Failure, Rejection, Reply, Route};

/// Where a function stands: its clock and its address.
#[derive(Debug, Clone)]
pub struct Site {
    /// The time.
    pub clock: Clock,
    /// Where people reach the service; `None`: at the domain that the gateway names.
    pub base_url: Option<String>,
}

/// A function behind the gateway.
pub trait Function: Sync {
    /// What it serves.
    const ROUTES: &'static [Route];

    /// Where it stands.
    fn site(&self) -> &Site;

    /// Answers a request that found its operation.
    fn answer(&self, call: &Call) -> impl Future<Output = Result<Reply, Failure>> + Send;

    /// What a failure looks like: a problem for programs, where a function has no pages for people.
    fn failed(&self, call: &Call, failure: &Failure) -> Response<Body> {
        failure.response(&call.request_id)
    }
}

/// Finds the route of a request, lets the function answer it, and turns the outcome into a response. It logs one line:
/// the operation, the outcome and, where the fault is ours, its causes.
pub async fn serve<F: Function>(function: &F, request: Request) -> Response<Body> {
    let request_id = request.lambda_context_ref().map(|context| context.request_id.clone());
    let path = raw_path(&request);
    let method = request.method().as_str();
    let found = F::ROUTES.iter().find_map(|route| Some((route, route.matches(method, &path)?)));
    let Some((route, parameters)) = found else {
        return Failure::from(Rejection::NoSuchRoute).response(request_id.as_deref().unwrap_or_default());
    };
    let call = Call::new(function.site(), route, parameters, request, request_id);
    let outcome = function.answer(&call).await;
    log(&call, &outcome);
    match outcome {
        Ok(reply) => reply.into(),
        Err(failure) => function.failed(&call, &failure),
    }
}

/// The path as it was sent, without the stage.
pub(crate) fn raw_path(request: &Request) -> String {
    let path = request.raw_http_path();
    if path.is_empty() { request.uri().path().to_owned() } else { path.to_owned() }
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
