//! What stands between this machine and the service: one line per step, saying ok or what to do.

use std::fmt;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use jiff::SignedDuration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::client::Client;
use crate::transport::is_loopback;

const PATIENCE: Duration = Duration::from_secs(10);
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(10);

/// What one step found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The step.
    pub step: &'static str,
    /// `Ok` says what is fine, `Err` what to do.
    pub result: Result<String, String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.result {
            Ok(fine) => write!(f, "{:<7}ok  {fine}", self.step),
            Err(advice) => write!(f, "{:<7}--  {advice}", self.step),
        }
    }
}

/// Looks at each step from the network to the stored keys.
pub async fn examine(client: &Client) -> Vec<Finding> {
    let mut findings = Vec::new();
    let url = client.url();
    let mut found = |step, result| findings.push(Finding { step, result });
    let proxy = proxy(url);
    if let Some(proxy) = &proxy {
        found("proxy", Ok(format!("{proxy} of the environment is used; names are looked up there")));
    } else {
        let (dns, tcp) = reach(url).await;
        found("dns", dns);
        found("tcp", tcp);
    }
    let (tls, clock) = test(client, proxy.as_deref()).await;
    found("tls", tls);
    found("clock", clock);
    found("file", file(client));
    found("keys", keys(client));
    findings
}

/// The proxy that the environment names for this URL, without the password that may stand in it: found by the same code
/// that the connection uses, so that `NO_PROXY` counts.
fn proxy(url: &str) -> Option<String> {
    if is_loopback(url) {
        return None;
    }
    let proxy = Matcher::from_env().intercept(&url.parse().ok()?)?;
    proxy.uri().authority().map(ToString::to_string)
}

async fn reach(url: &str) -> (Result<String, String>, Result<String, String>) {
    let skipped = Err("not tried, because the name is not known".to_owned());
    let parsed = reqwest::Url::parse(url).ok();
    let parts = parsed.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
    let Some((host, port)) = parts else { return (Err(format!("{url} is not a URL: correct --url")), skipped) };
    let addresses = timeout(PATIENCE, lookup_host((host.trim_matches(['[', ']']), port))).await;
    let Some(address) = addresses.ok().and_then(Result::ok).and_then(|mut addresses| addresses.next()) else {
        return (Err(format!("{host} is not found: check the DNS server of this machine")), skipped);
    };
    let dns = Ok(format!("{host} is {}", address.ip()));
    let tcp = match timeout(PATIENCE, TcpStream::connect(address)).await {
        Ok(Ok(_)) => Ok(format!("port {port} answers")),
        _ => Err(format!("port {port} of {host} does not answer: allow it in the firewall, or set HTTPS_PROXY")),
    };
    (dns, tcp)
}

async fn test(client: &Client, proxy: Option<&str>) -> (Result<String, String>, Result<String, String>) {
    let unknown = Err("not compared, because the service was not reached".to_owned());
    let answers = if client.url().starts_with("https:") {
        "the service answers /test".to_owned()
    } else {
        "not used, because the URL is plain http; the service answers /test".to_owned()
    };
    match client.transport().test().await {
        Ok((200, Some(theirs))) => {
            let behind = theirs.duration_since(client.clock().now());
            let clock = if behind.abs() <= CLOCK_TOLERANCE {
                Ok("agrees with the service".to_owned())
            } else {
                Err(format!("differs from the service by {} minutes: set it", behind.abs().as_mins()))
            };
            (Ok(answers), clock)
        }
        Ok((200, None)) => (Ok(answers), Ok("the service tells no time".to_owned())),
        Ok((status, _)) => {
            (Err(format!("/test answers with status {status}: is --url right, or does a proxy answer?")), unknown)
        }
        Err(error) => (Err(advice(&error, proxy)), unknown),
    }
}

/// A certificate that isn't trusted is, in practice, a proxy that inspects TLS.
fn advice(error: &reqwest::Error, proxy: Option<&str>) -> String {
    let mut causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    if causes.any(|cause| cause.to_string().contains("certificate")) {
        "the certificate is not trusted: a proxy inspects TLS? Give its authority's certificate with --ca-file"
            .to_owned()
    } else if error.is_timeout() {
        "no answer in time: is the network slow, or does a firewall drop packets?".to_owned()
    } else if let Some(proxy) = proxy {
        format!("the proxy {proxy} does not let this machine through: is HTTPS_PROXY right, and may it go there?")
    } else {
        "no connection: see the lines above".to_owned()
    }
}

fn file(client: &Client) -> Result<String, String> {
    let folder = client.storage().folder().display();
    match client.storage().lock() {
        Ok(_) => Ok(format!("{folder} can be written")),
        Err(error) => Err(error.to_string()),
    }
}

fn keys(client: &Client) -> Result<String, String> {
    if client.storage().identity().is_none() {
        return Err("no token yet: appsuite activate --token …".to_owned());
    }
    let state = client.state();
    match (&state.key_set, &state.lease) {
        (Some((set, _)), Some(lease)) => {
            Ok(format!("key set {} and lease {} are authentic", set.serial, lease.document.serial))
        }
        (Some((set, _)), None) => {
            Err(format!("key set {} is authentic, there is no lease: appsuite check-in", set.serial))
        }
        (None, _) => Err("no key set yet: appsuite check-in; if that does not help, check --root-file".to_owned()),
    }
}
