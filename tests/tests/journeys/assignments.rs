//! SAVE CONFIG, servers and tokens, with each of their refusals.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, assignments, order, unlock};

const FAX: &str = "IP Fax server";

#[tokio::test(flavor = "multi_thread")]
async fn a_save_is_refused_with_its_reason_and_changes_nothing() {
    let world = World::of(&[("IM120-4L", "FAX1"), ("IM120-4R", "FAX2")]).await;
    let (one, two) = (world.add_server().await, world.add_server().await);
    let before = world.view().await;
    let etag = before.etag.clone().unwrap();
    for (cells, status, code) in [
        (vec![(one.as_str(), FAX, 5)], 409, "over_assigned"),
        (vec![(&one, FAX, 4), (&one, "IP Fax server red.", 1)], 409, "redundancy_exceeds_primary"),
        (vec![(&one, "Nothing of the kind", 1)], 404, "pool_not_found"),
        (vec![("b000000000", FAX, 1)], 404, "server_not_found"),
        (vec![("nonsense", FAX, 1)], 422, "invalid_body"),
    ] {
        let saved = world.save_at(&etag, &cells).await;
        assert_eq!((saved.status.as_u16(), saved.code().as_str()), (status, code), "{}", saved.body);
    }
    let without = world.customer.write(Method::PUT, &world.path("/assignments"), &assignments(&[])).await.unwrap();
    assert_eq!((without.status.as_u16(), without.code().as_str()), (428, "precondition_required"));
    assert_eq!(world.view().await.body, before.body);

    assert_eq!(world.save_at(&etag, &[(&one, FAX, 3), (&two, "IP Fax server red.", 3)]).await.status, 200);
    let stale = world.save_at(&etag, &[(&one, FAX, 1)]).await;
    assert_eq!((stale.status.as_u16(), stale.code().as_str()), (412, "version_mismatch"));
    let view = world.view().await.json();
    assert_eq!(view["rows"][0]["used"], 3);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_write_is_answered_as_the_first_and_another_body_is_refused() {
    let world = World::with_fax().await;
    let server = world.add_server().await;
    let etag = world.view().await.etag.unwrap();
    let save = async |key: Option<&str>, capacity: u32| {
        let request = world.customer.request(Method::PUT, &world.path("/assignments"));
        let mut request =
            request.header("if-match", &etag).json(&assignments(&[(&server, FAX, capacity)])).build().unwrap();
        request.headers_mut().remove("idempotency-key");
        if let Some(key) = key {
            request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        }
        let response = reqwest::Client::new().execute(request).await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let first = save(Some("key-1"), 2).await;
    assert_eq!(first.0, 200);
    assert_eq!(save(Some("key-1"), 2).await, first);
    assert_eq!(save(Some("key-1"), 3).await.1["code"], "idempotency_key_reused");
    assert_eq!(save(None, 3).await.1["code"], "idempotency_key_required");
    let audit = world.customer.get(&world.path("/audit")).await.unwrap().json();
    let saves = audit["entries"].as_array().unwrap().iter().filter(|entry| entry["action"] == "saveAssignments");
    assert_eq!(saves.count(), 1, "{audit}");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_added_renamed_and_deleted() {
    let world = World::with_fax().await;
    let server = world.add_server().await;
    let path = world.path(&format!("/servers/{server}"));
    let write = async |method, path: &str, body: Value| {
        let answer = world.customer.write(method, path, &body).await.unwrap();
        (answer.status.as_u16(), answer.code())
    };
    let refused = |status, code: &str| (status, code.to_owned());
    let servers = world.path("/servers");
    assert_eq!(write(Method::POST, &servers, json!({ "name": "server 1" })).await, refused(409, "server_name_taken"));
    assert_eq!(write(Method::POST, &servers, json!({ "name": "" })).await, refused(422, "invalid_body"));
    assert_eq!(write(Method::PATCH, &path, json!({ "name": "Roma" })).await, refused(200, ""));
    assert_eq!(write(Method::PATCH, &path, json!({ "mode": "offline" })).await, refused(200, ""));
    assert_eq!(write(Method::PATCH, &path, json!({ "mode": "online" })).await, refused(200, ""));
    let token = format!("/v1/servers/{server}/token");
    assert_eq!(world.customer.get(&token).await.unwrap().code(), "no_token_yet");
    assert_eq!(write(Method::POST, &format!("{path}/enable"), json!({})).await, refused(409, "server_not_disabled"));
    assert_eq!(write(Method::POST, &format!("{path}/release"), json!({})).await, refused(409, "server_not_bound"));
    assert_eq!(write(Method::POST, &format!("{path}/release"), json!({ "keep": "first" })).await.0, 409);
    assert_eq!(write(Method::DELETE, &path, json!({})).await.0, 204);
    assert_eq!(write(Method::DELETE, &path, json!({})).await, refused(404, "server_not_found"));
    assert_eq!(world.customer.get(&token).await.unwrap().code(), "not_found");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_server_can_be_taken_back_for_a_day() {
    let mut world = World::with_fax().await;
    let (server, token) = world.server_with_token(4).await;
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    assert_eq!(world.status(&server).await, "active");
    let gone =
        world.customer.write(Method::DELETE, &world.path(&format!("/servers/{server}")), &json!({})).await.unwrap();
    assert_eq!(gone.code(), "server_was_activated");

    assert_eq!(world.server_command(&server, "/disable").await.json()["effectiveAt"], "2026-11-25T09:00:00Z");
    assert_eq!(world.server_command(&server, "/disable").await.code(), "server_disabled");
    assert_eq!(world.save(&[(&server, FAX, 1)]).await.code(), "server_disabled");
    assert_eq!(world.view().await.json()["rows"][0]["used"], 0);
    let enabled = world.server_command(&server, "/enable").await.json();
    assert_eq!((&enabled["inTime"], &enabled["givenAway"]), (&json!(true), &json!([])));
    assert_eq!(world.view().await.json()["rows"][0]["used"], 4);

    world.server_command(&server, "/disable").await;
    world.clock.advance(SignedDuration::from_hours(25));
    world.customer = world.signed_in().await;
    let late = world.server_command(&server, "/enable").await.json();
    assert_eq!(late["inTime"], false);
    assert_eq!(
        (world.status(&server).await.as_str(), &world.view().await.json()["rows"][0]["used"]),
        ("available", &json!(0))
    );
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_lines_unlock_into_fifty_servers_in_one_transaction() {
    let world = World::with_fax().await;
    let etag = {
        for _ in 0..50 {
            world.add_server().await;
        }
        world.view().await.etag.unwrap()
    };
    let added = world.customer.write(Method::POST, &world.path("/servers"), &json!({})).await.unwrap();
    assert_eq!(added.code(), "too_many_servers");
    let view = world.view().await.json();
    let servers: Vec<String> = view["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|server| server["serverId"].as_str().unwrap().to_owned())
        .collect();
    let cells: Vec<_> = servers.iter().take(4).map(|server| (server.as_str(), FAX, 1)).collect();
    assert_eq!(world.save_at(&etag, &cells).await.status, 200);
    let codes: Vec<String> = (0..30).map(|number| format!("WIDE{number}")).collect();
    let lines: Vec<_> = codes.iter().map(|code| ("IM120-4L", code.as_str())).collect();
    unlock(&world.stack, order(&world.clock, "19/00022", &lines)).await;
    assert_eq!(world.view().await.json()["rows"][0]["total"], 4 + 30 * 4);
    let cells: Vec<_> = servers.iter().map(|server| (server.as_str(), FAX, 2)).collect();
    assert_eq!(world.save(&cells).await.status, 200);
    let tokens: BTreeSet<String> = [world.token(&servers[0]).await, world.token(&servers[49]).await].into();
    assert_eq!(tokens.len(), 2);
    world.stack.stop().await;
}
