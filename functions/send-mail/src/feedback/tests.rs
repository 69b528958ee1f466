use jiff::SignedDuration;
use licensing::id::OrderId;
use serde_json::{Value, json};
use table::Event;

use super::*;

const ADDRESS: &str = "ada@example.com";

fn at() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

fn later() -> Timestamp {
    at() + SignedDuration::from_hours(1)
}

/// An event as SES publishes it, with the address in every place where SES puts it.
fn event(kind: &str, more: &Value) -> Value {
    let mut event = json!({
        "eventType": kind,
        "mail": {
            "timestamp": "2026-11-24T09:00:00.000Z",
            "source": "licenses@example.com",
            "messageId": "m1",
            "destination": [ADDRESS],
            "tags": {
                "ses:configuration-set": ["set"],
                "delivery": [Ulid::from(7_u128).to_string()],
                "reader": [PersonId::new(Ulid::from(8_u128)).to_string()],
            },
        },
    });
    event[kind.to_lowercase()] = more.clone();
    event
}

fn bounce(kind: &str, sub_type: &str) -> Value {
    let recipient = json!({
        "emailAddress": ADDRESS,
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": format!("smtp; 550 5.1.1 <{ADDRESS}>: user unknown"),
    });
    event("Bounce", &json!({ "bounceType": kind, "bounceSubType": sub_type, "bouncedRecipients": [recipient] }))
}

fn heard(event: Value) -> Option<Feedback> {
    read(&serde_json::from_value(event).unwrap())
}

fn delivery(state: DeliveryState) -> Delivery {
    let order = OrderId::new(Ulid::from(9_u128));
    let recorded =
        Delivery::record(Ulid::from(7_u128), Event::OrderReceived { order, generation: 1 }, "https://x", at());
    let tried = recorded.to(PersonId::new(Ulid::from(8_u128))).moved(DeliveryState::Claimed { until: later() }, at());
    tried.moved(state, at())
}

fn sent(message_id: &str) -> DeliveryState {
    DeliveryState::Sent { at: at(), message_id: message_id.to_owned(), note: None }
}

#[test]
fn what_is_kept_of_an_event_holds_no_address() {
    for (event, what, reason) in [
        (bounce("Permanent", "General"), What::Bounced, "Permanent, General, 5.1.1"),
        (bounce("Permanent", ADDRESS), What::Bounced, "Permanent, 5.1.1"),
        (bounce("Transient", "MailboxFull"), What::Noted, "Transient, MailboxFull, 5.1.1"),
        (bounce("Undetermined", "Undetermined"), What::Noted, "Undetermined, Undetermined, 5.1.1"),
        (event("Complaint", &json!({ "complaintFeedbackType": "abuse" })), What::Complained, "Complaint, abuse"),
        (
            event("Complaint", &json!({ "complaintSubType": "OnAccountSuppressionList" })),
            What::Complained,
            "Complaint, OnAccountSuppressionList",
        ),
        (event("Reject", &json!({ "reason": "Bad content" })), What::Bounced, "Reject"),
    ] {
        let feedback = heard(event).unwrap();
        assert_eq!((feedback.what, feedback.reason.as_str()), (what, reason));
        assert!(!format!("{feedback:?}").contains('@'), "{feedback:?}");
    }
}

#[test]
fn what_is_no_bounce_and_no_complaint_tells_nothing() {
    assert_eq!(heard(event("Delivery", &json!({}))), None);
    assert_eq!(heard(event("Complaint", &json!({ "complaintFeedbackType": "not-spam" }))), None);
    let mut foreign = bounce("Permanent", "General");
    foreign["mail"]["tags"] = json!({ "delivery": ["7"], "reader": ["8"] });
    assert_eq!(heard(foreign), None, "a mail that this function has not tagged");
}

#[test]
fn a_mail_that_came_back_is_told_once() {
    let feedback = heard(bounce("Permanent", "General")).unwrap();
    let bounced = after(&delivery(sent("m1")), &feedback, later()).unwrap();
    let reason = "Permanent, General, 5.1.1".to_owned();
    assert_eq!(bounced, DeliveryState::Bounced { at: later(), message_id: "m1".to_owned(), reason });
    let delivery = delivery(sent("m1")).moved(bounced, later());
    assert_eq!(after(&delivery, &feedback, later()), None);
    let dismissed = delivery.clone().moved(DeliveryState::Dismissed { at: later() }, later());
    assert_eq!(after(&dismissed, &feedback, later()), None);
    // Staff sends it again: what is heard twice of the first try says nothing of the second.
    let again = delivery.moved(DeliveryState::Waiting, later());
    assert_eq!(after(&again, &feedback, later()), None);
    let claimed = again.moved(DeliveryState::Claimed { until: later() }, later());
    assert_eq!(after(&claimed, &feedback, later()), None);
    assert_eq!(after(&claimed.moved(sent("m2"), later()), &feedback, later()), None);
}

#[test]
fn a_mail_whose_answer_was_lost_has_its_outcome_all_the_same() {
    let feedback = heard(bounce("Permanent", "General")).unwrap();
    for state in [DeliveryState::Waiting, DeliveryState::Claimed { until: later() }] {
        let after = after(&delivery(state), &feedback, later());
        assert!(matches!(after, Some(DeliveryState::Bounced { .. })), "{after:?}");
    }
    let mut untried = delivery(DeliveryState::Waiting);
    untried.attempts = 0;
    assert_eq!(after(&untried, &feedback, later()), None);
}

#[test]
fn a_passing_trouble_is_noted_and_the_mail_stays_sent() {
    let feedback = heard(bounce("Transient", "MailboxFull")).unwrap();
    let noted = after(&delivery(sent("m1")), &feedback, later()).unwrap();
    let note = Some("Transient, MailboxFull, 5.1.1".to_owned());
    assert_eq!(noted, DeliveryState::Sent { at: at(), message_id: "m1".to_owned(), note });
    assert_eq!(after(&delivery(noted), &feedback, later()), None, "once");
    assert_eq!(after(&delivery(DeliveryState::Waiting), &feedback, later()), None);
}
