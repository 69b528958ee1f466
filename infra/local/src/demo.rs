//! The main job, from order to activated AppSuite, step by step: what `cargo run -- demo` shows and the first journey
//! test runs.

mod licenses;

use std::path::Path;
use std::time::Duration;

use appsuite::{Client, ClientConfig, Outcome};
use http_api::Clock;
use licensing::grant::utc_day;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::config::StackConfig;
use crate::visitor::{Answer, Browser, Press, Session};
use crate::{Data, Stack, StartError, sample_order};

/// How long the mail may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The customer's contact in the sample order.
const CUSTOMER: &str = "chiara.conti@example.com";

/// An application of the sample order.
const FAX: &str = "IP Fax server";

/// A step that did not work.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The stack does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// No place for the data.
    #[error("There is no temporary folder: {0}.")]
    Folder(#[from] std::io::Error),
    /// The stack can't be reached.
    #[error("The stack can't be reached: {0}.")]
    Http(#[from] reqwest::Error),
    /// A step had another outcome than it must have.
    #[error("The demo stopped where it had to {step}: {found}")]
    Unexpected {
        /// Which step.
        step: &'static str,
        /// What came instead.
        found: String,
    },
}

#[expect(clippy::needless_pass_by_value, reason = "texts, numbers and errors are handed over as they are")]
fn unexpected(step: &'static str, found: impl ToString) -> DemoError {
    DemoError::Unexpected { step, found: found.to_string() }
}

/// Runs every step in a temporary folder on a free port, and writes what happens, line by line.
///
/// # Errors
///
/// The first step that does not work.
pub async fn run(mut write: impl FnMut(&str)) -> Result<(), DemoError> {
    let folder = tempfile::tempdir()?;
    let data = Data::Folder(folder.path().join("stack"));
    let stack = Stack::start(StackConfig { data, ..StackConfig::in_memory(Clock::system()) }).await?;
    write(&format!("The stack runs at {} for this demo.", stack.base_url));
    let done =
        Demo { stack: &stack, browser: Browser::new(&stack)?, write: &mut write, step: 0 }.steps(folder.path()).await;
    stack.stop().await;
    done
}

struct Demo<'a> {
    stack: &'a Stack,
    browser: Browser,
    write: &'a mut dyn FnMut(&str),
    /// The number of the last step.
    step: u8,
}

impl Demo<'_> {
    async fn steps(mut self, folder: &Path) -> Result<(), DemoError> {
        self.order().await?;
        let link = self.mail().await?;
        self.unlock(&link).await?;
        let customer = self.sign_in().await?;
        let account = self.account(&customer).await?;
        let servers = self.add_servers(&customer, &account).await?;
        self.assign(&customer, &account, &[(&servers[0], FAX, 4), (&servers[0], "Accounting & Billing", 250)]).await?;
        let token = self.token(&customer, &servers[0]).await?;
        let client = self.activate(folder, &token).await?;
        self.assign(&customer, &account, &[(&servers[0], FAX, 3), (&servers[1], FAX, 1)]).await?;
        self.check_in(&client).await?;
        self.show(&customer, &account, &client).await
    }

    fn say(&mut self, step: &str, line: impl std::fmt::Display) {
        self.step += 1;
        (self.write)(&format!("\n{}. {step}\n  {line}", self.step));
    }

    async fn order(&mut self) -> Result<(), DemoError> {
        let order = sample_order(utc_day(self.stack.clock().now()));
        let answer = self.stack.erp.post("/v1/orders", order.to_string()).await;
        let answer = answer.map_err(|error| unexpected("post the order", error))?;
        if answer.status != 201 {
            return Err(unexpected("post the order", answer.body));
        }
        let number = order["number"].as_str().unwrap_or_default();
        self.say("The ERP posts the order", format!("signed, answered with 201: order {number}"));
        Ok(())
    }

    async fn mail(&mut self) -> Result<String, DemoError> {
        let mail = self.stack.mailbox.wait_for(PATIENCE, |mail| mail.is_to("bernardo.federigi@example.com")).await;
        let mail = mail.ok_or_else(|| unexpected("wait for the mail", "none came"))?;
        let link = mail.links().into_iter().find(|link| link.contains("/unlock/"));
        let link = link.ok_or_else(|| unexpected("read the mail", "it has no unlock link"))?;
        self.say("The distributor gets one mail", format!("\"{}\", with the unlock link", mail.subject()));
        Ok(link)
    }

    async fn unlock(&mut self, link: &str) -> Result<(), DemoError> {
        let page = self.browser.open(link).await?;
        if !page.body.contains("LICUNCK001") || page.form("unlock").is_none() {
            return Err(unexpected("open the link", page.status));
        }
        let pressed = self.browser.press(&page, link, "unlock", &[], Press::Told).await?;
        if pressed.status != StatusCode::SEE_OTHER {
            return Err(unexpected("press UNLOCK NOW", format!("{} {}", pressed.status, pressed.body)));
        }
        let page = self.browser.open(link).await?;
        if page.form("unlock").is_some() {
            return Err(unexpected("see the unlocked page", "the order is still locked"));
        }
        self.say("The link opens the order; UNLOCK NOW is pressed", "both licences are unlocked, without a login");
        Ok(())
    }

    async fn sign_in(&mut self) -> Result<Session, DemoError> {
        let session = self.browser.sign_in(self.stack, CUSTOMER).await?;
        let me = session.get("/v1/me").await?;
        if me.status != StatusCode::OK {
            return Err(unexpected("sign in", me.body));
        }
        self.say("The customer's contact signs in", "authorization code with PKCE; the order made her manager");
        Ok(session)
    }

    async fn account(&mut self, customer: &Session) -> Result<String, DemoError> {
        let accounts = customer.get("/v1/accounts").await?;
        let account = accounts.json()["accounts"][0]["accountId"].as_str().map(str::to_owned);
        account.ok_or_else(|| unexpected("find the account", accounts.body))
    }

    async fn add_servers(&mut self, customer: &Session, account: &str) -> Result<[String; 2], DemoError> {
        let path = format!("/v1/accounts/{account}/servers");
        let mut servers = Vec::new();
        for _ in 0..2 {
            let added = customer.write(Method::POST, &path, &json!({})).await?;
            let id = added.json()["serverId"].as_str().map(str::to_owned);
            servers.push(id.ok_or_else(|| unexpected("add a server", added.body))?);
        }
        self.say("ADD SERVER, twice", "Server 1 and Server 2");
        servers.try_into().map_err(|_| unexpected("add a server", "not two"))
    }

    /// Saves numbers of applications for servers.
    async fn assign(
        &mut self,
        customer: &Session,
        account: &str,
        cells: &[(&str, &str, u32)],
    ) -> Result<(), DemoError> {
        let path = format!("/v1/accounts/{account}");
        let view = customer.get(&path).await?;
        let rows = view.json()["rows"].as_array().cloned().unwrap_or_default();
        let cell = |(server, application, capacity): &(&str, &str, u32)| {
            let row = rows.iter().find(|row| row["application"] == *application)?;
            Some(json!({
                "serverId": server,
                "application": row["application"],
                "redundancy": row["redundancy"],
                "licenseType": row["licenseType"],
                "capacity": capacity,
            }))
        };
        let assignments: Vec<Value> = cells.iter().filter_map(cell).collect();
        let etag = view.etag.clone().unwrap_or_default();
        let body = json!({ "assignments": assignments });
        let saved = customer.write_at(Method::PUT, &format!("{path}/assignments"), &etag, &body).await?;
        if saved.status != StatusCode::OK {
            return Err(unexpected("save the configuration", saved.body));
        }
        let view = view.json();
        let name = |id: &str| {
            let server = view["servers"].as_array().into_iter().flatten().find(|server| server["serverId"] == id);
            server.and_then(|server| server["name"].as_str()).unwrap_or_default().to_owned()
        };
        let said =
            cells.iter().map(|(server, application, capacity)| format!("{}: {capacity} {application}", name(server)));
        self.say("SAVE CONFIG", said.collect::<Vec<_>>().join(", "));
        Ok(())
    }

    async fn token(&mut self, customer: &Session, server: &str) -> Result<String, DemoError> {
        let shown: Answer = customer.get(&format!("/v1/servers/{server}/token")).await?;
        let token = shown.json()["token"].as_str().map(str::to_owned);
        let token = token.ok_or_else(|| unexpected("show the token", shown.body))?;
        self.say("The server token is shown", format!("Server 1: {server}|… (32 characters)"));
        Ok(token)
    }

    async fn activate(&mut self, folder: &Path, token: &str) -> Result<Client, DemoError> {
        let config = ClientConfig::new(&self.stack.base_url, folder.join("appsuite"), self.stack.roots);
        let client = Client::new(config, appsuite::Clock::system());
        let client = client.map_err(|error| unexpected("start the AppSuite", error))?;
        match client.activate(token).await {
            Ok(Outcome::NewLease { serial }) => {
                let line = format!("verified lease, serial {serial}: {}", runs(&client));
                self.say("The ApplicationSuite of Server 1 activates", line);
                Ok(client)
            }
            Ok(outcome) => Err(unexpected("activate the AppSuite", format!("{outcome:?}"))),
            Err(error) => Err(unexpected("activate the AppSuite", error)),
        }
    }

    async fn check_in(&mut self, client: &Client) -> Result<(), DemoError> {
        match client.check_in().await {
            Ok(Outcome::NewLease { serial }) => {
                let line = format!("the change comes with the next lease, serial {serial}: {}", runs(client));
                self.say("The ApplicationSuite of Server 1 checks in by itself", line);
                Ok(())
            }
            Ok(outcome) => Err(unexpected("check in", format!("{outcome:?}"))),
            Err(error) => Err(unexpected("check in", error)),
        }
    }

    async fn show(&mut self, customer: &Session, account: &str, client: &Client) -> Result<(), DemoError> {
        let view = customer.get(&format!("/v1/accounts/{account}")).await?.json();
        (self.write)(&format!("\nWhat the ApplicationSuite runs (`appsuite status`)\n\n{}", client.status()));
        (self.write)(&format!("\nWhat the portal shows\n\n{}", licenses::table(&view)));
        let active = view["servers"][0]["status"] == "active";
        let running = client.status().rows.iter().any(|row| row.name.starts_with("IP Fax server") && row.capacity == 3);
        if active && running { Ok(()) } else { Err(unexpected("look at the result", view)) }
    }
}

/// What an AppSuite may run now, in words.
fn runs(client: &Client) -> String {
    let rows = client.status().rows;
    rows.iter().map(|row| format!("{} {}", row.capacity, row.name)).collect::<Vec<_>>().join(", ")
}
