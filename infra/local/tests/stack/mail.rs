use std::time::Duration;

use aws_sdk_ses::Client;
use aws_sdk_ses::config::retry::RetryConfig;
use aws_sdk_ses::error::ProvideErrorMetadata;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::RawMessage;
use local::{Fault, MailPart, Stack};

use crate::stack;

const MESSAGE: &str = "From: Orders <orders@example.com>\r\nTo: bernardo@example.com\r\nSubject: Hello\r\n\r\n\
                       Unlock: http://localhost/unlock/abc\r\n";

fn client(stack: &Stack) -> Client {
    let config = aws_sdk_ses::config::Builder::from(&stack.sdk).retry_config(RetryConfig::disabled()).build();
    Client::from_conf(config)
}

/// The message id, or the code of the fault.
async fn send(client: &Client, to: &str) -> Result<String, String> {
    let message = RawMessage::builder().data(Blob::new(MESSAGE)).build().unwrap();
    let sent = client
        .send_raw_email()
        .source("orders@example.com")
        .destinations(to)
        .configuration_set_name("local")
        .raw_message(message)
        .send()
        .await;
    match sent {
        Ok(sent) => Ok(sent.message_id),
        Err(error) => Err(error.code().unwrap_or_default().to_owned()),
    }
}

#[tokio::test]
async fn a_mail_that_the_sdk_sends_is_in_the_mailbox() {
    let stack = stack().await;
    let id = send(&client(&stack), "bernardo@example.com").await.unwrap();

    let mail = stack.mailbox.get(&id).unwrap();
    assert_eq!(mail.source, MESSAGE.as_bytes());
    assert_eq!(mail.envelope.sender, "orders@example.com");
    assert_eq!(mail.envelope.configuration_set.as_deref(), Some("local"));
    assert_eq!(mail.links(), ["http://localhost/unlock/abc"]);
    assert_eq!(stack.mailbox.to("Bernardo@example.com").len(), 1);
    stack.stop().await;
}

#[tokio::test]
async fn a_test_waits_for_a_mail() {
    let stack = stack().await;
    let mailbox = stack.mailbox.clone();
    let waiting =
        tokio::spawn(
            async move { mailbox.wait_for(Duration::from_secs(20), |mail| mail.is_to("later@example.com")).await },
        );
    send(&client(&stack), "sooner@example.com").await.unwrap();
    send(&client(&stack), "later@example.com").await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().subject(), "Hello");

    let never = stack.mailbox.wait_for(Duration::ZERO, |mail| mail.is_to("never@example.com")).await;
    assert!(never.is_none());
    stack.stop().await;
}

#[tokio::test]
async fn the_endpoint_fails_as_ses_does_when_a_test_wants_it() {
    let stack = stack().await;
    let client = client(&stack);
    let one = "one@example.com";
    for (fault, code, kept) in [
        (Fault::Down, "ServiceUnavailable", false),
        (Fault::Throttled, "Throttling", false),
        (Fault::Rejected, "MessageRejected", false),
        (Fault::FailAfterAccept, "InternalFailure", true),
    ] {
        let before = stack.mailbox.all().len();
        stack.faults.next(1, fault);
        assert_eq!(send(&client, one).await.unwrap_err(), code);
        assert_eq!(stack.mailbox.all().len() - before, usize::from(kept), "{code}");
        assert!(send(&client, one).await.is_ok(), "only one call failed");
    }
    stack.faults.recipient(one, Fault::Rejected);
    assert!(send(&client, one).await.is_err());
    assert!(send(&client, "two@example.com").await.is_ok());
    stack.stop().await;
}

#[tokio::test]
async fn the_mailbox_pages_show_a_mail_and_keep_its_html_in_a_sandbox() {
    let stack = stack().await;
    let id = send(&client(&stack), "bernardo@example.com").await.unwrap();
    let get = async |path: &str| reqwest::get(format!("{}/local/mailbox{path}", stack.base_url)).await.unwrap();

    let list = get("").await.text().await.unwrap();
    assert!(list.contains("Hello") && list.contains(&format!("/local/mailbox/{id}")));
    let page = get(&format!("/{id}")).await.text().await.unwrap();
    assert!(page.contains("http://localhost/unlock/abc"), "a text mail shows its text");
    let source = get(&format!("/{id}?view=source")).await.text().await.unwrap();
    assert!(source.contains("Subject: Hello"));
    assert_eq!(get(&format!("/{id}/html")).await.status(), 404, "it has no HTML");
    assert_eq!(stack.mailbox.get(&id).unwrap().part(MailPart::Html), None);

    assert_eq!(get("/list?seen=1").await.status(), 204, "nothing new");
    let fragment = get("/list?seen=0").await;
    assert_eq!(fragment.headers()["x-version"], "1");
    assert!(fragment.text().await.unwrap().contains("class=\"new\""));
    stack.stop().await;
}
