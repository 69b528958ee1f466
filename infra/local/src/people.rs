//! Everybody whom the table knows as a member of something, for the sign-in page.
//!
//! No function can list all people, and none should; so this looks into the embedded database itself.

use std::collections::{BTreeMap, HashMap};

use dynoxide::actions::scan::ScanRequest;
use dynoxide::types::AttributeValue;
use dynoxide::{Database, DynoxideError};
use licensing::text::EmailAddress;
use serde_json::{Value, json};

use crate::dynamodb::TABLE;
use crate::sign_in::Person;

/// All members, and the vendor's first addresses, in order.
pub(crate) fn people(database: &Database, vendor_staff: &[EmailAddress]) -> Vec<Person> {
    match items(database) {
        Ok(items) => from_items(&items, vendor_staff),
        Err(error) => {
            tracing::error!(%error, "the members can't be read");
            from_items(&[], vendor_staff)
        }
    }
}

fn from_items(items: &[Value], vendor_staff: &[EmailAddress]) -> Vec<Person> {
    let names = names(items);
    let labels = labels(items);
    let person = |email: &str, group: String, role: &str| {
        (
            (group.clone(), email.to_owned()),
            Person { group, email: email.to_owned(), name: names.get(email).cloned(), role: role.to_owned() },
        )
    };
    let staff = vendor_staff.iter().map(|email| person(email.as_str(), vendor(), "manager"));
    let members = of_kind(items, "membership").filter_map(|item| {
        let email = text(&item["pk"])?.strip_prefix("ADDRESS#")?;
        Some(person(email, group(item, &labels), text(&item["role"])?))
    });
    staff.chain(members).collect::<BTreeMap<_, _>>().into_values().collect()
}

/// Vendor staff sorts last: the others are who one mostly wants to be.
fn vendor() -> String {
    "Vendor staff".to_owned()
}

fn group(membership: &Value, labels: &HashMap<String, String>) -> String {
    let of = text(&membership["of"]).unwrap_or_default();
    let label = labels.get(of).map_or(of, String::as_str);
    match text(&membership["party"]) {
        Some("account") => format!("Customer {label}"),
        Some("reseller") => format!("Reseller {label}"),
        _ => vendor(),
    }
}

/// Names of people by address.
fn names(items: &[Value]) -> HashMap<String, String> {
    of_kind(items, "person")
        .filter_map(|item| Some((text(&item["email"])?.to_owned(), text(&item["name"])?.to_owned())))
        .collect()
}

/// Names of customers by account, of resellers by number.
fn labels(items: &[Value]) -> HashMap<String, String> {
    let mut labels = HashMap::new();
    let mut label = |key: &Value, name: &Value| {
        if let (Some(key), Some(name)) = (text(key), text(name)) {
            labels.insert(key.to_owned(), name.to_owned());
        }
    };
    for account in of_kind(items, "account") {
        label(&account["id"], &account["customer"]["M"]["name"]);
        for reseller in account["resellers"]["L"].as_array().into_iter().flatten() {
            label(&reseller["M"]["number"], &reseller["M"]["name"]);
        }
    }
    labels
}

fn of_kind<'a>(items: &'a [Value], kind: &str) -> impl Iterator<Item = &'a Value> {
    items.iter().filter(move |item| text(&item["kind"]) == Some(kind))
}

fn text(attribute: &Value) -> Option<&str> {
    attribute["S"].as_str()
}

/// Accounts, memberships and people, in DynamoDB's JSON.
fn items(database: &Database) -> Result<Vec<Value>, DynoxideError> {
    let mut items = Vec::new();
    let mut after = None;
    loop {
        let page = database.scan(request(after))?;
        items.extend(page.items.into_iter().flatten().map(|item| json!(item)));
        after = page.last_evaluated_key;
        if after.is_none() {
            return Ok(items);
        }
    }
}

fn request(after: Option<HashMap<String, AttributeValue>>) -> ScanRequest {
    let values = [(":a", "account"), (":m", "membership"), (":p", "person")];
    ScanRequest {
        table_name: TABLE.to_owned(),
        filter_expression: Some("#k IN (:a, :m, :p)".to_owned()),
        expression_attribute_names: Some(HashMap::from([("#k".to_owned(), "kind".to_owned())])),
        expression_attribute_values: Some(
            values.map(|(name, kind)| (name.to_owned(), AttributeValue::S(kind.to_owned()))).into(),
        ),
        exclusive_start_key: after,
        ..ScanRequest::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_shown_with_names_and_what_they_are_members_of() {
        let items = [
            json!({ "kind": {"S": "account"}, "id": {"S": "01A"}, "customer": {"M": {"name": {"S": "Final Customer"}}},
                    "resellers": {"L": [{"M": {"number": {"S": "R-1"}, "name": {"S": "Imagicle Spa"}}}]} }),
            json!({ "kind": {"S": "person"}, "email": {"S": "c@example.com"}, "name": {"S": "Chiara"} }),
            json!({ "kind": {"S": "membership"}, "pk": {"S": "ADDRESS#c@example.com"}, "role": {"S": "manager"},
                    "party": {"S": "account"}, "of": {"S": "01A"} }),
            json!({ "kind": {"S": "membership"}, "pk": {"S": "ADDRESS#r@example.com"}, "role": {"S": "viewer"},
                    "party": {"S": "reseller"}, "of": {"S": "R-1"} }),
        ];
        let people = from_items(&items, &[EmailAddress::parse("vendor@example.com").unwrap()]);
        let shown: Vec<_> = people.iter().map(|p| (p.group.as_str(), p.name.as_deref(), p.role.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("Customer Final Customer", Some("Chiara"), "manager"),
                ("Reseller Imagicle Spa", None, "viewer"),
                ("Vendor staff", None, "manager"),
            ]
        );
    }
}
