//! Key sets: which keys may sign answers, signed by the root that every client pins.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::jws::{self, Jws, JwsFault};
use crate::key::{KeyFault, PublicKey, SigningKey, checked_kid};

const TYP: &str = "keyset+jwt";

/// The keys that may sign answers. A key has no end at the client: only a set with a higher serial removes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeySet {
    /// Only rises; a client keeps the highest it has seen.
    pub serial: u64,
    /// When the root signed it, to the second.
    #[serde(rename = "iat", with = "jiff::fmt::serde::timestamp::second::required")]
    pub issued_at: Timestamp,
    /// The current key and the next ones, in the order in which they are used.
    pub keys: Vec<PreparedKey>,
}

/// One key of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreparedKey {
    /// Its name.
    pub kid: String,
    /// The key itself.
    pub x: PublicKey,
    /// When the service means to begin using it: a plan for its operators that clients don't check.
    pub not_before: Timestamp,
}

/// Why a text is no key set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetFault {
    /// Not one of our signed texts, or the signature is wrong.
    #[error(transparent)]
    Jws(#[from] JwsFault),
    /// Signed by neither root that is pinned here.
    #[error("the key set is signed by a root that is not pinned here")]
    UnknownRoot,
    /// Another kind of document.
    #[error("the document is not a key set")]
    Type,
    /// The content is not a key set, names a key twice, or has none.
    #[error("the key set has no keys, or two of one name, or is not complete")]
    Claims,
}

impl KeySet {
    /// Reads a set that one of the pinned roots signed.
    pub fn verify(roots: &Roots, text: &str) -> Result<Self, KeySetFault> {
        let jws = Jws::parse(text)?;
        if jws.typ != TYP {
            return Err(KeySetFault::Type);
        }
        let root = roots.by_kid(&jws.kid).ok_or(KeySetFault::UnknownRoot)?;
        Self::from_claims(jws.verified_by(root)?)
    }

    /// Reads a set from a place that is trusted as such: the service's own secret. Proves nothing.
    pub fn read_own(text: &str) -> Result<Self, KeySetFault> {
        let jws = Jws::parse(text)?;
        if jws.typ != TYP {
            return Err(KeySetFault::Type);
        }
        Self::from_claims(jws.unproven())
    }

    /// The key of this name.
    pub fn key(&self, kid: &str) -> Option<PublicKey> {
        self.keys.iter().find(|key| key.kid == kid).map(|key| key.x)
    }

    /// Whole days from `now` until the last prepared key is meant to sign: none follows it. Negative when it should
    /// have begun.
    pub fn days_to_last(&self, now: Timestamp) -> i64 {
        let last = self.keys.iter().map(|key| key.not_before).max().unwrap_or(now);
        last.duration_since(now).as_hours().div_euclid(24)
    }

    /// The same keys as everybody else reads them.
    pub fn jwks(&self) -> Jwks {
        Jwks { keys: self.keys.iter().map(|key| Jwk::new(&key.kid, key.x)).collect() }
    }

    fn from_claims(payload: &[u8]) -> Result<Self, KeySetFault> {
        let set: Self = serde_json::from_slice(payload).map_err(|_| KeySetFault::Claims)?;
        let names: BTreeSet<_> = set.keys.iter().map(|key| &key.kid).collect();
        let plain = set.keys.iter().all(|key| checked_kid(&key.kid).is_ok());
        if plain && !set.keys.is_empty() && names.len() == set.keys.len() { Ok(set) } else { Err(KeySetFault::Claims) }
    }
}

/// A root key pair. It is kept outside the cloud and does nothing but sign key sets.
#[derive(Debug)]
pub struct Root(SigningKey);

impl Root {
    /// The root of a seed, which must come from a good source of randomness.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyFault> {
        let kid = root_kid(SigningKey::from_seed("root", seed)?.public());
        SigningKey::from_seed(&kid, seed).map(Self)
    }

    /// Reads base64url of a seed or of a PKCS#8 document.
    pub fn from_secret(text: &str) -> Result<Self, KeyFault> {
        let kid = root_kid(SigningKey::from_secret("root", text)?.public());
        SigningKey::from_secret(&kid, text).map(Self)
    }

    /// What clients pin.
    pub fn public(&self) -> PublicKey {
        self.0.public()
    }

    /// Signs a key set as `keyset+jwt`.
    pub fn sign(&self, set: &KeySet) -> String {
        jws::sign(&self.0, TYP, set)
    }
}

/// The roots that a client pins. As JSON `{"root": "<x>", "spare": "<x>"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roots {
    /// The root in use.
    pub root: PublicKey,
    /// The one that takes over if the root is lost or stolen.
    pub spare: PublicKey,
}

impl Roots {
    fn by_kid(&self, kid: &str) -> Option<PublicKey> {
        [self.root, self.spare].into_iter().find(|key| root_kid(*key) == kid)
    }
}

/// A root's name follows from its key, so that nobody has to keep the two together.
fn root_kid(key: PublicKey) -> String {
    format!("root-{}", &key.to_string()[..16])
}

/// A JSON Web Key Set (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// An Ed25519 key as RFC 8037 writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwk {
    /// `OKP`.
    #[schema(example = "OKP")]
    pub kty: String,
    /// `Ed25519`.
    #[schema(example = "Ed25519")]
    pub crv: String,
    /// `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: String,
    /// `EdDSA`.
    #[schema(example = "EdDSA")]
    pub alg: String,
    /// The key's name, as documents give it in their header.
    pub kid: String,
    /// base64url of the 32 bytes of the public key.
    pub x: String,
}

impl Jwk {
    fn new(kid: &str, key: PublicKey) -> Self {
        Self {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            usage: "sig".to_owned(),
            alg: "EdDSA".to_owned(),
            kid: kid.to_owned(),
            x: key.to_string(),
        }
    }
}
