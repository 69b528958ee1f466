//! A development OpenID provider: anybody signs in as anybody. Like a real one it remembers a browser until somebody
//! signs out.

mod code;
mod key;
mod pages;
mod request;
mod session;

use std::collections::BTreeMap;
use std::sync::Arc;

use http_api::Clock;
use jsonwebtoken::DecodingKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::StartError;
use crate::store::Store;
use code::Codes;
use key::IdKey;
pub(crate) use pages::{People, Person, router};
use session::SignIn;

/// The path of the provider.
pub(crate) const PATH: &str = "/local/openid";
/// The portal as the provider knows it.
pub(crate) const CLIENT_ID: &str = "portal";
/// How long a token lives, in seconds.
const TOKEN_SECONDS: i64 = 3600;

/// The provider; a clone is another handle on the same one.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    issuer: String,
    key: IdKey,
    clock: Clock,
    codes: Codes,
}

impl Provider {
    /// A provider for this origin, with the key that was made on its first start.
    pub(crate) fn open(store: &Store, base_url: &str, clock: Clock) -> Result<Self, StartError> {
        let key = IdKey::open(store)?;
        Ok(Self(Arc::new(Inner { issuer: format!("{base_url}{PATH}"), key, clock, codes: Codes::default() })))
    }

    /// The issuer that tokens name.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The client that tokens are for.
    pub fn client_id(&self) -> &'static str {
        CLIENT_ID
    }

    /// An ID token as a sign-in with this address gives it: the portal's bearer, good for an hour.
    pub fn id_token(&self, email: &str) -> String {
        self.sign(&self.id_claims(email, None))
    }

    /// The ID token of a sign-in that may be a while ago.
    fn id_token_of(&self, sign_in: &SignIn, nonce: Option<&str>) -> String {
        let mut claims = self.id_claims(&sign_in.email, nonce);
        claims["auth_time"] = json!(sign_in.at.as_second());
        self.sign(&claims)
    }

    /// The claims of an ID token; a test changes one and signs them.
    pub fn id_claims(&self, email: &str, nonce: Option<&str>) -> Value {
        let now = self.0.clock.now().as_second();
        let email = email.trim().to_lowercase();
        let mut claims = json!({
            "iss": self.0.issuer,
            "sub": subject(&email),
            "aud": CLIENT_ID,
            "token_use": "id",
            "email": email,
            "email_verified": true,
            "auth_time": now,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = json!(nonce);
        }
        claims
    }

    /// An access token; the API takes none, as it says nothing about the address.
    fn access_token(&self, email: &str) -> String {
        let now = self.0.clock.now().as_second();
        self.sign(&json!({
            "iss": self.0.issuer,
            "sub": subject(&email.to_lowercase()),
            "client_id": CLIENT_ID,
            "token_use": "access",
            "scope": "openid email",
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }))
    }

    /// Any claims, signed with the provider's key.
    pub fn sign(&self, claims: &Value) -> String {
        self.0.key.sign(claims)
    }

    /// The keys that verify its tokens, by key id.
    pub fn verifying_keys(&self) -> BTreeMap<String, DecodingKey> {
        self.0.key.verifying_keys()
    }
}

/// The same person has the same subject in every token of this provider.
fn subject(email: &str) -> String {
    let digest = Sha256::digest(format!("subject/1 {email}"));
    let number = digest.iter().take(16).fold(0, |number: u128, byte| number << 8 | u128::from(*byte));
    let hex = format!("{number:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_stable_and_looks_like_a_uuid() {
        assert_eq!(subject("a@example.com"), subject("a@example.com"));
        assert_ne!(subject("a@example.com"), subject("b@example.com"));
        assert_eq!(subject("a@example.com").len(), 36);
    }
}
