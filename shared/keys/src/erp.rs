//! The ERP's signature: Standard Webhooks, symmetric.

use std::collections::BTreeMap;
use std::error::Error;

use jiff::Timestamp;
use serde::Deserialize;
use standardwebhooks::Webhook;

use crate::Ring;

/// How far the signature's timestamp may be from now, in seconds (Standard Webhooks, "Verifying webhook
/// authenticity").
const TOLERANCE_SECONDS: i64 = 5 * 60;

/// The keys that the vendor's ERP signs with: the current one and, while it rotates, the one before.
#[derive(Debug)]
pub struct ErpKeys {
    verifiers: Vec<Verifier>,
}

struct Verifier(Webhook);

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier(…)")
    }
}

/// Why a signed request was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// A header of the three is missing.
    #[error("Sign the request: webhook-id, webhook-timestamp and webhook-signature are needed (Standard Webhooks).")]
    Missing,
    /// The clock of one of us is wrong, or the request is old.
    #[error("The webhook-timestamp is more than five minutes from now. Check the sender's clock.")]
    Stale,
    /// No key of the ring made this signature.
    #[error("The webhook-signature does not fit the body. Check the secret and that the body is sent as signed.")]
    Wrong,
}

#[derive(Deserialize)]
struct Document {
    keys: BTreeMap<String, String>,
}

impl Ring for ErpKeys {
    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let document: Document = serde_json::from_str(text).map_err(|_| "expected {\"current\": …, \"keys\": {…}}")?;
        let verifier = |secret: &String| Webhook::new(secret).map(Verifier).map_err(|_| "a key is not whsec_…");
        let verifiers = document.keys.values().map(verifier).collect::<Result<Vec<_>, _>>()?;
        if verifiers.is_empty() { Err("there is no key".into()) } else { Ok(Self { verifiers }) }
    }
}

impl ErpKeys {
    /// Checks the three headers against the body as it was sent.
    ///
    /// # Errors
    ///
    /// See [`SignatureFault`].
    pub fn verify(
        &self,
        id: Option<&str>,
        timestamp: Option<&str>,
        signature: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), SignatureFault> {
        let (Some(id), Some(timestamp), Some(signature)) = (id, timestamp, signature) else {
            return Err(SignatureFault::Missing);
        };
        let sent: i64 = timestamp.parse().map_err(|_| SignatureFault::Missing)?;
        if (now.as_second() - sent).abs() > TOLERANCE_SECONDS {
            return Err(SignatureFault::Stale);
        }
        let fits = |verifier: &Verifier| {
            verifier
                .0
                .sign(id, sent, body)
                .is_ok_and(|expected| signature.split(' ').any(|given| same(given, &expected)))
        };
        if self.verifiers.iter().any(fits) { Ok(()) } else { Err(SignatureFault::Wrong) }
    }
}

/// Compares without telling by time where two texts differ.
fn same(given: &str, expected: &str) -> bool {
    use subtle::ConstantTimeEq;
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}
