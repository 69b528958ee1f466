//! Handing mails to SES.

use aws_sdk_ses::Client;
use aws_sdk_ses::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ses::operation::send_raw_email::SendRawEmailError;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::{MessageTag, RawMessage};
use licensing::text::EmailAddress;

/// The id that SES gave a mail; bounces name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SesMessageId(pub String);

/// Why SES did not take a mail. SES's own sentence is not kept: it may hold addresses, and this is logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendFault {
    /// Too many at once; try again later.
    #[error("SES throttles ({code})")]
    Throttled {
        /// SES's code.
        code: String,
    },
    /// No answer, a fault of SES, or a setting that operators can mend; the mail itself may be good, and after a lost
    /// answer it may even be sent. Try again.
    #[error("SES did not take the mail for now ({code})")]
    Transient {
        /// SES's code, or what kind of failure there was.
        code: String,
    },
    /// The mail itself is refused; trying again changes nothing.
    #[error("SES rejected the mail ({code})")]
    Rejected {
        /// SES's code.
        code: String,
    },
}

impl SendFault {
    /// Whether the same mail may be sent later.
    pub fn may_retry(&self) -> bool {
        !matches!(self, Self::Rejected { .. })
    }
}

/// Sends mails through SES with one configuration set.
#[derive(Debug, Clone)]
pub struct Sender {
    client: Client,
    configuration_set: Option<String>,
}

impl Sender {
    /// A sender; the configuration set switches click and open tracking off, which would rewrite links.
    pub fn new(client: Client, configuration_set: Option<String>) -> Self {
        Self { client, configuration_set }
    }

    /// Sends the bytes of [`crate::mime()`]. The addresses are those of the envelope, whatever the headers say. What SES
    /// says later of the mail, such as that it bounced, carries the tags; a value has ASCII letters, digits, hyphens and
    /// underscores alone.
    pub async fn send(
        &self,
        from: &EmailAddress,
        to: &EmailAddress,
        mime: Vec<u8>,
        tags: [(&str, String); 2],
    ) -> Result<SesMessageId, SendFault> {
        let message = RawMessage::builder().data(Blob::new(mime)).build().map_err(|_| no_answer("no data"))?;
        let tag = |(name, value)| MessageTag::builder().name(name).value(value).build();
        let tags: Vec<_> = tags.into_iter().map(tag).collect::<Result<_, _>>().map_err(|_| no_answer("no tag"))?;
        let sent = self
            .client
            .send_raw_email()
            .source(from.as_str())
            .destinations(to.as_str())
            .set_configuration_set_name(self.configuration_set.clone())
            .raw_message(message)
            .set_tags(Some(tags))
            .send()
            .await;
        match sent {
            Ok(output) => Ok(SesMessageId(output.message_id)),
            Err(error) => Err(classify(&error)),
        }
    }
}

fn no_answer(what: &str) -> SendFault {
    SendFault::Transient { code: what.to_owned() }
}

fn classify(error: &SdkError<SendRawEmailError>) -> SendFault {
    match error {
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            classify_answer(service.err().code().unwrap_or("unknown").to_owned(), status)
        }
        SdkError::ConstructionFailure(_) => no_answer("request not built"),
        SdkError::TimeoutError(_) => no_answer("timeout"),
        SdkError::DispatchFailure(_) => no_answer("not reached"),
        _ => no_answer("answer not understood"),
    }
}

fn classify_answer(code: String, status: u16) -> SendFault {
    match code.as_str() {
        "Throttling" | "ThrottlingException" | "TooManyRequestsException" | "RequestLimitExceeded" => {
            SendFault::Throttled { code }
        }
        "MessageRejected" | "InvalidParameterValue" | "ValidationError" | "InvalidParameterCombination" => {
            SendFault::Rejected { code }
        }
        _ if status == 429 => SendFault::Throttled { code },
        // Paused accounts, missing configuration sets, denied access: mended by operators, not by another mail.
        _ => SendFault::Transient { code },
    }
}

#[cfg(test)]
mod tests;
