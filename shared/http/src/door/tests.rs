//! One function behind every door, asked with the events that each door sends: `samples` holds them, complete.

use std::path::Path;

use lambda_http::http::StatusCode;
use lambda_http::http::header::{CONTENT_TYPE, HeaderName};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, Context, Error, LambdaEvent, Request, Response, Service, service_fn};
use serde_json::{Value, json};

use super::is_function_url;
use crate::{Authorization, Call, Clock, Failure, Function, Reply, Route, Site, serve};

const DOORS: [&str; 4] = ["http-api", "function-url", "load-balancer", "load-balancer-multi-value"];
const BASE_URL: &str = "https://licenses.example.com";
/// What Lambda calls the request.
const LAMBDA_ID: &str = "0f4d6c1e-8a44-4f7b-9d5e-7c0d1a2b3c4d";

const fn route(method: &'static str, path: &'static str, authorization: Authorization) -> Route {
    Route { method, path, operation: path, authorization }
}

struct Echo(Site);

impl Function for Echo {
    const ROUTES: &'static [Route] = &[
        route("POST", "/v1/check-in", Authorization::ServerToken),
        route("GET", "/v1/find/{name}", Authorization::None),
        route("POST", "/unlock/{link}", Authorization::Link),
        route("GET", "/v1/me", Authorization::Portal),
        route("GET", "/test", Authorization::None),
    ];

    fn site(&self) -> &Site {
        &self.0
    }

    async fn answer(&self, call: &Call) -> Result<Reply, Failure> {
        let query = ["q", "limit", "tag", "empty"].map(|name| call.query(name));
        let parameter = |name| call.path(name, "", |text| Ok::<_, ()>(text.to_owned())).ok();
        let said = json!({
            "operation": call.operation,
            "requestId": call.request_id,
            "baseUrl": call.base_url,
            "parameter": parameter("name").or_else(|| parameter("link")),
            "query": query,
            "language": call.language().map(|language| format!("{language:?}")),
            "bearer": call.bearer(),
            "cookie": call.header("cookie"),
            "form": call.form().ok().map(|form| json!(form)),
            "json": call.json_value().ok(),
            "person": call.signed_in().ok().map(|person| person.email.as_str().to_owned()),
        });
        let reply = Reply::json(StatusCode::OK, &said)?;
        Ok(reply.with(HeaderName::from_static("x-door"), "open"))
    }
}

/// What Lambda hands back to the door for an event of it.
async fn handed_back(site: Site, event: &str) -> Value {
    let echo = &Echo(site);
    let mut adapter = Adapter::from(service_fn(move |request: Request| async move {
        Ok::<Response<Body>, Error>(serve(echo, request).await)
    }));
    let event: LambdaRequest = serde_json::from_str(event).unwrap();
    let mut context = Context::default();
    LAMBDA_ID.clone_into(&mut context.request_id);
    serde_json::to_value(adapter.call(LambdaEvent::new(event, context)).await.unwrap()).unwrap()
}

fn sample(door: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{door}/{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn site(base_url: Option<&str>) -> Site {
    Site { clock: Clock::manual("2026-11-24T09:00:07Z".parse().unwrap()), base_url: base_url.map(str::to_owned) }
}

/// The status and the document that the function answers a sample with.
async fn answer(door: &str, name: &str, base_url: Option<&str>) -> (u64, Value) {
    let response = handed_back(site(base_url), &sample(door, name)).await;
    let body = response["body"].as_str().unwrap_or_else(|| panic!("{door}/{name}: {response}"));
    (response["statusCode"].as_u64().unwrap(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn a_check_in_is_the_same_behind_every_door() {
    for door in DOORS {
        let (status, said) = answer(door, "check-in", Some(BASE_URL)).await;
        assert_eq!((status, &said["operation"]), (200, &json!("/v1/check-in")), "{door}: {said}");
        assert_eq!(said["bearer"], "b000121893|01kwee1u9213jop", "{door}");
        assert_eq!(said["json"], json!({"attempt": "6c1f0a52e7d94b0c", "appSuiteVersion": "4.2.1"}), "{door}");
        assert_eq!(said["baseUrl"], BASE_URL, "{door}");
    }
}

#[tokio::test]
async fn path_and_query_are_decoded_once_behind_every_door() {
    for door in DOORS {
        let (status, said) = answer(door, "find", Some(BASE_URL)).await;
        // Decoded twice it would be `RA b`.
        assert_eq!((status, &said["parameter"]), (200, &json!("R%41 b")), "{door}: {said}");
        assert_eq!(said["query"], json!(["a+b c&d", "2", "50%", null]), "{door}");
        assert_eq!(said["language"], "It", "{door}");
    }
}

#[tokio::test]
async fn a_form_comes_in_base64_and_cookies_in_one_header_behind_every_door() {
    for door in DOORS {
        let (status, said) = answer(door, "form", Some(BASE_URL)).await;
        assert_eq!((status, &said["parameter"]), (200, &json!("01K-abc")), "{door}: {said}");
        assert_eq!(said["form"], json!({"unlock": "yes", "nonce": "a+b", "note": "perché no"}), "{door}");
        assert_eq!(said["cookie"], "one=1; two=2", "{door}");
    }
}

#[tokio::test]
async fn the_request_has_the_gateways_name_or_lambdas_where_the_door_gives_none() {
    let ids = ["UqGZ8hIGsu8EJ7A=", "5b0a1c6e-3c7d-4a0e-9a53-6f8e4f2d1b90", LAMBDA_ID, LAMBDA_ID];
    for (door, id) in DOORS.into_iter().zip(ids) {
        assert_eq!(answer(door, "check-in", Some(BASE_URL)).await.1["requestId"], id, "{door}");
    }
}

#[tokio::test]
async fn only_the_door_that_checks_sign_ins_leads_to_what_needs_one() {
    let (status, said) = answer("http-api", "me", Some(BASE_URL)).await;
    assert_eq!((status, &said["person"]), (200, &json!("chiara.conti@example.com")), "{said}");
    for door in &DOORS[1..] {
        let (status, problem) = answer(door, "me", Some(BASE_URL)).await;
        assert_eq!((status, &problem["code"]), (421, &json!("misdirected")), "{door}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(BASE_URL), "{door}: {problem}");
    }
}

/// Nobody but a JWT authorizer of an HTTP API may say who has signed in, wherever else such words stand.
#[tokio::test]
async fn claims_that_another_door_hands_on_open_nothing() {
    let claims: Value = serde_json::from_str(&sample("http-api", "me")).unwrap();
    for door in &DOORS[1..] {
        let mut event: Value = serde_json::from_str(&sample(door, "me")).unwrap();
        event["requestContext"]["authorizer"] = claims["requestContext"]["authorizer"].clone();
        let response = handed_back(site(Some(BASE_URL)), &event.to_string()).await;
        assert_eq!(response["statusCode"], 421, "{door}: {response}");
    }
}

#[tokio::test]
async fn only_an_http_api_may_name_the_service_where_nothing_else_does() {
    let (_, said) = answer("http-api", "find", None).await;
    assert_eq!(said["baseUrl"], "https://a1b2c3d4e5.execute-api.eu-south-1.amazonaws.com");
    for door in &DOORS[1..] {
        let (status, problem) = answer(door, "find", None).await;
        assert_eq!((status, &problem["code"]), (500, &json!("internal")), "{door}: {problem}");
    }
}

#[tokio::test]
async fn what_nobody_serves_is_a_problem_behind_every_door() {
    for door in DOORS {
        let event = sample(door, "find").replace("/v1/find/", "/v1/lose/").replace("GET /v1/find", "GET /v1/lose");
        let response = handed_back(site(Some(BASE_URL)), &event).await;
        assert_eq!(response["statusCode"], 404, "{door}: {response}");
        assert!(response["body"].as_str().unwrap().contains("no_such_route"), "{door}");
    }
}

#[tokio::test]
async fn a_load_balancer_finds_the_function_well() {
    let (status, said) = answer("load-balancer", "health-check", Some(BASE_URL)).await;
    assert_eq!((status, &said["operation"]), (200, &json!("/test")), "{said}");
}

#[tokio::test]
async fn a_load_balancer_gets_headers_and_status_as_it_reads_them() {
    let response = handed_back(site(Some(BASE_URL)), &sample("load-balancer", "check-in")).await;
    assert_eq!(response["statusDescription"], "200 OK");
    assert_eq!(response["headers"][CONTENT_TYPE.as_str()], "application/json");
    assert_eq!(response["multiValueHeaders"]["x-door"], json!(["open"]));
    assert_eq!(response["isBase64Encoded"], false);
}

#[test]
fn a_function_url_is_known_by_its_domain() {
    assert!(is_function_url("abc.lambda-url.eu-south-1.on.aws"));
    for other in ["abc.execute-api.eu-south-1.amazonaws.com", "licenses.example.com", "localhost", ""] {
        assert!(!is_function_url(other), "{other}");
    }
}
