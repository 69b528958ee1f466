//! The gateway over real HTTP, in front of a function that tells what it got.

use std::time::Duration;

use http_api::{Authorization, Clock, Route};
use jiff::{SignedDuration, Timestamp};
use lambda_http::http::StatusCode;
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt, Response};
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::{Authorizer, Gateway, Limits};
use crate::Data;
use crate::endpoint::{Endpoint, listen};
use crate::functions::HttpFunction;
use crate::sign_in::Provider;
use crate::store::Store;

const ROUTES: &[Route] = &[
    route("POST", "/echo/{first}/{second}", Authorization::None),
    route("GET", "/echo", Authorization::None),
    route("HEAD", "/echo", Authorization::None),
    route("GET", "/portal", Authorization::Portal),
    route("GET", "/slow", Authorization::None),
    route("GET", "/crash", Authorization::None),
    route("GET", "/picture", Authorization::None),
];

const fn route(method: &'static str, path: &'static str, authorization: Authorization) -> Route {
    Route { method, path, operation: "test", authorization }
}

/// A running gateway.
struct Running {
    url: String,
    provider: Provider,
    clock: Clock,
    http: reqwest::Client,
}

impl Running {
    async fn start() -> Self {
        let listener = listen(0).await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let clock = Clock::manual("2026-11-24T08:00:00Z".parse::<Timestamp>().unwrap());
        let provider = Provider::open(&Store::open(&Data::Memory).unwrap(), &url, clock.clone()).unwrap();
        let authorizer = Authorizer::of(&provider);
        let limits = Limits { body_bytes_max: 1000, integration_max: Duration::from_millis(100) };
        let functions = vec![HttpFunction::new("test", ROUTES, function)];
        let gateway = Gateway::new(functions, authorizer, clock.clone(), limits, Vec::new(), Handle::current());
        // Left to the test's runtime, which ends with it.
        drop(Endpoint::serve(listener, gateway.router()).map(std::mem::forget));
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { url, provider, clock, http }
    }

    async fn portal(&self, authorization: Option<&str>) -> reqwest::Response {
        let mut request = self.http.get(format!("{}/portal", self.url));
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        request.send().await.unwrap()
    }
}

async fn function(request: Request) -> Response<Body> {
    match request.raw_http_path() {
        "/slow" => std::future::pending().await,
        "/crash" => panic!("as functions should not"),
        "/picture" => Response::builder().header("content-type", "image/png").body(Body::Binary(vec![0, 255])).unwrap(),
        _ => echo(&request),
    }
}

/// What a function sees of a request.
fn echo(request: &Request) -> Response<Body> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { panic!("an HTTP API") };
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let parameters: Vec<_> = request.path_parameters().iter().map(|(name, value)| json!([name, value])).collect();
    let body = json!({
        "method": request.method().as_str(),
        "uri": request.uri().to_string(),
        "rawPath": request.raw_http_path(),
        "pathParameters": parameters,
        "x": header("x-test"),
        "cookie": header("cookie"),
        "body": String::from_utf8_lossy(request.body()),
        "context": context,
        "lambdaRequestId": request.lambda_context().request_id,
    });
    Response::builder()
        .status(StatusCode::CREATED)
        .header("set-cookie", "a=1; HttpOnly")
        .header("set-cookie", "b=2")
        .header("content-type", "application/json")
        .body(Body::Text(body.to_string()))
        .unwrap()
}

#[tokio::test]
async fn a_function_gets_the_event_that_api_gateway_sends() {
    let gateway = Running::start().await;
    let answer = gateway
        .http
        .post(format!("{}/echo/R%2F200%20b/2?a=1&a=2&b=%20", gateway.url))
        .header("X-Test", "1")
        .header("x-test", "2")
        .header("cookie", "c=3; d=4")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("unlock=now&nonce=%2B")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 201);
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(cookies, ["a=1; HttpOnly", "b=2"]);
    let request_id = answer.headers()["apigw-requestid"].to_str().unwrap().to_owned();

    let seen: Value = answer.json().await.unwrap();
    assert_eq!(seen["method"], "POST");
    assert_eq!(seen["rawPath"], "/echo/R/200 b/2", "API Gateway decodes it");
    assert_eq!(seen["pathParameters"].as_array().unwrap().len(), 2);
    assert!(seen["pathParameters"].as_array().unwrap().contains(&json!(["first", "R/200 b"])));
    assert!(seen["uri"].as_str().unwrap().ends_with("?a=1&a=2&b=%20"));
    assert_eq!(seen["x"], "1,2");
    assert_eq!(seen["cookie"], "c=3; d=4");
    assert_eq!(seen["body"], "unlock=now&nonce=%2B");
    assert_eq!(seen["lambdaRequestId"], request_id.as_str());

    let context = &seen["context"];
    assert_eq!(context["routeKey"], "POST /echo/{first}/{second}");
    assert_eq!(context["stage"], "$default");
    assert_eq!(context["requestId"], request_id.as_str());
    assert_eq!(context["timeEpoch"], gateway.clock.now().as_millisecond());
    assert_eq!(context["time"], "24/Nov/2026:08:00:00 +0000");
    assert_eq!(context["http"]["method"], "POST");
    assert_eq!(context["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(format!("http://{}", context["domainName"].as_str().unwrap()), gateway.url);
    assert!(context.get("authorizer").is_none());
}

#[tokio::test]
async fn binary_answers_arrive_as_they_are() {
    let gateway = Running::start().await;
    let answer = gateway.http.get(format!("{}/picture", gateway.url)).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.bytes().await.unwrap().as_ref(), [0, 255]);
}

#[tokio::test]
async fn head_is_a_route_of_its_own() {
    let gateway = Running::start().await;
    let answer = gateway.http.head(format!("{}/echo", gateway.url)).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert!(answer.bytes().await.unwrap().is_empty());
    assert_eq!(gateway.http.head(format!("{}/portal", gateway.url)).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn the_gateways_own_answers_are_api_gateways() {
    let gateway = Running::start().await;
    let get = |path: &str| gateway.http.get(format!("{}{path}", gateway.url));
    let too_long = gateway.http.post(format!("{}/echo/1/2", gateway.url)).body("x".repeat(1001));
    let elsewhere = get("/echo").header("host", "evil.example:80");
    for (request, status, message) in [
        (get("/nothing"), 404, "Not Found"),
        (get("/slow"), 503, "Service Unavailable"),
        (get("/crash"), 500, "Internal Server Error"),
        (too_long, 413, "Request Entity Too Large"),
        (elsewhere, 403, "Forbidden"),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "message": message }));
    }
}

#[tokio::test]
async fn an_id_token_opens_the_portal_and_its_claims_arrive_as_strings() {
    let gateway = Running::start().await;
    let token = gateway.provider.id_token("Chiara.Conti@example.com");
    for header in [format!("Bearer {token}"), token] {
        let answer = gateway.portal(Some(&header)).await;
        assert_eq!(answer.status(), 201);
        let claims = answer.json::<Value>().await.unwrap()["context"]["authorizer"]["jwt"]["claims"].clone();
        assert_eq!(claims["email"], "chiara.conti@example.com");
        assert_eq!(claims["email_verified"], "true");
        assert_eq!(claims["token_use"], "id");
        assert_eq!(claims["exp"], (gateway.clock.now().as_second() + 3600).to_string());
    }
}

#[tokio::test]
async fn a_token_that_is_not_authentic_and_current_is_refused() {
    let gateway = Running::start().await;
    let provider = &gateway.provider;
    let claims = provider.id_claims("chiara.conti@example.com", None);
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        provider.sign(&claims)
    };
    let now = gateway.clock.now().as_second();
    let good = provider.sign(&claims);
    let hmac = {
        let header =
            jsonwebtoken::Header { kid: jsonwebtoken::decode_header(&good).unwrap().kid, ..Default::default() };
        jsonwebtoken::encode(&header, &claims, &jsonwebtoken::EncodingKey::from_secret(b"secret")).unwrap()
    };
    let refused = [
        (None, "missing"),
        (Some("nonsense".to_owned()), "malformed"),
        (Some(with("exp", json!(now))), "expired"),
        (Some(with("exp", Value::Null)), "expired"),
        (Some(with("iat", json!(now + 60))), "not valid yet"),
        (Some(with("aud", json!("other"))), "audience"),
        (Some(with("iss", json!("https://elsewhere.example"))), "issuer"),
        (Some(with_payload_of(&good, &with("email", json!("vendor@example.com")))), "signature"),
        (Some(hmac), "algorithm"),
        (Some(unsigned(&good)), "malformed"),
    ];
    for (token, reason) in refused {
        let answer = gateway.portal(token.map(|token| format!("Bearer {token}")).as_deref()).await;
        assert_eq!(answer.status(), 401, "{reason}");
        let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
        assert!(challenge.contains(reason), "{reason}: {challenge}");
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "message": "Unauthorized" }), "{reason}");
    }
}

#[tokio::test]
async fn a_token_ends_with_its_hour() {
    let gateway = Running::start().await;
    let header = format!("Bearer {}", gateway.provider.id_token("chiara.conti@example.com"));
    gateway.clock.advance(SignedDuration::from_secs(3599));
    assert_eq!(gateway.portal(Some(&header)).await.status(), 201);
    gateway.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(gateway.portal(Some(&header)).await.status(), 401);
}

/// Header and signature of one token around the payload of another.
fn with_payload_of(token: &str, other: &str) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let payload = other.split('.').nth(1).unwrap();
    [parts[0], payload, parts[2]].join(".")
}

/// The token as `alg: none` would have it.
fn unsigned(token: &str) -> String {
    use base64::Engine;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    format!("{header}.{}.", token.split('.').nth(1).unwrap())
}
