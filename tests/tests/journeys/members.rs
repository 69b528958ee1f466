//! Members of an account, its resellers, and who is behind an address.

use std::time::Duration;

use local::{Answer, Browser, Session};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{CUSTOMER, World, order, refused, unlock};

const GUEST: &str = "guest@example.com";
/// The id of nobody.
const NOBODY: &str = "01JD0000000000000000000000";

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_invited_by_mail_changed_and_removed() {
    let world = World::with_fax().await;
    let invited = invite(&world, GUEST, "viewer").await;
    assert_eq!((invited.status.as_u16(), &invited.json()["role"]), (201, &json!("viewer")));
    let mail = world.stack.mailbox.wait_for(Duration::from_secs(20), |mail| mail.is_to(GUEST)).await;
    assert!(mail.is_some(), "the invited are told");
    let guest = world.sign_in(GUEST).await;
    assert_eq!(guest.get(&world.path("")).await.unwrap().status, 200);
    refused(&invite(&world, GUEST, "manager").await, 409, "already_member");

    let path = member_path(&world, GUEST).await;
    let servers = world.path("/servers");
    refused(&write(&guest, Method::POST, &servers, &json!({})).await, 403, "manager_required");
    refused(&write(&guest, Method::PATCH, &path, &json!({ "role": "manager" })).await, 403, "manager_required");
    let changed = write(&world.customer, Method::PATCH, &path, &json!({ "role": "manager" })).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["role"]), (200, &json!("manager")));
    let added = write(&guest, Method::POST, &servers, &json!({})).await;
    assert_eq!(added.status, 201, "the same sign-in, the new role: {}", added.body);

    assert_eq!(write(&world.customer, Method::DELETE, &path, &json!({})).await.status, 204);
    refused(&guest.get(&world.path("")).await.unwrap(), 404, "not_found");
    assert_eq!(guest.get("/v1/accounts").await.unwrap().json()["accounts"], json!([]));
    refused(&write(&world.customer, Method::DELETE, &path, &json!({})).await, 404, "member_not_found");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_manager_stays_and_nobody_is_not_found() {
    let world = World::with_fax().await;
    let own = member_path(&world, CUSTOMER).await;
    refused(&write(&world.customer, Method::DELETE, &own, &json!({})).await, 409, "last_manager");
    refused(&write(&world.customer, Method::PATCH, &own, &json!({ "role": "viewer" })).await, 409, "last_manager");
    assert_eq!(invite(&world, GUEST, "viewer").await.status, 201);
    refused(&write(&world.customer, Method::DELETE, &own, &json!({})).await, 409, "last_manager");

    let nobody = world.path(&format!("/members/{NOBODY}"));
    refused(
        &write(&world.customer, Method::PATCH, &nobody, &json!({ "role": "viewer" })).await,
        404,
        "member_not_found",
    );
    refused(&write(&world.customer, Method::DELETE, &nobody, &json!({})).await, 404, "member_not_found");
    let request = world.path(&format!("/requests/{NOBODY}"));
    refused(&write(&world.customer, Method::POST, &request, &json!({})).await, 404, "request_not_found");
    refused(&write(&world.customer, Method::DELETE, &request, &json!({})).await, 404, "request_not_found");

    let guest = world.sign_in(GUEST).await;
    let leaving = member_path(&world, GUEST).await;
    assert_eq!(write(&guest, Method::DELETE, &leaving, &json!({})).await.status, 204, "a viewer leaves by themselves");
    world.stack.stop().await;
}

/// A number that an ERP may give, and that a path can only hold encoded.
const RESELLER: &str = "R/201 50%";

#[tokio::test(flavor = "multi_thread")]
async fn another_reseller_asks_is_accepted_and_removed() {
    let world = World::with_fax().await;
    let mut second = order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")]);
    second["reseller"]["number"] = RESELLER.into();
    second["reseller"]["name"] = "Second Reseller".into();
    second["reseller"]["contact"]["email"] = "second@example.com".into();
    unlock(&world.stack, second).await;
    let reseller = world.sign_in("second@example.com").await;
    assert_eq!(access(&world, RESELLER).await, json!("requested"));
    refused(&reseller.get(&world.path("")).await.unwrap(), 404, "not_found");

    let path = world.path("/resellers/R%2F201%2050%25");
    let accepted = write(&world.customer, Method::PUT, &path, &json!({})).await;
    assert_eq!((accepted.status.as_u16(), &accepted.json()["access"]), (200, &json!("granted")));
    assert_eq!(access(&world, RESELLER).await, json!("granted"));
    assert_eq!(reseller.get(&world.path("")).await.unwrap().status, 200);
    refused(&write(&world.customer, Method::PUT, &path, &json!({})).await, 409, "reseller_has_access");

    refused(&write(&reseller, Method::DELETE, &path, &json!({})).await, 403, "manager_required");
    assert_eq!(write(&world.customer, Method::DELETE, &path, &json!({})).await.status, 204);
    assert_eq!(access(&world, RESELLER).await, Value::Null);
    refused(&reseller.get(&world.path("")).await.unwrap(), 404, "not_found");
    assert_eq!(reseller.get("/v1/accounts").await.unwrap().json()["accounts"], json!([]));
    refused(&write(&world.customer, Method::PUT, &path, &json!({})).await, 404, "reseller_not_found");
    refused(&write(&world.customer, Method::DELETE, &path, &json!({})).await, 404, "reseller_not_found");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_belongs_to_the_verified_sign_in_that_came_first() {
    let world = World::with_fax().await;
    let browser = Browser::new(&world.stack).unwrap();
    let provider = &world.stack.provider;
    let mut unverified = provider.id_claims(CUSTOMER, None);
    unverified["email_verified"] = false.into();
    let session = browser.session(&provider.sign(&unverified));
    refused(&session.get("/v1/me").await.unwrap(), 403, "email_not_verified");

    let mut other = provider.id_claims(CUSTOMER, None);
    other["sub"] = "somebody-else".into();
    let session = browser.session(&provider.sign(&other));
    refused(&session.get("/v1/me").await.unwrap(), 403, "bound_elsewhere");
    refused(&session.get(&world.path("")).await.unwrap(), 403, "bound_elsewhere");
    assert_eq!(world.customer.get("/v1/me").await.unwrap().status, 200);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_write_is_done_once_and_answered_the_same() {
    let world = World::with_fax().await;
    let path = world.path("/members");
    let token = world.stack.provider.id_token(CUSTOMER);
    let browser = Browser::new(&world.stack).unwrap();
    let keyed = |key: Option<&str>, email: &str| {
        let request = browser.request(Method::POST, &path).bearer_auth(&token);
        let request = request.json(&json!({ "email": email, "role": "viewer" }));
        browser.send(if let Some(key) = key { request.header("idempotency-key", key) } else { request })
    };
    refused(&keyed(None, GUEST).await.unwrap(), 400, "idempotency_key_required");
    let first = keyed(Some("one"), GUEST).await.unwrap();
    let again = keyed(Some("one"), GUEST).await.unwrap();
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.body, again.body);
    refused(&keyed(Some("one"), "another@example.com").await.unwrap(), 422, "idempotency_key_reused");
    refused(&keyed(Some("two"), GUEST).await.unwrap(), 409, "already_member");
    let members = world.customer.get(&path).await.unwrap().json();
    assert_eq!(members["members"].as_array().unwrap().len(), 2);
    world.stack.stop().await;
}

async fn write(session: &Session, method: Method, path: &str, body: &Value) -> Answer {
    session.write(method, path, body).await.unwrap()
}

async fn invite(world: &World, email: &str, role: &str) -> Answer {
    write(&world.customer, Method::POST, &world.path("/members"), &json!({ "email": email, "role": role })).await
}

/// The path of a member with this address.
async fn member_path(world: &World, email: &str) -> String {
    let members = world.customer.get(&world.path("/members")).await.unwrap().json();
    let members = members["members"].as_array().unwrap();
    let member = members.iter().find(|member| member["person"]["email"] == email).unwrap();
    world.path(&format!("/members/{}", member["person"]["personId"].as_str().unwrap()))
}

/// What a reseller may do in the account; null where the account does not have it.
async fn access(world: &World, number: &str) -> Value {
    let view = world.view().await.json();
    let resellers = view["resellers"].as_array().unwrap();
    resellers.iter().find(|reseller| reseller["number"] == number).map_or(Value::Null, |found| found["access"].clone())
}
