//! One of each page, the brief's order among them.

use super::page::{
    Confirm, ConfirmPage, FaultPage, ForwardArea, ForwardView, LineView, LockedPage, Look, Notice, OrderView, Page,
    SubscriptionPage, SupersededPage, UnknownPage, UnknownSubscriptionPage, UnlockedPage, Window,
};
use brand::{Brand, Name};
use licensing::order::{ForwardState, LineStatus};
use licensing::text::{Country, EmailAddress, Language};
use licensing::topic::Topic;

const LINK: &str = "/unlock/AZbpwAAAAAAAAAAAAAAAAQAAAAEB3sZ0Qm9aYk1xR2V3cFh5dUw";

/// The order of the brief's screens.
pub fn order(statuses: [LineStatus; 2]) -> OrderView {
    let line = |product, sku, license_code, status| LineView {
        product: Name::new(product),
        sku: Name::new(sku),
        quantity: 1,
        license_code: Name::new(license_code),
        status,
    };
    OrderView {
        number: Name::new("19/00021"),
        customer: Name::new("Imagicle Final Customer 1"),
        country: Country::parse("IT").unwrap(),
        reseller: Name::new("Imagicle Spa"),
        reseller_order_number: Some(Name::new("OrdNum002")),
        lines: vec![
            line("Imagicle Stonefax 4 chan.", "IM120-4L", "TESTLIC0002", statuses[0]),
            line("Imagicle Call Recording - 90 chan.", "IM162-90L", "TESTLIC0003", statuses[1]),
        ],
    }
}

/// The locked page.
pub fn locked(look: Look<'_>, order: &OrderView, confirm: bool, notice: Option<Notice>) -> Page {
    LockedPage { look, order, action: LINK, nonce: "NONCE", confirm, notice }.render()
}

/// The unlocked page.
pub fn unlocked(
    look: Look<'_>,
    order: &OrderView,
    window: Window,
    forwards: Vec<ForwardView>,
    notice: Option<Notice>,
) -> Page {
    let told = ["a…a@example.com".to_owned(), "b…i@example.com".to_owned()];
    let forward = ForwardArea {
        action: &format!("{LINK}/forward"),
        nonce: "FORWARD-NONCE",
        withdraw_action: &format!("{LINK}/withdraw"),
        withdraw_nonce: "WITHDRAW-NONCE",
        window,
        forwards,
        typed: "",
    };
    let portal_link = "https://licensing.example.com/";
    UnlockedPage { look, order, told: &told, portal_link, forward, notice }.render()
}

/// One forward in each state.
pub fn forwards() -> Vec<ForwardView> {
    let forward = |id: &str, state, accepted| ForwardView {
        id: id.into(),
        address: format!("{id}…a@example.com"),
        at: "2020-01-18T10:30:00Z".parse().unwrap(),
        state,
        accepted,
    };
    vec![
        forward("a", ForwardState::Withdrawn, false),
        forward("b", ForwardState::Invited, true),
        forward("c", ForwardState::Requested, false),
        forward("d", ForwardState::Invited, false),
    ]
}

/// One of each page in a language, with a name for its snapshot.
pub fn all(brand: &Brand, language: Language) -> Vec<(&'static str, Page)> {
    let look = Look { brand, language };
    let until = "2020-02-16T09:01:00Z".parse().unwrap();
    let still_locked = order([LineStatus::Locked; 2]);
    let done = order([LineStatus::Unlocked; 2]);
    let some_ended = order([LineStatus::Unlocked, LineStatus::Ended]);
    let all_ended = order([LineStatus::Ended; 2]);
    let one_cancelled = order([LineStatus::Locked, LineStatus::Cancelled]);
    let cancelled_since = order([LineStatus::Unlocked, LineStatus::Cancelled]);
    let cancelled = order([LineStatus::Cancelled; 2]);
    let masked = || "d…a@example.com".to_owned();
    vec![
        ("locked", locked(look, &still_locked, false, None)),
        ("locked-confirm", locked(look, &still_locked, true, None)),
        ("locked-expired", locked(look, &still_locked, false, Some(Notice::NonceExpired))),
        ("locked-one-cancelled", locked(look, &one_cancelled, false, None)),
        ("cancelled", locked(look, &cancelled, false, None)),
        ("unlocked-one-cancelled", unlocked(look, &cancelled_since, Window::Over, vec![], None)),
        ("unlocked-cancelled", unlocked(look, &cancelled, Window::Over, vec![], None)),
        ("unlocked", unlocked(look, &done, Window::Invites(until), vec![], None)),
        (
            "unlocked-forwards",
            unlocked(look, &some_ended, Window::Requests(until), forwards(), Some(Notice::Forwarded(masked()))),
        ),
        ("unlocked-full", unlocked(look, &done, Window::Full, forwards(), Some(Notice::TooManyForwards(3)))),
        ("unlocked-over", unlocked(look, &done, Window::Over, vec![], Some(Notice::ForwardWindowOver))),
        ("all-ended", unlocked(look, &all_ended, Window::Over, vec![], None)),
        ("confirm-forward", confirm(look, &done, Confirm::Forward(&EmailAddress::parse("dora@example.com").unwrap()))),
        ("confirm-withdraw", confirm(look, &done, Confirm::Withdraw { id: "d", address: &masked() })),
        ("superseded", SupersededPage { look, sent_to: Some("b…i@example.com"), sent_at: until }.render()),
        ("superseded-erased", SupersededPage { look, sent_to: None, sent_at: until }.render()),
        ("subscribed", subscription(look, true, false)),
        ("subscribed-confirm", subscription(look, true, true)),
        ("unsubscribed", subscription(look, false, false)),
        ("unknown-subscription", UnknownSubscriptionPage { look }.render()),
        ("unknown", UnknownPage { look }.render()),
        ("fault", FaultPage { look, retry: LINK, reference: "JKJaXmPLvHcESHA=" }.render()),
    ]
}

fn subscription(look: Look<'_>, subscribed: bool, confirm: bool) -> Page {
    let (topic, address, action) = (Topic::OwnEndings, "a…a@example.com", "/unsubscribe/AZbp");
    SubscriptionPage { look, topic, address, subscribed, action, nonce: "NONCE", confirm, notice: None }.render()
}

fn confirm(look: Look<'_>, order: &OrderView, confirm: Confirm<'_>) -> Page {
    let action = format!("{LINK}/forward");
    let notice = Some(Notice::BoxNotTicked);
    ConfirmPage { look, order, confirm, action: &action, nonce: "SECOND-NONCE", back: LINK, notice }.render()
}
