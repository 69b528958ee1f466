//! The outbox: nothing recorded is lost, and nothing bad blocks the others.

use std::time::Duration;

use http_api::Clock;
use jiff::SignedDuration;
use local::{Fault, Stack, StackConfig};
use table::{DeliveryState, Table};

use crate::world::{RECIPIENT, order};

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
