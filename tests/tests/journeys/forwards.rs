//! Forwarding an unlocked order: whom it brings in, and each sentence that says why it does not.

use std::time::Duration;

use jiff::SignedDuration;
use local::{Answer, Browser, Session};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, open_in_english, order, post, press_in_english, unlock};

/// The manager of the customer whose order is forwarded.
const MANAGER: &str = "manager@example.com";

/// An unlocked order of a customer to whose account nobody has signed in.
struct Unlocked {
    world: World,
    browser: Browser,
    link: String,
}

async fn unlocked() -> Unlocked {
    let world = Box::pin(World::with_fax()).await;
    let link = post(&world.stack, of_another_customer(&world, "19/00030", MANAGER)).await;
    let order = Unlocked { browser: Browser::new(&world.stack).unwrap(), link, world };
    let page = order.page().await;
    assert_eq!(order.press(&page, "", "unlock", &[]).await.status, 303);
    order
}

/// The same, with a manager who has signed in: from now on a forward is a request.
async fn managed() -> (Unlocked, Manager) {
    let order = unlocked().await;
    let manager = order.manager().await;
    (order, manager)
}

fn of_another_customer(world: &World, number: &str, contact: &str) -> Value {
    let mut other = order(&world.clock, number, &[("IM120-4L", &format!("OF {number}"))]);
    other["customer"]["number"] = "C-FORWARD".into();
    other["customer"]["name"] = "Forwarding Customer".into();
    other["customer"]["contact"]["email"] = contact.into();
    other
}

impl Unlocked {
    async fn page(&self) -> Answer {
        open_in_english(&self.browser, &self.link).await
    }

    async fn press(&self, page: &Answer, rest: &str, button: &str, typed: &[(&str, &str)]) -> Answer {
        press_in_english(&self.browser, page, &format!("{}{rest}", self.link), button, typed).await
    }

    /// Forwards to this address from a page that was opened before.
    async fn forward_from(&self, page: &Answer, address: &str) -> Answer {
        self.press(page, "/forward", "forward", &[("address", address)]).await
    }

    async fn forward(&self, address: &str) -> Answer {
        self.forward_from(&self.page().await, address).await
    }

    async fn manager(&self) -> Manager {
        let session = self.world.sign_in(MANAGER).await;
        let accounts = session.get("/v1/accounts").await.unwrap().json();
        let account = accounts["accounts"][0]["accountId"].as_str().unwrap().to_owned();
        Manager { session, account }
    }

    async fn mailed(&self, address: &str) -> bool {
        let patience = Duration::from_secs(20);
        self.world.stack.mailbox.wait_for(patience, |mail| mail.is_to(address)).await.is_some()
    }
}

/// A manager of the account.
struct Manager {
    session: Session,
    account: String,
}

impl Manager {
    async fn roster(&self) -> Value {
        self.session.get(&format!("/v1/accounts/{}/members", self.account)).await.unwrap().json()
    }

    async fn requests(&self) -> usize {
        self.roster().await["requests"].as_array().unwrap().len()
    }

    /// Accepts or declines the oldest request.
    async fn answer(&self, method: Method) -> u16 {
        let oldest = self.roster().await["requests"][0]["person"]["personId"].clone();
        let path = format!("/v1/accounts/{}/requests/{}", self.account, oldest.as_str().unwrap());
        self.session.write(method, &path, &json!({})).await.unwrap().status.as_u16()
    }
}

/// Holds a page to say the sentence of this refusal.
#[track_caller]
fn says(page: &Answer, code: &str, sentence: &str) {
    assert!(page.status == 409 && page.body.contains(sentence), "{code}: {} {}", page.status, page.body);
}

async fn sees(world: &World, email: &str, account: &str) -> bool {
    world.sign_in(email).await.get(&format!("/v1/accounts/{account}")).await.unwrap().status == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_has_signed_in_a_forward_invites_and_afterwards_it_asks() {
    let order = unlocked().await;
    let invited = order.forward("invited@example.com").await;
    assert!(invited.status == 200 && invited.body.contains("They receive an e-mail."), "{}", invited.body);
    assert!(order.mailed("invited@example.com").await);
    let account = Manager { session: order.world.sign_in("invited@example.com").await, ..order.manager().await };
    let member = &account.roster().await["members"][1];
    assert_eq!((&member["person"]["email"], &member["role"]), (&json!("invited@example.com"), &json!("manager")));

    let asked = order.forward("asked@example.com").await;
    let sentence = "They get access when a manager accepts.";
    assert!(asked.status == 200 && asked.body.contains(sentence), "{}", asked.body);
    assert!(!sees(&order.world, "asked@example.com", &account.account).await);
    assert_eq!(account.answer(Method::POST).await, 200);
    assert!(order.mailed("asked@example.com").await);
    assert!(sees(&order.world, "asked@example.com", &account.account).await);
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_can_be_taken_back_until_the_invited_sign_in() {
    let order = unlocked().await;
    let page = order.forward("invited@example.com").await;
    let withdrawn = order.press(&page, "/withdraw", "withdraw", &[]).await;
    assert!(withdrawn.body.contains("was withdrawn."), "{}", withdrawn.body);
    let manager = order.manager().await;
    assert!(!sees(&order.world, "invited@example.com", &manager.account).await);
    assert_eq!(manager.roster().await["members"].as_array().unwrap().len(), 1);
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_not_taken_back_from_those_who_have_signed_in() {
    let order = unlocked().await;
    let page = order.forward("invited@example.com").await;
    let invited = Manager { session: order.world.sign_in("invited@example.com").await, ..order.manager().await };
    let before = invited.roster().await;
    let late = order.press(&page, "/withdraw", "withdraw", &[]).await;
    says(&late, "forward_not_open", "This forward is no longer open");
    assert_eq!(invited.roster().await, before);
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forward_that_was_accepted_or_declined_is_not_taken_back() {
    let (order, manager) = managed().await;
    for (address, method) in [("one@example.com", Method::POST), ("two@example.com", Method::DELETE)] {
        let page = order.forward(address).await;
        assert!([200, 204].contains(&manager.answer(method).await));
        let before = manager.roster().await;
        let late = order.press(&page, "/withdraw", "withdraw", &[]).await;
        says(&late, "forward_not_open", "This forward is no longer open");
        assert_eq!(manager.roster().await, before);
    }
    let page = order.page().await;
    let nobody = order.press(&page, "/withdraw", "withdraw", &[("id", "01JD0000000000000000000000")]).await;
    says(&nobody, "forward_not_open", "This forward is no longer open");
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_from_before_cannot_forward_when_thirty_days_are_over() {
    let (order, _) = managed().await;
    order.world.clock.advance(SignedDuration::from_hours(30 * 24 - 1));
    let page = order.page().await;
    assert!(page.form("forward").is_some(), "an hour is left");
    order.world.clock.advance(SignedDuration::from_hours(1));
    let late = order.forward_from(&page, "late@example.com").await;
    says(&late, "forward_window_over", "An order can be forwarded within 30 days of its unlock.");
    assert_eq!(order.manager().await.requests().await, 0);
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_from_before_cannot_open_a_fourth_forward() {
    let (order, manager) = managed().await;
    let page = order.page().await;
    for name in ["one", "two", "three"] {
        assert_eq!(order.forward_from(&page, &format!("{name}@example.com")).await.status, 200);
    }
    let again = order.forward_from(&page, "two@example.com").await;
    assert_eq!(again.status, 200, "to somebody who waits it says the same as the first time");
    let fourth = order.forward_from(&page, "four@example.com").await;
    says(&fourth, "too_many_forwards", "3 forwards of this order are open.");
    assert_eq!(manager.requests().await, 3);
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_forwarded_ten_times_at_most_whatever_is_taken_back() {
    let (order, manager) = managed().await;
    for turn in 1..=10 {
        let page = order.forward(&format!("turn{turn}@example.com")).await;
        let withdrawn = order.press(&page, "/withdraw", "withdraw", &[]).await;
        assert_eq!(withdrawn.status, 200, "{}", withdrawn.body);
    }
    let eleventh = order.forward("turn11@example.com").await;
    says(&eleventh, "forwards_used_up", "This order was forwarded 10 times");
    assert_eq!(manager.requests().await, 0);
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_people_at_most_wait_for_a_manager() {
    let (order, manager) = managed().await;
    for turn in 1..=20 {
        let number = format!("19/001{turn:02}");
        unlock(&order.world.stack, of_another_customer(&order.world, &number, &format!("turn{turn}@example.com")))
            .await;
    }
    assert_eq!(manager.requests().await, 20);
    let full = order.forward("turn21@example.com").await;
    says(&full, "too_many_open_requests", "20 people wait for a manager already.");
    assert_eq!(manager.requests().await, 20);
    assert_eq!(manager.answer(Method::DELETE).await, 204);
    assert_eq!(order.forward("turn21@example.com").await.status, 200, "there is room again");
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_needs_no_forward() {
    let (order, manager) = managed().await;
    let before = manager.roster().await;
    says(&order.forward(MANAGER).await, "already_member", "This person can already manage these licenses.");
    assert_eq!(manager.roster().await, before);
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_another_order_forwards_nothing() {
    let (order, manager) = managed().await;
    let other = of_another_customer(&order.world, "19/00031", MANAGER);
    let link = post(&order.world.stack, other).await;
    let other = Unlocked { browser: order.browser.clone(), link, world: order.world };
    let page = other.page().await;
    assert_eq!(other.press(&page, "", "unlock", &[]).await.status, 303);
    let page = other.page().await;
    let order = Unlocked { link: order.link, ..other };
    let foreign = order.forward_from(&page, "nobody@example.com").await;
    assert!(foreign.status == 200 && foreign.form("forward").is_some(), "{}", foreign.body);
    assert_eq!(manager.requests().await, 0);
    order.world.stack.stop().await;
}
