//! What SES says of mails after it took them, by way of an SNS topic, in the form in which Lambda hands it over.

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::functions::Listener;
use crate::mailbox::Delivery;

/// How often SNS brings a message here. It promises at least once, so nothing may rest on once.
const TIMES: usize = 2;
/// How often Lambda calls a function that fails.
const ATTEMPTS_MAX: u32 = 3;

/// What is said of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// The reader's mail server refuses it for good.
    Bounced,
    /// The reader's mailbox is full, for now.
    MailboxFull,
    /// The reader reports it as unwanted.
    Complained,
}

/// Where SES publishes; a clone is another handle on the same one.
#[derive(Debug, Clone)]
pub(crate) struct Topic(UnboundedSender<Value>);

/// What subscribes to the topic.
pub(crate) struct Subscription(UnboundedReceiver<Value>);

/// A topic with its one subscription.
pub(crate) fn topic() -> (Topic, Subscription) {
    let (sender, receiver) = unbounded_channel();
    (Topic(sender), Subscription(receiver))
}

impl Topic {
    /// Publishes what is said of a mail that was taken under this id.
    pub(crate) fn publish(&self, said: Said, delivery: &Delivery, message_id: &str) {
        let event = lambda_event(&mail_event(said, delivery, message_id));
        for _ in 0..TIMES {
            // A stack that stops hears nothing more.
            drop(self.0.send(event.clone()));
        }
    }
}

impl Subscription {
    /// Brings the function whatever is published, until it is dropped.
    pub(crate) async fn run(mut self, listener: Listener) {
        while let Some(event) = self.0.recv().await {
            bring(&listener, event).await;
        }
    }

    /// Brings the function whatever was published.
    pub(crate) async fn drain(&mut self, listener: &Listener) {
        while let Ok(event) = self.0.try_recv() {
            bring(listener, event).await;
        }
    }
}

async fn bring(listener: &Listener, event: Value) {
    for _ in 0..ATTEMPTS_MAX {
        if listener(event.clone()).await {
            return;
        }
    }
    tracing::warn!("feedback on a mail given up");
}

/// The event as SES publishes it.
fn mail_event(said: Said, delivery: &Delivery, message_id: &str) -> Value {
    let to = delivery.recipients.first().cloned().unwrap_or_default();
    let tags = delivery.tags.iter().map(|(name, value)| (name.clone(), json!([value])));
    let (kind, name, detail) = match said {
        Said::Bounced => ("Bounce", "bounce", bounce("Permanent", "General", "5.1.1", &to)),
        Said::MailboxFull => ("Bounce", "bounce", bounce("Transient", "MailboxFull", "4.2.2", &to)),
        Said::Complained => ("Complaint", "complaint", complaint(&to)),
    };
    json!({
        "eventType": kind,
        "mail": {
            "source": delivery.sender,
            "messageId": message_id,
            "destination": delivery.recipients,
            "tags": tags.collect::<serde_json::Map<_, _>>(),
        },
        name: detail,
    })
}

fn bounce(kind: &str, sub_type: &str, status: &str, to: &str) -> Value {
    json!({
        "bounceType": kind,
        "bounceSubType": sub_type,
        "bouncedRecipients": [{
            "emailAddress": to,
            "action": "failed",
            "status": status,
            "diagnosticCode": format!("smtp; 550 {status} <{to}>"),
        }],
    })
}

fn complaint(to: &str) -> Value {
    json!({ "complainedRecipients": [{ "emailAddress": to }], "complaintFeedbackType": "abuse" })
}

/// The event as Lambda hands it to a function that subscribes to a topic.
fn lambda_event(message: &Value) -> Value {
    json!({
        "Records": [{
            "EventVersion": "1.0",
            "EventSubscriptionArn": "arn:aws:sns:local:000000000000:mail-feedback:1",
            "EventSource": "aws:sns",
            "Sns": {
                "Type": "Notification",
                "MessageId": "00000000-0000-0000-0000-000000000000",
                "TopicArn": "arn:aws:sns:local:000000000000:mail-feedback",
                "Subject": "Amazon SES Email Event Notification",
                "Message": message.to_string(),
                "Timestamp": "2026-11-24T09:00:00.000Z",
                "SignatureVersion": "1",
                "Signature": "",
                "SigningCertUrl": "",
                "UnsubscribeUrl": "",
                "MessageAttributes": {},
            },
        }],
    })
}
