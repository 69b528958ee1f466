//! The part of SES that the functions use: `SendRawEmail`, in its query protocol, and what it says of a mail later.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::fault::{Fault, Faults};
use crate::feedback::{Said, Topic};
use crate::form::{Form, parse_form};
use crate::mailbox::{Delivery, Mailbox};

const NAMESPACE: &str = "http://ses.amazonaws.com/doc/2010-12-01/";

/// A message may have 10 MB; base64 and percent encoding make it longer.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Mail to this domain is refused for good, as a mail service does with addresses that it has given up.
pub(crate) const UNDELIVERABLE: &str = "@undeliverable.example";

/// Mail to this domain is taken and comes back.
const BOUNCED: &str = "@bounced.example";
/// Mail to this domain is taken and reported as unwanted.
const COMPLAINED: &str = "@complained.example";

/// How long a slow answer takes.
const SLOW: Duration = Duration::from_millis(300);

#[derive(Clone)]
struct Service {
    mailbox: Mailbox,
    faults: Faults,
    topic: Topic,
}

/// The endpoint's routes.
pub(crate) fn router(mailbox: Mailbox, faults: Faults, topic: Topic) -> Router {
    Router::new().route("/", post(answer)).layer(DefaultBodyLimit::max(BODY_BYTES_MAX)).with_state(Service {
        mailbox,
        faults,
        topic,
    })
}

async fn answer(State(service): State<Service>, body: Bytes) -> Response {
    let form = parse_form(&body);
    if form.get("Action").map(String::as_str) != Some("SendRawEmail") {
        return fault(StatusCode::BAD_REQUEST, "InvalidAction", "Only SendRawEmail is offered here.");
    }
    match delivery(&form) {
        Some(delivery) => send(&service, delivery).await,
        None => fault(StatusCode::BAD_REQUEST, "InvalidParameterValue", "Missing or malformed RawMessage.Data."),
    }
}

async fn send(service: &Service, delivery: Delivery) -> Response {
    match service.faults.take(&delivery.recipients).or_else(|| fault_of_domain(&delivery.recipients)) {
        None => accept(service, &delivery, None),
        Some(Fault::Down) => fault(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "Service is unavailable."),
        Some(Fault::Throttled) => fault(StatusCode::BAD_REQUEST, "Throttling", "Maximum sending rate exceeded."),
        Some(Fault::Rejected) => fault(StatusCode::BAD_REQUEST, "MessageRejected", "Email address is not verified."),
        Some(Fault::Slow) => {
            let answer = accept(service, &delivery, None);
            tokio::time::sleep(SLOW).await;
            answer
        }
        Some(Fault::FailAfterAccept) => {
            accept(service, &delivery, None);
            fault(StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure", "The request failed.")
        }
        Some(Fault::Bounced) => accept(service, &delivery, Some(Said::Bounced)),
        Some(Fault::MailboxFull) => accept(service, &delivery, Some(Said::MailboxFull)),
        Some(Fault::Complained) => accept(service, &delivery, Some(Said::Complained)),
    }
}

fn fault_of_domain(recipients: &[String]) -> Option<Fault> {
    let domains = [(UNDELIVERABLE, Fault::Rejected), (BOUNCED, Fault::Bounced), (COMPLAINED, Fault::Complained)];
    let to = |domain: &str| recipients.iter().any(|to| to.to_ascii_lowercase().ends_with(domain));
    domains.into_iter().find_map(|(domain, fault)| to(domain).then_some(fault))
}

fn accept(service: &Service, delivery: &Delivery, said: Option<Said>) -> Response {
    match service.mailbox.deliver(delivery) {
        Ok(id) => {
            // At once, so that it can be heard before the sender has noted that the mail was taken.
            if let Some(said) = said {
                service.topic.publish(said, delivery, &id);
            }
            let answer = format!(
                "<SendRawEmailResponse xmlns=\"{NAMESPACE}\"><SendRawEmailResult><MessageId>{id}</MessageId>\
                 </SendRawEmailResult><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata>\
                 </SendRawEmailResponse>"
            );
            xml(StatusCode::OK, &answer)
        }
        Err(error) => {
            tracing::error!(%error, "a mail could not be stored");
            fault(StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure", "The mail could not be stored.")
        }
    }
}

fn delivery(form: &Form) -> Option<Delivery> {
    let source = STANDARD.decode(form.get("RawMessage.Data")?).ok()?;
    let recipients = (1..).map_while(|n| form.get(&format!("Destinations.member.{n}")).cloned()).collect();
    let part_of_tag = |n: u32, part: &str| form.get(&format!("Tags.member.{n}.{part}")).cloned();
    let tags = (1..).map_while(|n| Some((part_of_tag(n, "Name")?, part_of_tag(n, "Value")?))).collect();
    Some(Delivery {
        sender: form.get("Source").cloned(),
        recipients,
        configuration_set: form.get("ConfigurationSetName").cloned(),
        tags,
        source,
    })
}

fn fault(status: StatusCode, code: &str, message: &str) -> Response {
    let kind = if status.is_server_error() { "Receiver" } else { "Sender" };
    xml(
        status,
        &format!(
            "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{kind}</Type><Code>{code}</Code>\
             <Message>{message}</Message></Error><RequestId>local</RequestId></ErrorResponse>"
        ),
    )
}

fn xml(status: StatusCode, body: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/xml")], body.to_owned()).into_response()
}
