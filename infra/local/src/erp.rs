//! The ERP's side: requests signed to the Standard Webhooks specification.

use http_api::Clock;
use reqwest::StatusCode;
use standardwebhooks::Webhook;
use ulid::Ulid;

/// Somebody who holds the ERP's key.
#[derive(Clone)]
pub struct Erp {
    base_url: String,
    key: String,
    clock: Clock,
    http: reqwest::Client,
}

/// What the service answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErpAnswer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// A request that got no answer.
#[derive(Debug, thiserror::Error)]
pub enum ErpError {
    /// The key is not a Standard Webhooks secret, or the body is no text.
    #[error("The request can't be signed: {0}")]
    Sign(#[from] standardwebhooks::WebhookError),
    /// Nobody answers.
    #[error("No stack answers at {base_url}; start it with `cargo run`")]
    NoAnswer {
        /// Where it was looked for.
        base_url: String,
        /// What went wrong.
        source: reqwest::Error,
    },
}

impl Erp {
    /// The ERP of a stack; `key` is `whsec_…`.
    pub fn new(base_url: impl Into<String>, key: impl Into<String>, clock: Clock) -> Self {
        Self { base_url: base_url.into(), key: key.into(), clock, http: reqwest::Client::new() }
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Signs a body and posts it to a path, such as `/v1/orders`.
    pub async fn post(&self, path: &str, body: String) -> Result<ErpAnswer, ErpError> {
        let mut request = self.http.post(format!("{}{path}", self.base_url)).header("content-type", "application/json");
        for (name, value) in self.signature(&body)? {
            request = request.header(name, value);
        }
        let no_answer = |source| ErpError::NoAnswer { base_url: self.base_url.clone(), source };
        let answer = request.body(body).send().await.map_err(no_answer)?;
        let status = answer.status().as_u16();
        Ok(ErpAnswer { status, body: answer.text().await.map_err(no_answer)? })
    }

    /// The three headers that prove a body.
    pub fn signature(&self, body: &str) -> Result<[(&'static str, String); 3], ErpError> {
        let id = format!("msg_{}", Ulid::generate());
        let timestamp = self.clock.now().as_second();
        let signature = Webhook::new(&self.key)?.sign(&id, timestamp, body.as_bytes())?;
        Ok([
            (standardwebhooks::HEADER_WEBHOOK_ID, id),
            (standardwebhooks::HEADER_WEBHOOK_TIMESTAMP, timestamp.to_string()),
            (standardwebhooks::HEADER_WEBHOOK_SIGNATURE, signature),
        ])
    }
}

impl ErpAnswer {
    /// Whether it was accepted.
    pub fn is_success(&self) -> bool {
        StatusCode::from_u16(self.status).is_ok_and(|status| status.is_success())
    }
}
