//! What only its check-ins know of a server.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{World, refused};

async fn details(world: &World, server: &str) -> Value {
    let shown = world.customer.get(&format!("/v1/servers/{server}")).await.unwrap();
    assert_eq!(shown.status, 200, "{}", shown.body);
    shown.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_says_whether_its_app_suite_has_what_is_assigned() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let before = details(&world, &server).await;
    assert_eq!(
        (&before["upToDate"], &before["lastSeen"], &before["releasesLeft"]),
        (&json!(false), &Value::Null, &json!(3))
    );
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    let active = details(&world, &server).await;
    assert_eq!((&active["upToDate"], &active["accountId"]), (&json!(true), &json!(world.account)));
    let lease_until = world.clock.now() + SignedDuration::from_hours(30 * 24);
    assert_eq!(active["leaseUntil"], json!(lease_until));
    world.save(&[(&server, "IP Fax server", 4)]).await;
    assert_eq!(details(&world, &server).await["upToDate"], false, "until the next check-in");
    suite.client.check_in().await.unwrap();
    assert_eq!(details(&world, &server).await["upToDate"], true);
    refused(&world.customer.get("/v1/servers/b999999999").await.unwrap(), 404, "not_found");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_shows_what_differs_and_when_each_was_seen() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    world.app_suite("one").client.activate(&token).await.unwrap();
    world.clock.advance(SignedDuration::from_mins(40));
    let second = world.app_suite("two");
    second.client.activate(&token).await.unwrap();
    let seen = details(&world, &server).await["conflict"].clone();
    assert_eq!((&seen["marks"], &seen["marksDiffering"]), (&json!(4), &json!(4)));
    assert_eq!((&seen["holderSeen"], &seen["rivalSeen"]), (&json!("2026-11-24T09:00:00Z"), &json!(world.clock.now())));
    world.stack.stop().await;
}
