//! The provider's RSA key.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::DecodingKey;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::StartError;
use crate::store::Store;

const DOCUMENT: &str = "keys/sign-in.json";

/// A key that signs ID tokens with RS256.
pub(super) struct IdKey {
    kid: String,
    pair: RsaKeyPair,
}

/// The key as it is kept.
#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    /// PKCS#8, base64url.
    private: String,
}

impl IdKey {
    /// The key that the store has; made the first time.
    pub(super) fn open(store: &Store) -> Result<Self, StartError> {
        // Making an RSA key takes most of a second of CPU: stacks in memory, which tests start by the dozen, share one.
        static IN_MEMORY: OnceLock<Stored> = OnceLock::new();
        let stored = match store.path(DOCUMENT) {
            Some(_) => store.read_or_make(DOCUMENT, Stored::make)?,
            None => IN_MEMORY.get_or_init(Stored::make).clone(),
        };
        let bytes = BASE64.decode(stored.private).map_err(|error| StartError::Key(error.to_string()))?;
        let pair = RsaKeyPair::from_pkcs8(&bytes).map_err(|error| StartError::Key(error.to_string()))?;
        let kid = BASE64.encode(&Sha256::digest(pair.public_key().as_ref())[..12]);
        Ok(Self { kid, pair })
    }

    /// A compact JWS over these claims.
    pub(super) fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "RS256", "kid": self.kid, "typ": "JWT" });
        let message = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .expect("an RSA key of 2048 bits signs SHA-256");
        format!("{message}.{}", BASE64.encode(signature))
    }

    /// The public key as a JWK Set.
    pub(super) fn jwks(&self) -> Value {
        let public = self.public();
        let (n, e) = (BASE64.encode(public.n), BASE64.encode(public.e));
        json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": n, "e": e }] })
    }

    /// The public key by its id.
    pub(super) fn verifying_keys(&self) -> BTreeMap<String, DecodingKey> {
        let public = self.public();
        BTreeMap::from([(self.kid.clone(), DecodingKey::from_rsa_raw_components(&public.n, &public.e))])
    }

    fn public(&self) -> RsaPublicKeyComponents<Vec<u8>> {
        RsaPublicKeyComponents::from(self.pair.public_key())
    }
}

impl Stored {
    fn make() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("the system has randomness");
        let der = pair.as_der().expect("a key just made can be written");
        Self { private: BASE64.encode(der.as_ref()) }
    }
}
