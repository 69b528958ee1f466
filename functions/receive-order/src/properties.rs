//! Any document at all, and any right one with a fault in it.

use licensing::order::OrderKind;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{parse, products};

fn right() -> Value {
    json!({
        "type": "purchase", "number": "19/00021", "revision": 2, "purchaseOrder": "OrdNum001",
        "recipient": { "name": "Bernardo", "email": "b@example.com", "language": "it" },
        "distributor": { "number": "D1", "name": "Distributor" },
        "reseller": { "number": "R1", "name": "Reseller", "orderNumber": "2", "contact": { "email": "r@example.com" } },
        "customer": { "number": "C1", "name": "Customer", "country": "IT", "contact": { "email": "c@example.com" } },
        "lines": [{
            "sku": "IM120-4L", "quantity": 2, "licenseCode": "LIC1", "licenseType": "subscription",
            "start": "2026-11-24", "term": "2027-11-23",
            "care": { "level": "gold", "start": "2026-11-24", "term": "2027-11-23" },
        }],
    })
}

fn right_renewal() -> Value {
    let mut document = right();
    document["type"] = json!("renewal");
    document["lines"] = json!([
        { "licenseCode": "LIC1", "quantity": 3, "start": "2027-11-24", "term": "2028-11-23",
          "care": { "level": "gold", "start": "2027-11-24", "term": "2028-11-23" } },
        { "licenseCode": "LIC2", "care": { "level": "platinum", "start": "2027-11-24", "term": "2028-11-23" } },
    ]);
    document
}

/// JSON of any kind, a few levels deep, whose members have the names of ours.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9+-]{4,5}-?[0-9W]{1,3}-?[0-9T]{1,2}".prop_map(Value::from),
    ];
    let name = prop::sample::select(vec!["type", "number", "lines", "care", "term", "start", "customer", "a/b", "~"]);
    leaf.prop_recursive(3, 24, 4, move |inner| {
        let members = prop::collection::vec((name.clone(), inner.clone()), 0..4);
        let object =
            members.prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
        prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Value::Array), object.prop_map(Value::Object)]
    })
}

/// The pointers of everything in a document.
fn pointers(value: &Value, here: &str) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let below = below.into_iter().flat_map(|(name, value)| pointers(value, &format!("{here}/{name}")));
    std::iter::once(here.to_owned()).chain(below).collect()
}

/// A fault is told at a place of the document, or at one that its code says is missing.
fn is_told_rightly(document: &Value, fault: &licensing::refusal::Fault) -> bool {
    let there = document.pointer(&fault.pointer).is_some_and(|value| !value.is_null());
    there != (fault.code == "missing") && !fault.detail.is_empty()
}

proptest! {
    #[test]
    fn a_document_of_any_kind_never_breaks_the_parser(document in any_json()) {
        let change = |kind| parse::change(&document, kind).err();
        let faults = [
            parse::kind(&document).err(),
            parse::purchase(&document).err(),
            change(OrderKind::Renewal),
            change(OrderKind::Cancellation),
            products::parse(&document).err(),
        ];
        for fault in faults.iter().flatten().flatten() {
            prop_assert!(is_told_rightly(&document, fault), "{:?}", fault);
        }
    }

    #[test]
    fn one_wrong_place_is_told_where_it_is(at in any::<prop::sample::Index>(), wrong in any_json()) {
        let mut document = right();
        prop_assert!(parse::purchase(&document).is_ok());
        let all = pointers(&document, "");
        let pointer = at.get(&all);
        *document.pointer_mut(pointer).unwrap() = wrong;
        for fault in parse::purchase(&document).err().iter().flatten() {
            prop_assert!(is_told_rightly(&document, fault), "{:?}", fault);
            let related = fault.pointer.starts_with(pointer.as_str()) || pointer.ends_with("/licenseType")
                || pointer.ends_with("/start");
            prop_assert!(related, "{} is wrong, {:?} is told", pointer, fault);
        }
    }

    #[test]
    fn one_wrong_place_of_a_renewal_is_told_where_it_is(at in any::<prop::sample::Index>(), wrong in any_json()) {
        let mut document = right_renewal();
        prop_assert!(parse::change(&document, OrderKind::Renewal).is_ok());
        let all = pointers(&document, "");
        let pointer = at.get(&all);
        *document.pointer_mut(pointer).unwrap() = wrong;
        for fault in parse::change(&document, OrderKind::Renewal).err().iter().flatten() {
            prop_assert!(is_told_rightly(&document, fault), "{:?}", fault);
            let related = fault.pointer.starts_with(pointer.as_str()) || pointer.starts_with(&fault.pointer)
                || pointer.ends_with("/start");
            prop_assert!(related, "{} is wrong, {:?} is told", pointer, fault);
        }
    }

    #[test]
    fn a_date_is_taken_as_it_is_written_or_not_at_all(text in "[0-9+-]{4,5}-?[0-9W]{1,3}-?[0-9T]{1,2}|[12][0-9]{3}-[01][0-9]-[0-3][0-9]") {
        let mut document = right();
        document["lines"][0]["care"]["start"] = json!("1990-01-01");
        document["lines"][0]["care"]["term"] = json!(text);
        if let Ok(order) = parse::purchase(&document) {
            prop_assert_eq!(order.lines[0].care.term.to_string(), text);
        }
    }
}
