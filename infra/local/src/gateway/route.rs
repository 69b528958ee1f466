//! Which function a request goes to.

use std::collections::BTreeMap;

use axum::http::Method;
use http_api::Authorization;
use percent_encoding::percent_decode_str;

use crate::functions::{HttpFunction, Invoke};

/// The route that takes what no other does.
const DEFAULT: &str = "$default";

/// All routes of all functions.
pub(super) struct RouteTable(Vec<Entry>);

struct Entry {
    key: String,
    method: &'static str,
    segments: Vec<Segment>,
    authorization: Authorization,
    invoke: Invoke,
}

enum Segment {
    Literal(&'static str),
    Parameter(&'static str),
}

/// Where a request goes.
pub(super) struct Match<'a> {
    /// `POST /v1/orders`, or `$default`.
    pub(super) route_key: &'a str,
    /// Who may call it.
    pub(super) authorization: Authorization,
    /// The path's parameters, decoded.
    pub(super) parameters: BTreeMap<&'static str, String>,
    /// The function.
    pub(super) invoke: Invoke,
}

impl RouteTable {
    pub(super) fn new(functions: Vec<HttpFunction>) -> Self {
        let entries = functions.into_iter().flat_map(|function| {
            function.routes.iter().map(move |route| Entry {
                key: route.key(),
                method: route.method,
                segments: segments(route.path),
                authorization: route.authorization,
                invoke: function.invoke.clone(),
            })
        });
        Self(entries.collect())
    }

    /// The most specific route: a literal beats a parameter, from the left; `$default` is the last resort.
    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Match<'_>> {
        let candidates = self.0.iter().filter(|entry| entry.method == method.as_str());
        let specific = candidates
            .filter_map(|entry| Some((entry, parameters(&entry.segments, path)?)))
            .max_by_key(|(entry, _)| entry.segments.iter().map(Segment::is_literal).collect::<Vec<_>>());
        let default = || Some((self.0.iter().find(|entry| entry.key == DEFAULT)?, BTreeMap::new()));
        let (entry, parameters) = specific.or_else(default)?;
        Some(Match {
            route_key: &entry.key,
            authorization: entry.authorization,
            parameters,
            invoke: entry.invoke.clone(),
        })
    }

    /// Where everything goes that comes to a Function URL. It has no routes and calls that `$default`.
    pub(super) fn only(&self) -> Option<Match<'_>> {
        let entry = self.0.first()?;
        Some(Match {
            route_key: DEFAULT,
            authorization: Authorization::None,
            parameters: BTreeMap::new(),
            invoke: entry.invoke.clone(),
        })
    }
}

impl Segment {
    fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }
}

fn segments(path: &'static str) -> Vec<Segment> {
    path.trim_start_matches('/')
        .split('/')
        .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => Segment::Parameter(name),
            None => Segment::Literal(part),
        })
        .collect()
}

/// The parameters if the path has this shape. Segments are told apart before they are decoded, so that a number like
/// `19%2F00021` stays one segment.
fn parameters(segments: &[Segment], path: &str) -> Option<BTreeMap<&'static str, String>> {
    let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut found = BTreeMap::new();
    for (segment, part) in segments.iter().zip(parts) {
        let decoded = percent_decode_str(part).decode_utf8_lossy();
        match segment {
            Segment::Literal(literal) if *literal == decoded => {}
            Segment::Parameter(name) if !decoded.is_empty() => drop(found.insert(*name, decoded.into_owned())),
            _ => return None,
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_api::Route;

    const fn route(method: &'static str, path: &'static str) -> Route {
        Route { method, path, operation: "test", authorization: Authorization::None }
    }

    const ROUTES: &[Route] = &[
        route("GET", "/v1/accounts/{accountId}"),
        route("GET", "/v1/accounts/own"),
        route("PUT", "/v1/accounts/{accountId}/resellers/{resellerNumber}"),
        route("GET", "/.well-known/jwks.json"),
    ];
    const PORTAL: &[Route] = &[route("ANY", "$default")];

    fn table(routes: &[&'static [Route]]) -> RouteTable {
        let function = |routes: &&'static [Route]| {
            HttpFunction::new("test", routes, |_| async { lambda_http::Response::new(lambda_http::Body::Empty) })
        };
        RouteTable::new(routes.iter().map(function).collect())
    }

    fn key(method: &Method, path: &str) -> Option<String> {
        table(&[ROUTES, PORTAL]).find(method, path).map(|found| found.route_key.to_owned())
    }

    #[test]
    fn a_literal_beats_a_parameter() {
        assert_eq!(key(&Method::GET, "/v1/accounts/own").unwrap(), "GET /v1/accounts/own");
        assert_eq!(key(&Method::GET, "/v1/accounts/01X").unwrap(), "GET /v1/accounts/{accountId}");
    }

    #[test]
    fn what_no_route_takes_goes_to_the_default() {
        for (method, path) in [
            (Method::GET, "/"),
            (Method::GET, "/v1/accounts"),
            (Method::GET, "/v1/accounts/"),
            (Method::POST, "/v1/accounts/own"),
            (Method::HEAD, "/v1/accounts/own"),
        ] {
            assert_eq!(key(&method, path).unwrap(), "$default", "{path}");
        }
        assert!(table(&[ROUTES]).find(&Method::GET, "/").is_none(), "without a default there is nothing");
    }

    #[test]
    fn an_encoded_slash_stays_in_its_segment() {
        let table = table(&[ROUTES]);
        let found = table.find(&Method::PUT, "/v1/accounts/01X/resellers/R%2F200%20b").unwrap();
        assert_eq!(found.parameters["resellerNumber"], "R/200 b");
        assert_eq!(found.parameters["accountId"], "01X");
    }
}
