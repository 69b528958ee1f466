//! Whether a deployed service answers as it should: what an engineer runs after each deployment.
//!
//! It changes nothing: everything that is sent is either public or refused. `curl` sends it, with the certificates and
//! the proxy of the machine.

use std::process::Command;

use jiff::Timestamp;
use serde_json::Value;

use crate::failure::Failure;

/// How long one answer may take, with the start of a function.
const SECONDS_MAX: &str = "30";
/// What parts the body from the status in what `curl` prints.
const STATUS: &str = "\n%{http_code}";
/// A signature, a link and a token of the right form that nobody gave out.
const WRONG_SIGNATURE: &str = "webhook-signature: v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const WRONG_LINK: &str = "/unlock/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const NO_TOKEN: &str = "authorization: Bearer nobody";

/// What is asked, and what a service that is well answers.
struct Check {
    about: &'static str,
    path: &'static str,
    asked: &'static [&'static str],
    status: u16,
    holds: fn(&Answer) -> bool,
    /// Where to look when it does not.
    remedy: &'static str,
}

/// An answer, with its body as text.
struct Answer {
    status: u16,
    body: String,
}

const CHECKS: &[Check] = &[
    Check {
        about: "the connection test",
        path: "/test",
        asked: &[],
        status: 200,
        holds: |answer| answer.body.contains("successfully connected"),
        remedy: "the domain does not lead to the API, or the secrets token-keys and lease-keys are not filled",
    },
    Check {
        about: "the keys that leases are signed with",
        path: "/.well-known/jwks.json",
        asked: &[],
        status: 200,
        holds: |answer| answer.json()["keys"].as_array().is_some_and(|keys| !keys.is_empty()),
        remedy: "the secret lease-keys has no key: cargo xtask root sign",
    },
    Check {
        about: "the portal's page",
        path: "/",
        asked: &["--header", "accept: text/html"],
        status: 200,
        holds: |answer| answer.body.contains("<script"),
        remedy: "PortalFunction does not start, see Logs",
    },
    Check {
        about: "an order that is signed with a wrong key",
        path: "/v1/orders",
        asked: &["--header", "content-type: application/json", "--header", WRONG_SIGNATURE, "--data", "{}"],
        status: 401,
        holds: |answer| answer.json()["code"] == "invalid_signature",
        remedy: "the secret erp-keys is not filled: ReceiveOrderFunction says so in Logs",
    },
    Check {
        about: "an unlock link that nobody gave out",
        path: WRONG_LINK,
        asked: &[],
        status: 404,
        // A page for people, which only the function writes.
        holds: |answer| answer.body.contains("<html"),
        remedy: "the secret link-keys is not filled: UnlockFunction says so in Logs",
    },
    Check {
        about: "somebody who has not signed in",
        path: "/v1/me",
        asked: &["--header", NO_TOKEN],
        status: 401,
        holds: |_| true,
        remedy: "the API's authorizer is missing: the route must not be open",
    },
];

/// Asks everything, prints what came, and fails where something is not as it should be.
pub fn run(url: &str) -> Result<(), Failure> {
    let url = url.trim_end_matches('/');
    let mut failed = 0;
    let mut tell = |about: &str, fault: Option<String>| {
        failed += u8::from(fault.is_some());
        println!("{:6} {about}{}", if fault.is_some() { "FAILED" } else { "ok" }, fault.unwrap_or_default());
    };
    for check in CHECKS {
        tell(check.about, check.fault(ask(&format!("{url}{}", check.path), check.asked)?.as_ref()));
    }
    tell("where people sign in", sign_in_fault(url)?);
    if failed == 0 { Ok(()) } else { Err(Failure::Input(format!("{failed} of {} failed", CHECKS.len() + 1))) }
}

impl Check {
    fn fault(&self, answer: Result<&Answer, &String>) -> Option<String> {
        let came = match answer {
            Ok(answer) if answer.status == self.status && (self.holds)(answer) => return None,
            Ok(answer) => format!("status {}", answer.status),
            Err(sentence) => sentence.clone(),
        };
        Some(format!(": {} should answer {}, and there came {came}; {}", self.path, self.status, self.remedy))
    }
}

impl Answer {
    /// The body as JSON, `null` where it is none.
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// What is wrong with the issuer that the portal sends people to.
fn sign_in_fault(url: &str) -> Result<Option<String>, Failure> {
    let told = ask(&format!("{url}/config.json"), &[])?;
    let Some(issuer) = told.ok().and_then(|answer| answer.json()["issuer"].as_str().map(str::to_owned)) else {
        return Ok(Some(": /config.json names no issuer; PortalFunction says why in Logs".to_owned()));
    };
    let discovery = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let found = ask(&discovery, &[])?.map(|answer| answer.json());
    let is_its_own = found
        .is_ok_and(|document| document["issuer"] == issuer.as_str() && document["authorization_endpoint"].is_string());
    Ok((!is_its_own).then(|| format!(": {discovery} does not describe that issuer; see OpenIdIssuer")))
}

/// Sends one request; answers what came, or in words why nothing did.
fn ask(url: &str, asked: &[&str]) -> Result<Result<Answer, String>, Failure> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", SECONDS_MAX, "--write-out", STATUS]);
    curl.args(["--header", "webhook-id: msg_smoke", "--header", &format!("webhook-timestamp: {}", now())]);
    let output = curl.args(asked).arg(url).output().map_err(|_| Failure::MissingTool {
        tool: "curl".to_owned(),
        remedy: "install it, on Debian with `apt-get install curl`",
    })?;
    if !output.status.success() {
        return Ok(Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let (body, status) = text.rsplit_once('\n').unwrap_or_default();
    Ok(Ok(Answer { status: status.parse().unwrap_or_default(), body: body.to_owned() }))
}

#[expect(clippy::disallowed_methods, reason = "this is the program's edge; the service compares it with its clock")]
fn now() -> i64 {
    Timestamp::now().as_second()
}
