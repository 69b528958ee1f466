use jiff::Timestamp;
use ulid::Ulid;

use super::*;
use crate::Refusal;
use crate::access::ResellerEvent;
use crate::assign::{Assignment, save};
use crate::fixture::{at, day, label, server, subscription};
use crate::grant::CareLevel;
use crate::id::{AccountId, BusinessNumber};
use crate::product::{Product, Unit};
use crate::server::add_server;
use crate::text::Country;

const NOW: &str = "2020-01-17";

fn now() -> Timestamp {
    at(NOW)
}

pub(super) fn id(number: u128) -> OrderId {
    OrderId::new(Ulid::from(number))
}

fn account_id() -> AccountId {
    AccountId::new(Ulid::from(7_u128))
}

fn contact(person: u128, digest: &str) -> ContactRef {
    ContactRef { person: PersonId::new(Ulid::from(person)), digest: digest.to_owned() }
}

fn business(number: &str) -> Business {
    Business { number: BusinessNumber::parse(number).unwrap(), name: label("Imagicle Spa") }
}

pub(super) fn head(revision: u32) -> OrderHead<ContactRef> {
    OrderHead {
        number: OrderNumber::parse("19/00021").unwrap(),
        revision,
        kind: OrderKind::Purchase,
        purchase_order: label("PO per espansione hotel pack Cable and Wireless"),
        recipient: contact(1, "recipient"),
        distributor: None,
        reseller: OrderReseller { business: business("R-1"), order_number: None, contact: None },
        customer: Customer {
            number: BusinessNumber::parse("C-1").unwrap(),
            name: label("Imagicle Final Customer 1"),
            country: Country::parse("IT").unwrap(),
        },
        customer_contact: None,
    }
}

pub(super) fn line(code: &str, term: &str) -> NewLine {
    NewLine {
        sku: Sku::parse("IM120-4L").unwrap(),
        quantity: 2,
        license_code: LicenseCode::parse(code).unwrap(),
        license: LicenseType::Subscription,
        start: day("2019-08-08"),
        term: Some(day(term)),
        care: Care { level: CareLevel::Gold, start: day("2019-08-08"), term: day("2020-08-07") },
    }
}

/// The head stands beside the order wherever a decision is made, so the one inside is never looked at.
fn new_order(lines: Vec<NewLine>) -> NewOrder {
    let nobody = Contact { name: None, email: EmailAddress::parse("a@example.com").unwrap(), language: Language::En };
    let head = head(1);
    NewOrder {
        head: OrderHead {
            number: head.number,
            revision: head.revision,
            kind: head.kind,
            purchase_order: head.purchase_order,
            recipient: nobody,
            distributor: None,
            reseller: OrderReseller { business: head.reseller.business, order_number: None, contact: None },
            customer: head.customer,
            customer_contact: None,
        },
        lines,
    }
}

fn products() -> Vec<Product> {
    vec![Product {
        sku: Sku::parse("IM120-4L").unwrap(),
        name: label("Imagicle Stonefax 4 chan."),
        application: label("IP Fax server"),
        unit: Unit::Channels,
        capacity: 4,
        redundancy: false,
    }]
}

pub(super) fn received(
    head: OrderHead<ContactRef>,
    lines: Vec<NewLine>,
    known: Option<&Order>,
) -> Result<Received, Refusal> {
    let known = Known { order: known, products: &products(), owners: &[] };
    receive(head, &new_order(lines), known, id(1), now())
}

fn stored() -> Order {
    match received(head(1), vec![line("A", "2020-08-07")], None) {
        Ok(Received::New(order)) => order,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_order_is_locked_and_copies_what_the_catalogue_says() {
    let order = stored();
    assert_eq!((order.version, order.link.generation, order.unlocked), (1, 1, None));
    let line = &order.lines[0];
    assert_eq!((line.capacity, line.status, line.pool.clone()), (8, LineStatus::Locked, subscription("IP Fax server")));
}

#[test]
fn the_same_order_again_changes_nothing() {
    assert_eq!(received(head(1), vec![line("A", "2020-08-07")], Some(&stored())), Ok(Received::Repeated(id(1))));
}

#[test]
fn other_content_is_refused_and_says_what_differs() {
    let other = OrderHead { purchase_order: label("another"), recipient: contact(2, "somebody else"), ..head(1) };
    let differs = |pointers: &[&str]| Err(Refusal::OrderDiffers(pointers.iter().map(ToString::to_string).collect()));
    assert_eq!(
        received(other, vec![line("A", "2020-08-08")], Some(&stored())),
        differs(&["/purchaseOrder", "/recipient", "/lines/0"])
    );
    let longer = vec![line("A", "2020-08-07"), line("B", "2020-08-07")];
    assert_eq!(received(head(1), longer, Some(&stored())), differs(&["/lines/1"]));
}

#[test]
fn a_higher_revision_replaces_a_locked_order_under_a_new_link() {
    let Ok(Received::Revised(order)) = received(head(2), vec![line("B", "2020-08-07")], Some(&stored())) else {
        panic!("not revised")
    };
    assert_eq!((order.id, order.version, order.link.generation, order.head.revision), (id(1), 2, 2, 2));
    assert_eq!(order.lines[0].license_code.as_str(), "B");
}

#[test]
fn a_higher_revision_of_an_unlocked_order_comes_too_late() {
    let unlocked = unlock(&stored(), None, account_id(), now()).unwrap().order;
    let revised = received(head(2), vec![line("A", "2020-08-07")], Some(&unlocked));
    assert_eq!(revised, Err(Refusal::OrderNotLocked));
}

#[test]
fn every_unknown_sku_and_taken_code_is_listed() {
    let unknown = NewLine { sku: Sku::parse("NONE").unwrap(), ..line("A", "2020-08-07") };
    let owners = [(LicenseCode::parse("A").unwrap(), id(9)), (LicenseCode::parse("B").unwrap(), id(1))];
    let products = products();
    let known = Known { order: None, products: &products, owners: &owners };
    let huge = NewLine { quantity: u32::MAX, ..line("B", "2020-08-07") };
    let Err(Refusal::InvalidOrder(faults)) = receive(head(1), &new_order(vec![unknown, huge]), known, id(1), now())
    else {
        panic!("accepted")
    };
    let found: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
    assert_eq!(
        found,
        [
            ("/lines/0/licenseCode", "license_code_taken"),
            ("/lines/0/sku", "unknown_sku"),
            ("/lines/1/quantity", "quantity_too_large"),
        ]
    );
}

#[test]
fn an_unlock_makes_the_account_and_gives_its_reseller_access() {
    let unlocking = unlock(&stored(), None, account_id(), now()).unwrap();
    assert!(unlocking.makes_account);
    assert_eq!((unlocking.account.id, unlocking.account.version), (account_id(), 1));
    assert_eq!(unlocking.reseller, Some(ResellerEvent::Granted(business("R-1").number)));
    assert_eq!(unlocking.account.pools[0].total(day(NOW)), 8);
    assert_eq!(unlocking.order.unlocked, Some(Unlocked { at: now(), account: account_id() }));
    assert_eq!(unlocking.order.lines[0].status, LineStatus::Unlocked);
    assert_eq!(unlock(&unlocking.order, None, account_id(), now()), Err(Refusal::OrderNotLocked));
}

#[test]
fn a_line_whose_term_is_over_ends_and_the_others_unlock() {
    let lines = vec![line("A", "2020-01-15"), line("B", "2020-01-16")];
    let Ok(Received::New(order)) = received(head(1), lines, None) else { panic!("refused") };
    // The 16th has ended everywhere on Earth only at noon of the 17th in UTC, and the 15th a day before.
    let unlocking = unlock(&order, None, account_id(), at("2020-01-17T11:59:59Z")).unwrap();
    let statuses: Vec<_> = unlocking.order.lines.iter().map(|line| line.status).collect();
    assert_eq!(statuses, [LineStatus::Ended, LineStatus::Unlocked]);
    assert_eq!(unlocking.grants.len(), 1);
}

#[test]
fn an_order_through_another_reseller_asks_for_access() {
    let account = unlock(&stored(), None, account_id(), now()).unwrap().account;
    let other = OrderHead {
        number: OrderNumber::parse("19/00022").unwrap(),
        reseller: OrderReseller { business: business("R-2"), order_number: None, contact: None },
        ..head(1)
    };
    let Ok(Received::New(order)) = received(other, vec![line("B", "2020-08-07")], None) else { panic!("refused") };
    let unlocking = unlock(&order, Some(&account), account_id(), now()).unwrap();
    assert_eq!(unlocking.reseller, Some(ResellerEvent::Requested(business("R-2").number)));
    assert_eq!(unlocking.account.pools[0].total(day(NOW)), 16);
    assert_eq!(unlocking.account.version, 2);
}

#[test]
fn staff_locks_an_order_again_only_while_its_capacity_is_free() {
    let unlocking = unlock(&stored(), None, account_id(), now()).unwrap();
    let locking = lock(&unlocking.order, &unlocking.account, unlocking.grants.clone(), now()).unwrap();
    assert_eq!((locking.order.unlocked, locking.order.lines[0].status), (None, LineStatus::Locked));
    assert!(locking.account.pools.is_empty());
    assert_eq!(locking.grants.len(), 1);
    assert_eq!(lock(&locking.order, &locking.account, Vec::new(), now()), Err(Refusal::OrderLocked));

    let account = add_server(&unlocking.account, server(1), None).unwrap();
    let pool = subscription("IP Fax server");
    let one = Assignment { pool: pool.clone(), server: server(1), capacity: 1 };
    let account = save(&account, &[one], account.version, now()).unwrap().account;
    assert_eq!(lock(&unlocking.order, &account, unlocking.grants.clone(), now()), Err(Refusal::LockWouldUncover(pool)));
}

#[test]
fn sending_again_makes_the_link_before_worthless_and_keeps_what_the_erp_said() {
    let person = PersonId::new(Ulid::from(5_u128));
    let sent = resend(&stored(), Some(person), now());
    assert_eq!((sent.link.generation, sent.head.recipient.person), (2, person));
    assert_eq!(received(head(1), vec![line("A", "2020-08-07")], Some(&sent)), Ok(Received::Repeated(id(1))));
}
