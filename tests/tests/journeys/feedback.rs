//! What the mail service says of a mail after it took it reaches the order's page and vendor staff, once.

use std::time::Duration;

use http_api::Clock;
use local::{Browser, Fault, Mail, MailPart, Session, Stack, StackConfig};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{order, unlock};

const PATIENCE: Duration = Duration::from_secs(20);
const STAFF: &str = "vendor@example.com";
const RETURNED: &str = "mail.bounced";

/// An order whose mail goes to this address, with staff signed in.
async fn ordered(to: &str, fault: Option<Fault>) -> (Stack, Session) {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let stack = Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap();
    if let Some(fault) = fault {
        stack.faults.recipient(to, fault);
    }
    let mut order = order(&clock, "19/00021", &[("IM120-4L", "FAX1")]);
    order["recipient"]["email"] = to.into();
    assert_eq!(stack.erp.post("/v1/orders", order.to_string()).await.unwrap().status, 201);
    let staff = Browser::new(&stack).unwrap().sign_in(&stack, STAFF).await.unwrap();
    (stack, staff)
}

/// The one mail of the order, as soon as it is as wanted.
async fn mail(staff: &Session, wanted: impl Fn(&Value) -> bool) -> Value {
    let found = async {
        loop {
            let mails = staff.get("/v1/orders?number=19%2F00021").await.unwrap().json()["mails"].clone();
            if wanted(&mails[0]) {
                assert_eq!(mails.as_array().unwrap().len(), 1, "{mails}");
                return mails[0].clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("the mail is as wanted")
}

fn text(mail: &Mail) -> String {
    mail.part(MailPart::Text).unwrap_or_default()
}

/// What the vendor's systems are told of the mail that came back.
async fn returned(stack: &Stack) -> Value {
    let event = stack.receiver.wait_for(PATIENCE, |event| event.kind() == RETURNED).await;
    event.expect("it is told").json()["data"].clone()
}

/// What staff was told until now.
fn told(stack: &Stack) -> Vec<String> {
    stack.mailbox.to(STAFF).iter().map(|mail| text(mail)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_bounces_is_shown_with_its_order_told_once_and_sent_again_by_staff() {
    let (stack, staff) = ordered("carla@bounced.example", None).await;
    let bounced = mail(&staff, |mail| mail["state"] == "bounced").await;
    assert_eq!(
        (&bounced["reason"], &bounced["at"]),
        (&"Permanent, General, 5.1.1".into(), &"2026-11-24T09:00:00Z".into())
    );
    assert_eq!(bounced["messageId"], stack.mailbox.to("carla@bounced.example")[0].envelope.id.as_str());
    let listed = staff.get("/v1/mails").await.unwrap().json()["mails"].clone();
    assert_eq!((&listed[0]["state"], listed.as_array().unwrap().len()), (&"bounced".into(), 1), "{listed}");

    let event = returned(&stack).await;
    assert_eq!(event["orderNumber"], "19/00021");
    assert_eq!((&event["mail"], &event["reader"]), (&"orderReceived".into(), &"recipient".into()));
    assert_eq!((&event["outcome"], &event["reason"]), (&"bounced".into(), &"Permanent, General, 5.1.1".into()));
    assert!(!event.to_string().contains("carla"), "nobody is named: {event}");

    let about = |mail: &Mail| mail.is_to(STAFF) && mail.subject().contains("19/00021");
    assert!(stack.mailbox.wait_for(PATIENCE, about).await.is_some());
    let said = told(&stack);
    assert!(said[0].contains("refused a message for good") && said[0].contains("carla@bounced.example"), "{said:?}");

    // The address lives again. SNS repeats itself, and what it says of the first try says nothing of the second.
    stack.faults.recipient("carla@bounced.example", Fault::Slow);
    let retry = format!("/v1/mails/{}/retry", bounced["mailId"].as_str().unwrap());
    assert_eq!(staff.write(Method::POST, &retry, &json!({})).await.unwrap().status, 204);
    stack.sweep().await;
    let sent = mail(&staff, |mail| mail["state"] == "sent").await;
    assert_ne!(sent["messageId"], bounced["messageId"]);
    assert_eq!(told(&stack).len(), 1, "once, although it was heard twice");
    assert_eq!(stack.receiver.all().iter().filter(|event| event.kind() == RETURNED).count(), 1);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_shown_and_told_as_one() {
    let (stack, staff) = ordered("carla@complained.example", None).await;
    let reported = mail(&staff, |mail| mail["state"] == "complained").await;
    assert_eq!(reported["reason"], "Complaint, abuse");
    let event = returned(&stack).await;
    assert_eq!((&event["outcome"], &event["reason"]), (&"complained".into(), &"Complaint, abuse".into()));
    let about = |mail: &Mail| mail.is_to(STAFF) && text(mail).contains("reported a message as unwanted");
    assert!(stack.mailbox.wait_for(PATIENCE, about).await.is_some(), "{:?}", told(&stack));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_mailbox_is_noted_and_nobody_is_told() {
    let (stack, staff) = ordered("carla@example.com", Some(Fault::MailboxFull)).await;
    let noted = mail(&staff, |mail| mail["reason"] == "Transient, MailboxFull, 4.2.2").await;
    assert_eq!(noted["state"], "sent", "{noted}");
    assert_eq!(staff.get("/v1/mails").await.unwrap().json()["mails"], json!([]));
    stack.sweep().await;
    assert!(told(&stack).is_empty() && stack.receiver.all().is_empty());
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_whose_mail_bounces_is_told_apart_from_the_recipient() {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let stack = Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap();
    let mut order = order(&clock, "19/00021", &[("IM120-4L", "FAX1")]);
    order["customer"]["contact"]["email"] = "carla@bounced.example".into();
    unlock(&stack, order).await;
    let event = returned(&stack).await;
    assert_eq!((&event["mail"], &event["reader"]), (&"orderUnlocked".into(), &"member".into()));
    stack.stop().await;
}
