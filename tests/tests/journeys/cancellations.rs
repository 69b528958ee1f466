//! Cancellations by the ERP and by vendor staff, before and after the unlock, and each of their refusals.

use appsuite::Outcome;
use appsuite::status::RowStatus;
use jiff::SignedDuration;
use local::{Answer, Browser, Mail, MailPart, Session};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{
    CUSTOMER, RECIPIENT, World, changing, faults, mail_to, open_in_english, order, post, press_in_english, refused,
    send,
};

const FAX: &str = "IP Fax server";
const STAFF: &str = "vendor@example.com";

fn named(codes: &[&str]) -> Value {
    codes.iter().map(|code| json!({ "licenseCode": code })).collect()
}

async fn cancel(world: &World, number: &str, codes: &[&str]) -> (u16, Value) {
    send(&world.stack, &changing(&world.clock, "cancellation", number, &named(codes))).await
}

async fn cancel_whole(world: &World, number: &str, whole: &str) -> (u16, Value) {
    let mut document = changing(&world.clock, "cancellation", number, &Value::Null);
    document["cancelledOrder"] = whole.into();
    send(&world.stack, &document).await
}

async fn find(staff: &Session, number: &str) -> Value {
    staff.get(&format!("/v1/orders?number={}", number.replace('/', "%2F"))).await.unwrap().json()
}

async fn by_staff(staff: &Session, number: &str, command: &str, body: &Value) -> Answer {
    let found = find(staff, number).await;
    let path = format!("/v1/orders/{}/{command}", found["order"]["orderId"].as_str().unwrap());
    staff.write(Method::POST, &path, body).await.unwrap()
}

async fn fax_row(world: &World) -> Value {
    let view = world.signed_in().await.get(&world.path("?include=grants")).await.unwrap().json();
    view["rows"].as_array().unwrap().iter().find(|row| row["application"] == FAX).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_a_locked_order_is_closed_and_the_rest_unlocks() {
    let world = World::with_fax().await;
    let lines = [("IM120-4L", "FAX2"), ("IM120-4L", "FAX3")];
    let old = post(&world.stack, order(&world.clock, "19/00022", &lines)).await;
    assert_eq!(cancel(&world, "20/00001", &["FAX2"]).await.0, 201);
    let revised = mail_to(&world.stack, RECIPIENT, "Modificato: ").await;
    let text = revised.part(MailPart::Text).unwrap();
    assert!(text.contains("Annullate in questo ordine: FAX2"), "{text}");
    let link = revised.links().into_iter().find(|link| link.contains("/unlock/")).unwrap();
    let browser = Browser::new(&world.stack).unwrap();
    assert_eq!(browser.open(&old).await.unwrap().status, 410);
    let page = open_in_english(&browser, &link).await;
    assert!(page.body.contains("Cancelled</span>") && page.body.contains("Locked</span>"), "{}", page.body);

    // A revision says anew what was bought, and does not bring back what was cancelled.
    let mut again = order(&world.clock, "19/00022", &lines);
    again["revision"] = 2.into();
    assert_eq!(send(&world.stack, &again).await.0, 200);
    let is_newer = |of: &String| of.contains("/unlock/") && *of != old && *of != link;
    let newest = |mail: &Mail| mail.subject().contains("19/00022") && mail.links().iter().any(is_newer);
    let mail = world.stack.mailbox.wait_for(std::time::Duration::from_secs(20), newest).await.unwrap();
    let link = mail.links().into_iter().find(|link| link.contains("/unlock/")).unwrap();
    let page = open_in_english(&browser, &link).await;
    assert_eq!(press_in_english(&browser, &page, &link, "unlock", &[]).await.status, 303);
    let done = open_in_english(&browser, &link).await;
    assert!(done.body.contains("Cancelled</span>") && done.body.contains("Unlocked</span>"), "{}", done.body);
    assert_eq!(fax_row(&world).await["total"], json!(8), "FAX1 and FAX3");
    let (_, problem) = cancel(&world, "20/00002", &["FAX2"]).await;
    assert_eq!(faults(&problem), [("/lines/0/licenseCode", "license_cancelled")]);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_has_nothing_to_unlock_and_says_so() {
    let world = World::with_fax().await;
    let link = post(&world.stack, order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")])).await;
    let browser = Browser::new(&world.stack).unwrap();
    let page = open_in_english(&browser, &link).await;
    let (status, receipt) = cancel_whole(&world, "20/00001", "19/00022").await;
    assert_eq!(status, 201, "{receipt}");
    assert_eq!(cancel_whole(&world, "20/00001", "19/00022").await.0, 200, "the same again");
    let told = mail_to(&world.stack, RECIPIENT, "Annullato: ").await;
    assert!(told.links().contains(&link), "the link still leads to the order");
    let pressed = press_in_english(&browser, &page, &link, "unlock", &[]).await;
    assert_eq!(pressed.status, 303, "{}", pressed.body);
    let closed = open_in_english(&browser, &link).await;
    assert!(closed.status == 200 && closed.body.contains("This order was cancelled."), "{}", closed.body);
    assert!(closed.form("unlock").is_none());

    let staff = world.sign_in(STAFF).await;
    assert_eq!(find(&staff, "19/00022").await["order"]["status"], "cancelled");
    refused(&by_staff(&staff, "19/00022", "resend", &json!({})).await, 409, "order_cancelled");
    refused(&by_staff(&staff, "19/00022", "lock", &json!({})).await, 409, "order_cancelled");
    let reason = json!({ "reason": "Ordered twice" });
    refused(&by_staff(&staff, "19/00022", "cancel", &reason).await, 409, "order_cancelled");
    for command in ["resend", "lock", "cancel"] {
        refused(&by_staff(&staff, "20/00001", command, &reason_of(command)).await, 409, "not_a_purchase");
    }
    let mut revised = order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")]);
    revised["revision"] = 2.into();
    let (status, problem) = send(&world.stack, &revised).await;
    assert_eq!((status, &problem["code"]), (409, &json!("order_cancelled")));
    let renewal = json!([{ "licenseCode": "FAX2", "start": "2027-11-24", "term": "2028-11-23" }]);
    let (_, problem) = send(&world.stack, &changing(&world.clock, "renewal", "20/00002", &renewal)).await;
    assert_eq!(faults(&problem), [("/lines/0/licenseCode", "license_cancelled")]);
    world.stack.stop().await;
}

fn reason_of(command: &str) -> Value {
    if command == "cancel" { json!({ "reason": "Ordered twice" }) } else { json!({}) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unlocked_licence_ends_today_and_is_served_through_its_grace() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(4).await;
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    let (status, receipt) = cancel(&world, "20/00001", &["FAX1"]).await;
    assert_eq!(status, 201, "{receipt}");
    let mail = mail_to(&world.stack, CUSTOMER, "Licenze annullate: 20/00001").await;
    let text = mail.part(MailPart::Text).unwrap();
    assert!(text.contains("Ultimo giorno: 24/11/2026. I server la usano fino al 25/12/2026, 12:00 UTC."), "{text}");
    assert!(matches!(suite.client.check_in().await.unwrap(), Outcome::NewLease { .. }));
    assert_eq!(suite.client.status().rows[0].status, RowStatus::Active, "the day is given whole");

    world.clock.advance(SignedDuration::from_hours(3 * 24));
    suite.clock.set(world.clock.now());
    let row = fax_row(&world).await;
    assert_eq!((&row["total"], &row["used"]), (&json!(0), &json!(4)), "cells stay");
    assert_eq!(row["grants"][0]["cancelled"]["servedUntil"], "2026-12-25T12:00:00Z");
    assert_eq!((suite.client.status().rows[0].capacity, suite.client.status().rows[0].status), (4, RowStatus::InGrace));
    let raised = world.signed_in().await;
    let etag = raised.get(&world.path("")).await.unwrap().etag.unwrap();
    let cells = crate::world::assignments(&[(&server, FAX, 5)]);
    let saved = raised.write_at(Method::PUT, &world.path("/assignments"), &etag, &cells).await.unwrap();
    refused(&saved, 409, "over_assigned");
    world.clock.advance(SignedDuration::from_hours(29 * 24));
    suite.clock.set(world.clock.now());
    suite.client.check_in().await.unwrap();
    assert!(suite.client.status().rows.iter().all(|row| row.capacity == 0), "{}", suite.client.status());
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_cancelled_is_refused_by_pointer() {
    let world = World::with_fax().await;
    let (_, problem) = cancel(&world, "20/00001", &["NOBODYS", "FAX1"]).await;
    assert_eq!(faults(&problem), [("/lines/0/licenseCode", "unknown_license_code")]);
    assert_eq!(fax_row(&world).await["grants"][0]["cancelled"], Value::Null, "all or nothing");
    let (_, problem) = cancel_whole(&world, "20/00001", "99/99999").await;
    assert_eq!(faults(&problem), [("/cancelledOrder", "unknown_order")]);
    let mut both = changing(&world.clock, "cancellation", "20/00001", &named(&["FAX1"]));
    both["cancelledOrder"] = "19/00021".into();
    assert_eq!(faults(&send(&world.stack, &both).await.1), [("/lines", "unexpected_lines")]);
    both["lines"] = Value::Null;
    both["customer"]["number"] = "C-OTHER".into();
    assert_eq!(faults(&send(&world.stack, &both).await.1), [("/cancelledOrder", "foreign_order")]);
    assert_eq!(cancel_whole(&world, "20/00001", "19/00021").await.0, 201);
    let (_, problem) = cancel_whole(&world, "20/00002", "19/00021").await;
    assert_eq!(faults(&problem), [("/cancelledOrder", "order_cancelled")]);
    let (_, problem) = cancel_whole(&world, "20/00002", "20/00001").await;
    assert_eq!(faults(&problem), [("/cancelledOrder", "not_a_purchase")]);
    let (status, problem) = cancel(&world, "20/00001", &["FAX1"]).await;
    assert_eq!((status, &problem["code"]), (409, &json!("order_differs")));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_cancels_with_a_reason_that_the_members_read() {
    let world = World::of(&[("IM120-4L", "FAX1"), ("IM120-4L", "FAX2")]).await;
    let staff = world.sign_in(STAFF).await;
    let reason = json!({ "reason": "Returned after the trial", "licenseCodes": ["FAX2"] });
    refused(&by_staff(&staff, "19/00021", "cancel", &json!({ "reason": " " })).await, 422, "invalid_body");
    let nobodys = json!({ "reason": "Returned", "licenseCodes": ["NOBODYS"] });
    refused(&by_staff(&staff, "19/00021", "cancel", &nobodys).await, 404, "not_found");
    let path = format!("/v1/orders/{}/cancel", find(&staff, "19/00021").await["order"]["orderId"].as_str().unwrap());
    refused(&world.customer.write(Method::POST, &path, &reason).await.unwrap(), 403, "staff_required");
    let ask = || staff.request_again(Method::POST, &path, "cancel-once").json(&reason);
    let first = staff.send(ask()).await.unwrap();
    assert_eq!((first.status.as_u16(), &first.json()["status"]), (200, &json!("unlocked")), "{}", first.body);
    assert_eq!(staff.send(ask()).await.unwrap().body, first.body, "a repeat is answered as the first");
    refused(&by_staff(&staff, "19/00021", "cancel", &reason).await, 409, "order_cancelled");

    let mail = mail_to(&world.stack, CUSTOMER, "Licenze annullate: 19/00021").await;
    let text = mail.part(MailPart::Text).unwrap();
    assert!(text.contains("Returned after the trial") && text.contains("FAX2") && !text.contains("FAX1"), "{text}");
    let lines = find(&staff, "19/00021").await["order"]["lines"].clone();
    assert_eq!((&lines[0]["status"], &lines[1]["status"]), (&json!("unlocked"), &json!("cancelled")));
    assert_eq!(lines[1]["cancelled"]["lastDay"], "2026-11-24");
    let trail = world.customer.get(&world.path("/audit")).await.unwrap().json();
    let entries = trail["entries"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["action"] == "cancelOrder").unwrap();
    assert_eq!(entry["details"]["reason"], "Returned after the trial");

    let rest = by_staff(&staff, "19/00021", "cancel", &json!({ "reason": "Returned" })).await;
    assert_eq!(rest.status, 200, "what is left of it: {}", rest.body);
    world.clock.advance(SignedDuration::from_hours(48));
    assert_eq!(fax_row(&world).await["total"], json!(0));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_perpetual_licence_that_is_returned_gets_an_end() {
    let world = World::with_fax().await;
    let mut bought = order(&world.clock, "19/00022", &[("IM110-250L", "USERS")]);
    bought["lines"][0]["licenseType"] = "perpetual".into();
    bought["lines"][0]["term"] = Value::Null;
    crate::world::unlock(&world.stack, bought).await;
    let staff = world.sign_in(STAFF).await;
    let answer = by_staff(&staff, "19/00022", "cancel", &json!({ "reason": "Returned" })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let orders = world.customer.get(&world.path("/orders")).await.unwrap().json();
    let orders = orders["orders"].as_array().unwrap();
    let line = &orders.iter().find(|order| order["number"] == "19/00022").unwrap()["lines"][0];
    assert_eq!((&line["status"], &line["cancelled"]["reason"]), (&json!("cancelled"), &json!("Returned")));
    assert_eq!(line["cancelled"]["lastDay"], "2026-11-24");
    world.stack.stop().await;
}
