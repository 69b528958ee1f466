//! The orders of the sample world.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::customers::{CUSTOMERS, DISTRIBUTOR, RESELLERS, Seller, address, language};
use super::stories::{Line, STORIES, Story};
use crate::ses::UNDELIVERABLE;

/// The one that is sent last: where it is, everything is. Its mail can't be delivered.
pub(super) const LAST: &str = "26/70121";
/// The order through the reseller that has no access yet, and whose it is.
pub(super) const OF_ANOTHER_RESELLER: (&str, usize) = ("26/70111", 3);
/// Orders that nobody unlocks, and whose they are.
const LOCKED: [(&str, usize); 3] = [("26/70101", 0), ("26/70102", 9), ("26/70103", 15)];

/// The first order of a customer.
pub(super) fn number(index: usize) -> String {
    format!("26/{}", 70_001 + index)
}

/// The ERP's number of a customer.
pub(super) fn customer_number(index: usize) -> String {
    format!("C-{}", 7_201 + index)
}

/// Whose customer it is, as an index: two of three are the first one's.
pub(super) fn reseller(index: usize) -> usize {
    usize::from(index % 3 == 2)
}

/// What happens to a customer.
pub(super) fn story(index: usize) -> Story {
    STORIES[index].story(u32::try_from(index % 10).unwrap_or_default())
}

/// What a customer ordered first.
pub(super) fn of_customer(index: usize, today: Date) -> Value {
    order(&number(index), index, &RESELLERS[reseller(index)], &story(index).lines, today)
}

/// Orders that stay locked; the mail of the last one is refused.
pub(super) fn locked(today: Date) -> Vec<Value> {
    let last = {
        let mut order = expansion(LAST, 21, &RESELLERS[reseller(21)], today);
        order["recipient"]["email"] = format!("ordini{UNDELIVERABLE}").into();
        order
    };
    let others = LOCKED.iter().map(|(number, index)| expansion(number, *index, &RESELLERS[reseller(*index)], today));
    others.chain([last]).collect()
}

/// An order through the other reseller, with a contact whom the account doesn't know: both have to ask.
pub(super) fn of_another_reseller(today: Date) -> Value {
    let (number, index) = OF_ANOTHER_RESELLER;
    let mut order = expansion(number, index, &RESELLERS[1 - reseller(index)], today);
    order["customer"]["contact"] = person("Nadia Ferraris", CUSTOMERS[index].country);
    order
}

fn expansion(number: &str, index: usize, through: &Seller, today: Date) -> Value {
    let recording = Line { sku: "IM162-90L", quantity: 1, starts: 0, ends: Some(364), care: "gold", care_ends: 364 };
    order(number, index, through, &[recording], today)
}

fn order(number: &str, index: usize, through: &Seller, lines: &[Line], today: Date) -> Value {
    let customer = &CUSTOMERS[index];
    let code = number.replace('/', "");
    let lines: Vec<Value> = (1..).zip(lines).map(|(at, it)| line(&format!("SMP{code}{at}"), it, today)).collect();
    json!({
        "type": "purchase",
        "number": number,
        "revision": 1,
        "purchaseOrder": format!("Licenze {}", customer.name),
        "recipient": person(DISTRIBUTOR.contact, "IT"),
        "distributor": { "number": DISTRIBUTOR.number, "name": DISTRIBUTOR.name },
        "reseller": {
            "number": through.number,
            "name": through.name,
            "orderNumber": format!("PO-{code}"),
            "contact": person(through.contact, "IT"),
        },
        "customer": {
            "number": customer_number(index),
            "name": customer.name,
            "country": customer.country,
            "contact": person(customer.contact, customer.country),
        },
        "lines": lines,
    })
}

fn person(name: &str, country: &str) -> Value {
    json!({ "name": name, "email": address(name), "language": language(country) })
}

fn line(code: &str, line: &Line, today: Date) -> Value {
    let day = |days: i64| today.saturating_add(days.days()).to_string();
    let mut document = json!({
        "sku": line.sku,
        "quantity": line.quantity,
        "licenseCode": code,
        "licenseType": if line.ends.is_some() { "subscription" } else { "perpetual" },
        "start": day(line.starts),
        "care": { "level": line.care, "start": day(line.starts), "term": day(line.care_ends) },
    });
    if let Some(ends) = line.ends {
        document["term"] = day(ends).into();
    }
    document
}
