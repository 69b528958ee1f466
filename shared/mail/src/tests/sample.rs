//! One of each message, the brief's order among them.

use brand::Name;
use jiff::civil::date;
use licensing::grant::{Care, CareLevel, LicenseType, Term};
use licensing::member::Role;
use licensing::product::Unit;
use licensing::text::EmailAddress;
use licensing::topic::Topic;
use mail::{
    Asking, CancelledLine, CancelledMail, Change, ChangedMail, ConflictMail, CustomerEndings, EndingLine, EndingsMail,
    EventParkedMail, How, InvitationMail, InvitedBy, MailKind, Message, OrderCancelledMail, OrderLine, OrderMail,
    RenewedLine, RenewedMail, RequestMail, UndeliveredCause, UndeliveredMail, UnlockedMail,
};

const PORTAL: &str = "https://licensing.example.com/accounts/01K0AAAAAAAAAAAAAAAAAAAAAA";

/// The brief's order.
pub fn order() -> OrderMail {
    OrderMail {
        name: Some(Name::new("Bernardo Federigi")),
        purchase_order: Name::new("PO per espansione hotel pack Cable and Wireless"),
        number: Name::new("19/00021"),
        link: "https://licensing.example.com/unlock/AZbpwAAAAAAAAAAAAAAAAQAAAAEB3sZ0Qm9aYk1xR2V3cFh5dUw".into(),
        lines: lines(),
        cancelled: Vec::new(),
    }
}

fn lines() -> Vec<OrderLine> {
    let line = |product, sku, license_code| OrderLine {
        product: Name::new(product),
        sku: Name::new(sku),
        quantity: 1,
        license_code: Name::new(license_code),
    };
    vec![
        line("Imagicle Stonefax 4 chan.", "IM120-4L", "LICUNCK001"),
        line("Imagicle BillyBlue's 4 250 ext.", "IM110-250L", "LICUNLK002"),
    ]
}

fn renewed() -> RenewedMail {
    let line = |product, license_code, term, care| RenewedLine {
        product: Name::new(product),
        license_code: Name::new(license_code),
        term,
        care,
    };
    let (start, last) = (date(2020, 8, 8), date(2021, 8, 7));
    let term = Term { capacity: 2_500, start, term: Some(last) };
    let care = Care { level: CareLevel::Gold, start, term: last };
    RenewedMail {
        name: Some(Name::new("Ada Rossi")),
        customer: Name::new("Imagicle Final Customer 1"),
        purchase_order: Name::new("Renewal 2020"),
        number: Name::new("20/00107"),
        lines: vec![
            line("Imagicle BillyBlue's 4 250 ext.", "LICUNLK002", Some(term), Some(care)),
            line("Imagicle Stonefax 4 chan.", "LICUNCK001", None, Some(care)),
            line("Imagicle Stonefax 4 chan.", "LICUNCK003", Some(Term { capacity: 8, start, term: None }), None),
        ],
        portal_link: PORTAL.into(),
    }
}

fn cancelled() -> CancelledMail {
    let line = |product, license_code, ends| CancelledLine {
        product: Name::new(product),
        license_code: Name::new(license_code),
        ends,
    };
    CancelledMail {
        name: None,
        customer: Name::new("Imagicle Final Customer 1"),
        number: Name::new("20/00108"),
        reason: Some(Name::new("Returned after the trial")),
        lines: vec![
            line(
                "Imagicle Stonefax 4 chan.",
                "LICUNCK001",
                Some((date(2020, 8, 7), "2020-09-07T12:00:00Z".parse().unwrap())),
            ),
            line("Imagicle BillyBlue's 4 250 ext.", "LICUNLK002", None),
        ],
        portal_link: PORTAL.into(),
    }
}

/// One of each message, with a name for its snapshot.
pub fn all() -> Vec<(&'static str, Message)> {
    let customer = || Name::new("Imagicle Final Customer 1");
    vec![
        ("order", Message::Order(order())),
        ("order-revised", Message::OrderRevised(order())),
        (
            "order-revised-cancelled",
            Message::OrderRevised(OrderMail { cancelled: vec![Name::new("LICUNLK003")], ..order() }),
        ),
        ("link-resent", Message::LinkResent(OrderMail { name: None, ..order() })),
        (
            "unlocked",
            Message::Unlocked(UnlockedMail {
                name: Some(Name::new("Ada Rossi")),
                customer: customer(),
                purchase_order: order().purchase_order,
                number: order().number,
                lines: lines(),
                portal_link: PORTAL.into(),
            }),
        ),
        ("renewed", Message::Renewed(renewed())),
        ("cancelled", Message::Cancelled(cancelled())),
        (
            "order-cancelled",
            Message::OrderCancelled(OrderCancelledMail {
                name: order().name,
                purchase_order: order().purchase_order,
                number: order().number,
                reason: Some(Name::new("Ordered twice")),
                link: order().link,
            }),
        ),
        ("invitation-by-member", invitation(InvitedBy::Member(Name::new("Ada Rossi")), Role::Viewer)),
        ("invitation-by-holder", invitation(InvitedBy::OrderHolder(Name::new("19/00021")), Role::Manager)),
        ("invitation-by-order", invitation(InvitedBy::Order(Name::new("19/00021")), Role::Manager)),
        ("invitation-by-vendor", invitation(InvitedBy::Vendor, Role::Manager)),
        (
            "conflict",
            Message::Conflict(ConflictMail {
                name: None,
                customer: customer(),
                server: Name::new("Server 1"),
                server_id: Name::new("b000121893"),
                seen_at: "2020-01-17T09:12:00Z".parse().unwrap(),
                rival_days: 7,
                portal_link: PORTAL.into(),
            }),
        ),
        (
            "request-person",
            request(Asking::Person {
                who: Name::new("bruno@example.com"),
                role: Role::Manager,
                order: Name::new("19/00021"),
            }),
        ),
        (
            "request-reseller",
            request(Asking::Reseller { who: Name::new("Imagicle Spa"), order: Name::new("19/00021") }),
        ),
        ("changed-grace", changed(Change::Grace { days: 90 })),
        (
            "changed-reseller",
            changed(Change::Reseller { from: Name::new("Imagicle Spa"), to: Name::new("Telefonia Nord") }),
        ),
        ("changed-manager", changed(Change::Manager { who: Name::new("Ada Rossi") })),
        ("endings-own", endings(Topic::OwnEndings, vec![customer_endings("Imagicle Final Customer 1")])),
        ("endings-customers", endings(Topic::CustomersEndings, ["Acme", "Zenith"].map(customer_endings).to_vec())),
        ("parked", undelivered(UndeliveredCause::Parked)),
        ("bounced", undelivered(UndeliveredCause::Bounced)),
        ("complained", undelivered(UndeliveredCause::Complained)),
        (
            "event-parked",
            Message::EventParked(EventParkedMail {
                kind: Name::new("order.unlocked"),
                recorded_at: "2020-01-17T08:01:00Z".parse().unwrap(),
                attempts: 24,
                reason: Name::new("status 503"),
                portal_link: "https://licensing.example.com/events".into(),
            }),
        ),
    ]
}

fn endings(topic: Topic, customers: Vec<CustomerEndings>) -> Message {
    Message::Endings(EndingsMail {
        name: Some(Name::new("Ada Rossi")),
        topic,
        customers,
        portal_link: PORTAL.into(),
        unsubscribe_link:
            "https://licensing.example.com/unsubscribe/AZbpwAAAAAAAAAAAAAAAAQAAAAEB3sZ0Qm9aYk1xR2V3cFh5dUw".into(),
    })
}

fn customer_endings(customer: &str) -> CustomerEndings {
    let line = |license, unit, capacity, how| EndingLine {
        application: Name::new("IP Fax server"),
        redundancy: how == How::Term(None),
        license,
        unit,
        capacity,
        last_day: date(2020, 12, 31),
        how,
    };
    let until = date(2021, 1, 30);
    CustomerEndings {
        customer: Name::new(customer),
        lines: vec![
            line(LicenseType::Subscription, Unit::Channels, 4, How::Term(Some(until))),
            line(LicenseType::Subscription, Unit::Channels, 4, How::Term(None)),
            line(LicenseType::Perpetual, Unit::Users, 2_500, How::Care(CareLevel::Gold)),
            line(LicenseType::Subscription, Unit::Instances, 1, How::Graced(until)),
        ],
        portal_link: PORTAL.into(),
    }
}

fn invitation(by: InvitedBy, role: Role) -> Message {
    let party = Name::new("Imagicle Final Customer 1");
    Message::Invitation(InvitationMail { name: None, by, party, role, portal_link: PORTAL.into() })
}

fn request(asking: Asking) -> Message {
    let party = Name::new("Imagicle Final Customer 1");
    Message::Request(RequestMail { name: Some(Name::new("Ada Rossi")), asking, party, portal_link: PORTAL.into() })
}

fn changed(change: Change) -> Message {
    let party = Name::new("Imagicle Final Customer 1");
    Message::Changed(ChangedMail { name: None, party, change, portal_link: PORTAL.into() })
}

fn undelivered(cause: UndeliveredCause) -> Message {
    Message::Undelivered(UndeliveredMail {
        cause,
        kind: MailKind::Order,
        recipient: Some(EmailAddress::parse("bernardo.federigi@example.com").unwrap()),
        about: Name::new("19/00021"),
        recorded_at: "2020-01-17T08:01:00Z".parse().unwrap(),
        attempts: 12,
        reason: (cause == UndeliveredCause::Bounced).then(|| Name::new("550 5.1.1 user unknown")),
        portal_link: PORTAL.into(),
    })
}
