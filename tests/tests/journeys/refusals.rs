//! Refusals that need an account at one of its limits, or a client that lost its way.

use jiff::ToSpan as _;
use jiff::civil::Date;
use licensing::account::Account;
use licensing::grant::{Care, CareLevel, Grant, LicenseType, Term};
use licensing::id::{AccountId, LicenseCode, OrderId, Sku};
use licensing::pool::PoolKey;
use licensing::product::Unit;
use licensing::text::Label;
use local::{Answer, Browser, Press};
use reqwest::Method;
use serde_json::{Value, json};
use table::{Stored, Transaction};

use crate::world::{World, open_in_english, order, post, press_in_english, refused, unlock};

const FAX: &str = "IP Fax server";

#[tokio::test(flavor = "multi_thread")]
async fn a_route_that_does_not_exist_is_a_problem_for_programs() {
    let world = World::with_fax().await;
    for (method, path) in [(Method::GET, "/v1/nothing"), (Method::DELETE, "/v1/me"), (Method::GET, "/nothing.json")] {
        let answer = world.customer.send(world.customer.request(method, path)).await.unwrap();
        refused(&answer, 404, "no_such_route");
    }
    let browser = Browser::new(&world.stack).unwrap();
    refused(&browser.open("/v1/nothing").await.unwrap(), 404, "no_such_route");
    let page = browser.open("/nothing").await.unwrap();
    assert!(page.status == 200 && page.body.contains("id=\"portal\""), "people get the portal: {}", page.body);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_at_most_sixty_kinds_of_licences() {
    let world = World::with_fax().await;
    let products = (1..=60).map(application).collect::<Vec<_>>();
    let catalogue = json!({ "type": "products", "products": products }).to_string();
    let sent = world.stack.erp.post("/v1/products", catalogue).await.unwrap();
    assert!(sent.is_success(), "{}", sent.body);
    for (number, turns) in [("19/00031", 1..=30), ("19/00032", 31..=59)] {
        unlock(&world.stack, of_applications(&world, number, turns)).await;
    }
    let before = world.view().await;
    assert_eq!(before.json()["rows"].as_array().unwrap().len(), 60);

    let (link, pressed) = press_unlock(&world, of_applications(&world, "19/00033", 59..=60)).await;
    stays_locked(&world, &link, &pressed, "too_many_pools").await;
    assert_eq!(world.view().await.body, before.body);
    unlock(&world.stack, order(&world.clock, "19/00034", &[("IM120-4L", "FAX2")])).await;
    assert_eq!(world.view().await.json()["rows"].as_array().unwrap().len(), 60, "more of the same has room");
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_full_takes_no_more() {
    let world = World::with_fax().await;
    let server = world.add_server().await;
    fill(&world).await;
    let before = world.view().await;
    refused(&world.save(&[(&server, FAX, 1)]).await, 422, "account_too_large");
    let added = world.customer.write(Method::POST, &world.path("/servers"), &json!({})).await.unwrap();
    refused(&added, 422, "account_too_large");

    let (link, pressed) = press_unlock(&world, order(&world.clock, "19/00022", &[("IM162-90L", "REC1")])).await;
    stays_locked(&world, &link, &pressed, "account_too_large").await;
    assert_eq!(world.view().await.body, before.body);
    let path = world.path(&format!("/servers/{server}"));
    let deleted = world.customer.write(Method::DELETE, &path, &json!({})).await.unwrap();
    assert_eq!(deleted.status, 204, "what makes the account no larger is done: {}", deleted.body);
    world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_order_unlocks_nothing() {
    let world = World::with_fax().await;
    let mine = post(&world.stack, order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")])).await;
    let other = post(&world.stack, order(&world.clock, "19/00023", &[("IM120-4L", "FAX3")])).await;
    let browser = Browser::new(&world.stack).unwrap();
    let page = browser.open(&other).await.unwrap();
    let told = browser.press(&page, &mine, "unlock", &[], Press::Told).await.unwrap();
    assert!(told.status == 200 && told.form("unlock").is_some(), "{}", told.body);
    let confirmation = browser.press(&page, &other, "unlock", &[], Press::Untold).await.unwrap();
    let ticked = [("confirmed", "yes")];
    browser.press(&confirmation, &mine, "unlock", &ticked, Press::Told).await.unwrap();
    for link in [&mine, &other] {
        assert!(browser.open(link).await.unwrap().form("unlock").is_some(), "it is locked still");
    }
    world.stack.stop().await;
}

/// Posts an order and presses UNLOCK NOW, whatever comes of it.
async fn press_unlock(world: &World, order: Value) -> (String, Answer) {
    let link = post(&world.stack, order).await;
    let browser = Browser::new(&world.stack).unwrap();
    let page = open_in_english(&browser, &link).await;
    let pressed = press_in_english(&browser, &page, &link, "unlock", &[]).await;
    (link, pressed)
}

/// Holds an unlock to be refused with the sentence of this code, and the order to be locked.
async fn stays_locked(world: &World, link: &str, pressed: &Answer, code: &str) {
    let sentence = "The Smart Account has no room for these licenses, so nothing was unlocked.";
    assert!(pressed.status == 409 && pressed.body.contains(sentence), "{code}: {} {}", pressed.status, pressed.body);
    let page = Browser::new(&world.stack).unwrap().open(link).await.unwrap();
    assert!(page.form("unlock").is_some(), "{code}: the order is locked still");
}

/// An article of an application of its own.
fn application(turn: u32) -> Value {
    json!({
        "sku": format!("KIND-{turn}"), "name": format!("Article {turn}"), "application": format!("Application {turn}"),
        "unit": "users", "capacity": 1, "redundancy": false,
    })
}

fn of_applications(world: &World, number: &str, turns: impl Iterator<Item = u32>) -> Value {
    let lines: Vec<_> = turns.map(|turn| (format!("KIND-{turn}"), format!("{number} {turn}"))).collect();
    let lines: Vec<_> = lines.iter().map(|(sku, code)| (sku.as_str(), code.as_str())).collect();
    order(&world.clock, number, &lines)
}

/// Changes the account behind everybody's back.
async fn rewrite(world: &World, change: impl FnOnce(&mut Account)) {
    let table = world.table();
    let id = AccountId::new(world.account.parse().unwrap());
    let stored = table.account(id).await.unwrap().unwrap();
    let read = stored.state.version;
    let mut account = stored.state.clone();
    change(&mut account);
    account.version += 1;
    let mut transaction = Transaction::new();
    transaction.put_account(&stored.with(account), read, world.clock.now());
    transaction.commit(&table, "rewrite the account").await.unwrap();
}

/// Grants of ever other terms, until the account's item takes not one more.
async fn fill(world: &World) {
    rewrite(world, |account| {
        let mut start: Date = "2000-01-01".parse().unwrap();
        for step in [100, 1] {
            loop {
                let grants: Vec<_> = start.series(1.day()).take(step).map(grant_from).collect();
                let mut fuller = account.clone();
                fuller.add_grants(&grants).unwrap();
                if !Stored::new(fuller.clone()).fits() {
                    break;
                }
                *account = fuller;
                start = start.series(1.day()).nth(step).unwrap();
            }
        }
    })
    .await;
}

/// What was bought on this day and ended on the next.
fn grant_from(start: Date) -> Grant {
    let term = start.tomorrow().unwrap();
    Grant {
        license_code: LicenseCode::parse("OLD").unwrap(),
        order_id: OrderId::new(ulid::Ulid(1)),
        sku: Sku::parse("IM120-4L").unwrap(),
        product: Label::parse("Imagicle Stonefax 4 chan.").unwrap(),
        pool: PoolKey {
            redundancy: false,
            application: Label::parse(FAX).unwrap(),
            license: LicenseType::Subscription,
        },
        unit: Unit::Channels,
        piece: 4,
        terms: vec![Term { capacity: 4, start, term: Some(term) }],
        care: vec![Care { level: CareLevel::Gold, start, term }],
        renewals: Vec::new(),
        cancelled: None,
    }
}
