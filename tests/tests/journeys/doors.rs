//! Check-ins through a door of their own, as a Lambda Function URL is one.

use appsuite::Outcome;
use reqwest::StatusCode;
use serde_json::Value;

use crate::world::{CUSTOMER, World};

#[tokio::test(flavor = "multi_thread")]
async fn an_app_suite_lives_behind_the_door_for_check_ins() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let suite = world.app_suite_at(&world.stack.check_in_url, "one");
    assert_eq!(suite.client.activate(&token).await.unwrap(), Outcome::NewLease { serial: 1 });
    assert_eq!(suite.client.check_in().await.unwrap(), Outcome::LeaseKept);
    world.save(&[(&server, "IP Fax server", 4)]).await;
    assert_eq!(suite.client.check_in().await.unwrap(), Outcome::NewLease { serial: 2 });
    // One that was told the other address before goes on there, with the same lease.
    assert_eq!(world.status(&server).await, "active");
    world.stack.stop().await;
}

/// Which door it came through is of no interest to what a lease says: its issuer is where people go.
#[tokio::test(flavor = "multi_thread")]
async fn a_warning_leads_to_the_portal_and_not_to_the_door() {
    let world = World::with_fax().await;
    let (_, token) = world.server_with_token(3).await;
    let (first, second) = (world.app_suite("one"), world.app_suite_at(&world.stack.check_in_url, "two"));
    first.client.activate(&token).await.unwrap();
    second.client.activate(&token).await.unwrap();
    second.client.check_in().await.unwrap();
    let warnings = format!("{:?}", second.client.status().warnings);
    assert!(warnings.contains(&world.stack.base_url), "{warnings}");
    assert!(!warnings.contains(&world.stack.check_in_url), "{warnings}");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_sign_in_is_sent_to_the_door_that_checks_it() {
    let world = World::with_fax().await;
    let (server, _) = world.server_with_token(3).await;
    let door = &world.stack.check_in_url;
    let http = reqwest::Client::new();
    let offline = format!("{door}/v1/servers/{server}/offline");
    let refused = http.get(offline).bearer_auth(world.stack.provider.id_token(CUSTOMER)).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::MISDIRECTED_REQUEST);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "misdirected");
    assert!(problem["detail"].as_str().unwrap().ends_with(&format!("{}.", world.stack.base_url)), "{problem}");
    for (path, status) in [("/test", 200), ("/.well-known/jwks.json", 200), ("/v1/me", 404), ("/", 404)] {
        assert_eq!(http.get(format!("{door}{path}")).send().await.unwrap().status(), status, "{path}");
    }
    world.stack.stop().await;
}
