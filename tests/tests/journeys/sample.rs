//! The sample world: what it promises to show is there, and a second run finds it.

use std::collections::BTreeSet;
use std::time::Duration;

use http_api::Clock;
use local::sample::{self, Loaded};
use local::{Browser, Session, Stack, StackConfig};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_shows_every_state_that_licences_and_servers_can_be_in() {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
    let stack = Stack::start(StackConfig::in_memory(clock.clone())).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let site = sample::Site {
        base_url: stack.base_url.clone(),
        erp_key: stack.erp_key().to_owned(),
        roots: stack.roots,
        folder: folder.path().to_owned(),
    };
    let mut told = Vec::new();
    assert_eq!(sample::load(&site, |line| told.push(line.to_owned())).await.unwrap(), Loaded::Now);
    assert_eq!(told, ["10 of 40 customers", "20 of 40 customers", "30 of 40 customers", "40 of 40 customers"]);
    assert_eq!(clock.now().to_string(), "2026-11-24T09:00:00Z", "the clock is as before");
    assert_eq!(sample::load(&site, |_| ()).await.unwrap(), Loaded::Before);

    let staff = Browser::new(&stack).unwrap().sign_in(&stack, "vendor@example.com").await.unwrap();
    let accounts = accounts(&staff).await;
    assert_eq!(accounts.len(), 40);
    assert!(accounts.iter().any(|account| account["servers"].as_array().unwrap().len() == 5));
    assert_eq!(notes(&accounts), BTreeSet::from(["endsSoon", "inGrace", "overAssigned"].map(str::to_owned)));
    assert_eq!(words(&accounts, "/servers", "status"), ["active", "available", "conflict", "disabled"]);
    assert_eq!(words(&accounts, "/rows", "licenseType"), ["perpetual", "subscription"]);
    let items = accounts.iter().flat_map(|account| account["servers"].as_array().unwrap());
    let items: Vec<Value> = items
        .map(|server| Value::Object([("items".to_owned(), server["items"].clone())].into_iter().collect()))
        .collect();
    assert_eq!(words(&items, "/items", "status"), ["active", "ended", "inGrace"]);
    let rows = || accounts.iter().flat_map(|account| account["rows"].as_array().unwrap());
    assert!(rows().any(|row| row["redundancy"] == true), "a red. row");
    assert!(rows().any(|row| row["used"] == 0 && row["total"].as_u64() > Some(0)), "nothing assigned");
    assert_eq!(words(&accounts, "/resellers", "access"), ["granted", "requested"]);

    let order = staff.get("/v1/orders?number=26%2F70101").await.unwrap().json();
    assert_eq!(order["order"]["status"], "locked");
    let parked = async {
        while staff.get("/v1/mails").await.unwrap().json()["mails"].as_array().unwrap().is_empty() {
            stack.sweep().await;
        }
    };
    tokio::time::timeout(PATIENCE, parked).await.expect("a mail can't be delivered");
    let members = staff.get(&format!("/v1/accounts/{}/members", id_of(&accounts, "C-7201"))).await.unwrap().json();
    assert_eq!(members["members"].as_array().unwrap().len(), 3);
    let asking = staff.get(&format!("/v1/accounts/{}/members", id_of(&accounts, "C-7204"))).await.unwrap().json();
    assert_eq!(asking["requests"].as_array().unwrap().len(), 1, "{asking}");
    stack.stop().await;
}

#[test]
fn the_guide_names_somebody_for_every_state() {
    let guide = sample::guide();
    for address in ["vendor@example.com", "elena.fontana@example.com", "jonas.brandt@example.com"] {
        assert!(guide.contains(address), "{guide}");
    }
    assert_eq!(guide.lines().count(), 4 + 14, "{guide}");
}

async fn accounts(staff: &Session) -> Vec<Value> {
    let (mut accounts, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = staff.get(&format!("/v1/accounts?{cursor}")).await.unwrap().json();
        for account in page["accounts"].as_array().unwrap() {
            let path = format!("/v1/accounts/{}", account["accountId"].as_str().unwrap());
            accounts.push(staff.get(&path).await.unwrap().json());
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("cursor={next}"),
            None => return accounts,
        }
    }
}

fn id_of<'a>(accounts: &'a [Value], customer: &str) -> &'a str {
    let account = accounts.iter().find(|account| account["customer"]["number"] == customer).unwrap();
    account["accountId"].as_str().unwrap()
}

fn notes(accounts: &[Value]) -> BTreeSet<String> {
    let rows = accounts.iter().flat_map(|account| account["rows"].as_array().unwrap());
    let notes = rows.flat_map(|row| row["notes"].as_array().unwrap());
    notes.map(|note| note["code"].as_str().unwrap().to_owned()).collect()
}

/// The different words of a field of everything in a list, in order.
fn words(documents: &[Value], list: &str, field: &str) -> Vec<String> {
    let all = documents.iter().flat_map(|document| document.pointer(list).unwrap().as_array().unwrap());
    all.map(|one| one[field].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>().into_iter().collect()
}
