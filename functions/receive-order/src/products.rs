//! `POST /v1/products`.

use std::collections::HashMap;

use http_api::{Call, Failure, Rejection, Reply};
use lambda_http::http::StatusCode;
use licensing::id::Sku;
use licensing::product::{Product, Unit};
use licensing::refusal::Fault;
use licensing::text::{Label, TextFault};
use serde_json::{Value, json};
use table::{Actor, AuditEntry, ITEMS_MAX, Table, Transaction, key};

use crate::document::ProductsReceipt;
use crate::node::{Faults, Node};

/// Most capacity of one piece, in units.
const CAPACITY_MAX: u32 = 1_000_000;
/// The longest name of an application, in characters: every lease carries it.
const APPLICATION_LEN_MAX: usize = 60;

/// Takes products: parse, load, decide, commit, reply.
pub(crate) async fn put(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let document = call.json_value()?;
    let products = parse(&document).map_err(Rejection::InvalidBody)?;
    let faults = unit_faults(&table.products().await?, &products);
    if !faults.is_empty() {
        return Err(Rejection::InvalidBody(faults).into());
    }
    let mut transaction = Transaction::new();
    for product in &products {
        transaction.put_product(product);
    }
    let skus: Vec<&str> = products.iter().map(|product| product.sku.as_str()).collect();
    let entry = AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: Actor::Erp,
        action: call.operation.to_owned(),
        details: json!({ "skus": skus }),
        version: None,
    };
    transaction.put_audit(key::CATALOGUE, &entry);
    transaction.commit(table, "put products").await?;
    Reply::json(StatusCode::OK, &ProductsReceipt { stored: products.len() })
}

pub(crate) fn parse(document: &Value) -> Result<Vec<Product>, Vec<Fault>> {
    let mut faults = Faults::default();
    let root = Node::root(document);
    let kind = root.field("type").word(&mut faults, "unknown_type", &[("products", ())]);
    let mut products: Vec<Product> = Vec::new();
    let mut complete = kind.is_some();
    for item in root.field("products").items(&mut faults, 1, ITEMS_MAX - 1) {
        match product(&item, &mut faults) {
            Some(found) if products.iter().any(|product| product.sku == found.sku) => {
                faults.add(format!("{}/sku", item.pointer), "duplicate_sku", "The SKU is in the document twice.");
            }
            Some(found) => products.push(found),
            None => complete = false,
        }
    }
    faults.finish(complete.then_some(products))
}

fn product(node: &Node<'_>, faults: &mut Faults) -> Option<Product> {
    let sku = node.field("sku").text(faults, "invalid_value", Sku::parse);
    let name = node.field("name").text(faults, "invalid_value", Label::parse);
    let application = node.field("application").text(faults, "invalid_value", |text| match Label::parse(text) {
        Ok(label) if label.as_str().chars().count() > APPLICATION_LEN_MAX => {
            Err(TextFault::TooLong(APPLICATION_LEN_MAX))
        }
        parsed => parsed,
    });
    let units = [("channels", Unit::Channels), ("users", Unit::Users), ("instances", Unit::Instances)];
    let unit = node.field("unit").word(faults, "unknown_unit", &units);
    let capacity = node.field("capacity").number(faults, 1, CAPACITY_MAX);
    let redundancy = match node.field("redundancy").optional() {
        Some(node) => node.boolean(faults),
        None => Some(false),
    };
    Some(Product {
        sku: sku?,
        name: name?,
        application: application?,
        unit: unit?,
        capacity: capacity?,
        redundancy: redundancy?,
    })
}

/// The unit belongs to the application: products of one application that count in different units are refused.
fn unit_faults(known: &[Product], sent: &[Product]) -> Vec<Fault> {
    let replaced = |product: &&Product| !sent.iter().any(|new| new.sku == product.sku);
    let mut units: HashMap<&Label, Unit> =
        known.iter().filter(replaced).map(|product| (&product.application, product.unit)).collect();
    let mut faults = Faults::default();
    for (index, product) in sent.iter().enumerate() {
        let unit = *units.entry(&product.application).or_insert(product.unit);
        if unit != product.unit {
            let detail = format!("Other products of this application count {}.", unit.as_str());
            faults.add(format!("/products/{index}/unit"), "unit_differs", detail);
        }
    }
    faults.into_list()
}
