//! A rendered mail as the bytes that SMTP carries.

use jiff::Timestamp;
use licensing::text::{EmailAddress, Language};
use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::text::Text;
use mail_builder::headers::url::URL;
use mail_builder::mime::MimePart;

use crate::Rendered;

/// A name and an address.
#[derive(Debug, Clone)]
pub struct Mailbox<'a> {
    /// The name to show, if any; invisible characters are dropped.
    pub name: Option<&'a str>,
    /// The address.
    pub email: &'a EmailAddress,
}

/// Who writes to whom, and the identity of the mail.
#[derive(Debug, Clone)]
pub struct Envelope<'a> {
    /// The sender.
    pub from: Mailbox<'a>,
    /// The reader.
    pub to: Mailbox<'a>,
    /// Where answers go.
    pub reply_to: &'a EmailAddress,
    /// The outbox item's id; the same id gives the same `Message-ID`, so that a mail sent twice shows once.
    pub id: &'a str,
    /// The domain of the `Message-ID`, such as `example.com`.
    pub id_domain: &'a str,
    /// When the mail was recorded.
    pub date: Timestamp,
    /// The language it is written in.
    pub language: Language,
    /// Where its reader ends this kind of mail with one press (RFC 8058), if they can.
    pub unsubscribe: Option<&'a str>,
}

/// Writes the mail. The same arguments give the same bytes: nothing is random and no clock is read.
pub fn mime(rendered: &Rendered, envelope: &Envelope<'_>) -> Vec<u8> {
    let id = token(envelope.id);
    let boundary = format!("=_{id}");
    let parts = vec![
        MimePart::new("text/plain", normal_lines(&rendered.text)),
        MimePart::new("text/html", normal_lines(&rendered.html)),
    ];
    let mut bytes = Vec::with_capacity(rendered.text.len() + rendered.html.len() * 3 / 2);
    let mut builder = MessageBuilder::new();
    if let Some(link) = envelope.unsubscribe {
        builder = builder
            .header("List-Unsubscribe", URL::new(link))
            .header("List-Unsubscribe-Post", Text::new("List-Unsubscribe=One-Click"));
    }
    builder
        .date(envelope.date.as_second())
        .from(address(&envelope.from))
        .to(address(&envelope.to))
        .reply_to(envelope.reply_to.as_str())
        .message_id(format!("{id}@{}", token(envelope.id_domain)))
        .subject(header_text(&rendered.subject))
        .header("Content-Language", Text::new(envelope.language.tag()))
        // Holiday notices answer people, not programs.
        .header("Auto-Submitted", Text::new("auto-generated"))
        .header("X-Auto-Response-Suppress", Text::new("OOF, AutoReply"))
        .body(MimePart::new(ContentType::new("multipart/alternative").attribute("boundary", boundary), parts))
        .serialize(&mut bytes);
    bytes
}

fn address(mailbox: &Mailbox<'_>) -> mail_builder::headers::address::Address<'static> {
    let name = mailbox.name.map(header_text).filter(|name| !name.is_empty());
    mail_builder::headers::address::Address::new_address(name, mailbox.email.as_str().to_owned())
}

/// A line end in a header would start another header; invisible characters would show another sender than there is.
fn header_text(text: &str) -> String {
    brand::visible(text).trim().to_owned()
}

/// What a `Message-ID` and a boundary may hold without quoting, at most 64 characters.
fn token(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    text.chars().map(plain).take(64).collect()
}

/// Line ends as SMTP wants them.
fn normal_lines(text: &str) -> String {
    text.lines().flat_map(|line| [line, "\r\n"]).collect()
}
