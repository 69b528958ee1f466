use brand::{Brand, Logo, Name, untranslated};
use licensing::text::{EmailAddress, Language};
use mail_parser::{MessageParser, MimeHeaders};

use crate::{Envelope, Mailbox, Message, OrderLine, OrderMail, Rendered, message, mime, render};

mod sample;

const LANGUAGES: [Language; 2] = [Language::En, Language::It];

#[test]
fn messages_look_as_they_did() {
    for (name, message) in sample::all() {
        for language in LANGUAGES {
            let Rendered { subject, text, html } = render(&message, &Brand::default(), language);
            insta::assert_snapshot!(format!("{name}-{}", language.tag()), format!("{subject}\n\n{text}\n\n{html}"));
        }
    }
}

#[test]
fn every_sentence_is_written_in_every_language() {
    let same = ["sku", "subject", "role_is", "server", "server_is", "redundant", "basic", "gold", "platinum"];
    let all = [
        crate::frame::FrameWords::ALL,
        message::order::Words::ALL,
        message::unlocked::Words::ALL,
        message::renewed::Words::ALL,
        message::cancelled::Words::ALL,
        message::order_cancelled::Words::ALL,
        message::invitation::Words::ALL,
        message::conflict::Words::ALL,
        message::endings::Words::ALL,
        message::request::Words::ALL,
        message::undelivered::Words::ALL,
        message::event_parked::Words::ALL,
        message::changed::Words::ALL,
    ];
    for words in all {
        assert_eq!(untranslated(words, &same), Vec::<&str>::new());
    }
}

#[test]
fn the_briefs_order_has_the_briefs_subject_and_button() {
    let mail = render(&Message::Order(sample::order()), &Brand::default(), Language::En);
    assert_eq!(mail.subject, "PO per espansione hotel pack Cable and Wireless - 19/00021");
    assert!(mail.text.contains("\nDear Bernardo Federigi,\n"));
    assert!(mail.html.contains("Dear Bernardo Federigi,"));
    let link = format!("href=\"{}\"", sample::order().link);
    assert_eq!(mail.html.matches(&link).count(), 3, "two buttons and the visible link");
}

#[test]
fn a_missing_name_is_greeted_without_one() {
    for name in [None, Some(Name::new("\u{200b}"))] {
        let mail = render(&Message::Order(OrderMail { name, ..sample::order() }), &Brand::default(), Language::En);
        assert!(mail.text.contains("\nHello,\n"));
        assert!(!mail.text.contains("Dear"));
    }
}

/// An order whose every text attacks.
fn hostile_order() -> OrderMail {
    let attack =
        "<script>alert(1)</script>\u{202e}\u{200b}\"'&{x}**\r\nBcc: a@evil.example https://evil.example/unlock/A";
    OrderMail {
        name: Some(Name::new(attack)),
        purchase_order: Name::new(attack),
        number: Name::new("https://evil.example/unlock/A"),
        link: sample::order().link,
        lines: vec![OrderLine {
            product: Name::new(attack),
            sku: Name::new("<img src=x>"),
            quantity: 10_000,
            license_code: Name::new("www.evil.example"),
        }],
        cancelled: vec![Name::new(attack)],
    }
}

#[test]
fn hostile_names_bring_no_markup_no_header_and_no_link() {
    for message in [Message::Order(hostile_order()), Message::OrderRevised(hostile_order())] {
        for language in LANGUAGES {
            let mail = render(&message, &Brand::default(), language);
            assert!(!mail.html.contains("<script") && !mail.html.contains("<img src=x"), "markup");
            for text in [&mail.subject, &mail.text, &mail.html] {
                assert!(!text.contains(['\u{202e}', '\u{200b}']), "invisible characters");
                assert!(!text.contains("evil.example"), "a link");
            }
            assert!(!mail.subject.contains(['\r', '\n']), "a header");
            assert!(!mail.text.contains("\nBcc"), "a line that looks like a header");
        }
    }
}

#[test]
fn a_link_in_the_text_stands_alone_on_its_line() {
    for (_, message) in sample::all() {
        let text = render(&message, &Brand::default(), Language::En).text;
        let links: Vec<&str> = text.lines().filter(|line| line.contains("://")).collect();
        assert!(!links.is_empty());
        assert!(links.iter().all(|line| line.starts_with("https://licensing.example.com/") && !line.contains(' ')));
    }
}

#[test]
fn the_vendors_look_is_configuration() {
    let brand: Brand = serde_json_brand();
    let mail = render(&Message::Order(sample::order()), &brand, Language::It);
    assert!(mail.html.contains("<img src=\"https://acme.example/logo.png\" alt=\"Acme &#38; Söhne\""));
    assert!(mail.html.contains("bgcolor=\"#ffd400\"") && mail.html.contains("color:#1d232b"), "dark ink on yellow");
    assert!(!mail.html.contains("Imagicle portal") && !mail.text.contains("tel:"));
    assert!(mail.text.contains("Scriva a help@acme.example."), "no phone, no call");
}

fn serde_json_brand() -> Brand {
    let mut brand = Brand {
        vendor_name: "Acme & Söhne".into(),
        logo: Some(Logo::parse("https://acme.example/logo.png").unwrap()),
        support_email: EmailAddress::parse("help@acme.example").unwrap(),
        support_phone: String::new(),
        ..Brand::default()
    };
    brand.colours.accent = brand::Colour::parse("#ffd400").unwrap();
    brand
}

/// Gmail cuts mails that are longer than 102 kB, the button with them.
#[test]
fn the_longest_order_is_not_cut_by_gmail() {
    let long = |n: usize| Name::new(&"W".repeat(n));
    let line = OrderLine { product: long(60), sku: long(20), quantity: 10_000, license_code: long(20) };
    let order = OrderMail { lines: vec![line; licensing::order::LINES_MAX], ..sample::order() };
    let mail = render(&Message::Order(order), &Brand::default(), Language::It);
    assert!(mail.html.len() < 100_000, "{} bytes", mail.html.len());
}

fn bytes_of(rendered: &Rendered, to_name: Option<&str>) -> Vec<u8> {
    let [from, to, reply_to] = ["licenses@example.com", "bernardo.federigi@example.com", "orders@example.com"]
        .map(|address| EmailAddress::parse(address).unwrap());
    mime(
        rendered,
        &Envelope {
            from: Mailbox { name: Some("Imagicle Orders"), email: &from },
            to: Mailbox { name: to_name, email: &to },
            reply_to: &reply_to,
            id: "01K0AAAAAAAAAAAAAAAAAAAAAA",
            id_domain: "example.com",
            date: "2020-01-17T08:01:00Z".parse().unwrap(),
            language: Language::It,
            unsubscribe: None,
        },
    )
}

#[test]
fn a_mail_carries_both_bodies_and_the_headers_of_an_automatic_one() {
    let rendered = render(&Message::Order(sample::order()), &Brand::default(), Language::It);
    let bytes = bytes_of(&rendered, Some("Bernardo Federigi"));
    let parsed = MessageParser::new().parse(&bytes).unwrap();
    assert_eq!(parsed.subject(), Some(rendered.subject.as_str()));
    assert_eq!(parsed.message_id(), Some("01K0AAAAAAAAAAAAAAAAAAAAAA@example.com"));
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2020-01-17T08:01:00Z");
    assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert_eq!(parsed.header_raw("Content-Language").map(str::trim), Some("it"));
    assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("orders@example.com"));
    let from = parsed.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Imagicle Orders"), Some("licenses@example.com")));
    assert!(parsed.content_type().unwrap().subtype() == Some("alternative"));
    assert_eq!(parsed.body_text(0).unwrap().trim().replace("\r\n", "\n"), rendered.text.trim());
    assert_eq!(parsed.body_html(0).unwrap().trim().replace("\r\n", "\n"), rendered.html.trim());
}

#[test]
fn a_mail_sent_again_has_the_same_bytes() {
    let message = Message::Order(sample::order());
    let bytes = || bytes_of(&render(&message, &Brand::default(), Language::En), None);
    assert_eq!(bytes(), bytes());
}

#[test]
fn hostile_headers_are_one_line_and_lines_are_short_enough_for_smtp() {
    let rendered = Rendered {
        subject: "x\r\nBcc: a@evil.example\u{202e}\u{2028}é".into(),
        ..render(&Message::Order(hostile_order()), &Brand::default(), Language::En)
    };
    let bytes = bytes_of(&rendered, Some("Ada\" <b@evil.example>, \"\r\nBcc: c@evil.example\u{200b}"));
    let parsed = MessageParser::new().parse(&bytes).unwrap();
    assert_eq!(parsed.bcc(), None);
    assert_eq!(parsed.subject(), Some("xBcc: a@evil.exampleé"));
    let to: Vec<_> = parsed.to().unwrap().iter().map(|to| to.address().unwrap()).collect();
    assert_eq!(to, ["bernardo.federigi@example.com"]);
    assert!(bytes.is_ascii());
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.lines().all(|line| line.len() <= 998));
}
