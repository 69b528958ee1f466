//! Signatures of events to the vendor: Standard Webhooks, symmetric.

use std::collections::BTreeMap;
use std::error::Error;

use jiff::Timestamp;
use serde::Deserialize;
use standardwebhooks::Webhook;

use crate::Ring;

/// The keys that events to the vendor are signed with: the current one and, while the receiver moves to it, the one
/// before.
pub struct EventKeys {
    signers: Vec<Webhook>,
}

impl std::fmt::Debug for EventKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EventKeys(…)")
    }
}

#[derive(Deserialize)]
struct Document {
    keys: BTreeMap<u32, String>,
}

impl Ring for EventKeys {
    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let document: Document = serde_json::from_str(text).map_err(|_| "expected {\"current\": …, \"keys\": {…}}")?;
        let signer = |secret: &String| Webhook::new(secret).map_err(|_| "a key is not whsec_…");
        // The newest signs first.
        let signers = document.keys.values().rev().map(signer).collect::<Result<Vec<_>, _>>()?;
        if signers.is_empty() { Err("there is no key".into()) } else { Ok(Self { signers }) }
    }
}

impl EventKeys {
    /// The header `webhook-signature` of a body: one signature for each key, so that a receiver can change its key at
    /// any moment (Standard Webhooks, "Zero downtime secret rotation").
    pub fn sign(&self, id: &str, at: Timestamp, body: &[u8]) -> String {
        let signed = self.signers.iter().filter_map(|signer| signer.sign(id, at.as_second(), body).ok());
        signed.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErpKeys;

    fn ring(keys: &str) -> String {
        format!("{{\"current\": 2, \"keys\": {{{keys}}}}}")
    }

    #[test]
    fn a_receiver_with_either_key_takes_what_was_signed_while_the_ring_rotates() {
        let [old, new] =
            [r#""1": "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB""#, r#""2": "whsec_AgICAgICAgICAgICAgICAgICAgICAgIC""#];
        let at = Timestamp::from_second(1_795_000_000).unwrap();
        let signature = EventKeys::parse(&ring(&format!("{old}, {new}"))).unwrap().sign("evt_1", at, b"{}");
        for key in [old, new] {
            let receiver = ErpKeys::parse(&ring(key)).unwrap();
            receiver.verify(Some("evt_1"), Some("1795000000"), Some(&signature), b"{}", at).unwrap();
            assert!(receiver.verify(Some("evt_2"), Some("1795000000"), Some(&signature), b"{}", at).is_err());
        }
    }

    /// The receiver in `infra/erp` is held against the same signature.
    #[test]
    fn a_published_message_has_its_signature() {
        let text = ring(r#""1": "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB""#);
        let at = Timestamp::from_second(1_795_000_000).unwrap();
        let signature = EventKeys::parse(&text).unwrap().sign("evt_1", at, b"{}");
        assert_eq!(signature, "v1,7upzJpUCt2qCig7pq1B8TYqbLW4ZepmeL7vIGVgo3Bo=");
    }

    #[test]
    fn what_is_no_ring_is_refused_and_not_repeated() {
        for wrong in ["whsec_c2VjcmV0", "{\"current\": 1, \"keys\": {}}", &ring(r#""1": "c2VjcmV0!""#)] {
            assert!(!EventKeys::parse(wrong).unwrap_err().to_string().contains("c2VjcmV0"), "{wrong}");
        }
    }
}
