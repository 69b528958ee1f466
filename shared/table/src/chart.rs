//! Compares `CHART.md` with the keys that the code makes. `UPDATE_CHART=1` rewrites its first table.

use licensing::id::{AccountId, BusinessNumber, LicenseCode, OrderId, OrderNumber, PersonId, ServerId, Sku};
use licensing::member::Party;
use licensing::text::EmailAddress;
use ulid::Ulid;

use crate::key::{self, Key};

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/CHART.md");
const END: &str = "\n## Access patterns";

#[test]
fn the_chart_names_every_key_that_the_code_makes() {
    let committed = std::fs::read_to_string(CHART).unwrap();
    let (_, patterns) = committed.split_once(END).expect("the chart has its second part");
    let expected = format!("{}{END}{patterns}", entities());
    if std::env::var_os("UPDATE_CHART").is_some() {
        std::fs::write(CHART, &expected).unwrap();
    }
    assert!(committed == expected, "CHART.md differs from the keys: run the test with UPDATE_CHART=1, look, commit");
}

fn entities() -> String {
    let head = "# The table\n\n## Entities\n\n| entity | partition key `pk` | sort key `sk` |\n|---|---|---|\n";
    let row = |(entity, Key { pk, sk }): (&str, Key)| format!("| {entity} | `{}` | `{}` |\n", named(&pk), named(&sk));
    keys().into_iter().map(row).fold(head.to_owned(), |chart, row| chart + &row)
}

/// Every key once, made of recognisable values.
fn keys() -> Vec<(&'static str, Key)> {
    let (account, order, person) = (AccountId::new(ulid(1)), OrderId::new(ulid(2)), PersonId::new(ulid(3)));
    let business = BusinessNumber::parse("number").unwrap();
    let (server, address) = (ServerId::from_number(4), EmailAddress::parse("address@example.com").unwrap());
    let code = LicenseCode::parse("code").unwrap();
    let reseller = Party::Reseller(business.clone());
    vec![
        ("account", key::account(account)),
        ("server row", key::server_row(account, &server)),
        ("response of an offline server", key::offline_answer(account, &server)),
        ("grant", key::grant(account, &code)),
        ("roster of an account", key::roster(&Party::Account(account))),
        ("roster of a reseller", key::roster(&reseller)),
        ("roster of the vendor", key::roster(&Party::Vendor)),
        ("audit entry", key::audit(&key::account_partition(account), ulid(5))),
        ("audit entry of a person", key::audit(&key::person_partition(person), ulid(5))),
        ("order", key::order(order)),
        ("mail receipt", key::receipt(order, ulid(5), person)),
        ("order number", key::order_number(&OrderNumber::parse("number").unwrap())),
        ("licence code", key::license(&code)),
        ("customer number", key::customer(&business)),
        ("order of a customer", key::customer_order(&business, order)),
        ("person", key::person(person)),
        ("preferences of a person", key::preferences(person)),
        ("erasure of a person", key::erasure(person)),
        ("address", key::address(&address)),
        ("membership", key::membership(&address, &reseller)),
        ("open request", key::request(&address, &reseller)),
        ("appointment of vendor staff", key::appointment(person)),
        ("account summary", key::summary(&reseller, account)),
        ("server", key::server(&server)),
        ("lease", key::lease(&server)),
        ("product", key::product(&Sku::parse("sku").unwrap())),
        ("recorded event", key::outbox(ulid(5), None)),
        ("mail of an event to one reader", key::outbox(ulid(5), Some(person))),
        ("event to the vendor", key::vendor_event(ulid(5))),
    ]
}

fn ulid(number: u128) -> Ulid {
    Ulid::from(number)
}

/// A key with names instead of values.
fn named(key: &str) -> String {
    let names = [(1, "account"), (2, "order"), (3, "person"), (5, "ulid")];
    let key = names
        .iter()
        .fold(key.to_owned(), |key, (number, name)| key.replace(&ulid(*number).to_string(), &format!("{{{name}}}")));
    key.replace("b000000004", "{server}")
        .replace("address@example.com", "{address}")
        .replace("#number", "#{number}")
        .replace("#code", "#{code}")
        .replace("#sku", "#{sku}")
}
