//! Orders from the ERP, with each of their refusals.

use http_api::Clock;
use local::{Browser, Stack, StackConfig};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{RECIPIENT, order, post, send, unlock};

async fn stack() -> (Stack, Clock) {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    (Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap(), clock)
}

/// Status and code of a problem.
async fn refusal(stack: &Stack, order: &Value) -> (u16, String) {
    let (status, body) = send(stack, order).await;
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_order_again_changes_nothing_and_another_one_says_what_differs() {
    let (stack, clock) = stack().await;
    let first = order(&clock, "19/00021", &[("IM120-4L", "A")]);
    let link = post(&stack, first.clone()).await;
    let (status, again) = send(&stack, &first).await;
    assert_eq!((status, &again["number"], &again["revision"]), (200, &json!("19/00021"), &json!(1)));

    let mut other = first.clone();
    other["purchaseOrder"] = "another".into();
    let (status, differs) = send(&stack, &other).await;
    assert_eq!((status, &differs["code"]), (409, &json!("order_differs")));
    assert!(differs["detail"].as_str().unwrap().contains("/purchaseOrder"), "{differs}");

    other["revision"] = 2.into();
    assert_eq!(send(&stack, &other).await.0, 200);
    let revised = |mail: &local::Mail| mail.is_to(RECIPIENT) && mail.subject().contains("another");
    let patience = std::time::Duration::from_secs(20);
    let mail = stack.mailbox.wait_for(patience, revised).await.unwrap();
    let new_link = mail.links().into_iter().find(|link| link.contains("/unlock/")).unwrap();
    assert_eq!(stack.mailbox.to(RECIPIENT).len(), 2, "one mail for each revision");
    let browser = Browser::new(&stack).unwrap();
    let old = browser.open(&link).await.unwrap();
    assert_eq!(old.status, 410);
    assert!(old.body.contains("b…i@example.com") && !old.body.contains(RECIPIENT));
    assert_eq!(browser.open(&new_link).await.unwrap().status, 200);

    unlock(&stack, order(&clock, "19/00022", &[("IM120-4L", "B")])).await;
    let mut late = order(&clock, "19/00022", &[("IM120-4L", "B")]);
    late["revision"] = 2.into();
    assert_eq!(refusal(&stack, &late).await, (409, "order_not_locked".to_owned()));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_listed_by_its_pointer_and_nothing_is_stored() {
    let (stack, clock) = stack().await;
    send(&stack, &order(&clock, "19/00001", &[("IM120-4L", "TAKEN")])).await;
    let mut bad = order(&clock, "19/00021", &[("IM120-4L", "A"), ("IM120-4L", "A"), ("IM120-4L", "C")]);
    bad["recipient"]["email"] = "a@example.com\r\nBcc: x@example.com".into();
    bad["customer"]["country"] = "Italy".into();
    bad["reseller"]["name"] = 7.into();
    bad["purchaseOrder"] = Value::Null;
    bad["lines"][2]["start"] = "2026-02-30".into();
    bad["lines"][2]["quantity"] = 0.into();
    bad["lines"][2]["care"]["term"] = "2020-01-01".into();
    let (status, problem) = send(&stack, &bad).await;
    let faults = problem["faults"].as_array().unwrap();
    let mut found: Vec<_> =
        faults.iter().map(|fault| (fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect();
    found.sort_unstable();
    assert_eq!((status, &problem["code"]), (422, &json!("invalid_order")));
    assert_eq!(
        found,
        [
            ("/customer/country", "unknown_country"),
            ("/lines/1/licenseCode", "duplicate_license_code"),
            ("/lines/2/care/term", "bad_date"),
            ("/lines/2/quantity", "out_of_range"),
            ("/lines/2/start", "bad_date"),
            ("/purchaseOrder", "missing"),
            ("/recipient/email", "invalid_address"),
            ("/reseller/name", "wrong_type"),
        ]
    );
    let (_, known) = send(&stack, &order(&clock, "19/00021", &[("NONE", "A"), ("IM120-4L", "TAKEN")])).await;
    let codes: Vec<_> =
        known["faults"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["unknown_sku", "license_code_taken"]);
    let many: Vec<String> = (0..31).map(|number| format!("L{number}")).collect();
    let many: Vec<_> = many.iter().map(|code| ("IM120-4L", code.as_str())).collect();
    assert_eq!(send(&stack, &order(&clock, "19/00021", &many)).await.1["faults"][0]["code"], "wrong_length");
    assert_eq!(
        send(&stack, &order(&clock, "19/00021", &[("IM120-4L", "A")])).await.0,
        201,
        "nothing was stored before"
    );
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_or_of_another_type_is_refused() {
    let (stack, clock) = stack().await;
    let good = order(&clock, "19/00021", &[("IM120-4L", "A")]);
    let mut products = good.clone();
    products["type"] = "products".into();
    assert_eq!(refusal(&stack, &products).await, (422, "invalid_order".to_owned()));
    let swapped = stack.erp.post("/v1/products", good.to_string()).await.unwrap();
    assert_eq!(swapped.status, 422, "{}", swapped.body);
    let unit = json!({ "type": "products", "products": [{ "sku": "X", "name": "X", "application": "IP Fax server",
        "unit": "users", "capacity": 1 }] });
    let unit = stack.erp.post("/v1/products", unit.to_string()).await.unwrap();
    assert!(unit.status == 422 && unit.body.contains("unit_differs"), "{}", unit.body);

    let browser = Browser::new(&stack).unwrap();
    let body = good.to_string();
    let signed = stack.erp.signature(&body).unwrap();
    let ask = async |headers: &[(&'static str, String)], media_type: &str, body: String| {
        let mut request = browser.request(Method::POST, "/v1/orders").header("content-type", media_type).body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = browser.send(request).await.unwrap();
        (answer.status.as_u16(), answer.code())
    };
    let refused = |status, code: &str| (status, code.to_owned());
    let json = "application/json";
    assert_eq!(ask(&[], json, body.clone()).await, refused(401, "invalid_signature"));
    assert_eq!(ask(&signed, json, body.replace("19/00021", "19/00029")).await, refused(401, "invalid_signature"));
    assert_eq!(ask(&signed, "text/plain", body.clone()).await, refused(415, "unsupported_media_type"));
    let nonsense = stack.erp.signature("{").unwrap();
    assert_eq!(ask(&nonsense, json, "{".to_owned()).await, refused(400, "malformed_body"));
    clock.advance(jiff::SignedDuration::from_mins(6));
    assert_eq!(ask(&signed, json, body).await, refused(401, "invalid_signature"));
    stack.stop().await;
}
