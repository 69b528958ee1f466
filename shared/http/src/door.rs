//! The front doors: where a request came in, and what each of them says of it.

use std::collections::HashMap;

use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};

/// Where a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// API Gateway's HTTP API, payload format 2.0. It finds the route, decodes the path and checks sign-ins.
    HttpApi,
    /// A Lambda Function URL: the same format, and none of that.
    FunctionUrl,
    /// An Application Load Balancer, with headers of one value or of many.
    LoadBalancer,
}

/// What the door says of a request.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// Which one.
    pub(crate) door: Door,
    /// The route that the door found.
    pub(crate) route_key: Option<String>,
    /// Names the request in logs and problems: the gateway's id, or Lambda's where the door gives none.
    pub(crate) request_id: String,
    /// The domain that the door answers for.
    pub(crate) domain: Option<String>,
    /// What the JWT authorizer has checked of the caller.
    pub(crate) claims: HashMap<String, String>,
}

impl Arrival {
    /// Reads what came with the event; headers are the client's own words and are not asked.
    pub(crate) fn of(request: &Request) -> Self {
        let lambda_id = request.lambda_context_ref().map(|context| context.request_id.clone()).unwrap_or_default();
        let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else {
            return Self {
                door: Door::LoadBalancer,
                route_key: None,
                request_id: lambda_id,
                domain: None,
                claims: HashMap::new(),
            };
        };
        let request_id = context.request_id.clone().unwrap_or(lambda_id);
        if context.domain_name.as_deref().is_some_and(is_function_url) {
            return Self {
                door: Door::FunctionUrl,
                // It always says `$default`, which is not a route of ours here.
                route_key: None,
                request_id,
                domain: None,
                claims: HashMap::new(),
            };
        }
        let jwt = context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref());
        Self {
            door: Door::HttpApi,
            route_key: context.route_key.clone(),
            request_id,
            domain: context.domain_name.clone(),
            claims: jwt.map(|jwt| jwt.claims.clone()).unwrap_or_default(),
        }
    }
}

/// `id.lambda-url.eu-south-1.on.aws`; in China it ends otherwise.
fn is_function_url(domain: &str) -> bool {
    domain.split('.').nth(1) == Some("lambda-url")
}

#[cfg(test)]
mod tests;
