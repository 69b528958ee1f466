//! An order document becomes a [`NewOrder`], or every fault of it.

use std::collections::HashSet;

use brand::is_assigned;
use jiff::civil::Date;
use licensing::account::{Business, Customer};
use licensing::grant::{Care, CareLevel, LicenseType};
use licensing::id::{BusinessNumber, LicenseCode, OrderNumber, Sku};
use licensing::order::{
    Asked, Contact, LINES_MAX, NewLine, NewOrder, OrderHead, OrderKind, OrderReseller, RenewalLine,
};
use licensing::refusal::Fault;
use licensing::text::{Country, EmailAddress, Label, Language};
use serde_json::Value;

use crate::node::{Faults, Node};

/// Most pieces of a line.
const QUANTITY_MAX: u32 = 10_000;

/// What an order is for; read before anything else, because it decides what the rest must be.
pub(crate) fn kind(document: &Value) -> Result<OrderKind, Vec<Fault>> {
    let mut faults = Faults::default();
    let kinds =
        [("purchase", OrderKind::Purchase), ("renewal", OrderKind::Renewal), ("cancellation", OrderKind::Cancellation)];
    let kind = Node::root(document).field("type").word(&mut faults, "unknown_type", &kinds);
    faults.finish(kind)
}

/// How a purchase reaches its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderDelivery {
    /// Its recipient is mailed the link that unlocks it.
    Mail,
    /// It is unlocked at once, and nobody is mailed.
    None,
}

/// Reads a purchase and how it is delivered.
pub(crate) fn delivered(document: &Value) -> Result<(NewOrder, OrderDelivery), Vec<Fault>> {
    let mut faults = Faults::default();
    let words = [("mail", OrderDelivery::Mail), ("none", OrderDelivery::None)];
    let delivery = match Node::root(document).field("delivery").optional() {
        Some(node) => node.word(&mut faults, "unknown_delivery", &words),
        None => Some(OrderDelivery::Mail),
    };
    match (purchase(document), faults.finish(delivery)) {
        (Ok(order), Ok(delivery)) => Ok((order, delivery)),
        (order, delivery) => {
            let mut faults = order.err().unwrap_or_default();
            faults.extend(delivery.err().unwrap_or_default());
            Err(faults)
        }
    }
}

/// Reads a purchase.
pub(crate) fn purchase(document: &Value) -> Result<NewOrder, Vec<Fault>> {
    let mut faults = Faults::default();
    let root = Node::root(document);
    let head = head(&root, OrderKind::Purchase, &mut faults);
    let lines = lines(&root.field("lines"), &mut faults);
    faults.finish(head.zip(lines).map(|(head, lines)| NewOrder { head, lines }))
}

/// Reads a renewal or a cancellation.
pub(crate) fn change(document: &Value, kind: OrderKind) -> Result<(OrderHead<Contact>, Asked), Vec<Fault>> {
    let mut faults = Faults::default();
    let root = Node::root(document);
    let head = head(&root, kind, &mut faults);
    let lines = root.field("lines");
    let asked = match (kind, root.field("cancelledOrder").optional()) {
        (OrderKind::Cancellation, Some(node)) => cancelled_order(&node, lines, &mut faults),
        (OrderKind::Cancellation, None) => distinct(&lines, &mut faults, code, |code| code).map(Asked::Licenses),
        _ => distinct(&lines, &mut faults, renewal, |line| &line.license_code).map(Asked::Renewal),
    };
    faults.finish(head.zip(asked))
}

/// The order that is cancelled whole; then no line names licences as well.
fn cancelled_order(node: &Node<'_>, lines: Node<'_>, faults: &mut Faults) -> Option<Asked> {
    let number = node.text(faults, "invalid_value", OrderNumber::parse);
    if let Some(lines) = lines.optional() {
        faults.add(lines.pointer, "unexpected_lines", "The whole order is cancelled. Leave the lines out.");
        return None;
    }
    number.map(Asked::Order)
}

fn code(node: &Node<'_>, faults: &mut Faults) -> Option<LicenseCode> {
    node.field("licenseCode").text(faults, "invalid_value", LicenseCode::parse)
}

/// A line of a renewal. What its licence is, and so what it needs, is known only to the table.
fn renewal(node: &Node<'_>, faults: &mut Faults) -> Option<RenewalLine> {
    let license_code = code(node, faults);
    let quantity =
        optional(node.field("quantity"), faults, |quantity, faults| quantity.number(faults, 1, QUANTITY_MAX));
    let has = |name| node.field(name).optional().is_some();
    let start = if has("start") || has("term") || has("quantity") {
        date(&node.field("start"), faults).map(Some)
    } else {
        Some(None)
    };
    let term = optional(node.field("term"), faults, |term, faults| last_day(term, start.flatten(), faults));
    let new_care = optional(node.field("care"), faults, care);
    let says_something = has("start") || has("term") || has("quantity") || has("care");
    if license_code.is_some() && !says_something {
        faults.add(node.pointer.clone(), "nothing_to_renew", "Send a new term, more pieces, new care, or several.");
        return None;
    }
    Some(RenewalLine { license_code: license_code?, quantity: quantity?, start: start?, term: term?, care: new_care? })
}

fn head(root: &Node<'_>, kind: OrderKind, faults: &mut Faults) -> Option<OrderHead<Contact>> {
    let number = root.field("number").text(faults, "invalid_value", OrderNumber::parse);
    let revision = match root.field("revision").optional() {
        Some(node) => node.number(faults, 1, u32::MAX),
        None => Some(1),
    };
    let purchase_order = root.field("purchaseOrder").text(faults, "invalid_value", Label::parse);
    let recipient = contact(&root.field("recipient"), faults);
    let distributor = optional(root.field("distributor"), faults, business);
    let reseller = reseller(&root.field("reseller"), faults);
    let customer = customer(&root.field("customer"), faults);
    let customer_contact = optional(root.field("customer").field("contact"), faults, contact);
    Some(OrderHead {
        number: number?,
        revision: revision?,
        kind,
        purchase_order: purchase_order?,
        recipient: recipient?,
        distributor: distributor?,
        reseller: reseller?,
        customer: customer?,
        customer_contact: customer_contact?,
    })
}

/// A value that may be left out: itself `None` where it has a fault, otherwise whether it is there.
type Optional<T> = Option<Option<T>>;

fn optional<'a, T>(
    node: Node<'a>,
    faults: &mut Faults,
    read: impl FnOnce(&Node<'a>, &mut Faults) -> Option<T>,
) -> Optional<T> {
    match node.optional() {
        Some(node) => read(&node, faults).map(Some),
        None => Some(None),
    }
}

fn contact(node: &Node<'_>, faults: &mut Faults) -> Option<Contact> {
    let name = optional(node.field("name"), faults, |name, faults| name.text(faults, "invalid_value", Label::parse));
    let email = node.field("email").text(faults, "invalid_address", EmailAddress::parse);
    let language = optional(node.field("language"), faults, |language, faults| {
        language.text(faults, "invalid_value", |tag| Ok::<_, &str>(Language::from_tag(tag).unwrap_or_default()))
    });
    Some(Contact { name: name?, email: email?, language: language?.unwrap_or_default() })
}

fn business(node: &Node<'_>, faults: &mut Faults) -> Option<Business> {
    let number = node.field("number").text(faults, "invalid_value", BusinessNumber::parse);
    let name = node.field("name").text(faults, "invalid_value", Label::parse);
    Some(Business { number: number?, name: name? })
}

fn reseller(node: &Node<'_>, faults: &mut Faults) -> Option<OrderReseller<Contact>> {
    let business = business(node, faults);
    let order_number = optional(node.field("orderNumber"), faults, |number, faults| {
        number.text(faults, "invalid_value", Label::parse)
    });
    let contact = optional(node.field("contact"), faults, contact);
    Some(OrderReseller { business: business?, order_number: order_number?, contact: contact? })
}

fn customer(node: &Node<'_>, faults: &mut Faults) -> Option<Customer> {
    let business = business(node, faults);
    let country = node.field("country").text(faults, "unknown_country", |code| {
        let assigned = Country::parse(code).filter(|country| is_assigned(*country));
        assigned.ok_or("must be an ISO 3166-1 alpha-2 code, such as IT")
    });
    let Business { number, name } = business?;
    Some(Customer { number, name, country: country? })
}

fn lines(node: &Node<'_>, faults: &mut Faults) -> Option<Vec<NewLine>> {
    distinct(node, faults, line, |line| &line.license_code)
}

/// The lines of an order, none of which has the licence code of another.
fn distinct<'a, T>(
    node: &Node<'a>,
    faults: &mut Faults,
    read: impl Fn(&Node<'a>, &mut Faults) -> Option<T>,
    code_of: impl Fn(&T) -> &LicenseCode,
) -> Option<Vec<T>> {
    let mut seen = HashSet::new();
    let mut lines = Vec::new();
    let mut complete = true;
    for item in node.items(faults, 1, LINES_MAX) {
        match read(&item, faults) {
            Some(line) if seen.insert(code_of(&line).clone()) => lines.push(line),
            Some(_) => faults.add(
                format!("{}/licenseCode", item.pointer),
                "duplicate_license_code",
                "Another line of this order has the same licence code.",
            ),
            None => complete = false,
        }
    }
    complete.then_some(lines)
}

fn line(node: &Node<'_>, faults: &mut Faults) -> Option<NewLine> {
    let sku = node.field("sku").text(faults, "invalid_value", Sku::parse);
    let quantity = node.field("quantity").number(faults, 1, QUANTITY_MAX);
    let license_code = node.field("licenseCode").text(faults, "invalid_value", LicenseCode::parse);
    let licenses = [("perpetual", LicenseType::Perpetual), ("subscription", LicenseType::Subscription)];
    let license = node.field("licenseType").word(faults, "unknown_license_type", &licenses);
    let start = date(&node.field("start"), faults);
    let term = term(node, license, start, faults);
    let care = care(&node.field("care"), faults);
    Some(NewLine {
        sku: sku?,
        quantity: quantity?,
        license_code: license_code?,
        license: license?,
        start: start?,
        term: term?,
        care: care?,
    })
}

/// The term of a line: needed exactly where the licence ends.
fn term(line: &Node<'_>, license: Option<LicenseType>, start: Option<Date>, faults: &mut Faults) -> Optional<Date> {
    let node = line.field("term");
    match license? {
        LicenseType::Perpetual if node.clone().optional().is_some() => {
            faults.add(node.pointer, "unexpected_term", "A perpetual licence has no term. Leave it out.");
            None
        }
        LicenseType::Perpetual => Some(None),
        LicenseType::Subscription => last_day(&node, start, faults).map(Some),
    }
}

fn care(node: &Node<'_>, faults: &mut Faults) -> Option<Care> {
    let levels = [("basic", CareLevel::Basic), ("gold", CareLevel::Gold), ("platinum", CareLevel::Platinum)];
    let level = node.field("level").word(faults, "unknown_care_level", &levels);
    let start = date(&node.field("start"), faults);
    let term = last_day(&node.field("term"), start, faults);
    Some(Care { level: level?, start: start?, term: term? })
}

/// A last day, which is not before the first one.
fn last_day(node: &Node<'_>, start: Option<Date>, faults: &mut Faults) -> Option<Date> {
    let term = date(node, faults)?;
    if start.is_some_and(|start| term < start) {
        faults.add(&node.pointer, "bad_date", "The term is before the start.");
        return None;
    }
    Some(term)
}

/// A calendar day between 1990 and 2199: far enough for every licence, and a typing error is found.
fn date(node: &Node<'_>, faults: &mut Faults) -> Option<Date> {
    node.text(faults, "bad_date", |text| {
        let day = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
        day.filter(|day| (1990..=2199).contains(&day.year()))
            .ok_or("must be a day of the calendar as YYYY-MM-DD, from 1990 to 2199")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn country_faults(code: &str) -> Vec<String> {
        let mut faults = Faults::default();
        let document = json!({ "customer": { "number": "C1", "name": "Customer", "country": code } });
        customer(&Node::root(&document).field("customer"), &mut faults);
        faults.into_list().into_iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect()
    }

    #[test]
    fn a_country_is_a_code_that_iso_3166_1_assigns() {
        assert_eq!(country_faults("IT"), Vec::<String>::new());
        for code in ["XX", "Italy", ""] {
            let fault = "/customer/country: The value must be an ISO 3166-1 alpha-2 code, such as IT.";
            assert_eq!(country_faults(code), [fault], "{code}");
        }
    }

    #[test]
    fn an_order_without_a_type_is_told_the_types() {
        let faults = kind(&json!({})).unwrap_err();
        assert_eq!(faults[0].pointer, "/type");
        assert_eq!(faults[0].detail, "Send purchase, renewal or cancellation here.");
    }
}
