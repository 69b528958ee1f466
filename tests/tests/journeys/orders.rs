//! What the ERP sends, and what it is answered.

use std::time::Duration;

use http_api::Clock;
use jiff::SignedDuration;
use licensing::text::EmailAddress;
use local::{Browser, Erp, Stack, StackConfig};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{RECIPIENT, order, post, unlock};

const PATIENCE: Duration = Duration::from_secs(20);

async fn start() -> (Stack, Clock) {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    (Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap(), clock)
}

/// Posts a document; the answer is status, code and body.
async fn send(stack: &Stack, path: &str, document: &Value) -> (u16, String, Value) {
    let answer = stack.erp.post(path, document.to_string()).await.unwrap();
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    (answer.status, body["code"].as_str().unwrap_or_default().to_owned(), body)
}

/// The faults of a problem as `pointer code`, sorted.
fn faults(problem: &Value) -> Vec<String> {
    let faults = problem["faults"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut faults: Vec<String> =
        faults.map(|fault| format!("{} {}", text(&fault["pointer"]), text(&fault["code"]))).collect();
    faults.sort();
    faults
}

fn mails_about(stack: &Stack, number: &str) -> usize {
    stack.mailbox.to(RECIPIENT).iter().filter(|mail| mail.subject().contains(number)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_taken_once_and_said_again_without_a_second_mail() {
    let (stack, clock) = start().await;
    let first = order(&clock, "A-1", &[("IM120-4L", "A1")]);
    let (status, _, taken) = send(&stack, "/v1/orders", &first).await;
    assert_eq!((status, taken["number"].as_str(), taken["revision"].as_u64()), (201, Some("A-1"), Some(1)));
    let (status, _, repeated) = send(&stack, "/v1/orders", &first).await;
    assert_eq!((status, &repeated), (200, &taken));

    let mut differs = first.clone();
    differs["purchaseOrder"] = "Another text".into();
    differs["lines"][0]["quantity"] = 2.into();
    let (status, code, problem) = send(&stack, "/v1/orders", &differs).await;
    assert_eq!((status, code.as_str()), (409, "order_differs"));
    assert!(problem["detail"].as_str().unwrap().contains("/purchaseOrder, /lines/0"), "{problem}");

    // The mail of a later order has come, so a second one of the first would have come before it.
    post(&stack, order(&clock, "A-2", &[("IM120-4L", "A2")])).await;
    assert_eq!(mails_about(&stack, "A-1"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_higher_revision_replaces_a_locked_order_and_its_link() {
    let (stack, clock) = start().await;
    let browser = Browser::new(&stack).unwrap();
    let mut revised = order(&clock, "B-1", &[("IM120-4L", "B1")]);
    let old = post(&stack, revised.clone()).await;
    assert_eq!(browser.open(&old).await.unwrap().status, 200);

    revised["revision"] = 2.into();
    revised["lines"][0]["quantity"] = 3.into();
    let (status, _, receipt) = send(&stack, "/v1/orders", &revised).await;
    assert_eq!((status, receipt["revision"].as_u64()), (200, Some(2)));
    let newer = |mail: &local::Mail| mail.is_to(RECIPIENT) && !mail.links().contains(&old);
    let mail = stack.mailbox.wait_for(PATIENCE, newer).await.unwrap();
    let link = mail.links().into_iter().find(|link| link.contains("/unlock/")).unwrap();

    let gone = browser.open(&old).await.unwrap();
    assert_eq!(gone.status, 410);
    assert!(gone.body.contains(&EmailAddress::parse(RECIPIENT).unwrap().masked()), "{}", gone.body);
    assert!(!gone.body.contains(RECIPIENT) && gone.form("unlock").is_none());
    assert_eq!(browser.press(&gone, &old, "unlock", &[], local::Press::Told).await.unwrap().status, 410);

    let page = browser.open(&link).await.unwrap();
    let pressed = browser.press(&page, &link, "unlock", &[], local::Press::Told).await.unwrap();
    assert_eq!(pressed.status, 303, "{}", pressed.body);
    revised["revision"] = 3.into();
    let (status, code, _) = send(&stack, "/v1/orders", &revised).await;
    assert_eq!((status, code.as_str()), (409, "order_not_locked"));
    revised["revision"] = 2.into();
    assert_eq!(send(&stack, "/v1/orders", &revised).await.0, 200, "what was unlocked can be said again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_with_faults_is_told_all_of_them_and_leaves_nothing() {
    let (stack, clock) = start().await;
    unlock(&stack, order(&clock, "C-0", &[("IM120-4L", "TAKEN")])).await;
    let good = order(&clock, "C-1", &[("IM120-4L", "C1"), ("IM120-4L", "C2")]);
    let many = Value::Array(vec![good["lines"][0].clone(); 31]);
    let null = Value::Null;
    let table: [(&[(&str, Value)], &[&str]); 9] = [
        (
            &[("/lines/0/sku", "NOPE".into()), ("/lines/1/sku", "NOPE-2".into())],
            &["/lines/0/sku unknown_sku", "/lines/1/sku unknown_sku"],
        ),
        (
            &[("/lines/0/start", "2026-02-30".into()), ("/lines/1/care/term", "1.1.2027".into())],
            &["/lines/0/start bad_date", "/lines/1/care/term bad_date"],
        ),
        (&[("/lines/0/term", "2020-01-01".into())], &["/lines/0/term bad_date"]),
        (&[("/lines/1/licenseCode", "C1".into())], &["/lines/1/licenseCode duplicate_license_code"]),
        (
            &[("/lines/0/licenseCode", "TAKEN".into()), ("/lines/1/sku", "NOPE".into())],
            &["/lines/0/licenseCode license_code_taken", "/lines/1/sku unknown_sku"],
        ),
        (
            &[("/customer/number", null.clone()), ("/lines/1/care", null.clone()), ("/recipient", null)],
            &[
                "/customer/number missing",
                "/lines/1/care/level missing",
                "/lines/1/care/start missing",
                "/lines/1/care/term missing",
                "/recipient/email missing",
            ],
        ),
        (
            &[("/purchaseOrder", 7.into()), ("/lines/0/quantity", "1".into())],
            &["/lines/0/quantity wrong_type", "/purchaseOrder wrong_type"],
        ),
        (&[("/lines", many)], &["/lines wrong_length"]),
        (
            &[
                ("/customer/country", "XX".into()),
                ("/recipient/email", "nobody".into()),
                ("/lines/0/quantity", 0.into()),
                ("/lines/0/licenseType", "lease".into()),
                ("/lines/1/care/level", "tin".into()),
            ],
            &[
                "/customer/country unknown_country",
                "/lines/0/licenseType unknown_license_type",
                "/lines/0/quantity out_of_range",
                "/lines/1/care/level unknown_care_level",
                "/recipient/email invalid_address",
            ],
        ),
    ];
    for (changes, expected) in table {
        let mut bad = good.clone();
        for (pointer, value) in changes {
            *bad.pointer_mut(pointer).unwrap() = value.clone();
        }
        let (status, code, problem) = send(&stack, "/v1/orders", &bad).await;
        assert_eq!((status, code.as_str()), (422, "invalid_order"), "{problem}");
        assert_eq!(faults(&problem), expected, "{problem}");
    }
    let (status, _, body) = send(&stack, "/v1/orders", &good).await;
    assert_eq!(status, 201, "number and codes are free: {body}");
    let mail = stack.mailbox.wait_for(PATIENCE, |mail| mail.subject().contains("C-1")).await;
    assert!(mail.is_some());
    assert_eq!(mails_about(&stack, "C-1"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_documents_of_the_right_type_are_taken() {
    let (stack, clock) = start().await;
    let good = order(&clock, "D-1", &[("IM120-4L", "D1")]);
    let of_type = |kind: &str| {
        let mut document = good.clone();
        document["type"] = kind.into();
        document
    };
    let product = |sku: &str, unit: &str| {
        let product = json!({ "sku": sku, "name": sku, "application": "IP Fax server", "unit": unit, "capacity": 1 });
        json!({ "type": "products", "products": [product] })
    };
    let unknown = &["/type unknown_type"][..];
    let table: [(&str, Value, u16, &str, &[&str]); 7] = [
        ("/v1/orders", of_type("renewal"), 422, "not_yet_supported", &[]),
        ("/v1/orders", of_type("cancellation"), 422, "not_yet_supported", &[]),
        ("/v1/orders", product("NEW", "channels"), 422, "invalid_order", unknown),
        ("/v1/products", product("NEW", "users"), 422, "invalid_body", &["/products/0/unit unit_differs"]),
        ("/v1/products", product("NEW", "channels"), 200, "", &[]),
        ("/v1/orders", json!([]), 422, "invalid_order", &["/type missing"]),
        ("/v1/orders", good.clone(), 201, "", &[]),
    ];
    for (path, document, status, code, expected) in table {
        let answer = send(&stack, path, &document).await;
        assert_eq!((answer.0, answer.1.as_str()), (status, code), "{document}: {}", answer.2);
        assert_eq!(faults(&answer.2), expected);
    }
    let (status, code, problem) = send(&stack, "/v1/products", &good).await;
    assert_eq!((status, code.as_str()), (422, "invalid_body"));
    assert!(faults(&problem).contains(&"/type unknown_type".to_owned()), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_signed_json_of_now_is_read() {
    let (stack, clock) = start().await;
    let browser = Browser::new(&stack).unwrap();
    let good = order(&clock, "E-1", &[("IM120-4L", "E1")]).to_string();
    let signed = |body: &str| stack.erp.signature(body).unwrap().to_vec();
    let at = |by: SignedDuration| {
        let then = Clock::manual(clock.now() + by);
        Erp::new(&stack.base_url, stack.erp_key(), then).signature(&good).unwrap().to_vec()
    };
    let json = "application/json";
    let table = [
        ("no signature", json, good.clone(), vec![], 401, "invalid_signature"),
        ("another body", json, good.clone(), signed("{}"), 401, "invalid_signature"),
        ("ten minutes old", json, good.clone(), at(SignedDuration::from_mins(-10)), 401, "invalid_signature"),
        ("ten minutes ahead", json, good.clone(), at(SignedDuration::from_mins(10)), 401, "invalid_signature"),
        ("no JSON", json, "{".to_owned(), signed("{"), 400, "malformed_body"),
        ("no body", json, String::new(), signed(""), 400, "malformed_body"),
        ("plain text", "text/plain", good.clone(), signed(&good), 415, "unsupported_media_type"),
        ("all right", json, good.clone(), at(SignedDuration::from_mins(-4)), 201, ""),
    ];
    for (what, media_type, body, signature, status, code) in table {
        let mut request = browser.request(Method::POST, "/v1/orders").header("content-type", media_type).body(body);
        for (name, value) in signature {
            request = request.header(name, value);
        }
        let answer = browser.send(request).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{what}: {}", answer.body);
    }
}
