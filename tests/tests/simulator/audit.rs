//! Every change is in the audit trail, once; what was refused, repeated or changed nothing is not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Select};
use serde_json::Value;

use crate::history::History;

/// What the service does by itself, as often as its troubles let it.
const BY_ITSELF: &str = "advanceAccount";

/// An entry of a trail.
#[derive(Debug)]
pub struct Entry {
    pub action: String,
    pub details: Value,
    partition: String,
    version: Option<u64>,
}

impl Entry {
    fn of(item: &HashMap<String, AttributeValue>) -> Self {
        let text = |name: &str| item[name].as_s().unwrap().clone();
        Self {
            action: text("action"),
            details: plain(&item["details"]),
            partition: text("pk"),
            version: item.get("version").map(|version| version.as_n().unwrap().parse().unwrap()),
        }
    }

    /// Whose trail it is in, as the model names it.
    fn trail(&self) -> String {
        let (kind, id) = self.partition.split_once('#').unwrap_or((&self.partition, ""));
        if kind == "ACCOUNT" { id.to_owned() } else { kind.to_lowercase() }
    }
}

impl History {
    /// After each command: as many entries about the accounts as there were changes.
    pub async fn check_trails(&mut self) {
        for account in self.model.accounts.iter().filter(|account| account.is_made()) {
            let found = self.count_entries(&account.id).await;
            let expected: u64 = account.audit.values().sum();
            assert_eq!(found, expected, "entries of {} beside {:?}", account.id, account.audit);
        }
    }

    async fn count_entries(&self, account: &str) -> u64 {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let counted = Client::new(&self.stack.sdk)
            .query()
            .table_name(self.stack.settings.table_name.as_str())
            .key_condition_expression("pk = :account AND begins_with(sk, :audit)")
            .filter_expression("#action <> :itself")
            .expression_attribute_names("#action", "action")
            .expression_attribute_values(":account", text(&format!("ACCOUNT#{account}")))
            .expression_attribute_values(":audit", text("AUDIT#"))
            .expression_attribute_values(":itself", text(BY_ITSELF))
            .select(Select::Count)
            .send()
            .await
            .unwrap();
        assert!(counted.last_evaluated_key().is_none(), "one page holds the trail of a history");
        u64::try_from(counted.count()).unwrap()
    }

    /// In the end: in every trail exactly what the model did, and every version of an account has its one entry.
    pub async fn check_audit(&mut self) -> Vec<Entry> {
        self.set_trouble(false);
        let entries: Vec<Entry> = self.scan_sorted("AUDIT#").await.iter().map(Entry::of).collect();
        let mut found = BTreeMap::<(String, String), u64>::new();
        for entry in entries.iter().filter(|entry| entry.action != BY_ITSELF) {
            *found.entry((entry.trail(), entry.action.clone())).or_default() += 1;
        }
        // What the stack and the first sign-in of staff do before a history begins.
        found.remove(&("product".to_owned(), "putProducts".to_owned()));
        found.remove(&("vendor".to_owned(), "appointStaff".to_owned()));
        let expected = self.model.trails();
        let differs = |key: &&(String, String)| found.get(*key) != expected.get(*key);
        let told = |key: &(String, String)| format!("{key:?}: {:?} of {:?}", found.get(key), expected.get(key));
        let wrong: BTreeSet<String> = found.keys().chain(expected.keys()).filter(differs).map(told).collect();
        assert!(wrong.is_empty(), "found of expected: {wrong:?}");
        for customer in 0..self.model.accounts.len() {
            if self.model.accounts[customer].is_made() {
                let version = self.view(customer).await["version"].as_u64().unwrap();
                let id = &self.model.accounts[customer].id;
                let of_account = entries.iter().filter(|entry| entry.trail() == *id);
                let mut versions: Vec<u64> = of_account.filter_map(|entry| entry.version).collect();
                versions.sort_unstable();
                let all: Vec<u64> = (versions[0]..=version).collect();
                assert!(
                    versions[0] <= 2 && versions == all,
                    "versions in the trail of {id}: {versions:?} of {version}"
                );
            }
        }
        entries
    }

    /// All items whose partition begins with this.
    pub async fn scan(&self, partition: &str) -> Vec<HashMap<String, AttributeValue>> {
        self.scan_by("pk", partition).await
    }

    async fn scan_sorted(&self, sort_key: &str) -> Vec<HashMap<String, AttributeValue>> {
        self.scan_by("sk", sort_key).await
    }

    #[expect(clippy::disallowed_methods, reason = "a test may look at everything")]
    async fn scan_by(&self, key: &str, begins: &str) -> Vec<HashMap<String, AttributeValue>> {
        let mut pages = Client::new(&self.stack.sdk)
            .scan()
            .table_name(self.stack.settings.table_name.as_str())
            .filter_expression(format!("begins_with({key}, :begins)"))
            .expression_attribute_values(":begins", AttributeValue::S(begins.to_owned()))
            .into_paginator()
            .send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.unwrap().items.unwrap_or_default());
        }
        items
    }
}

/// An attribute as JSON.
pub fn plain(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => text.as_str().into(),
        AttributeValue::N(number) => serde_json::from_str(number).unwrap(),
        AttributeValue::Bool(yes) => (*yes).into(),
        AttributeValue::L(list) => list.iter().map(plain).collect(),
        AttributeValue::M(map) => map.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        _ => Value::Null,
    }
}
