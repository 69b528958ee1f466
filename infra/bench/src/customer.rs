//! A customer with licences, as the benches need one.

use std::time::Duration;

use http_api::Clock;
use jiff::ToSpan;
use licensing::grant::utc_day;
use local::{Browser, Press, Session, Stack, sample_order};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Outcome;

/// How long a mail may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An account, and who manages it.
pub struct Customer {
    pub email: String,
    pub account: String,
}

/// An order of a customer of its own, with these articles.
pub fn order(clock: &Clock, number: &str, customer: &str, skus: &[String]) -> Value {
    let today = utc_day(clock.now());
    let mut order = sample_order(today);
    let mut line = order["lines"][0].clone();
    line["term"] = json!(today.saturating_add(3650.days()));
    let line = |(index, sku): (usize, &String)| {
        let mut line = line.clone();
        line["sku"] = sku.as_str().into();
        line["licenseCode"] = format!("{number}-{index}").into();
        line
    };
    order["number"] = number.into();
    order["lines"] = skus.iter().enumerate().map(line).collect();
    order["customer"]["number"] = customer.into();
    order["customer"]["contact"]["email"] = format!("{customer}@example.com").into();
    order["recipient"]["email"] = format!("to-{number}@example.com").into();
    order
}

/// Posts an order and waits for the link of its mail.
pub async fn post(stack: &Stack, order: &Value) -> Outcome<String> {
    let answer = stack.erp.post("/v1/orders", order.to_string()).await?;
    if !answer.is_success() {
        return Err(answer.body.into());
    }
    let to = order["recipient"]["email"].as_str().unwrap_or_default();
    let mail = stack.mailbox.wait_for(PATIENCE, |mail| mail.is_to(to)).await.ok_or("no mail came")?;
    let link = mail.links().into_iter().find(|link| link.contains("/unlock/"));
    Ok(link.ok_or("the mail has no link")?)
}

/// Opens a link and presses UNLOCK NOW.
pub async fn unlock(browser: &Browser, link: &str) -> Outcome {
    let page = browser.open(link).await?;
    let pressed = browser.press(&page, link, "unlock", &[], Press::Told).await?;
    if pressed.status == 303 { Ok(()) } else { Err(pressed.body.into()) }
}

impl Customer {
    /// The customer of an unlocked order.
    pub async fn of(stack: &Stack, browser: &Browser, customer: &str) -> Outcome<Self> {
        let email = format!("{customer}@example.com");
        let accounts = Self::sign_in(stack, browser, &email).get("/v1/accounts").await?.json();
        let account = accounts["accounts"][0]["accountId"].as_str().ok_or("there is no account")?.to_owned();
        Ok(Self { email, account })
    }

    pub fn session(&self, stack: &Stack, browser: &Browser) -> Session {
        Self::sign_in(stack, browser, &self.email)
    }

    fn sign_in(stack: &Stack, browser: &Browser, email: &str) -> Session {
        browser.session(&stack.provider.sign(&stack.provider.id_claims(email, None)))
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/accounts/{}{rest}", self.account)
    }

    pub async fn add_server(&self, session: &Session) -> Outcome<String> {
        let added = session.write(Method::POST, &self.path("/servers"), &json!({})).await?;
        let id = added.json()["serverId"].as_str().map(str::to_owned);
        id.ok_or_else(|| added.body.into())
    }

    /// Gives a server so many units of an application.
    pub async fn save(&self, session: &Session, server: &str, application: &str, capacity: u32) -> Outcome {
        let seen = session.get(&self.path("")).await?;
        let etag = seen.etag.ok_or("there is no version")?;
        self.save_at(session, &etag, server, application, capacity).await
    }

    pub async fn save_at(
        &self,
        session: &Session,
        etag: &str,
        server: &str,
        application: &str,
        capacity: u32,
    ) -> Outcome {
        let cell = json!({
            "serverId": server, "application": application, "redundancy": false, "licenseType": "subscription",
            "capacity": capacity,
        });
        let body = json!({ "assignments": [cell] });
        let saved = session.write_at(Method::PUT, &self.path("/assignments"), etag, &body).await?;
        if saved.status == 200 { Ok(()) } else { Err(saved.body.into()) }
    }

    pub async fn token(&self, session: &Session, server: &str) -> Outcome<String> {
        let shown = session.get(&format!("/v1/servers/{server}/token")).await?;
        let token = shown.json()["token"].as_str().map(str::to_owned);
        token.ok_or_else(|| shown.body.into())
    }
}
