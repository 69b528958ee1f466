//! The check-in over HTTP, with the reference client.

use appsuite::Outcome;
use jiff::SignedDuration;
use lease::document::RefusalReason;
use lease::{Document, KeySet};
use local::Browser;
use reqwest::Method;
use serde_json::{Value, json};
use table::Consistency;

use crate::world::{AppSuite, World};

pub async fn refusal(suite: &AppSuite) -> RefusalReason {
    match suite.client.check_in().await.unwrap() {
        Outcome::Refused(reason) => reason,
        outcome => panic!("{outcome:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_arrives_with_the_next_check_in_and_nothing_else_writes() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let suite = world.app_suite("one");
    assert_eq!(suite.client.activate(&token).await.unwrap(), Outcome::NewLease { serial: 1 });
    assert_eq!(suite.client.check_in().await.unwrap(), Outcome::LeaseKept);
    world.save(&[(&server, "IP Fax server", 4)]).await;
    assert_eq!(suite.client.check_in().await.unwrap(), Outcome::NewLease { serial: 2 });
    assert_eq!(suite.client.status().rows[0].capacity, 4);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regenerated_token_supersedes_the_one_before() {
    let world = World::with_fax().await;
    let (server, old) = world.server_with_token(3).await;
    let suite = world.app_suite("one");
    suite.client.activate(&old).await.unwrap();
    let path = format!("/v1/servers/{server}/token");
    let new = world.customer.write(Method::POST, &path, &json!({})).await.unwrap().json();
    assert_eq!(
        (new["version"].as_u64(), world.token(&server).await),
        (Some(2), new["token"].as_str().unwrap().to_owned())
    );
    assert_eq!(refusal(&suite).await, RefusalReason::TokenSuperseded);
    assert_eq!(suite.client.status().rows[0].capacity, 3, "it goes on until its lease ends");
    assert!(matches!(
        suite.client.activate(&world.token(&server).await).await.unwrap(),
        Outcome::NewLease { .. } | Outcome::LeaseKept
    ));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_server_is_told_from_when_on_it_stops() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    let path = world.path(&format!("/servers/{server}/disable"));
    world.customer.write(Method::POST, &path, &json!({})).await.unwrap();
    let effective_at = "2026-11-25T09:00:00Z".parse().unwrap();
    assert_eq!(refusal(&suite).await, RefusalReason::ServerDisabled { effective_at });
    assert_eq!(suite.client.status().rows[0].capacity, 3);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_installation_is_a_conflict_that_a_member_resolves() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let (first, second) = (world.app_suite("one"), world.app_suite("two"));
    first.client.activate(&token).await.unwrap();
    assert!(matches!(second.client.activate(&token).await.unwrap(), Outcome::NewLease { .. }), "it runs for a week");
    assert_eq!(world.status(&server).await, "conflict");
    let told = |mail: &local::Mail| mail.is_to(crate::world::CUSTOMER) && mail.subject().contains("installazion");
    assert!(world.stack.mailbox.wait_for(std::time::Duration::from_secs(20), told).await.is_some());
    assert_eq!(refusal(&second).await, RefusalReason::Conflict);

    let release = world.path(&format!("/servers/{server}/release"));
    let kept = world.customer.write(Method::POST, &release, &json!({ "keep": "first" })).await.unwrap();
    assert_eq!(kept.status, 200, "{}", kept.body);
    assert_eq!(world.status(&server).await, "active");
    assert_eq!(refusal(&second).await, RefusalReason::Released);
    assert!(!matches!(first.client.check_in().await.unwrap(), Outcome::Refused(_) | Outcome::NoEffect(_)));
    let again = world.customer.write(Method::POST, &release, &json!({ "keep": "first" })).await.unwrap();
    assert_eq!(again.code(), "no_conflict");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_server_takes_another_machine_and_releases_are_counted() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let release = world.path(&format!("/servers/{server}/release"));
    for turn in 0..3 {
        let suite = world.app_suite(&format!("machine {turn}"));
        assert!(matches!(suite.client.activate(&token).await.unwrap(), Outcome::NewLease { .. }));
        let released = world.customer.write(Method::POST, &release, &json!({})).await.unwrap();
        assert_eq!(released.json()["releasesLeft"], 2 - turn);
        assert_eq!(refusal(&suite).await, RefusalReason::Released);
    }
    world.app_suite("the last").client.activate(&token).await.unwrap();
    let fourth = world.customer.write(Method::POST, &release, &json!({})).await.unwrap();
    assert_eq!(fourth.code(), "too_many_releases");
    let staff = world.sign_in("vendor@example.com").await;
    assert_eq!(staff.get("/v1/me").await.unwrap().status, 200);
    let by_staff = async |body: Value| staff.write(Method::POST, &release, &body).await.unwrap();
    assert_eq!(by_staff(json!({})).await.code(), "reason_required");
    assert_eq!(by_staff(json!({ "keep": "first", "reason": "Both are theirs." })).await.code(), "manager_required");
    let helped = by_staff(json!({ "reason": "Their third failed disk this month." })).await;
    assert_eq!((helped.status.as_u16(), &helped.json()["releasesLeft"]), (200, &json!(0)));
    world.app_suite("the very last").client.activate(&token).await.unwrap();
    world.clock.advance(SignedDuration::from_hours(31 * 24));
    let later = world.signed_in().await.write(Method::POST, &release, &json!({})).await.unwrap();
    assert_eq!(later.status, 200, "{}", later.body);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_authentic_or_not_well_formed_is_answered_without_a_signature() {
    let world = World::with_fax().await;
    let (_, token) = world.server_with_token(3).await;
    let browser = Browser::new(&world.stack).unwrap();
    let body = json!({
        "attempt": "0123456789abcdef", "traits": ["aaaa"], "publicKey": "A".repeat(43), "appSuiteVersion": "1",
        "clock": "2026-11-24T09:00:00Z", "keySet": 0,
    });
    let ask = async |token: &str, body: &Value| {
        let request = browser.request(Method::POST, "/v1/check-in").bearer_auth(token).json(body);
        browser.send(request).await.unwrap()
    };
    let forged = lease::ServerToken::mint(&lease::MacRing::single(1, [9; 32]), &token[..10], 1).to_string();
    for wrong in ["", "nonsense", &forged, &token[..token.len() - 1]] {
        let answer = ask(wrong, &body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "invalid_token"), "{}", answer.body);
    }
    let mut wrong = body.clone();
    wrong["attempt"] = "short".into();
    wrong["publicKey"] = "?".into();
    let answer = ask(&token, &wrong).await;
    let faults: Vec<_> =
        answer.json()["faults"].as_array().unwrap().iter().map(|fault| fault["pointer"].clone()).collect();
    assert_eq!((answer.status.as_u16(), faults), (422, vec![json!("/attempt"), json!("/publicKey")]));
    assert_eq!(ask(&token, &json!({})).await.code(), "malformed_body");
    assert!(ask(&token, &body).await.json()["document"].is_string());
    let jwks = browser.open("/.well-known/jwks.json").await.unwrap().json();
    assert_eq!(jwks["keys"][0]["crv"], "Ed25519");
    assert_eq!(browser.open("/test").await.unwrap().json()["message"], "successfully connected!");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_comes_again_and_a_fresh_lease_writes_nothing() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let first = ask(&world, &token, "attempt-number-1", None).await;
    let Document::Lease(first) = first else { panic!("{first:?}") };
    let again = ask(&world, &token, "attempt-number-1", None).await;
    let Document::Lease(again) = again else { panic!("{again:?}") };
    assert_eq!((again.serial, &again.lease_id), (first.serial, &first.lease_id));

    let id = licensing::id::ServerId::parse(&server).unwrap();
    let stored = async || world.table().server_sheet(&id, Consistency::Strong).await.unwrap().unwrap().lease.state;
    let before = stored().await;
    for attempt in ["attempt-number-2", "attempt-number-3"] {
        let unchanged = ask(&world, &token, attempt, Some(&first.lease_id)).await;
        assert!(matches!(&unchanged, Document::Unchanged(it) if it.binding.attempt == attempt), "{unchanged:?}");
    }
    assert_eq!(stored().await, before);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_installation_can_be_the_one_that_is_kept() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let (first, second) = (world.app_suite("one"), world.app_suite("two"));
    first.client.activate(&token).await.unwrap();
    second.client.activate(&token).await.unwrap();
    let release = world.path(&format!("/servers/{server}/release"));
    let kept = world.customer.write(Method::POST, &release, &json!({ "keep": "second" })).await.unwrap();
    assert_eq!(kept.status, 200, "{}", kept.body);
    assert_eq!(refusal(&first).await, RefusalReason::Released);
    assert!(matches!(second.client.check_in().await.unwrap(), Outcome::NewLease { .. } | Outcome::LeaseKept));
    assert_eq!(world.status(&server).await, "active");
    world.stack.stop().await;
}

/// Checks in as a client of its own would, and verifies the answer.
pub async fn ask(world: &World, token: &str, attempt: &str, lease: Option<&str>) -> Document {
    let mut body = json!({
        "attempt": attempt, "traits": ["aaaa"], "publicKey": "A".repeat(43), "appSuiteVersion": "1",
        "clock": world.clock.now(), "keySet": 0,
    });
    if let Some(lease) = lease {
        body["lease"] = lease.into();
    }
    let browser = Browser::new(&world.stack).unwrap();
    let request = browser.request(Method::POST, "/v1/check-in").bearer_auth(token).json(&body);
    let answer = browser.send(request).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = answer.json();
    let keys = KeySet::verify(&world.stack.roots, answer["keySet"].as_str().unwrap()).unwrap();
    lease::document::open(&keys, answer["document"].as_str().unwrap()).unwrap()
}
