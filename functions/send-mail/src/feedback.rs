//! What the mail service says of a mail after it took it: that it came back, or that its reader reported it.
//!
//! It comes through a topic, so more than once, late, or before this function has noted that the mail was sent.

use aws_lambda_events::sns::SnsEvent;
use http_api::{Failure, until_won};
use jiff::Timestamp;
use licensing::id::PersonId;
use serde::Deserialize;
use table::{Delivery, DeliveryState, TableError, key};
use ulid::Ulid;

use crate::SendMail;
use crate::deliver::{give_up, settle};

/// The longest word of the mail service that is kept.
const WORD_BYTES_MAX: usize = 40;

/// An event of SES, as far as it matters here. The addresses that it holds are left where they are.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MailEvent {
    event_type: String,
    mail: MailOfEvent,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MailOfEvent {
    message_id: String,
    #[serde(default)]
    tags: Tags,
}

#[derive(Debug, Default, Deserialize)]
struct Tags {
    #[serde(default)]
    delivery: Vec<String>,
    #[serde(default)]
    reader: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Bounce {
    #[serde(rename = "bounceType")]
    kind: String,
    #[serde(rename = "bounceSubType")]
    sub_kind: String,
    #[serde(rename = "bouncedRecipients", default)]
    recipients: Vec<BouncedRecipient>,
}

/// Its diagnostic code is left out: mail servers repeat the address in it.
#[derive(Debug, Deserialize)]
struct BouncedRecipient {
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Complaint {
    #[serde(rename = "complaintFeedbackType")]
    kind: Option<String>,
    #[serde(rename = "complaintSubType")]
    sub_kind: Option<String>,
}

/// What became of one mail.
#[derive(Debug, PartialEq, Eq)]
struct Feedback {
    delivery: Ulid,
    reader: PersonId,
    message_id: String,
    what: What,
    reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Refused for good.
    Bounced,
    /// Reported as unwanted.
    Complained,
    /// Refused for now, or by an automatic answer: it may have arrived.
    Noted,
}

impl SendMail {
    /// Writes what came back where staff see it, and tells them.
    ///
    /// # Errors
    ///
    /// When the table fails; the same event may come again.
    pub async fn handle_feedback(&self, event: SnsEvent) -> Result<(), Failure> {
        for record in event.records {
            // Other events of SES change nothing.
            if let Some(feedback) = serde_json::from_str(&record.sns.message).ok().as_ref().and_then(read) {
                until_won(async || self.hear(&feedback).await).await?;
            }
        }
        Ok(())
    }

    async fn hear(&self, feedback: &Feedback) -> Result<(), Failure> {
        let now = self.clock.now();
        let Some(delivery) = self.table.delivery(key::outbox(feedback.delivery, Some(feedback.reader))).await? else {
            tracing::warn!(delivery = %feedback.delivery, what = ?feedback.what, "feedback on a forgotten delivery");
            return Ok(());
        };
        if feedback.what == What::Noted && matches!(delivery.state, DeliveryState::Claimed { .. }) {
            // It is noted with the mail's id, which the sender is about to write.
            return Err(TableError::Lost { operation: "note feedback", items: vec!["outbox"] }.into());
        }
        match after(&delivery, feedback, now) {
            None => Ok(()),
            Some(state @ DeliveryState::Sent { .. }) => Ok(settle(&self.table, delivery.moved(state, now)).await?),
            Some(state) => Ok(give_up(&self.table, delivery, state, now).await?),
        }
    }
}

/// Reads an event; `None` where it tells nothing of a mail of this function.
fn read(event: &MailEvent) -> Option<Feedback> {
    let (what, reason) = match (event.event_type.as_str(), &event.bounce, &event.complaint) {
        ("Bounce", Some(bounce), _) => read_bounce(bounce),
        ("Complaint", _, Some(complaint)) => read_complaint(complaint)?,
        // It holds what the mail service takes for a virus.
        ("Reject", ..) => (What::Bounced, "Reject".to_owned()),
        _ => return None,
    };
    Some(Feedback {
        delivery: event.mail.tags.delivery.first()?.parse().ok()?,
        reader: PersonId::parse(event.mail.tags.reader.first()?).ok()?,
        message_id: event.mail.message_id.clone(),
        what,
        reason,
    })
}

fn read_bounce(bounce: &Bounce) -> (What, String) {
    let what = if bounce.kind == "Permanent" { What::Bounced } else { What::Noted };
    let status = bounce.recipients.first().and_then(|recipient| recipient.status.as_deref());
    (what, reason([Some(bounce.kind.as_str()), Some(bounce.sub_kind.as_str()), status]))
}

fn read_complaint(complaint: &Complaint) -> Option<(What, String)> {
    let kind = complaint.kind.as_deref();
    // The opposite of a complaint: the reader took the mail out of the junk folder.
    let wanted = kind == Some("not-spam");
    (!wanted).then(|| (What::Complained, reason([Some("Complaint"), kind, complaint.sub_kind.as_deref()])))
}

/// The mail service's words, those alone that can hold no address.
fn reason(words: [Option<&str>; 3]) -> String {
    let is_word = |word: &&str| {
        let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        plain && (1..=WORD_BYTES_MAX).contains(&word.len())
    };
    words.into_iter().flatten().filter(is_word).collect::<Vec<_>>().join(", ")
}

/// What a delivery becomes when this is heard of it; `None` where it stays as it is: heard before, of another try than
/// the one that counts, or dealt with by staff since.
fn after(delivery: &Delivery, feedback: &Feedback, at: Timestamp) -> Option<DeliveryState> {
    let Feedback { message_id, what, reason, .. } = feedback;
    let (message_id, reason) = (message_id.clone(), reason.clone());
    let heard_before = delivery.came_back.as_ref() == Some(&message_id);
    match (&delivery.state, what) {
        (DeliveryState::Sent { message_id: sent, .. }, _) if *sent != message_id => None,
        (DeliveryState::Sent { note, .. }, What::Noted) if note.as_ref() == Some(&reason) => None,
        (DeliveryState::Sent { at, .. }, What::Noted) => {
            Some(DeliveryState::Sent { at: *at, message_id, note: Some(reason) })
        }
        // The mail service took it, so what is still to be noted or tried again has its outcome.
        (DeliveryState::Waiting | DeliveryState::Claimed { .. }, What::Bounced | What::Complained)
            if delivery.attempts == 0 || heard_before =>
        {
            None
        }
        (DeliveryState::Sent { .. } | DeliveryState::Waiting | DeliveryState::Claimed { .. }, What::Bounced) => {
            Some(DeliveryState::Bounced { at, message_id, reason })
        }
        (DeliveryState::Sent { .. } | DeliveryState::Waiting | DeliveryState::Claimed { .. }, What::Complained) => {
            Some(DeliveryState::Complained { at, message_id, reason })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
