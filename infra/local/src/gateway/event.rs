//! The event of payload format 2.0.

use axum::http::HeaderMap;
use axum::http::header;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::Door;
use super::authorizer::Claims;
use super::route::Match;

/// What an event is made of.
pub(super) struct Received<'a> {
    pub(super) door: Door,
    pub(super) request_id: &'a str,
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
    pub(super) to: &'a Match<'a>,
    pub(super) claims: Option<Claims>,
    pub(super) now: Timestamp,
}

/// The event as JSON text.
pub(super) fn build(received: &Received<'_>) -> String {
    let parts = received.parts;
    let mut event = json!({
        "version": "2.0",
        "routeKey": received.to.route_key,
        "rawPath": raw_path(received),
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": headers(parts),
        "requestContext": context(received),
        "isBase64Encoded": false,
    });
    let cookies = cookies(&parts.headers);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !received.to.parameters.is_empty() {
        event["pathParameters"] = json!(received.to.parameters);
    }
    if !received.body.is_empty() {
        let (body, encoded) = body(&parts.headers, received.body);
        event["body"] = json!(body);
        event["isBase64Encoded"] = json!(encoded);
    }
    event.to_string()
}

/// The host that the request names.
pub(super) fn host(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
    header.or_else(|| parts.uri.authority().map(axum::http::uri::Authority::as_str))
}

/// API Gateway hands the path on decoded, and cuts it at a question mark that appears so. A Function URL hands it on as
/// it came.
fn raw_path(received: &Received<'_>) -> String {
    let path = received.parts.uri.path();
    match received.door {
        Door::HttpApi => {
            let decoded = percent_decode_str(path).decode_utf8_lossy().into_owned();
            decoded.split('?').next().unwrap_or_default().to_owned()
        }
        Door::FunctionUrl => path.to_owned(),
    }
}

fn context(received: &Received<'_>) -> Value {
    let parts = received.parts;
    let domain = match received.door {
        // Without a port on AWS, where it is always 443.
        Door::HttpApi => host(parts).unwrap_or("localhost"),
        Door::FunctionUrl => "local.lambda-url.local.on.aws",
    };
    let mut context = json!({
        "accountId": "000000000000",
        "apiId": "local",
        "domainName": domain,
        "domainPrefix": domain.split(['.', ':']).next(),
        "http": {
            "method": parts.method.as_str(),
            "path": raw_path(received),
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default(),
        },
        "requestId": received.request_id,
        "routeKey": received.to.route_key,
        "stage": "$default",
        "time": received.now.to_zoned_datetime(TimeZone::UTC).strftime("%d/%b/%Y:%H:%M:%S %z").to_string(),
        "timeEpoch": received.now.as_millisecond(),
    });
    if let Some(claims) = &received.claims {
        context["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": null } });
    }
    context
}

/// Names in lower case, values of one name joined, cookies apart.
fn headers(parts: &Parts) -> Value {
    let mut joined = Map::new();
    for name in parts.headers.keys().filter(|name| **name != header::COOKIE) {
        let values: Vec<_> =
            parts.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        joined.insert(name.as_str().to_owned(), json!(values.join(",")));
    }
    joined.insert("x-forwarded-for".to_owned(), json!("127.0.0.1"));
    joined.insert("x-forwarded-proto".to_owned(), json!("http"));
    let port = host(parts).and_then(|host| host.rsplit_once(':')).map_or("80", |(_, port)| port);
    joined.insert("x-forwarded-port".to_owned(), json!(port));
    Value::Object(joined)
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .map(|cookie| cookie.trim().to_owned())
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

/// Text as it is; everything else, forms among it, in base64.
fn body(headers: &HeaderMap, body: &[u8]) -> (String, bool) {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("text/plain");
    match std::str::from_utf8(body) {
        Ok(text) if is_text(kind) => (text.to_owned(), false),
        _ => (STANDARD.encode(body), true),
    }
}

fn is_text(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let named = ["application/json", "application/javascript", "application/xml"].contains(&kind.as_str());
    named || kind.starts_with("text/") || kind.ends_with("+json") || kind.ends_with("+xml")
}
