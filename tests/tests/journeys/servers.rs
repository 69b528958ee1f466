//! What disabling, enabling and a new token mean for the AppSuite.

use std::collections::BTreeSet;

use appsuite::Outcome;
use futures::future::join_all;
use jiff::SignedDuration;
use lease::document::RefusalReason;
use reqwest::Method;
use serde_json::json;

use crate::world::{AppSuite, World, refused};

const FAX: &str = "IP Fax server";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_away_meanwhile_does_not_return() {
    let world = World::with_fax().await;
    let (one, two) = (world.add_server().await, world.add_server().await);
    assert_eq!(world.save(&[(&one, FAX, 4)]).await.status, 200);
    world.server_command(&one, "/disable").await;
    assert_eq!(world.save(&[(&two, FAX, 3)]).await.status, 200);
    let enabled = world.server_command(&one, "/enable").await.json();
    assert_eq!(enabled["inTime"], true);
    let given = json!([{ "application": FAX, "redundancy": false, "licenseType": "subscription", "capacity": 3 }]);
    assert_eq!(enabled["givenAway"], given);
    let row = world.view().await.json()["rows"][0].clone();
    assert_eq!((&row["used"], &row["servers"][&one], &row["servers"][&two]), (&json!(4), &json!(1), &json!(3)));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_suite_goes_on_after_enable_in_time() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(4).await;
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    world.server_command(&server, "/disable").await;
    assert!(matches!(suite.client.check_in().await.unwrap(), Outcome::Refused(RefusalReason::ServerDisabled { .. })));
    world.server_command(&server, "/enable").await;
    suite.client.check_in().await.unwrap();
    advance(&world, &suite, 26);
    assert_eq!(suite.client.status().rows[0].capacity, 4, "what was taken back is cancelled at the client");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_suite_stops_when_disabled_and_activates_again_with_the_same_token() {
    let mut world = World::with_fax().await;
    let (server, token) = world.server_with_token(4).await;
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    world.server_command(&server, "/disable").await;
    suite.client.check_in().await.unwrap();
    assert_eq!(suite.client.status().rows[0].capacity, 4, "until then it runs");
    advance(&world, &suite, 25);
    assert_eq!(suite.client.status().rows[0].capacity, 0);
    assert!(matches!(suite.client.check_in().await.unwrap(), Outcome::Refused(RefusalReason::ServerDisabled { .. })));

    world.customer = world.signed_in().await;
    assert_eq!(world.server_command(&server, "/enable").await.json()["inTime"], false);
    assert_eq!(world.save(&[(&server, FAX, 2)]).await.status, 200);
    assert_eq!(world.token(&server).await, token);
    let another = world.app_suite("another machine");
    assert!(
        matches!(another.client.activate(&token).await.unwrap(), Outcome::NewLease { .. }),
        "the binding is cleared"
    );
    assert_eq!(another.client.status().rows[0].capacity, 2);
    assert_eq!(world.status(&server).await, "active");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_made_once_for_each_request_however_often_it_is_repeated() {
    let world = World::with_fax().await;
    let (server, first) = world.server_with_token(3).await;
    assert_eq!(world.token(&server).await, first);
    let path = format!("/v1/servers/{server}/token");
    let keyed = async |key: &str| {
        let mut request = world.customer.request(Method::POST, &path).build().unwrap();
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        let response = reqwest::Client::new().execute(request).await.unwrap();
        response.json::<serde_json::Value>().await.unwrap()
    };
    let second = keyed("one").await;
    assert_eq!(second["version"], 2);
    assert_eq!(keyed("one").await, second);
    assert_eq!(world.token(&server).await, second["token"].as_str().unwrap());
    let third = keyed("two").await;
    assert_eq!(third["version"], 3);
    assert_eq!(keyed("one").await["code"], "version_mismatch", "a token that is worth nothing is not shown");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_regenerations_at_once_make_eight_versions_and_the_last_is_current() {
    let world = World::with_fax().await;
    let (server, _) = world.server_with_token(3).await;
    let path = format!("/v1/servers/{server}/token");
    let nothing = json!({});
    let made = join_all((0..8).map(|_| world.customer.write(Method::POST, &path, &nothing))).await;
    let made: Vec<_> = made.into_iter().map(|answer| answer.unwrap().json()).collect();
    let versions: BTreeSet<_> = made.iter().map(|answer| answer["version"].as_u64().unwrap_or_default()).collect();
    assert_eq!(versions, (2..=9).collect());
    let last = made.iter().find(|answer| answer["version"] == 9).unwrap();
    assert_eq!(world.token(&server).await, last["token"].as_str().unwrap());
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_capacity_has_no_token_to_renew() {
    let world = World::with_fax().await;
    let server = world.add_server().await;
    let path = format!("/v1/servers/{server}/token");
    refused(&world.customer.write(Method::POST, &path, &json!({})).await.unwrap(), 409, "no_token_yet");
    refused(&world.customer.get("/v1/servers/b999999999/token").await.unwrap(), 404, "not_found");
    world.stack.stop().await;
}

/// Time passes for the stack and for the installation.
fn advance(world: &World, suite: &AppSuite, hours: i64) {
    world.clock.advance(SignedDuration::from_hours(hours));
    suite.clock.set(world.clock.now());
}
