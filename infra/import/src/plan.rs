//! Rows become orders, or every fault of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use crate::column::{COLUMNS, LICENSE_CODE, ORDER_NUMBER, SKU, column_at};
use crate::table::{FileFault, NotRead, Row, read};

/// Most lines of an order.
const LINES_MAX: usize = 30;

/// The articles that the service knows.
#[derive(Debug, Default)]
pub struct Catalogue(BTreeSet<String>);

/// An order to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Its number.
    pub number: String,
    /// Whose it is: orders of one customer are not sent together.
    pub customer: String,
    /// The file's lines that it comes from.
    pub rows: Vec<u64>,
    /// What is sent.
    pub document: Value,
}

/// Everything that a file asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The orders, as their first rows follow each other.
    pub orders: Vec<Order>,
}

impl Catalogue {
    /// Adds the articles of a document as `/v1/products` takes it; `None` where it is none.
    #[must_use]
    pub fn with(mut self, document: &Value) -> Option<Self> {
        let products = document["products"].as_array()?;
        self.0.extend(products.iter().filter_map(|product| product["sku"].as_str().map(str::to_owned)));
        Some(self)
    }
}

/// Reads a file: a plan, or every fault of it by row and column.
///
/// # Errors
///
/// [`NotRead`] where the file is no table of ours.
pub fn check(bytes: &[u8], catalogue: &Catalogue) -> Result<Result<Plan, Vec<FileFault>>, NotRead> {
    let mut faults = Vec::new();
    let rows = read(bytes, &mut faults)?;
    faults.extend(repeated_codes(&rows));
    faults.extend(unknown_skus(&rows, catalogue));
    let mut orders = Vec::new();
    for (number, rows) in grouped(&rows) {
        let found = faults_of_order(&number, &rows);
        if found.is_empty() {
            orders.push(order(number, &rows));
        }
        faults.extend(found);
    }
    faults.sort();
    faults.dedup();
    Ok(if faults.is_empty() { Ok(Plan { orders }) } else { Err(faults) })
}

/// The rows of each order, as the first ones follow each other.
fn grouped(rows: &[Row]) -> Vec<(String, Vec<&Row>)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut orders: Vec<(String, Vec<&Row>)> = Vec::new();
    for row in rows {
        let number = number(row);
        let place = *places.entry(number.clone()).or_insert_with(|| {
            orders.push((number, Vec::new()));
            orders.len() - 1
        });
        orders[place].1.push(row);
    }
    orders
}

/// The order's number: it comes from the row alone, so that the file gives the same orders whenever it is read.
fn number(row: &Row) -> String {
    row.get(ORDER_NUMBER).map_or_else(|| format!("import-{}", row.get(LICENSE_CODE).unwrap_or_default()), str::to_owned)
}

fn repeated_codes(rows: &[Row]) -> Vec<FileFault> {
    let mut seen: HashMap<&str, u64> = HashMap::new();
    let mut faults = Vec::new();
    for row in rows {
        let Some(code) = row.get(LICENSE_CODE) else { continue };
        if let Some(first) = seen.get(code) {
            faults.push(fault(row, LICENSE_CODE, format!("Row {first} has the same licence code.")));
        } else {
            seen.insert(code, row.number);
        }
    }
    faults
}

fn unknown_skus(rows: &[Row], catalogue: &Catalogue) -> Vec<FileFault> {
    let unknown = |row: &&Row| row.get(SKU).is_some_and(|sku| !catalogue.0.contains(sku));
    rows.iter().filter(unknown).map(|row| fault(row, SKU, "The catalogue has no such article.".to_owned())).collect()
}

fn faults_of_order(number: &str, rows: &[&Row]) -> Vec<FileFault> {
    let mut faults = differences(rows);
    if rows.len() > LINES_MAX {
        let detail = format!("Order {number} has {} rows; an order has {LINES_MAX} at most.", rows.len());
        faults.push(fault(rows[LINES_MAX], ORDER_NUMBER, detail));
        return faults;
    }
    let document = document(number, rows);
    for found in receive_order::faults_of(&document) {
        // The service tells them at the second line of an order; the file has told them by its rows.
        if found.code == "duplicate_license_code" {
            continue;
        }
        let (line, column) = column_at(&found.pointer);
        let row = line.and_then(|line| rows.get(line)).unwrap_or(&rows[0]);
        faults.push(fault(row, column, found.detail));
    }
    faults
}

/// Rows of one order that say something else of the order than its first row.
fn differences(rows: &[&Row]) -> Vec<FileFault> {
    let heads = || COLUMNS.iter().filter(|column| column.is_head());
    let mut faults = Vec::new();
    for row in rows.iter().skip(1) {
        for column in heads().filter(|column| row.get(column.name) != rows[0].get(column.name)) {
            let detail = format!("Row {} of the same order has another value.", rows[0].number);
            faults.push(fault(row, column.name, detail));
        }
    }
    faults
}

fn fault(row: &Row, column: &'static str, detail: String) -> FileFault {
    FileFault { row: row.number, column, detail }
}

fn order(number: String, rows: &[&Row]) -> Order {
    Order {
        customer: rows[0].get("customer_number").unwrap_or_default().to_owned(),
        rows: rows.iter().map(|row| row.number).collect(),
        document: document(&number, rows),
        number,
    }
}

/// The order as the service takes it.
fn document(number: &str, rows: &[&Row]) -> Value {
    let mut document = json!({ "type": "purchase", "delivery": "none" });
    for column in COLUMNS.iter().filter(|column| column.is_head()) {
        put(&mut document, column.pointer(), rows[0].get(column.name).map(Value::from));
    }
    document["number"] = number.into();
    put(&mut document, "/purchaseOrder", Some(rows[0].get("purchase_order").unwrap_or("Import").into()));
    if rows[0].get("recipient_email").is_none() {
        let contacts = ["/reseller/contact", "/customer/contact"];
        let contact = contacts.iter().find_map(|pointer| document.pointer(pointer)).cloned();
        document["recipient"] = contact.unwrap_or_else(|| json!({}));
    }
    let lines: Vec<Value> = rows.iter().map(|row| line(row)).collect();
    document["lines"] = lines.into();
    document
}

fn line(row: &Row) -> Value {
    let mut line = json!({});
    for column in COLUMNS.iter().filter(|column| !column.is_head()) {
        let value = row.get(column.name).map(|text| match column.name {
            // A text that is no number stays one, and the service's parser says so.
            "quantity" => text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from),
            _ => Value::from(text),
        });
        put(&mut line, column.pointer(), value);
    }
    line
}

/// Puts a value where a pointer leads to; nothing where there is none.
fn put(document: &mut Value, pointer: &str, value: Option<Value>) {
    let Some(value) = value else { return };
    let mut parts: Vec<&str> = pointer.split('/').skip(1).collect();
    let Some(last) = parts.pop() else { return };
    let mut place = document;
    for part in parts {
        place = &mut place[part];
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
    }
    place[last] = value;
}

impl Plan {
    /// The orders of each customer, as the first ones follow each other.
    pub(crate) fn by_customer(&self) -> Vec<Vec<&Order>> {
        let mut customers: BTreeMap<&str, Vec<&Order>> = BTreeMap::new();
        for order in &self.orders {
            customers.entry(&order.customer).or_default().push(order);
        }
        customers.into_values().collect()
    }

    /// How many licences it has.
    pub fn licenses(&self) -> usize {
        self.orders.iter().map(|order| order.rows.len()).sum()
    }
}

#[cfg(test)]
mod tests;
