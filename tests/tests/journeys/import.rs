//! The import of what was sold before: real rows into a real stack, twice, and halfway.

use std::fmt::Write as _;

use import::{Catalogue, Outcome, Plan, Progress, Target, check, send};
use local::{Stack, StackConfig};
use serde_json::{Value, json};

use crate::world::{World, refused};

const HEADER: &str = "order_number,customer_number,customer_name,customer_country,customer_contact_email,\
                      reseller_number,reseller_name,sku,quantity,license_code,license_type,start,term,care_level,\
                      care_start,care_term,recipient_email\n";

/// Rows of many customers: every third order has two lines.
fn rows(count: usize) -> String {
    (0..count).fold(HEADER.to_owned(), |mut text, number| {
        let (order, customer) = (number * 2 / 3, number / 6);
        let row = format!(
            "OLD/{order},C-{customer},Customer {customer},IT,it{customer}@example.com,R-1,Reseller,IM120-4L,1,OLD-{number},\
             subscription,2026-01-01,2027-12-31,gold,2026-01-01,2027-12-31,sales@example.com"
        );
        writeln!(text, "{row}").unwrap();
        text
    })
}

fn plan(text: &str) -> Plan {
    let catalogue = Catalogue::default().with(&json!({ "products": [{ "sku": "IM120-4L" }] })).unwrap();
    check(text.as_bytes(), &catalogue).unwrap().unwrap()
}

async fn imported(stack: &Stack, plan: &Plan, progress: &Progress) -> Outcome {
    let target = Target {
        url: stack.base_url.clone(),
        key: stack.erp_key().to_owned(),
        parallel: 8,
        per_second: 1000,
        clock: stack.clock().clone(),
    };
    send(plan, &target, progress).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_once_however_often_and_nobody_is_mailed() {
    let clock = http_api::Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let stack = Stack::start(StackConfig::in_memory(clock)).await.unwrap();
    let whole = plan(&rows(300));
    // An import that was stopped after its first hundred rows.
    let part = plan(&rows(100));
    let first = imported(&stack, &part, &Progress::default()).await;
    assert_eq!((first.new, first.left), (part.orders.len(), 0), "{first:?}");
    let second = imported(&stack, &whole, &Progress::default()).await;
    // The last order of the part has one row more in the whole, where the cut went through it.
    let cut = part.orders.iter().filter(|order| !whole.orders.contains(order)).count();
    assert_eq!((second.known, second.refused.len()), (part.orders.len() - cut, cut), "{second:?}");
    assert_eq!(second.new, whole.orders.len() - part.orders.len());
    let third = imported(&stack, &plan(&rows(300)), &Progress::default()).await;
    assert_eq!((third.new, third.known), (0, whole.orders.len() - cut));

    let browser = local::Browser::new(&stack).unwrap();
    let customer = browser.sign_in(&stack, "it7@example.com").await.unwrap();
    let accounts = customer.get("/v1/accounts").await.unwrap().json();
    let account = accounts["accounts"][0]["accountId"].as_str().unwrap();
    let view = customer.get(&format!("/v1/accounts/{account}")).await.unwrap().json();
    assert_eq!((&view["customer"]["number"], &view["rows"][0]["total"]), (&json!("C-7"), &json!(24)));
    let audit = customer.get(&format!("/v1/accounts/{account}/audit")).await.unwrap().json();
    assert_eq!(
        (&audit["entries"][0]["action"], &audit["entries"][0]["actor"]["kind"]),
        (&json!("unlockOrder"), &json!("erp"))
    );
    assert!(stack.mailbox.all().is_empty(), "an import mails nobody");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_refuses_is_told_by_row_and_stops_nothing_else() {
    let world = World::with_fax().await;
    let mut text = rows(4);
    text = text.replace("OLD-2,", "FAX1,");
    let outcome = imported(&world.stack, &plan(&text), &Progress::default()).await;
    assert_eq!((outcome.new, outcome.refused.len()), (2, 1), "{outcome:?}");
    let faults: Vec<String> = outcome.refused[0].faults.iter().map(ToString::to_string).collect();
    assert!(faults[0].starts_with("row 4, license_code: "), "{faults:?}");
    assert_eq!(outcome.refused[0].code, "invalid_order");

    let stopped = Progress::default();
    stopped.stop();
    let outcome = imported(&world.stack, &plan(&rows(8)), &stopped).await;
    assert_eq!((outcome.new, outcome.left), (0, plan(&rows(8)).orders.len()));
    let wrong = Target {
        url: world.stack.base_url.clone(),
        key: "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB".to_owned(),
        parallel: 2,
        per_second: 1000,
        clock: world.clock.clone(),
    };
    let outcome = send(&plan(&rows(8)), &wrong, &Progress::default()).await.unwrap();
    assert!(outcome.cause.unwrap().contains("key"), "a wrong key ends it at once");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_mails_nobody_is_unlocked_also_when_it_was_sent_with_its_mail_before() {
    let world = World::with_fax().await;
    let mut order: Value = crate::world::order(&world.clock, "19/00060", &[("IM120-4L", "LATER")]);
    let link = crate::world::post(&world.stack, order.clone()).await;
    order["delivery"] = "none".into();
    for _ in 0..2 {
        let answer = world.stack.erp.post("/v1/orders", order.to_string()).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let browser = local::Browser::new(&world.stack).unwrap();
    assert!(crate::world::open_in_english(&browser, &link).await.body.contains("unlocked"));
    assert_eq!(world.view().await.json()["rows"][0]["total"], 8);
    order["delivery"] = "pigeon".into();
    let answer = world.stack.erp.post("/v1/orders", order.to_string()).await.unwrap();
    assert!(answer.status == 422 && answer.body.contains("unknown_delivery"), "{}", answer.body);
    let staff = world.sign_in("vendor@example.com").await;
    refused(&staff.get("/v1/orders?number=none").await.unwrap(), 404, "not_found");
    world.stack.stop().await;
}
