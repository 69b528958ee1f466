//! The pages behind the link: what looks like a person, what doesn't, and forwarding.

use jiff::SignedDuration;
use local::{Answer, Browser, Press};
use reqwest::Method;

use crate::world::{World, order, post};

struct Locked {
    world: World,
    browser: Browser,
    link: String,
}

async fn locked() -> Locked {
    let world = World::with_fax().await;
    let link = post(&world.stack, order(&world.clock, "19/00022", &[("IM120-4L", "FAX2")])).await;
    Locked { browser: Browser::new(&world.stack).unwrap(), link, world }
}

impl Locked {
    async fn page(&self) -> Answer {
        self.browser.open(&self.link).await.unwrap()
    }

    async fn is_locked(&self) -> bool {
        self.page().await.form("unlock").is_some()
    }

    async fn form(&self, fields: &[(&str, &str)]) -> Answer {
        let request = self.browser.request(Method::POST, &self.link).form(fields).header("sec-fetch-user", "?1");
        self.browser.send(request).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_scanner_does_unlocks_nothing() {
    let order = locked().await;
    let page = order.page().await;
    let nonce = page.form("unlock").unwrap()["nonce"].clone();
    order.browser.send(order.browser.request(Method::HEAD, &order.link)).await.unwrap();
    order.form(&[]).await;
    order.form(&[("nonce", &nonce)]).await;
    order.form(&[("press", "unlock")]).await;
    order.form(&[("press", "unlock"), ("nonce", "AAAA")]).await;
    order.form(&[("press", "forward"), ("nonce", &nonce)]).await;
    let untold = order.browser.press(&page, &order.link, "unlock", &[], Press::Untold).await.unwrap();
    assert!(untold.status == 200 && untold.body.contains("type=\"checkbox\"") && !untold.body.contains("checked"));
    let unticked = order.browser.press(&untold, &order.link, "unlock", &[], Press::Told).await.unwrap();
    assert!(unticked.body.contains("type=\"checkbox\""), "the box must be ticked, whatever the browser says");
    let scripted =
        order.browser.press(&page, &order.link, "unlock", &[("scripted", "yes")], Press::Told).await.unwrap();
    assert!(scripted.body.contains("type=\"checkbox\""), "a script pressed, whatever the browser says");
    assert!(order.is_locked().await);

    let ticked =
        order.browser.press(&untold, &order.link, "unlock", &[("confirmed", "yes")], Press::Untold).await.unwrap();
    assert_eq!(ticked.status, 303);
    assert!(!order.is_locked().await);
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_form_shows_the_page_again() {
    let order = locked().await;
    let nonce = order.page().await.form("unlock").unwrap()["nonce"].clone();
    for (media_type, body) in [
        ("application/json", format!(r#"{{"press":"unlock","nonce":"{nonce}"}}"#)),
        ("text/plain", format!("press=unlock&nonce={nonce}")),
    ] {
        let request = order.browser.request(Method::POST, &order.link).header("content-type", media_type);
        let answer = order.browser.send(request.header("sec-fetch-user", "?1").body(body)).await.unwrap();
        assert_eq!(answer.status, 200, "{media_type}");
        assert!(answer.form("unlock").is_some(), "{media_type}: the link does open an order");
    }
    assert!(order.is_locked().await);
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_open_too_long_comes_again() {
    let order = locked().await;
    let page = order.page().await;
    order.world.clock.advance(SignedDuration::from_hours(25));
    let late = order.browser.press(&page, &order.link, "unlock", &[], Press::Told).await.unwrap();
    assert_eq!(late.status, 200);
    assert!(order.is_locked().await);
    assert_eq!(order.browser.press(&late, &order.link, "unlock", &[], Press::Told).await.unwrap().status, 303);
    assert!(!order.is_locked().await);
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_tampered_with_opens_nothing() {
    let order = locked().await;
    let mut wrong = order.link.clone();
    let last = wrong.pop().unwrap();
    wrong.push(if last == 'A' { 'B' } else { 'A' });
    for link in
        [wrong, order.link.replace("/unlock/", "/unlock/x"), format!("{}/unlock/abc", order.world.stack.base_url)]
    {
        let page = order.browser.open(&link).await.unwrap();
        assert!(page.status == 404 && page.media_type.starts_with("text/html"), "{link}");
    }
    let response = reqwest::get(&order.link).await.unwrap();
    for (name, value) in
        [("cache-control", "no-store"), ("referrer-policy", "same-origin"), ("x-robots-tag", "noindex")]
    {
        let sent = response.headers()[name].to_str().unwrap();
        assert!(sent.contains(value), "{name}: {sent}");
    }
    assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    order.world.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_forwarded_and_the_forward_is_taken_back() {
    let order = locked().await;
    let page = order.page().await;
    order.browser.press(&page, &order.link, "unlock", &[], Press::Told).await.unwrap();
    let forward = format!("{}/forward", order.link);
    let press = async |address: &str| {
        let page = order.page().await;
        order.browser.press(&page, &forward, "forward", &[("address", address)], Press::Told).await.unwrap()
    };
    assert_eq!(press("nobody").await.status, 422);
    // The customer's manager has signed in, so each forward is a request.
    for name in ["one", "two", "three"] {
        assert_eq!(press(&format!("{name}@example.com")).await.status, 200);
    }
    assert!(order.page().await.form("forward").is_none(), "three are open");
    let members = order.world.customer.get(&order.world.path("/members")).await.unwrap().json();
    assert_eq!(members["requests"].as_array().unwrap().len(), 3);
    let page = order.page().await;
    let withdraw = format!("{}/withdraw", order.link);
    let withdrawn = order.browser.press(&page, &withdraw, "withdraw", &[], Press::Told).await.unwrap();
    assert_eq!(withdrawn.status, 200);
    assert!(order.page().await.form("forward").is_some(), "there is room again");
    order.world.clock.advance(SignedDuration::from_hours(31 * 24));
    assert!(order.page().await.form("forward").is_none(), "thirty days are over");
    order.world.stack.stop().await;
}
