//! From a Lambda request to a call, and from its outcome to a response.

use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt, Response};

use crate::call::Call;
use crate::metric::{Measurement, Metric};
use crate::route::Parameters;
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
    let Some((route, parameters)) = find(F::ROUTES, &request) else {
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

/// The route of a request, and its parameters, decoded. An HTTP API names the route and has decoded the parameters; who
/// would decode them again could not name what holds a percent sign or a slash. Other event sources leave both to us.
fn find(routes: &'static [Route], request: &Request) -> Option<(&'static Route, Parameters)> {
    let named = routes.iter().find(|route| Some(route.key().as_str()) == route_key(request));
    if let Some(route) = named {
        let given = request.path_parameters();
        let parameters = route.parameters().filter_map(|name| Some((name, given.first(name)?.to_owned())));
        return Some((route, parameters.collect()));
    }
    let (method, path) = (request.method().as_str(), raw_path(request));
    routes.iter().find_map(|route| Some((route, route.matches(method, &path)?)))
}

fn route_key(request: &Request) -> Option<&str> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.route_key.as_deref(),
        _ => None,
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
        Err(failure) => {
            tracing::info!(operation, request_id, code = failure.code(), "refused");
            Measurement::at(call.now).with_by(Metric::Refusals, 1, "Code", failure.code()).log();
        }
    }
}
