//! The secret that signs answers, as Secrets Manager holds it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::key::{KeyFault, SigningKey};
use crate::keyset::{KeySet, KeySetFault};
use crate::ring::MacRing;

/// The keys of the check-in, parsed once per process.
///
/// As JSON `{"current": "<kid>", "signing": {"<kid>": "<base64url>"}, "leaseId": <ring>, "keySet": "<compact JWS>"}`;
/// see [`LeaseSecretJson`].
pub struct LeaseSecret {
    current: SigningKey,
    lease_id: MacRing,
    key_set: KeySet,
    key_set_text: String,
}

/// The JSON form, for whoever makes the secret.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseSecretJson {
    /// The kid of the key that signs.
    pub current: String,
    /// Private keys by kid: base64url of a seed of 32 bytes or of a PKCS#8 document.
    pub signing: BTreeMap<String, String>,
    /// The ring of lease ids.
    pub lease_id: MacRing,
    /// The key set, signed by the root.
    pub key_set: String,
}

/// Why a secret can't sign.
#[derive(Debug, thiserror::Error)]
pub enum SecretFault {
    /// Not the JSON that it should be; the text itself is never shown.
    #[error("the lease secret is not JSON of the documented form, at line {line} column {column}")]
    Json {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
    },
    /// `current` names no private key.
    #[error("the lease secret has no private key of the current id {0}")]
    NoCurrent(String),
    /// The current private key can't be read.
    #[error("the current private key of the lease secret: {0}")]
    Key(#[from] KeyFault),
    /// The key set can't be read.
    #[error("the key set of the lease secret: {0}")]
    KeySet(#[from] KeySetFault),
    /// Clients would refuse every answer.
    #[error("the key set of the lease secret does not have the current key {0}")]
    NotInKeySet(String),
}

impl LeaseSecret {
    /// Reads the secret and checks that clients which hold its key set will accept what it signs.
    pub fn parse(json: &str) -> Result<Self, SecretFault> {
        let json: LeaseSecretJson = serde_json::from_str(json)
            .map_err(|error| SecretFault::Json { line: error.line(), column: error.column() })?;
        let Some(private) = json.signing.get(&json.current) else { return Err(SecretFault::NoCurrent(json.current)) };
        let current = SigningKey::from_secret(&json.current, private)?;
        let key_set = KeySet::read_own(&json.key_set)?;
        if key_set.key(&json.current) != Some(current.public()) {
            return Err(SecretFault::NotInKeySet(json.current));
        }
        Ok(Self { current, lease_id: json.lease_id, key_set, key_set_text: json.key_set })
    }

    /// The key that signs.
    pub const fn signing_key(&self) -> &SigningKey {
        &self.current
    }

    /// The ring of lease ids.
    pub const fn lease_id_ring(&self) -> &MacRing {
        &self.lease_id
    }

    /// The key set's content.
    pub const fn key_set(&self) -> &KeySet {
        &self.key_set
    }

    /// The signed key set, as it is sent to a client whose serial is lower.
    pub fn key_set_text(&self) -> &str {
        &self.key_set_text
    }
}

impl fmt::Debug for LeaseSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeaseSecret").field("current", &self.current).finish_non_exhaustive()
    }
}
