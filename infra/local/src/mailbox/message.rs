//! One mail, and what it shows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser, MimeHeaders};

use super::{Delivery, Envelope};

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Where it came from and went to.
    pub envelope: Envelope,
    /// The message as it was sent.
    pub source: Vec<u8>,
}

/// One way to read a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailPart {
    /// As a mail program shows it.
    Html,
    /// As plain text.
    Text,
}

impl Mail {
    pub(super) fn new(id: String, received: Timestamp, delivery: &Delivery) -> Self {
        let message = parse(&delivery.source);
        let in_message = |address: Option<&Address<'_>>| address.map(addresses).unwrap_or_default();
        let sender = delivery.sender.clone().or_else(|| in_message(message.from()).into_iter().next());
        let recipients = if delivery.recipients.is_empty() {
            [message.to(), message.cc(), message.bcc()].into_iter().flat_map(in_message).collect()
        } else {
            delivery.recipients.clone()
        };
        let configuration_set = delivery.configuration_set.clone();
        let envelope = Envelope { id, received, sender: sender.unwrap_or_default(), recipients, configuration_set };
        Self { envelope, source: delivery.source.clone() }
    }

    /// The subject, or nothing.
    pub fn subject(&self) -> String {
        parse(&self.source).subject().unwrap_or_default().to_owned()
    }

    /// A header of the message as it was sent, such as `Reply-To`.
    pub fn header(&self, name: &str) -> Option<String> {
        parse(&self.source).header_raw(name).map(|text| text.trim().to_owned())
    }

    /// Sender and recipient as the message shows them, with names.
    pub(super) fn shown(&self) -> (String, String) {
        let message = parse(&self.source);
        let from = message.from().map(with_names).filter(|text| !text.is_empty());
        let to = message.to().map(with_names).filter(|text| !text.is_empty());
        (
            from.unwrap_or_else(|| self.envelope.sender.clone()),
            to.unwrap_or_else(|| self.envelope.recipients.join(", ")),
        )
    }

    /// Where answers go, where it is not the sender.
    pub(super) fn reply_to(&self) -> Option<String> {
        parse(&self.source).reply_to().map(with_names)
    }

    /// The mail as HTML or text; `None` where it has no such part.
    pub fn part(&self, part: MailPart) -> Option<String> {
        let message = parse(&self.source);
        let has = |kind: &str| {
            message.parts.iter().any(|part| part.content_type().is_some_and(|t| t.subtype() == Some(kind)))
        };
        match part {
            MailPart::Html if has("html") => message.body_html(0).map(|html| with_pictures(&html, &message)),
            MailPart::Text => message.body_text(0).map(std::borrow::Cow::into_owned),
            MailPart::Html => None,
        }
    }

    /// The web addresses of the text part, in order.
    pub fn links(&self) -> Vec<String> {
        let text = self.part(MailPart::Text).unwrap_or_default();
        let ends = |c: char| c.is_whitespace() || "<>\"'()".contains(c);
        let address =
            |word: &str| (word.starts_with("http://") || word.starts_with("https://")).then(|| word.to_owned());
        text.split(ends).filter_map(address).collect()
    }

    /// Whether it went to this address.
    pub fn is_to(&self, address: &str) -> bool {
        self.envelope.recipients.iter().any(|to| bare(to).eq_ignore_ascii_case(address))
    }
}

/// A source that is no message at all shows as an empty one.
fn parse(source: &[u8]) -> Message<'_> {
    MessageParser::default().parse(source).unwrap_or_default()
}

fn bare(address: &str) -> &str {
    address.rsplit_once('<').map_or(address, |(_, rest)| rest.trim_end_matches('>')).trim()
}

fn addresses(address: &Address<'_>) -> Vec<String> {
    address.iter().filter_map(|addr| addr.address()).map(str::to_owned).collect()
}

fn with_names(address: &Address<'_>) -> String {
    let one = |addr: &mail_parser::Addr<'_>| match (addr.name(), addr.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    };
    address.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Pictures that travel in the mail, put into the page: a browser knows no `cid:`.
fn with_pictures(html: &str, message: &Message<'_>) -> String {
    message.parts.iter().fold(html.to_owned(), |html, part| {
        let (Some(id), Some(kind)) = (part.content_id(), part.content_type()) else { return html };
        let subtype = kind.subtype().unwrap_or("octet-stream");
        let data = format!("data:{}/{subtype};base64,{}", kind.ctype(), STANDARD.encode(part.contents()));
        html.replace(&format!("cid:{id}"), &data)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "From: Orders <orders@example.com>\r\n\
        To: =?utf-8?Q?Nicol=C3=B2?= <nicolo@example.com>\r\n\
        Subject: =?utf-8?Q?Citt=C3=A0?=\r\n\
        Reply-To: help@example.com\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nUnlock: <http://localhost/unlock/a_b-c>\r\n\
        --b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>citt=C3=A0</p>\r\n\
        --b--\r\n";

    fn mail(recipients: &[&str]) -> Mail {
        let delivery = Delivery {
            sender: None,
            recipients: recipients.iter().map(ToString::to_string).collect(),
            configuration_set: None,
            tags: Vec::new(),
            source: SOURCE.as_bytes().to_vec(),
        };
        Mail::new("1".into(), Timestamp::UNIX_EPOCH, &delivery)
    }

    #[test]
    fn a_mail_shows_subject_names_and_both_parts() {
        let mail = mail(&[]);
        assert_eq!(mail.subject(), "Città");
        assert_eq!(mail.shown().1, "Nicolò <nicolo@example.com>");
        assert_eq!(mail.part(MailPart::Html).unwrap().trim(), "<p>città</p>");
        assert_eq!(mail.links(), ["http://localhost/unlock/a_b-c"]);
        assert_eq!(mail.header("Reply-To").unwrap(), "help@example.com");
    }

    #[test]
    fn the_envelope_wins_over_the_message() {
        assert!(mail(&[]).is_to("nicolo@example.com"));
        assert!(mail(&["Other@example.com"]).is_to("other@example.com"));
        assert!(!mail(&["other@example.com"]).is_to("nicolo@example.com"));
        assert_eq!(mail(&[]).envelope.sender, "orders@example.com");
    }

    #[test]
    fn a_text_mail_has_no_html() {
        let mut mail = mail(&[]);
        mail.source = b"Subject: x\r\n\r\nhello\r\n".to_vec();
        assert_eq!(mail.part(MailPart::Html), None);
        assert_eq!(mail.part(MailPart::Text).unwrap().trim(), "hello");
    }
}
