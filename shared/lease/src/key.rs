//! Ed25519 keys that sign documents, parsed once.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Why a text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// A key id is empty, longer than 64 characters or has other characters than `A-Z a-z 0-9 . _ -`.
    #[error("the key id must have 1 to 64 letters, digits, dots, underscores or hyphens")]
    Kid,
    /// Not base64url without padding.
    #[error("the key is not base64url without padding")]
    Encoding,
    /// Neither a seed of 32 bytes nor a PKCS#8 document of an Ed25519 key.
    #[error("the key is neither an Ed25519 seed of 32 bytes nor an Ed25519 PKCS#8 document")]
    Private,
    /// Not 32 bytes.
    #[error("the public key does not have 32 bytes")]
    Public,
}

/// A private key ready to sign: parsing costs as much as a signature, so it is done once.
pub struct SigningKey {
    kid: String,
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl SigningKey {
    /// The key of a seed; `kid` is its name in the key set.
    pub fn from_seed(kid: &str, seed: &[u8; 32]) -> Result<Self, KeyFault> {
        Self::from_pair(kid, Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyFault::Private)?)
    }

    /// Reads base64url of a seed of 32 bytes or of a PKCS#8 document.
    pub fn from_secret(kid: &str, text: &str) -> Result<Self, KeyFault> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyFault::Encoding)?;
        if let Ok(seed) = <&[u8; 32]>::try_from(bytes.as_slice()) {
            return Self::from_seed(kid, seed);
        }
        Self::from_pair(kid, Ed25519KeyPair::from_pkcs8_maybe_unchecked(&bytes).map_err(|_| KeyFault::Private)?)
    }

    fn from_pair(kid: &str, pair: Ed25519KeyPair) -> Result<Self, KeyFault> {
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyFault::Public)?;
        Ok(Self { kid: checked_kid(kid)?, pair, public: PublicKey(public) })
    }

    /// Its name in the key set.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What verifies its signatures.
    pub const fn public(&self) -> PublicKey {
        self.public
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(message).as_ref().try_into().expect("an Ed25519 signature has 64 bytes")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// An Ed25519 public key; as text, base64url of its 32 bytes (the `x` of RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads base64url of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyFault::Encoding)?;
        Ok(Self(bytes.try_into().map_err(|_| KeyFault::Public)?))
    }

    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn bytes(self) -> [u8; 32] {
        self.0
    }

    pub(crate) fn verify(self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyFault;

    fn try_from(text: String) -> Result<Self, KeyFault> {
        Self::parse(&text)
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

/// Key ids go into headers and file names as they are, so they have no character that needs escaping.
pub(crate) fn checked_kid(kid: &str) -> Result<String, KeyFault> {
    let plain = kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if plain && (1..=64).contains(&kid.len()) { Ok(kid.to_owned()) } else { Err(KeyFault::Kid) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_and_pkcs8_give_the_same_key() {
        let key = SigningKey::from_seed("a", &[1; 32]).unwrap();
        let pkcs8 = URL_SAFE_NO_PAD.encode(key.pair.to_pkcs8().unwrap());
        let seed = URL_SAFE_NO_PAD.encode([1; 32]);
        assert_eq!(SigningKey::from_secret("a", &pkcs8).unwrap().public(), key.public());
        assert_eq!(SigningKey::from_secret("a", &seed).unwrap().public(), key.public());
    }

    #[test]
    fn what_is_not_a_key_is_refused() {
        for (kid, text, fault) in [
            ("", "AAAA", KeyFault::Private),
            ("a", "AAA+", KeyFault::Encoding),
            ("a\"", &URL_SAFE_NO_PAD.encode([1; 32]), KeyFault::Kid),
        ] {
            assert_eq!(SigningKey::from_secret(kid, text).unwrap_err(), fault);
        }
        assert_eq!(PublicKey::parse("AAAA"), Err(KeyFault::Public));
    }

    #[test]
    fn debug_output_keeps_the_private_key() {
        assert_eq!(format!("{:?}", SigningKey::from_seed("a", &[1; 32]).unwrap()), r#"SigningKey { kid: "a", .. }"#);
    }
}
