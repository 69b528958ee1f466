//! From a Lambda request to a call, and from its outcome to a response.

use lambda_http::{Body, Request, RequestExt, Response};

use crate::call::Call;
use crate::door::{Arrival, Door};
use crate::metric::{Measurement, Metric};
use crate::route::Parameters;
use crate::telemetry::causes;
use crate::{Authorization, Clock, Failure, Rejection, Reply, Route};

/// Where a function stands: its clock and its address.
#[derive(Debug, Clone)]
pub struct Site {
    /// The time.
    pub clock: Clock,
    /// Where people reach the service; `None`: at the domain that the HTTP API names.
    pub base_url: Option<String>,
}

/// A function behind a front door.
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
    let arrival = Arrival::of(&request);
    let Some((route, parameters)) = find(F::ROUTES, &request, &arrival) else {
        return Failure::from(Rejection::NoSuchRoute).response(&arrival.request_id);
    };
    let door = arrival.door;
    let call = Call::new(function.site(), route, parameters, request, arrival);
    let outcome = match admit(function.site(), door, route) {
        Ok(()) => function.answer(&call).await,
        Err(failure) => Err(failure),
    };
    log(&call, &outcome);
    match outcome {
        Ok(reply) => reply.into(),
        Err(failure) => function.failed(&call, &failure),
    }
}

/// Whether a door may lead to a route. Only the HTTP API checks who has signed in, and only it knows by which name
/// people know the service: a Function URL's own name or a load balancer's must not get into links.
fn admit(site: &Site, door: Door, route: &Route) -> Result<(), Failure> {
    if door == Door::HttpApi {
        return Ok(());
    }
    let Some(base_url) = site.base_url.clone() else {
        return Err(Failure::broken("name the service", "behind this front door BASE_URL must be set"));
    };
    match route.authorization {
        Authorization::Portal => Err(Rejection::Misdirected { base_url }.into()),
        Authorization::Erp | Authorization::ServerToken | Authorization::Link | Authorization::None => Ok(()),
    }
}

/// The route of a request, and its parameters, decoded once. An HTTP API names the route and has decoded the path; who
/// would decode it again could not name what holds a percent sign or a slash. The other doors leave both to us.
fn find(routes: &'static [Route], request: &Request, arrival: &Arrival) -> Option<(&'static Route, Parameters)> {
    let named = routes.iter().find(|route| Some(route.key()) == arrival.route_key);
    if let Some(route) = named {
        let given = request.path_parameters();
        let parameters = route.parameters().filter_map(|name| Some((name, given.first(name)?.to_owned())));
        return Some((route, parameters.collect()));
    }
    let (method, path) = (request.method().as_str(), raw_path(request));
    routes.iter().find_map(|route| {
        let parameters = match arrival.door {
            Door::HttpApi => route.parts(method, &path)?,
            Door::FunctionUrl | Door::LoadBalancer => route.matches(method, &path)?,
        };
        Some((route, parameters))
    })
}

/// The path as the door hands it on, without the stage.
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
