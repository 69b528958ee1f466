//! The part of SES that the functions use: `SendRawEmail`, in its query protocol.

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
use crate::form::{Form, parse_form};
use crate::mailbox::{Delivery, Mailbox};

const NAMESPACE: &str = "http://ses.amazonaws.com/doc/2010-12-01/";

/// A message may have 10 MB; base64 and percent encoding make it longer.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Mail to this domain is refused for good, as a mail service does with addresses that it has given up.
pub(crate) const UNDELIVERABLE: &str = "@undeliverable.example";

/// How long a slow answer takes.
const SLOW: Duration = Duration::from_millis(300);

#[derive(Clone)]
struct Service {
    mailbox: Mailbox,
    faults: Faults,
}

/// The endpoint's routes.
pub(crate) fn router(mailbox: Mailbox, faults: Faults) -> Router {
    Router::new()
        .route("/", post(answer))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(Service { mailbox, faults })
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
    let refused = delivery.recipients.iter().any(|to| to.to_ascii_lowercase().ends_with(UNDELIVERABLE));
    match service.faults.take(&delivery.recipients).or(refused.then_some(Fault::Rejected)) {
        None => accept(&service.mailbox, delivery),
        Some(Fault::Down) => fault(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "Service is unavailable."),
        Some(Fault::Throttled) => fault(StatusCode::BAD_REQUEST, "Throttling", "Maximum sending rate exceeded."),
        Some(Fault::Rejected) => fault(StatusCode::BAD_REQUEST, "MessageRejected", "Email address is not verified."),
        Some(Fault::Slow) => {
            let answer = accept(&service.mailbox, delivery);
            tokio::time::sleep(SLOW).await;
            answer
        }
        Some(Fault::FailAfterAccept) => {
            accept(&service.mailbox, delivery);
            fault(StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure", "The request failed.")
        }
    }
}

fn accept(mailbox: &Mailbox, delivery: Delivery) -> Response {
    match mailbox.deliver(delivery) {
        Ok(id) => xml(
            StatusCode::OK,
            &format!(
                "<SendRawEmailResponse xmlns=\"{NAMESPACE}\"><SendRawEmailResult><MessageId>{id}</MessageId>\
                 </SendRawEmailResult><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata>\
                 </SendRawEmailResponse>"
            ),
        ),
        Err(error) => {
            tracing::error!(%error, "a mail could not be stored");
            fault(StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure", "The mail could not be stored.")
        }
    }
}

fn delivery(form: &Form) -> Option<Delivery> {
    let source = STANDARD.decode(form.get("RawMessage.Data")?).ok()?;
    let recipients = (1..).map_while(|n| form.get(&format!("Destinations.member.{n}")).cloned()).collect();
    Some(Delivery {
        sender: form.get("Source").cloned(),
        recipients,
        configuration_set: form.get("ConfigurationSetName").cloned(),
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
