//! Events to the vendor: none lost, none invented, each the same for ever, and every one taken or visibly parked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use serde_json::Value;

use crate::audit::{Entry, plain};
use crate::history::History;

/// How often what is parked is replayed, with so many hours between.
const ROUNDS: usize = 3;
const HOURS: i64 = 25;

/// Mails about an order.
const OF_ORDERS: [&str; 7] = [
    "orderReceived",
    "orderRevised",
    "linkResent",
    "orderUnlocked",
    "orderRenewed",
    "licensesCancelled",
    "orderCancelled",
];

/// What the receiver has heard.
#[derive(Debug, Default)]
pub struct Heard {
    /// What each event says, by its id.
    said: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl History {
    /// What came to the receiver is kept; whatever came before under its id said the same.
    pub fn hear(&mut self) {
        assert_eq!(self.stack.receiver.unsigned(), 0);
        for received in self.stack.receiver.all() {
            let said = self.heard.said.entry(received.id.clone()).or_insert_with(|| received.body.clone());
            assert_eq!(*said, received.body, "{} says something else", received.id);
            if received.status == 204 {
                self.heard.taken.insert(received.id);
            }
        }
    }

    /// What is parked is replayed, and taken.
    pub async fn settle_events(&mut self) {
        for _ in 0..ROUNDS {
            self.settle_all("event", "replay").await;
            self.stack.deliver_mail().await;
            self.hear();
            self.clock.advance(SignedDuration::from_hours(HOURS));
        }
    }

    /// What of which order has come back, by the outbox.
    async fn came_back(&self) -> BTreeSet<(String, String)> {
        let items = self.scan("OUTBOX#").await;
        let what = items.iter().filter(|item| item.contains_key("cameBack")).map(|item| plain(&item["what"]));
        let of_order = what.filter(|what| OF_ORDERS.iter().any(|kind| what["event"] == *kind));
        of_order
            .map(|what| [&what["event"], &what["order"]].map(|text| text.as_str().unwrap().to_owned()).into())
            .collect()
    }

    /// Everything that happened was told, and nothing else; the audit trail says what happened. Returns how many events
    /// there were.
    pub async fn check_events(&mut self, entries: &[Entry]) -> usize {
        let recorded = self.scan("EVENT#").await;
        let mut told = BTreeMap::<String, u64>::new();
        for item in &recorded {
            let text = |name: &str| item[name].as_s().unwrap().clone();
            let (id, state) = (text("id"), text("state"));
            *told.entry(text("type")).or_default() += 1;
            let is_taken = self.heard.taken.contains(&format!("evt_{id}"));
            let is_dismissed = self.model.dismissed.contains(&id);
            assert!(is_dismissed || (is_taken && state == "delivered"), "{id} is {state}: {item:?}");
        }
        let known: BTreeSet<String> =
            recorded.iter().map(|item| format!("evt_{}", item["id"].as_s().unwrap())).collect();
        let invented: Vec<&String> = self.heard.said.keys().filter(|id| !known.contains(*id)).collect();
        assert!(invented.is_empty(), "{invented:?}");
        // How often a mail came back no audit trail says; which ones did, the outbox keeps.
        told.remove("mail.bounced");
        assert_eq!(told, happened(entries), "told and happened");
        assert_eq!(returned(&recorded), self.came_back().await, "told and come back");
        recorded.len()
    }
}

/// What of which order the vendor was told to have come back.
fn returned(recorded: &[HashMap<String, AttributeValue>]) -> BTreeSet<(String, String)> {
    let bounced = recorded.iter().filter(|item| item["type"].as_s().is_ok_and(|kind| kind == "mail.bounced"));
    let data = bounced.map(|item| plain(&item["data"]));
    data.map(|data| [&data["mail"], &data["orderId"]].map(|text| text.as_str().unwrap().to_owned()).into()).collect()
}

/// How often what happened that the vendor is told of.
fn happened(entries: &[Entry]) -> BTreeMap<String, u64> {
    let mut happened = BTreeMap::new();
    let mut tell = |what: &str| *happened.entry(what.to_owned()).or_default() += 1;
    let has = |list: &Value| list.as_array().is_some_and(|list| !list.is_empty());
    for entry in entries {
        match entry.action.as_str() {
            "unlockOrder" => tell("order.unlocked"),
            "serverActivated" => tell("server.activated"),
            "conflictBegun" => tell("server.conflict"),
            "advanceAccount" => {
                if has(&entry.details["near"]) {
                    tell("ending.soon");
                }
                if has(&entry.details["short"]) {
                    tell("pool.short");
                }
            }
            _ => {}
        }
    }
    happened
}
