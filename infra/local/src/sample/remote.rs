//! The stack that somebody else runs, as its people and programs reach it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use appsuite::{Client, ClientConfig, ClientError, Marks, Outcome};
use http_api::Clock;
use jiff::{SignedDuration, Timestamp};
use lease::Roots;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{SampleError, unexpected};
use crate::erp::Erp;
use crate::time;
use crate::visitor::{Answer, Browser, Press, Session};

/// How long a mail may take.
const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// A running stack.
#[derive(Debug, Clone)]
pub struct Site {
    /// Where it listens.
    pub base_url: String,
    /// The key that the ERP signs with, `whsec_…`.
    pub erp_key: String,
    /// What an `ApplicationSuite` pins.
    pub roots: Roots,
    /// A folder for the installations of the sample.
    pub folder: PathBuf,
}

/// A stack at a moment: today, or some time ago.
pub(super) struct Remote<'a> {
    site: &'a Site,
    pub(super) now: Timestamp,
    pub(super) browser: Browser,
    erp: Erp,
    issuer: String,
    client_id: String,
}

impl<'a> Remote<'a> {
    /// Moves the stack's clock to so many days ago.
    pub(super) async fn days_ago(site: &'a Site, days: i64) -> Result<Self, SampleError> {
        let browser = Browser::at(&site.base_url)?;
        let config = browser.open("/config.json").await.map_err(|_| SampleError::NoAnswer(site.base_url.clone()))?;
        let config = config.json();
        let text = |name: &str| config[name].as_str().unwrap_or_default().to_owned();
        let now = set_clock(site, &browser, days).await?;
        let erp = Erp::new(&site.base_url, &site.erp_key, Clock::manual(now));
        Ok(Self { site, now, erp, issuer: text("issuer"), client_id: text("clientId"), browser })
    }

    /// Somebody signs in.
    pub(super) async fn sign_in(&self, email: &str) -> Result<Session, SampleError> {
        Ok(self.browser.sign_in_at(&self.issuer, &self.client_id, email).await?)
    }

    /// The ERP sends an order.
    pub(super) async fn order(&self, order: &Value) -> Result<(), SampleError> {
        let answer = self.erp.post("/v1/orders", order.to_string()).await?;
        if answer.is_success() { Ok(()) } else { Err(unexpected("send an order", answer.body)) }
    }

    /// The mail of an order has come, and its reader presses UNLOCK NOW.
    pub(super) async fn unlock(&self, number: &str) -> Result<(), SampleError> {
        let link = self.link(number).await?;
        let page = self.browser.open(&link).await?;
        let pressed = self.browser.press(&page, &link, "unlock", &[], Press::Told).await?;
        expect("unlock an order", pressed, StatusCode::SEE_OTHER).map(drop)
    }

    async fn link(&self, number: &str) -> Result<String, SampleError> {
        let look = async {
            loop {
                let request = self.browser.request(Method::GET, "/local/mailbox/unlock-link");
                let answer = self.browser.send(request.query(&[("order", number)])).await?;
                if answer.status == StatusCode::OK {
                    return Ok(answer.body);
                }
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.map_err(|_| unexpected("wait for the mail of an order", number))?
    }

    /// An installation on a machine of this name activates a server.
    pub(super) async fn activate(&self, server: &str, machine: &str, token: &str) -> Result<(), SampleError> {
        let client = self.client(server, machine).map_err(|error| unexpected("install an AppSuite", error))?;
        leased("activate an AppSuite", client.activate(token).await)
    }

    /// The installation of a server that was activated long ago is still there.
    pub(super) async fn check_in(&self, server: &str, machine: &str) -> Result<(), SampleError> {
        let client = self.client(server, machine).map_err(|error| unexpected("install an AppSuite", error))?;
        leased("check in", client.check_in().await)
    }

    fn client(&self, server: &str, machine: &str) -> Result<Client, appsuite::TransportError> {
        let folder: &Path = &self.site.folder.join(format!("{server}-{machine}"));
        let mut config = ClientConfig::new(&self.site.base_url, folder, self.site.roots);
        let mark = |kind| (kind, format!("{kind} of {machine} for {server}"));
        config.marks = Marks::Fixed(["machine", "host", "board", "network"].map(mark).to_vec());
        "2026.11.2".clone_into(&mut config.app_suite_version);
        Client::new(config, appsuite::Clock::manual(self.now))
    }
}

fn leased(step: &'static str, outcome: Result<Outcome, ClientError>) -> Result<(), SampleError> {
    match outcome {
        Ok(Outcome::NewLease { .. }) => Ok(()),
        Ok(outcome) => Err(unexpected(step, format!("{outcome:?}"))),
        Err(error) => Err(unexpected(step, error)),
    }
}

/// Lets the stack's clock show the true time again, whatever has happened.
///
/// # Errors
///
/// When the stack can't be reached.
pub async fn back_to_today(site: &Site) -> Result<(), SampleError> {
    set_clock(site, &Browser::at(&site.base_url)?, 0).await.map(drop)
}

async fn set_clock(site: &Site, browser: &Browser, days_ago: i64) -> Result<Timestamp, SampleError> {
    let wanted = json!({ "seconds": -SignedDuration::from_hours(24 * days_ago).as_secs() });
    let request = browser.request(Method::POST, time::PATH).bearer_auth(&site.erp_key).json(&wanted);
    let answer = expect("move the stack's clock", browser.send(request).await?, StatusCode::OK)?;
    let now = answer.json()["now"].as_str().and_then(|now| now.parse().ok());
    now.ok_or_else(|| unexpected("move the stack's clock", answer.body))
}

/// An answer that must have this status.
pub(super) fn expect(step: &'static str, answer: Answer, status: StatusCode) -> Result<Answer, SampleError> {
    if answer.status == status { Ok(answer) } else { Err(unexpected(step, answer.body)) }
}
