//! Events to the vendor: recorded with the change, signed, sent until they are taken, and never under another id.

use std::time::Duration;

use jiff::SignedDuration;
use local::{Received, Refusing, Stack, StackConfig};
use serde_json::json;

use crate::world::{World, order, unlock};

const PATIENCE: Duration = Duration::from_secs(20);

fn unlocked(number: &str) -> impl Fn(&Received) -> bool {
    move |received| received.kind() == "order.unlocked" && received.json()["data"]["orderNumber"] == number
}

#[tokio::test(flavor = "multi_thread")]
async fn the_erp_is_told_what_was_unlocked_and_activated() {
    let world = World::with_fax().await;
    let told = world.stack.receiver.wait_for(PATIENCE, unlocked("19/00021")).await.unwrap();
    let message = told.json();
    assert_eq!(message["timestamp"], "2026-11-24T09:00:00Z");
    assert_eq!(message["data"]["accountId"], json!(world.account));
    let line = json!({ "licenseCode": "FAX1", "sku": "IM120-4L", "quantity": 1, "status": "unlocked" });
    assert_eq!(message["data"]["lines"], json!([line]));
    assert!(told.id.starts_with("evt_") && !told.body.contains('@'), "nobody is named: {}", told.body);

    let (server, token) = world.server_with_token(2).await;
    world.app_suite("one").client.activate(&token).await.unwrap();
    let activated = world.stack.receiver.wait_for(PATIENCE, |received| received.kind() == "server.activated").await;
    let activated = activated.unwrap().json();
    assert_eq!(activated["data"]["serverId"], json!(server));
    assert_eq!(activated["data"]["customerNumber"], message["data"]["customerNumber"]);
    world.app_suite("two").client.activate(&token).await.unwrap();
    let conflict = world.stack.receiver.wait_for(PATIENCE, |received| received.kind() == "server.conflict").await;
    assert_eq!(conflict.unwrap().json()["data"]["serverId"], json!(server));
    assert_eq!(world.stack.receiver.unsigned(), 0);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_sent_until_it_is_taken_and_stays_the_same() {
    let world = World::with_fax().await;
    let receiver = &world.stack.receiver;
    receiver.wait_for(PATIENCE, unlocked("19/00021")).await.unwrap();
    receiver.refuse_next(500);
    receiver.refuse_next(Refusing { status: 429, retry_after: Some(3 * 60 * 60) });
    receiver.refuse_next(302);
    unlock(&world.stack, order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")])).await;
    until_due_later(&world, 1).await;
    world.stack.sweep().await;
    assert_eq!(statuses(&world), [500], "not before its time");

    world.clock.advance(SignedDuration::from_mins(2));
    world.stack.sweep().await;
    until_due_later(&world, 2).await;
    world.clock.advance(SignedDuration::from_mins(170));
    world.stack.sweep().await;
    assert_eq!(statuses(&world), [500, 429], "the receiver asked for three hours");
    for _ in 0..2 {
        world.clock.advance(SignedDuration::from_hours(1));
        world.stack.sweep().await;
    }
    assert_eq!(statuses(&world), [500, 429, 302, 204]);
    let all: Vec<_> = receiver.all().into_iter().filter(unlocked("19/00022")).collect();
    assert!(all.iter().all(|one| (&one.id, &one.body) == (&all[0].id, &all[0].body)), "{all:?}");
    world.stack.sweep().await;
    assert_eq!(statuses(&world).len(), 4, "what was taken is not sent again");
    world.stack.stop().await;
}

/// What the receiver answered to the event of the second order.
fn statuses(world: &World) -> Vec<u16> {
    world.stack.receiver.all().into_iter().filter(unlocked("19/00022")).map(|received| received.status).collect()
}

/// Waits until the one event that waits was tried so often and is due later.
async fn until_due_later(world: &World, attempts: u32) {
    let horizon = world.clock.now() + SignedDuration::from_hours(48);
    let tried = async || {
        let events = world.table().vendor_events_due(horizon, 10).await.unwrap();
        events.len() == 1
            && events[0].attempts == attempts
            && events[0].state == table::EventState::Waiting
            && !events[0].is_due(world.clock.now())
    };
    let waiting = async {
        while !tried().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the event was not put off");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_outage_of_ours_held_back_for_days_is_not_given_up_at_its_first_refusal() {
    let clock = http_api::Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let config = StackConfig { background: false, ..StackConfig::in_memory(clock.clone()) };
    let stack = Stack::start(config).await.unwrap();
    let mut imported = order(&clock, "19/00023", &[("IM120-4L", "FAX3")]);
    imported["delivery"] = "none".into();
    assert_eq!(stack.erp.post("/v1/orders", imported.to_string()).await.unwrap().status, 201);
    clock.advance(SignedDuration::from_hours(10 * 24));
    stack.receiver.refuse_next(500);
    stack.deliver_mail().await;
    clock.advance(SignedDuration::from_mins(2));
    stack.deliver_mail().await;
    let statuses: Vec<u16> = stack.receiver.all().into_iter().map(|received| received.status).collect();
    assert_eq!(statuses, [500, 204]);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_erp_is_told_what_ends_soon_and_what_is_short() {
    let world = World::with_fax().await;
    world.server_with_token(4).await;
    // The licence is a year's from today on.
    world.clock.advance(SignedDuration::from_hours(24 * (364 - 30)));
    world.stack.advance().await;
    let told =
        world.stack.receiver.wait_for(PATIENCE, |received| received.kind() == "ending.soon").await.unwrap().json();
    let ending = &told["data"]["endings"][0];
    assert_eq!((&ending["application"], &ending["stage"]), (&json!("IP Fax server"), &json!("thirty")));
    assert_eq!((&ending["lastDay"], &told["data"]["accountId"]), (&json!("2027-11-23"), &json!(world.account)));
    world.clock.advance(SignedDuration::from_hours(24 * 32));
    world.stack.advance().await;
    let told =
        world.stack.receiver.wait_for(PATIENCE, |received| received.kind() == "pool.short").await.unwrap().json();
    let short = json!({ "application": "IP Fax server", "redundancy": false, "licenseType": "subscription" });
    assert_eq!(told["data"]["pools"], json!([short]));
    world.stack.stop().await;
}
