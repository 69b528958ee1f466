//! The check-in: what the service does a million times a day.

use http_api::Clock;
use jiff::SignedDuration;
use lease::{Document, KeySet, Roots};
use local::{Browser, Stack, StackConfig};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Outcome;
use crate::customer::{Customer, order, post, unlock};
use crate::meter::Table;
use crate::thread::FunctionThread;

/// Longer than the age from which on a lease is renewed.
const NEXT_DAY: SignedDuration = SignedDuration::from_hours(24);
/// Rows and servers of a large account, the most that one may have.
const POOLS: usize = 60;
const SERVERS: usize = 50;
/// Orders of thirty lines each: together a thousand grants.
const ORDERS: usize = 34;
const LINES: usize = 30;

/// Measures check-ins of a server in a small account and in the largest.
pub async fn measure(functions: &FunctionThread, repetitions: u32, table: &mut Table) -> Outcome {
    let clock = Clock::manual("2026-11-24T09:00:00Z".parse()?);
    let config = StackConfig { functions_on: Some(functions.handle()), ..StackConfig::in_memory(clock.clone()) };
    let stack = Stack::start(config).await?;
    let (token, customer, server) = small(&stack, &clock).await?;
    let mut suite = Suite::new(&stack, &clock, &token)?;
    of_server(&stack, functions, &mut suite, repetitions, ["check-in: unchanged", "check-in: lease"], table).await?;
    refusals(&stack, functions, (suite, customer, server), repetitions, table).await?;
    let [one_row, all_rows] = large(&stack, &clock).await?;
    let names = ["check-in: unchanged, largest account", "check-in: lease, largest account"];
    of_server(&stack, functions, &mut Suite::new(&stack, &clock, &one_row)?, repetitions, names, table).await?;
    let names = ["check-in: unchanged, 60 rows on the server", "check-in: lease, 60 rows on the server"];
    of_server(&stack, functions, &mut Suite::new(&stack, &clock, &all_rows)?, repetitions, names, table).await?;
    stack.stop().await;
    Ok(())
}

async fn of_server(
    stack: &Stack,
    functions: &FunctionThread,
    suite: &mut Suite<'_>,
    repetitions: u32,
    [unchanged, lease]: [&'static str; 2],
    table: &mut Table,
) -> Outcome {
    suite.check_in(true).await?;
    table.measure(unchanged, (stack, functions), repetitions, async |_| suite.check_in(false).await).await?;
    let next_day = Suite::new(stack, suite.clock, &suite.token)?;
    table
        .measure_prepared(
            lease,
            (stack, functions),
            repetitions,
            async || next_day.come().await,
            async |_| suite.check_in(true).await,
        )
        .await
}

/// The same token, but for its last character.
fn forged(token: &str) -> String {
    let other = if token.ends_with('0') { '1' } else { '0' };
    format!("{}{other}", &token[..token.len() - 1])
}

async fn refusals(
    stack: &Stack,
    functions: &FunctionThread,
    (mut suite, customer, server): (Suite<'_>, Customer, String),
    repetitions: u32,
    table: &mut Table,
) -> Outcome {
    let on = (stack, functions);
    let session = customer.session(stack, &Browser::new(stack)?);
    session.write(Method::POST, &customer.path(&format!("/servers/{server}/disable")), &json!({})).await?;
    table.measure("check-in: refused, server disabled", on, repetitions, async |_| suite.check_in(false).await).await?;
    suite.token = forged(&suite.token);
    table.measure("check-in: forged token", on, repetitions, async |_| suite.ask().await.map(drop)).await
}

/// One grant, one server.
async fn small(stack: &Stack, clock: &Clock) -> Outcome<(String, Customer, String)> {
    let browser = Browser::new(stack)?;
    unlock(&browser, &post(stack, &order(clock, "SMALL", "small", &["IM120-4L".to_owned()])).await?).await?;
    let customer = Customer::of(stack, &browser, "small").await?;
    let session = customer.session(stack, &browser);
    let server = customer.add_server(&session).await?;
    customer.save(&session, &server, "IP Fax server", 4).await?;
    let token = customer.token(&session, &server).await?;
    Ok((token, customer, server))
}

/// As much as an account can have: tokens of a server that has something of one row, and of one that has of every row.
async fn large(stack: &Stack, clock: &Clock) -> Outcome<[String; 2]> {
    let application = |number: usize| format!("Application {number:02}");
    let product = |number: usize| {
        json!({
            "sku": format!("APP-{number}"), "name": application(number), "application": application(number),
            "unit": "users", "capacity": 10, "redundancy": false,
        })
    };
    let products: Vec<Value> = (0..POOLS).map(product).collect();
    let put = stack.erp.post("/v1/products", json!({ "type": "products", "products": products }).to_string()).await?;
    if !put.is_success() {
        return Err(put.body.into());
    }
    let browser = Browser::new(stack)?;
    for number in 0..ORDERS {
        let skus: Vec<String> = (0..LINES).map(|line| format!("APP-{}", (number * LINES + line) % POOLS)).collect();
        unlock(&browser, &post(stack, &order(clock, &format!("LARGE-{number}"), "large", &skus)).await?).await?;
    }
    let customer = Customer::of(stack, &browser, "large").await?;
    let session = customer.session(stack, &browser);
    let mut servers = Vec::new();
    for _ in 0..SERVERS {
        let server = customer.add_server(&session).await?;
        customer.save(&session, &server, &application(0), 1).await?;
        servers.push(server);
    }
    for number in 0..POOLS {
        customer.save(&session, &servers[1], &application(number), 2).await?;
    }
    Ok([customer.token(&session, &servers[0]).await?, customer.token(&session, &servers[1]).await?])
}

/// An installation as small as can be.
pub struct Suite<'a> {
    pub clock: &'a Clock,
    browser: Browser,
    roots: Roots,
    pub token: String,
    attempts: u64,
    lease: Option<String>,
}

impl<'a> Suite<'a> {
    pub fn new(stack: &Stack, clock: &'a Clock, token: &str) -> Outcome<Self> {
        let (browser, roots) = (Browser::new(stack)?, stack.roots);
        Ok(Self { clock, browser, roots, token: token.to_owned(), attempts: 0, lease: None })
    }

    /// The next day comes, and the function has read its keys anew, as it does every few minutes: that is no part of a
    /// check-in.
    async fn come(&self) -> Outcome {
        self.clock.advance(NEXT_DAY);
        let jwks = self.browser.request(Method::GET, "/.well-known/jwks.json");
        self.browser.send(jwks).await?;
        let knock = self.browser.request(Method::POST, "/v1/check-in").bearer_auth(&self.token).json(&json!({}));
        self.browser.send(knock).await?;
        Ok(())
    }

    /// Checks in; `wants_lease` says which answer must come.
    pub async fn check_in(&mut self, wants_lease: bool) -> Outcome {
        let answer = self.ask().await?;
        self.take(&answer, wants_lease)
    }

    /// Takes an answer to the last request; `wants_lease` says which must have come.
    pub fn take(&mut self, answer: &Value, wants_lease: bool) -> Outcome {
        let keys = KeySet::verify(&self.roots, answer["keySet"].as_str().unwrap_or_default())
            .map_err(|error| format!("{error}: {answer}"))?;
        let document = lease::document::open(&keys, answer["document"].as_str().unwrap_or_default())
            .map_err(|error| format!("{error}: {answer}"))?;
        match (document, wants_lease) {
            (Document::Lease(lease), true) => self.lease = Some(lease.lease_id),
            (Document::Unchanged(_) | Document::Refusal(_), false) => {}
            (document, _) => return Err(format!("{document:?}").into()),
        }
        Ok(())
    }

    /// Sends the request of a fresh attempt.
    async fn ask(&mut self) -> Outcome<Value> {
        let body = self.body();
        let request = self.browser.request(Method::POST, "/v1/check-in").bearer_auth(&self.token).json(&body);
        Ok(self.browser.send(request).await?.json())
    }

    /// The request of a fresh attempt.
    pub fn body(&mut self) -> Value {
        self.attempts += 1;
        let mut body = json!({
            "attempt": format!("attempt-{:012}", self.attempts), "traits": ["trait-1", "trait-2", "trait-3", "trait-4"],
            "publicKey": "A".repeat(43), "appSuiteVersion": "1", "clock": self.clock.now(), "keySet": 0,
        });
        if let Some(lease) = &self.lease {
            body["lease"] = lease.as_str().into();
        }
        body
    }
}
