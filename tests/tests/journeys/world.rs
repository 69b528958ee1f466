//! A stack with an unlocked account, and the people of the sample order.

use std::sync::Arc;
use std::time::Duration;

use appsuite::{Client, ClientConfig, Marks};
use http_api::Clock;
use licensing::grant::utc_day;
use local::{Answer, Browser, Mail, Press, Session, Stack, StackConfig, sample_order};
use reqwest::Method;
use serde_json::{Value, json};
use table::Table;
use tempfile::TempDir;

/// The customer's contact in the sample order: manager of the account.
pub const CUSTOMER: &str = "chiara.conti@example.com";
/// The recipient of the order mail.
pub const RECIPIENT: &str = "bernardo.federigi@example.com";

/// A running stack whose customer has capacity.
pub struct World {
    pub stack: Stack,
    pub clock: Clock,
    pub customer: Session,
    pub account: String,
}

impl World {
    /// The sample order with these lines (`sku`, licence code), unlocked; a subscription of a year from today each.
    pub async fn of(lines: &[(&str, &str)]) -> Self {
        let clock = Clock::manual("2026-11-24T09:00:00Z".parse().unwrap());
        Box::pin(Self::on(StackConfig::in_memory(clock), lines)).await
    }

    /// The same on a stack that is as the test wants it.
    pub async fn on(config: StackConfig, lines: &[(&str, &str)]) -> Self {
        let clock = config.clock.clone();
        let stack = Box::pin(Stack::start(config)).await.unwrap();
        unlock(&stack, order(&clock, "19/00021", lines)).await;
        let customer = Browser::new(&stack).unwrap().sign_in(&stack, CUSTOMER).await.unwrap();
        let accounts = customer.get("/v1/accounts").await.unwrap().json();
        let account = accounts["accounts"][0]["accountId"].as_str().unwrap().to_owned();
        Self { stack, clock, customer, account }
    }

    /// Stonefax for four channels, its redundant twin, and nothing else.
    pub async fn with_fax() -> Self {
        Self::of(&[("IM120-4L", "FAX1")]).await
    }

    /// The customer with a fresh ID token, after the clock has moved.
    pub async fn signed_in(&self) -> Session {
        self.sign_in(CUSTOMER).await
    }

    /// Somebody of this address.
    pub async fn sign_in(&self, email: &str) -> Session {
        Browser::new(&self.stack).unwrap().sign_in(&self.stack, email).await.unwrap()
    }

    /// The table behind the functions, to look at what no route shows.
    pub fn table(&self) -> Table {
        Table::new(aws_sdk_dynamodb::Client::new(&self.stack.sdk), self.stack.settings.table_name.as_str())
    }

    /// Puts something in the account's place that no release ever wrote.
    pub async fn break_account(&self) {
        let key = table::key::account(self.account.parse().map(licensing::id::AccountId::new).unwrap());
        let string = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
        let client = aws_sdk_dynamodb::Client::new(&self.stack.sdk);
        let put = client.put_item().table_name(self.stack.settings.table_name.as_str());
        put.item("pk", string(&key.pk)).item("sk", string(&key.sk)).send().await.unwrap();
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/accounts/{}{rest}", self.account)
    }

    pub async fn view(&self) -> Answer {
        self.customer.get(&self.path("")).await.unwrap()
    }

    pub async fn add_server(&self) -> String {
        let added = self.customer.write(Method::POST, &self.path("/servers"), &json!({})).await.unwrap();
        added.json()["serverId"].as_str().unwrap_or_else(|| panic!("{}", added.body)).to_owned()
    }

    /// Saves numbers of subscription rows under the version that is current.
    pub async fn save(&self, cells: &[(&str, &str, u32)]) -> Answer {
        let etag = self.view().await.etag.unwrap();
        self.save_at(&etag, cells).await
    }

    pub async fn save_at(&self, etag: &str, cells: &[(&str, &str, u32)]) -> Answer {
        let body = assignments(cells);
        self.customer.write_at(Method::PUT, &self.path("/assignments"), etag, &body).await.unwrap()
    }

    /// DISABLE, ENABLE and the like, without a body of interest.
    pub async fn server_command(&self, server: &str, command: &str) -> Answer {
        let path = self.path(&format!("/servers/{server}{command}"));
        self.customer.write(Method::POST, &path, &json!({})).await.unwrap()
    }

    /// A server with capacity and its token.
    pub async fn server_with_token(&self, capacity: u32) -> (String, String) {
        let server = self.add_server().await;
        assert_eq!(self.save(&[(&server, "IP Fax server", capacity)]).await.status, 200);
        let token = self.token(&server).await;
        (server, token)
    }

    pub async fn token(&self, server: &str) -> String {
        let shown = self.customer.get(&format!("/v1/servers/{server}/token")).await.unwrap();
        shown.json()["token"].as_str().unwrap_or_else(|| panic!("{}", shown.body)).to_owned()
    }

    /// An ApplicationSuite on a machine of this name.
    pub fn app_suite(&self, machine: &str) -> AppSuite {
        self.app_suite_at(&self.stack.base_url, machine)
    }

    /// An ApplicationSuite that was told another address of the service.
    pub fn app_suite_at(&self, url: &str, machine: &str) -> AppSuite {
        let folder = tempfile::tempdir().unwrap();
        let mut config = ClientConfig::new(url, folder.path(), self.stack.roots);
        let kinds = ["machine", "host", "board", "network"];
        config.marks = Marks::Fixed(kinds.map(|kind| (kind, format!("{kind} of {machine}"))).to_vec());
        let clock = appsuite::Clock::manual(self.clock.now());
        AppSuite { client: Client::new(config, clock.clone()).unwrap(), clock, _folder: folder }
    }

    pub async fn status(&self, server: &str) -> String {
        let view = self.view().await.json();
        let servers = view["servers"].as_array().unwrap().clone();
        let found = servers.into_iter().find(|found| found["serverId"] == server).unwrap();
        found["status"].as_str().unwrap().to_owned()
    }
}

/// An installation with its own clock and folder.
pub struct AppSuite {
    pub client: Client,
    pub clock: appsuite::Clock,
    _folder: TempDir,
}

/// Holds an answer to be this refusal.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{}", answer.body);
}

/// The body of a save.
pub fn assignments(cells: &[(&str, &str, u32)]) -> Value {
    let cell = |(server, application, capacity): &(&str, &str, u32)| {
        let primary = application.strip_suffix(" red.");
        json!({
            "serverId": server,
            "application": primary.unwrap_or(application),
            "redundancy": primary.is_some(),
            "licenseType": "subscription",
            "capacity": capacity,
        })
    };
    json!({ "assignments": cells.iter().map(cell).collect::<Vec<_>>() })
}

/// The sample order under another number, with these lines.
pub fn order(clock: &Clock, number: &str, lines: &[(&str, &str)]) -> Value {
    let mut order = sample_order(utc_day(clock.now()));
    let line = order["lines"][0].clone();
    let line = |(sku, code): &(&str, &str)| {
        let mut line = line.clone();
        line["sku"] = (*sku).into();
        line["licenseCode"] = (*code).into();
        line
    };
    order["number"] = number.into();
    order["lines"] = lines.iter().map(line).collect();
    order
}

/// The sample order as a renewal or cancellation, with these lines.
pub fn changing(clock: &Clock, kind: &str, number: &str, lines: &Value) -> Value {
    let mut order = order(clock, number, &[]);
    order["type"] = kind.into();
    order["lines"] = lines.clone();
    order
}

/// Sends an order as the ERP does; its status and its answer.
pub async fn send(stack: &Stack, order: &Value) -> (u16, Value) {
    let answer = stack.erp.post("/v1/orders", order.to_string()).await.unwrap();
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

/// The mail to an address whose subject has this in it; it comes.
pub async fn mail_to(stack: &Stack, address: &str, subject: &str) -> Arc<Mail> {
    let wanted = |mail: &Mail| mail.is_to(address) && mail.subject().contains(subject);
    let mail = stack.mailbox.wait_for(Duration::from_secs(20), wanted).await;
    mail.unwrap_or_else(|| panic!("no mail to {address} has {subject:?} in its subject"))
}

/// The faults of a refused order, as pointers and codes.
pub fn faults(problem: &Value) -> Vec<(&str, &str)> {
    let faults = problem["faults"].as_array().into_iter().flatten();
    faults.map(|fault| (fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect()
}

/// Posts an order, waits for its mail and presses UNLOCK NOW.
pub async fn unlock(stack: &Stack, order: Value) {
    let link = post(stack, order).await;
    let browser = Browser::new(stack).unwrap();
    let page = browser.open(&link).await.unwrap();
    let pressed = browser.press(&page, &link, "unlock", &[], Press::Told).await.unwrap();
    assert_eq!(pressed.status, 303, "{}", pressed.body);
}

/// Posts an order and returns the link of its mail.
pub async fn post(stack: &Stack, order: Value) -> String {
    let number = order["number"].as_str().unwrap().to_owned();
    let answer = stack.erp.post("/v1/orders", order.to_string()).await.unwrap();
    assert!(answer.is_success(), "{}", answer.body);
    let wanted = |mail: &Mail| mail.is_to(RECIPIENT) && mail.subject().contains(&number);
    let mail = stack.mailbox.wait_for(Duration::from_secs(20), wanted).await.unwrap();
    mail.links().into_iter().find(|link| link.contains("/unlock/")).unwrap()
}

/// Opens a page as a reader of English.
pub async fn open_in_english(browser: &Browser, address: &str) -> Answer {
    browser.send(browser.request(Method::GET, address).header("accept-language", "en")).await.unwrap()
}

/// Presses a button of a page as a reader of English; the browser says that it was a person.
pub async fn press_in_english(
    browser: &Browser,
    page: &Answer,
    address: &str,
    button: &str,
    typed: &[(&str, &str)],
) -> Answer {
    let mut fields = page.form(button).unwrap_or_default();
    fields.insert("press".to_owned(), button.to_owned());
    fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let request = browser.request(Method::POST, address).form(&fields).header("sec-fetch-user", "?1");
    browser.send(request.header("accept-language", "en")).await.unwrap()
}
