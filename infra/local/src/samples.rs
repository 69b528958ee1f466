//! The sample catalogue and the sample order, with dates that are current whenever they are sent.

use std::sync::Arc;

use http_api::Clock;
use jiff::civil::Date;
use licensing::grant::utc_day;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::StartError;
use crate::erp::{Erp, ErpAnswer};
use crate::store::Store;

const CATALOGUE: &str = include_str!("../samples/products.json");
const ORDER: &str = include_str!("../samples/order.json");
/// The document with how many sample orders were accepted.
const SENT: &str = "sample-orders.json";

/// The brief's order, its first day being today.
///
/// # Panics
///
/// Never: a test reads the file that this reads.
pub fn sample_order(today: Date) -> Value {
    from_today(serde_json::from_str(ORDER).expect("the sample is JSON"), today)
}

/// An order with all its dates moved by the same number of days, so that the earliest is today.
pub fn from_today(mut order: Value, today: Date) -> Value {
    let mut dates = Vec::new();
    each_date(&mut order, &mut |date| dates.push(*date));
    if let Some(days) = dates.iter().min().and_then(|first| first.until(today).ok()) {
        each_date(&mut order, &mut |date| *date = date.checked_add(days).unwrap_or(*date));
    }
    order
}

/// Visits what stands under `start` and `term`, anywhere.
fn each_date(value: &mut Value, visit: &mut impl FnMut(&mut Date)) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| each_date(value, visit)),
        Value::Object(fields) => {
            for (name, value) in fields {
                let date =
                    value.as_str().filter(|_| name == "start" || name == "term").and_then(|text| text.parse().ok());
                if let Some(mut date) = date {
                    visit(&mut date);
                    *value = Value::String(date.to_string());
                } else {
                    each_date(value, visit);
                }
            }
        }
        _ => {}
    }
}

/// The brief's order and its successors: order numbers and licence codes are unique for ever, so each has its own.
fn numbered(order: Value, number: u32) -> Value {
    if number == 0 {
        return order;
    }
    let mut order = order;
    order["number"] = Value::String(format!("19/{:05}", 21 + number));
    for line in order["lines"].as_array_mut().into_iter().flatten() {
        line["licenseCode"] = Value::String(format!("{}-{number}", line["licenseCode"].as_str().unwrap_or_default()));
    }
    order
}

/// Sends sample orders, one after the other; a clone goes on where the other is.
#[derive(Clone)]
pub(crate) struct SampleOrders {
    erp: Erp,
    store: Store,
    clock: Clock,
    turn: Arc<Mutex<()>>,
}

impl SampleOrders {
    pub(crate) fn new(erp: Erp, store: Store, clock: Clock) -> Self {
        Self { erp, store, clock, turn: Arc::default() }
    }

    /// Sends the next one; the error is a sentence for the page.
    pub(crate) async fn send(&self) -> Result<ErpAnswer, String> {
        let _turn = self.turn.lock().await;
        let sent: u32 = self.store.read_json(SENT).map_err(|error| error.to_string())?.unwrap_or(0);
        let order = numbered(sample_order(utc_day(self.clock.now())), sent);
        let answer = self.erp.post("/v1/orders", order.to_string()).await.map_err(|error| error.to_string())?;
        if !answer.is_success() {
            return Err(refusal(&answer));
        }
        self.store.write_json(SENT, &(sent + 1)).map_err(|error| error.to_string())?;
        Ok(answer)
    }
}

/// The problem's sentences, with the place of each fault.
fn refusal(answer: &ErpAnswer) -> String {
    let problem: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let faults = problem["faults"].as_array().into_iter().flatten();
    let faults = faults.map(|fault| format!(" {}: {}", text(&fault["pointer"]), text(&fault["detail"])));
    format!("The order was refused ({}). {}{}", answer.status, text(&problem["detail"]), faults.collect::<String>())
}

/// Puts the sample catalogue through the API.
pub(crate) async fn load_catalogue(erp: &Erp) -> Result<(), StartError> {
    let answer = erp.post("/v1/products", CATALOGUE.to_owned()).await;
    match answer {
        Ok(answer) if answer.is_success() => Ok(()),
        Ok(answer) => Err(StartError::Catalogue(format!("status {}, {}", answer.status, answer.body))),
        Err(error) => Err(StartError::Catalogue(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_sample_is_the_briefs_order_from_today() {
        let order = sample_order(date(2030, 2, 28));
        assert_eq!(order["number"], "19/00021");
        assert_eq!(order["lines"][0]["start"], "2030-02-28");
        assert_eq!(order["lines"][0]["term"], "2031-02-27");
        assert_eq!(order["lines"][1]["care"]["term"], "2031-02-27");
    }

    #[test]
    fn a_later_sample_repeats_neither_number_nor_licence_code() {
        let today = date(2030, 1, 1);
        let orders: Vec<_> = (0..3).map(|number| numbered(sample_order(today), number)).collect();
        let texts = |field: &dyn Fn(&Value) -> Vec<Value>| {
            orders.iter().flat_map(field).map(|value| value.to_string()).collect::<BTreeSet<_>>()
        };
        assert_eq!(texts(&|order| vec![order["number"].clone()]).len(), 3);
        let codes = |order: &Value| (0..2).map(|line| order["lines"][line]["licenseCode"].clone()).collect();
        assert_eq!(texts(&codes).len(), 6);
    }

    #[test]
    fn every_sku_of_the_sample_order_is_in_the_catalogue() {
        let catalogue: Value = serde_json::from_str(CATALOGUE).unwrap();
        let skus: BTreeSet<_> =
            catalogue["products"].as_array().unwrap().iter().map(|product| product["sku"].to_string()).collect();
        assert!(skus.contains("\"IM162-90L\""));
        for line in sample_order(date(2030, 1, 1))["lines"].as_array().unwrap() {
            assert!(skus.contains(&line["sku"].to_string()));
        }
    }
}
