//! Rows of the check-in protocol that come only after days, a reinstall or a restored table.

use appsuite::{Cause, Failure, Outcome};
use jiff::SignedDuration;
use lease::Document;
use lease::document::RefusalReason;
use licensing::check_in::TokenState;
use licensing::id::ServerId;
use reqwest::Method;
use serde_json::json;
use table::{Consistency, ServerSheet, Transaction};

use crate::check_in::ask;
use crate::world::{AppSuite, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_rival_that_keeps_asking_becomes_the_holder_once_the_holder_was_silent_for_six_days() {
    let mut world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let (holder, rival) = (world.app_suite("one"), world.app_suite("two"));
    holder.client.activate(&token).await.unwrap();
    rival.client.activate(&token).await.unwrap();
    for _ in 1..=5 {
        advance(&world, &[&holder, &rival], 24);
        assert_eq!(rival.client.check_in().await.unwrap(), Outcome::Refused(RefusalReason::Conflict));
    }
    // A word from the holder begins the six days anew.
    assert!(matches!(holder.client.check_in().await.unwrap(), Outcome::NewLease { .. }));
    for _ in 6..=10 {
        advance(&world, &[&holder, &rival], 24);
        assert_eq!(rival.client.check_in().await.unwrap(), Outcome::Refused(RefusalReason::Conflict));
    }
    world.customer = world.signed_in().await;
    assert_eq!(world.status(&server).await, "conflict");

    advance(&world, &[&holder, &rival], 24);
    assert!(matches!(rival.client.check_in().await.unwrap(), Outcome::NewLease { .. }));
    assert_eq!((rival.client.status().rows[0].capacity, lease_days(&rival)), (3, 30));
    world.customer = world.signed_in().await;
    assert_eq!(world.status(&server).await, "active");
    let release = world.path(&format!("/servers/{server}/release"));
    let released = world.customer.write(Method::POST, &release, &json!({})).await.unwrap().json();
    assert_eq!(released["releasesLeft"], 1, "taking over has used one of three, this is the second");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_may_be_reinstalled_twice_in_thirty_days_and_then_counts_as_another_one() {
    let mut world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    world.app_suite("one").client.activate(&token).await.unwrap();
    for _ in 1..=2 {
        world.clock.advance(SignedDuration::from_hours(24));
        assert_eq!(reinstalled(&world, &token).await, 30);
        world.customer = world.signed_in().await;
        assert_eq!(world.status(&server).await, "active");
    }
    world.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(reinstalled(&world, &token).await, 7, "it runs for a week, while the managers are asked");
    world.customer = world.signed_in().await;
    assert_eq!(world.status(&server).await, "conflict");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reinstallations_are_forgotten_after_thirty_days() {
    let mut world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    world.app_suite("one").client.activate(&token).await.unwrap();
    for days in [1, 1, 30] {
        world.clock.advance(SignedDuration::from_hours(24 * days));
        assert_eq!(reinstalled(&world, &token).await, 30);
    }
    world.customer = world.signed_in().await;
    assert_eq!(world.status(&server).await, "active");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_duplicate_changes_nothing_and_a_restored_backup_of_the_same_machine_goes_on() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let first = lease(ask(&world, &token, "attempt-number-1", None).await);
    assert_eq!(world.save(&[(&server, "IP Fax server", 4)]).await.status, 200);
    let second = lease(ask(&world, &token, "attempt-number-2", Some(&first.lease_id)).await);
    assert_eq!(world.save(&[(&server, "IP Fax server", 2)]).await.status, 200);
    let third = lease(ask(&world, &token, "attempt-number-3", Some(&second.lease_id)).await);

    let late = ask(&world, &token, "attempt-number-2", Some(&first.lease_id)).await;
    assert!(matches!(late, Document::Unchanged(_)), "{late:?}");
    let restored = lease(ask(&world, &token, "attempt-number-4", Some(&first.lease_id)).await);
    assert_eq!((third.serial, restored.serial, restored.segments[0].capacity), (3, 4, 2));
    assert_eq!(world.status(&server).await, "active");
    assert_eq!(audited(&world, "serverReseeded").await, 1);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_ahead_of_a_restored_table_is_adopted() {
    let world = World::with_fax().await;
    let (server, token) = world.server_with_token(3).await;
    let suite = world.app_suite("one");
    suite.client.activate(&token).await.unwrap();
    let before = sheet(&world, &server).await;
    assert_eq!(world.save(&[(&server, "IP Fax server", 4)]).await.status, 200);
    assert_eq!(suite.client.check_in().await.unwrap(), Outcome::NewLease { serial: 2 });

    let version = sheet(&world, &server).await.lease.state.version();
    world.table().put_lease(&before.server.id, &before.lease, version).await.unwrap();
    assert_eq!(suite.client.check_in().await.unwrap(), Outcome::NewLease { serial: 3 });
    assert_eq!(suite.client.check_in().await.unwrap(), Outcome::LeaseKept);
    assert_eq!((world.status(&server).await.as_str(), audited(&world, "leaseAdopted").await), ("active", 1));
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ahead_of_a_restored_table_is_answered_without_a_signature_and_stops_nobody() {
    let world = World::with_fax().await;
    let (server, _) = world.server_with_token(3).await;
    let before = sheet(&world, &server).await.server.token;
    let path = format!("/v1/servers/{server}/token");
    assert_eq!(world.customer.write(Method::POST, &path, &json!({})).await.unwrap().json()["version"], 2);
    let suite = world.app_suite("one");
    suite.client.activate(&world.token(&server).await).await.unwrap();

    let current = sheet(&world, &server).await.server.token;
    record_token(&world, &server, current, before.unwrap()).await;
    let no_effect = Outcome::NoEffect(Cause::Failed(Failure::Status(503)));
    assert_eq!(suite.client.check_in().await.unwrap(), no_effect);
    assert_eq!(suite.client.status().rows[0].capacity, 3);
    record_token(&world, &server, before, current.unwrap()).await;
    assert_eq!(suite.client.check_in().await.unwrap(), Outcome::LeaseKept, "as soon as the table has caught up");
    world.stack.stop().await;
}

/// Activates on the same machine from nothing, and says for how many days it may run.
async fn reinstalled(world: &World, token: &str) -> i64 {
    let suite = world.app_suite("one");
    assert!(matches!(suite.client.activate(token).await.unwrap(), Outcome::NewLease { .. }));
    lease_days(&suite)
}

fn lease_days(suite: &AppSuite) -> i64 {
    let lease = suite.client.state().lease.unwrap().document;
    lease.expires_at.duration_since(lease.binding.issued_at).as_hours() / 24
}

fn lease(document: Document) -> lease::Lease {
    let Document::Lease(lease) = document else { panic!("{document:?}") };
    lease
}

async fn sheet(world: &World, server: &str) -> ServerSheet {
    let id = ServerId::parse(server).unwrap();
    world.table().server_sheet(&id, Consistency::Strong).await.unwrap().unwrap()
}

/// Records which token is current, as a restored table would.
async fn record_token(world: &World, server: &str, read: Option<TokenState>, token: TokenState) {
    let mut transaction = Transaction::new();
    transaction.update_token(&ServerId::parse(server).unwrap(), read, token).unwrap();
    transaction.commit(&world.table(), "restore a token").await.unwrap();
}

/// How many entries of the audit trail have this action.
async fn audited(world: &World, action: &str) -> usize {
    let staff = world.sign_in("vendor@example.com").await;
    let trail = staff.get(&world.path("/audit")).await.unwrap().json();
    trail["entries"].as_array().unwrap().iter().filter(|entry| entry["action"] == action).count()
}

/// Time passes for the stack and for the installations.
pub fn advance(world: &World, suites: &[&AppSuite], hours: i64) {
    world.clock.advance(SignedDuration::from_hours(hours));
    for suite in suites {
        suite.clock.set(world.clock.now());
    }
}
