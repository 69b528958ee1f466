//! What the vendor's staff reads and does with orders.

use std::time::Duration;

use jiff::SignedDuration;
use local::{Answer, Browser, Session};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{RECIPIENT, World, order, post, refused};

const STAFF: &str = "vendor@example.com";
const CORRECTED: &str = "corrected@example.com";

#[tokio::test(flavor = "multi_thread")]
async fn staff_finds_orders_and_products_that_a_customer_does_not() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    let found = find(&staff, "19/00021").await;
    assert_eq!((&found["order"]["status"], &found["recipient"]["email"]), (&json!("unlocked"), &json!(RECIPIENT)));
    assert_eq!(found["accountId"], json!(world.account));
    let path = order_path(&found);
    let shown = staff.get(&path).await.unwrap().json();
    assert_eq!(shown["order"], found["order"]);
    let products = staff.get("/v1/products").await.unwrap().json();
    let products = products["products"].as_array().unwrap();
    assert!(products.iter().any(|product| product["sku"] == "IM120-4L" && product["capacity"] == 4));

    refused(&staff.get("/v1/orders?number=99%2F99999").await.unwrap(), 404, "not_found");
    let by_code = staff.get("/v1/orders?licenseCode=FAX1").await.unwrap().json();
    assert_eq!(by_code["order"]["orderId"], found["order"]["orderId"]);
    refused(&staff.get("/v1/orders?licenseCode=NONE").await.unwrap(), 404, "not_found");
    for neither_or_both in ["", "?number=19%2F00021&licenseCode=FAX1", "?number="] {
        let path = format!("/v1/orders{neither_or_both}");
        refused(&staff.get(&path).await.unwrap(), 400, "invalid_parameter");
    }
    for reading in ["/v1/products", "/v1/orders?number=19%2F00021", &path] {
        refused(&world.customer.get(reading).await.unwrap(), 403, "staff_required");
    }
    for writing in ["/lock", "/resend"] {
        refused(&write(&world.customer, &format!("{path}{writing}"), &json!({})).await, 403, "staff_required");
    }
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_sent_to_a_corrected_recipient_ends_the_one_before() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    let old = post(&world.stack, order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")])).await;
    let browser = Browser::new(&world.stack).unwrap();
    assert_eq!(browser.open(&old).await.unwrap().status, 200);

    let path = order_path(&find(&staff, "19/00022").await);
    let faulty = write(&staff, &format!("{path}/resend"), &json!({ "name": "Nobody" })).await;
    refused(&faulty, 422, "invalid_body");
    let body = json!({ "email": CORRECTED, "name": "Carla", "language": "it" });
    let resent = write(&staff, &format!("{path}/resend"), &body).await;
    assert_eq!((resent.status.as_u16(), &resent.json()["linkGeneration"]), (200, &json!(2)), "{}", resent.body);
    let mail = world.stack.mailbox.wait_for(Duration::from_secs(20), |mail| mail.is_to(CORRECTED)).await.unwrap();
    let new = mail.links().into_iter().find(|link| link.contains("/unlock/")).unwrap();
    assert_eq!(browser.open(&old).await.unwrap().status, 410);
    let page = browser.open(&new).await.unwrap();
    assert!(page.status == 200 && page.form("unlock").is_some());
    assert_eq!(find(&staff, "19/00022").await["recipient"]["email"], json!(CORRECTED));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_locked_again_while_nothing_of_it_is_assigned() {
    let world = World::with_fax().await;
    let staff = world.sign_in(STAFF).await;
    let lock = format!("{}/lock", order_path(&find(&staff, "19/00021").await));
    let server = world.add_server().await;
    assert_eq!(world.save(&[(&server, "IP Fax server", 1)]).await.status, 200);
    refused(&write(&staff, &lock, &json!({})).await, 409, "lock_would_uncover");
    assert_eq!(world.save(&[(&server, "IP Fax server", 0)]).await.status, 200);
    let locked = write(&staff, &lock, &json!({})).await;
    assert_eq!((locked.status.as_u16(), &locked.json()["status"]), (200, &json!("locked")), "{}", locked.body);
    refused(&write(&staff, &lock, &json!({})).await, 409, "order_locked");
    let view = world.view().await.json();
    let total: u64 = view["rows"].as_array().unwrap().iter().filter_map(|row| row["total"].as_u64()).sum();
    assert_eq!(total, 0, "{view}");
    let saved = world.save(&[(&server, "IP Fax server", 1)]).await;
    assert!(saved.status.is_client_error(), "{}", saved.body);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_trail_comes_as_pages_and_as_a_table() {
    let world = World::with_fax().await;
    // Entries of one millisecond have no order.
    world.clock.advance(SignedDuration::from_secs(1));
    let guest = json!({ "email": "guest@example.com", "role": "viewer", "name": "=1+1" });
    assert_eq!(write(&world.customer, &world.path("/members"), &guest).await.status, 201);
    let staff = world.sign_in(STAFF).await;
    let path = world.path("/audit");
    let page = staff.get(&path).await.unwrap();
    let page = page.json();
    let entries = page["entries"].as_array().unwrap();
    let actions: Vec<_> = entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["inviteMember", "unlockOrder"], "newest first");
    assert_eq!(entries[0]["actor"]["name"], json!("Chiara Conti"));

    let table = staff.send(staff.request(Method::GET, &path).header("accept", "text/csv")).await.unwrap();
    assert_eq!((table.status.as_u16(), table.media_type.as_str()), (200, "text/csv; charset=utf-8"));
    let lines: Vec<_> = table.body.lines().collect();
    assert_eq!(lines[0], "at,actor,actorId,actorName,action,person,details,version");
    assert_eq!(lines.len(), 3, "{}", table.body);
    assert!(lines[1].contains(",inviteMember,'=1+1,") && lines[2].contains(",unlockOrder,"), "{}", table.body);
    refused(&staff.get(&format!("{path}?cursor=nonsense")).await.unwrap(), 400, "invalid_parameter");
    world.stack.stop().await;
}

async fn write(session: &Session, path: &str, body: &Value) -> Answer {
    session.write(Method::POST, path, body).await.unwrap()
}

/// The order with the ERP's number, as staff sees it.
async fn find(staff: &Session, number: &str) -> Value {
    let found = staff.get(&format!("/v1/orders?number={}", number.replace('/', "%2F"))).await.unwrap();
    assert_eq!(found.status, 200, "{}", found.body);
    found.json()
}

fn order_path(found: &Value) -> String {
    format!("/v1/orders/{}", found["order"]["orderId"].as_str().unwrap())
}
