use aws_sdk_ses::config::retry::RetryConfig;
use aws_sdk_ses::config::{BehaviorVersion, Credentials, Region};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

#[test]
fn answers_are_told_apart() {
    let fault = |code: &str, status| classify_answer(code.to_owned(), status);
    assert!(matches!(fault("Throttling", 400), SendFault::Throttled { .. }));
    assert!(matches!(fault("unknown", 429), SendFault::Throttled { .. }));
    assert!(matches!(fault("MessageRejected", 400), SendFault::Rejected { .. }));
    for (code, status) in [
        ("AccountSendingPausedException", 400),
        ("ConfigurationSetDoesNotExist", 400),
        ("MailFromDomainNotVerifiedException", 400),
        ("AccessDenied", 403),
        ("InternalFailure", 500),
        ("ServiceUnavailable", 503),
    ] {
        assert!(matches!(fault(code, status), SendFault::Transient { .. }), "{code}");
    }
    assert!(fault("Throttling", 400).may_retry());
    assert!(!fault("MessageRejected", 400).may_retry());
}

/// Sends one mail to an endpoint that answers like this once; gives what it got and what the sender made of it.
async fn exchange(status: &str, body: &str) -> (String, Result<SesMessageId, SendFault>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let served = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = String::new();
        while !is_whole(&request) {
            let mut chunk = [0; 4096];
            let read = stream.read(&mut chunk).await.unwrap();
            request.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        request
    };
    let sender = Sender::new(client(&endpoint), Some("untracked".into()));
    let [from, to] = ["licenses@example.com", "ada@example.com"].map(|text| EmailAddress::parse(text).unwrap());
    tokio::join!(served, sender.send(&from, &to, b"Subject: x\r\n\r\ny".to_vec(), tags()))
}

fn tags() -> [(&'static str, String); 2] {
    [("delivery", "01J".to_owned()), ("reader", "01K".to_owned())]
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0_usize)
}

fn client(endpoint: &str) -> Client {
    let config = aws_sdk_ses::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

#[tokio::test]
async fn a_mail_goes_to_ses_and_its_id_comes_back() {
    let body = "<SendRawEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><SendRawEmailResult>\
        <MessageId>0102-abc</MessageId></SendRawEmailResult></SendRawEmailResponse>";
    let (request, sent) = exchange("200 OK", body).await;
    assert_eq!(sent, Ok(SesMessageId("0102-abc".into())));
    for part in [
        "Action=SendRawEmail",
        "Source=licenses%40example.com",
        "Destinations.member.1=ada%40example.com",
        "ConfigurationSetName=untracked",
        "RawMessage.Data=",
        "Tags.member.1.Name=delivery&Tags.member.1.Value=01J&Tags.member.2.Name=reader&Tags.member.2.Value=01K",
    ] {
        assert!(request.contains(part), "{part}");
    }
}

#[tokio::test]
async fn what_ses_refuses_is_rejected_without_repeating_its_sentence() {
    let body = "<ErrorResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><Error><Type>Sender</Type>\
        <Code>MessageRejected</Code><Message>Email address is not verified: ada@example.com</Message></Error>\
        <RequestId>r</RequestId></ErrorResponse>";
    let (_, sent) = exchange("400 Bad Request", body).await;
    let fault = sent.unwrap_err();
    assert!(!fault.may_retry());
    assert_eq!(fault.to_string(), "SES rejected the mail (MessageRejected)");
    assert!(!format!("{fault:?}").contains("ada@"));
}

#[tokio::test]
async fn an_answer_that_is_none_may_be_tried_again() {
    let (_, sent) = exchange("502 Bad Gateway", "<html>proxy</html>").await;
    assert!(matches!(sent, Err(SendFault::Transient { .. })));
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_may_be_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let address = EmailAddress::parse("ada@example.com").unwrap();
    let sent = Sender::new(client(&endpoint), None).send(&address, &address, Vec::new(), tags()).await;
    assert_eq!(sent, Err(SendFault::Transient { code: "not reached".into() }));
}
