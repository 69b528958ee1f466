//! Mails that do not go out at once.

use std::time::Duration;

use http_api::Clock;
use jiff::SignedDuration;
use local::{Browser, Fault, Mail, Stack, StackConfig};

use crate::world::{RECIPIENT, order, post};

const PATIENCE: Duration = Duration::from_secs(20);
const STAFF: &str = "vendor@example.com";

async fn start() -> (Stack, Clock) {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    (Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap(), clock)
}

fn about(number: &'static str) -> impl Fn(&Mail) -> bool {
    move |mail| mail.subject().contains(number)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_waits_until_the_mail_service_is_back() {
    let (stack, clock) = start().await;
    for fault in [Fault::Down, Fault::Throttled] {
        let (number, code) = if fault == Fault::Down { ("M-1", "M1") } else { ("M-2", "M2") };
        stack.faults.always(fault);
        let answer = stack.erp.post("/v1/orders", order(&clock, number, &[("IM120-4L", code)]).to_string()).await;
        assert_eq!(answer.unwrap().status, 201, "the ERP does not wait for mails");
        for _ in 0..3 {
            clock.advance(SignedDuration::from_hours(1));
            stack.sweep().await;
        }
        assert!(!stack.mailbox.all().iter().any(|mail| about(number)(mail)));
        stack.faults.clear();
        clock.advance(SignedDuration::from_hours(1));
        stack.sweep().await;
        let mail = stack.mailbox.wait_for(PATIENCE, about(number)).await.unwrap();
        assert!(mail.is_to(RECIPIENT));
        clock.advance(SignedDuration::from_hours(2));
        stack.sweep().await;
        assert_eq!(stack.mailbox.all().iter().filter(|mail| about(number)(mail)).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_mail_is_given_up_and_told_to_staff_while_others_go_out() {
    let (stack, clock) = start().await;
    let staff = Browser::new(&stack).unwrap().sign_in(&stack, STAFF).await.unwrap();
    assert_eq!(staff.get("/v1/me").await.unwrap().status, 200);
    stack.faults.recipient("refused@example.com", Fault::Rejected);
    let mut refused = order(&clock, "N-1", &[("IM120-4L", "N1")]);
    refused["recipient"]["email"] = "refused@example.com".into();
    assert_eq!(stack.erp.post("/v1/orders", refused.to_string()).await.unwrap().status, 201);
    post(&stack, order(&clock, "N-2", &[("IM120-4L", "N2")])).await;

    let told = stack.mailbox.wait_for(PATIENCE, |mail| mail.is_to(STAFF)).await.unwrap();
    let text = String::from_utf8_lossy(&told.source);
    assert!(text.contains("N-1") && text.contains("refused@example.com"), "{text}");
    stack.faults.clear();
    clock.advance(SignedDuration::from_hours(24));
    stack.sweep().await;
    assert!(stack.mailbox.to("refused@example.com").is_empty(), "what was given up is not tried again");
    assert_eq!(stack.mailbox.to(STAFF).len(), 1);
}
