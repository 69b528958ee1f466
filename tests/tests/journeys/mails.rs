//! The outbox: nothing recorded is lost, and nothing bad blocks the others.

use std::time::Duration;

use http_api::Clock;
use jiff::SignedDuration;
use licensing::grant::utc_day;
use licensing::id::{AccountId, PersonId};
use licensing::topic::Topic;
use local::{Browser, Fault, Stack, StackConfig};
use reqwest::Method;
use table::{Delivery, DeliveryState, Passed, Table};
use ulid::Ulid;

use crate::world::{RECIPIENT, World, order, refused};

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_waits_while_the_mail_service_is_down() {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let stack = Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap();
    stack.faults.always(Fault::Down);
    let answer =
        stack.erp.post("/v1/orders", order(&clock, "19/00021", &[("IM120-4L", "A")]).to_string()).await.unwrap();
    assert_eq!(answer.status, 201, "an order needs no mail service");
    stack.sweep().await;
    assert!(stack.mailbox.all().is_empty());
    until_put_off(&stack).await;
    stack.faults.clear();
    clock.advance(SignedDuration::from_hours(2));
    stack.sweep().await;
    let mail = stack.mailbox.wait_for(PATIENCE, |mail| mail.is_to(RECIPIENT)).await.unwrap();
    assert!(mail.subject().contains("19/00021"));
    assert_eq!(stack.mailbox.all().len(), 1);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_refused_for_good_is_parked_and_blocks_no_other() {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let stack = Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap();
    stack.faults.recipient("poisoned@example.com", Fault::Rejected);
    let mut bad = order(&clock, "19/00021", &[("IM120-4L", "A")]);
    bad["recipient"]["email"] = "poisoned@example.com".into();
    for order in [bad, order(&clock, "19/00022", &[("IM120-4L", "B")])] {
        assert_eq!(stack.erp.post("/v1/orders", order.to_string()).await.unwrap().status, 201);
    }
    assert!(stack.mailbox.wait_for(PATIENCE, |mail| mail.is_to(RECIPIENT)).await.is_some());
    assert!(stack.mailbox.to("poisoned@example.com").is_empty());
    // Nobody of the vendor has ever signed in: whom the deployment names is told.
    let told = |mail: &local::Mail| mail.is_to("vendor@example.com") && mail.subject().contains("19/00021");
    assert!(stack.mailbox.wait_for(PATIENCE, told).await.is_some(), "{:?}", subjects(&stack));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_what_was_given_up_and_send_it_again_or_not_at_all() {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let stack = Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap();
    for (number, address) in [("19/00021", "one@example.com"), ("19/00022", "two@example.com")] {
        stack.faults.recipient(address, Fault::Rejected);
        let mut bad = order(&clock, number, &[("IM120-4L", number)]);
        bad["recipient"]["email"] = address.into();
        assert_eq!(stack.erp.post("/v1/orders", bad.to_string()).await.unwrap().status, 201);
    }
    // Staff are told of both, so both are parked.
    let told = |number: &'static str| {
        move |mail: &local::Mail| mail.is_to("vendor@example.com") && mail.subject().contains(number)
    };
    for number in ["19/00021", "19/00022"] {
        assert!(stack.mailbox.wait_for(PATIENCE, told(number)).await.is_some());
    }
    let staff = Browser::new(&stack).unwrap().sign_in(&stack, "vendor@example.com").await.unwrap();
    let parked = async || staff.get("/v1/mails").await.unwrap().json()["mails"].as_array().unwrap().clone();
    let mails = parked().await;
    let to = |address: &str| mails.iter().find(|mail| mail["reader"]["email"] == address).unwrap().clone();
    let (one, two) = (to("one@example.com"), to("two@example.com"));
    assert_eq!((&one["kind"], mails.len()), (&"orderReceived".into(), 2));
    stack.faults.clear();

    let act = async |method: Method, path: String, key: &str| {
        let request = staff.request_again(method, &path, key).json(&serde_json::json!({}));
        staff.send(request).await.unwrap()
    };
    let (retry, dismiss) = (path(&one, "/retry"), path(&two, ""));
    for _ in 0..2 {
        assert_eq!(act(Method::POST, retry.clone(), "retry").await.status, 204);
        assert_eq!(act(Method::DELETE, dismiss.clone(), "dismiss").await.status, 204);
    }
    refused(&act(Method::POST, retry, "again").await, 409, "mail_not_parked");
    assert!(parked().await.is_empty());
    let state = async |number: &str| {
        let order = staff.get(&format!("/v1/orders?licenseCode={}", number.replace('/', "%2F"))).await.unwrap();
        order.json()["mails"][0]["state"].clone()
    };
    assert_eq!((state("19/00021").await, state("19/00022").await), ("waiting".into(), "dismissed".into()));
    stack.sweep().await;
    assert!(stack.mailbox.wait_for(PATIENCE, |mail| mail.is_to("one@example.com")).await.is_some());
    assert!(stack.mailbox.to("two@example.com").is_empty());
    stack.stop().await;
}

fn path(mail: &serde_json::Value, rest: &str) -> String {
    format!("/v1/mails/{}{rest}", mail["mailId"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_poisoned_mail_and_a_slow_service_among_many_cost_no_other_mail() {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let stack = Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap();
    stack.faults.recipient("to3@example.com", Fault::Rejected);
    stack.faults.recipient("to5@example.com", Fault::Slow);
    stack.faults.recipient("to7@example.com", Fault::FailAfterAccept);
    for number in 0..12 {
        let mut many = order(&clock, &format!("19/{number:05}"), &[("IM120-4L", &format!("L{number}"))]);
        many["recipient"]["email"] = format!("to{number}@example.com").into();
        assert_eq!(stack.erp.post("/v1/orders", many.to_string()).await.unwrap().status, 201);
    }
    for number in (0..12).filter(|number| *number != 3) {
        let to = format!("to{number}@example.com");
        assert!(stack.mailbox.wait_for(PATIENCE, |mail| mail.is_to(&to)).await.is_some(), "{to}");
        // What was taken although the answer was lost may come again, as the same message.
        let ids: std::collections::BTreeSet<_> =
            stack.mailbox.to(&to).iter().map(|mail| mail.header("Message-ID")).collect();
        assert_eq!(ids.len(), 1, "{to}");
    }
    assert!(stack.mailbox.to("to3@example.com").is_empty());
    stack.stop().await;
}

/// Most of a vendor's terms end on the same day: more digests fall due together than a sweep reads at once.
#[tokio::test(flavor = "multi_thread")]
async fn one_sweep_takes_everything_that_is_due() {
    let world = World::with_fax().await;
    let table = world.table();
    let day = utc_day(world.clock.now());
    let at = world.clock.now() + SignedDuration::from_hours(2);
    for number in 1..=600 {
        // Nobody is left to be told of an account that is not there.
        let (reader, account) = (PersonId::new(Ulid::from(number)), AccountId::new(Ulid::from(number)));
        let passed = Passed { account, since: day, through: day };
        let digest = Delivery::digest(Topic::OwnEndings, day, passed, reader, "http://localhost", at);
        table.put_new_delivery(&digest).await.unwrap();
    }
    world.clock.advance(SignedDuration::from_hours(3));
    assert!(!table.deliveries_due(world.clock.now(), 1).await.unwrap().is_empty());
    world.stack.sweep().await;
    assert_eq!(table.deliveries_due(world.clock.now(), 1).await.unwrap(), []);
    world.stack.stop().await;
}

fn subjects(stack: &Stack) -> Vec<String> {
    stack.mailbox.all().iter().map(|mail| mail.subject().clone()).collect()
}

/// Waits until the first try is over: a claim that ends while its mail is still on the way may well be sent twice.
async fn until_put_off(stack: &Stack) {
    let table = Table::new(aws_sdk_dynamodb::Client::new(&stack.sdk), stack.settings.table_name.as_str());
    let later = stack.clock().now() + SignedDuration::from_hours(1);
    let put_off = async {
        loop {
            let due = table.deliveries_due(later, 10).await.unwrap();
            if due.iter().any(|delivery| delivery.attempts > 0 && delivery.state == DeliveryState::Waiting) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, put_off).await.unwrap();
}
