//! JWS in compact serialization (RFC 7515), reduced to what our documents are: `EdDSA`, a `kid`, a `typ` of our own.
//!
//! A general library re-reads the private key for every signature, which doubles the price of an answer, and offers
//! algorithms and header parameters that we would have to close again. The tests let two general libraries read what
//! this module writes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::key::{PublicKey, SigningKey};

const ALGORITHM: &str = "EdDSA";
/// Far above any document; what is longer is not even looked at.
const LEN_MAX: usize = 256 * 1024;

/// What is wrong with a signed text before anybody asks what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsFault {
    /// Not three parts of base64url with a JSON header.
    #[error("the document is not a compact JWS")]
    Malformed,
    /// Signed with another algorithm than `EdDSA`, or with none.
    #[error("the document is not signed with EdDSA")]
    Algorithm,
    /// The header demands extensions (`crit`), of which we know none.
    #[error("the document demands an extension that is not known here")]
    Extension,
    /// The signature is not of that key over that text.
    #[error("the signature is wrong")]
    Signature,
}

/// A signed text taken apart; nothing of it is proven before [`Jws::verified_by`].
pub(crate) struct Jws<'a> {
    pub(crate) typ: String,
    pub(crate) kid: String,
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

pub(crate) fn sign<T: Serialize>(key: &SigningKey, typ: &str, claims: &T) -> String {
    let header = format!(r#"{{"alg":"{ALGORITHM}","typ":"{typ}","kid":"{}"}}"#, key.kid());
    let claims = serde_json::to_vec(claims).expect("claims are structs of texts and numbers");
    let mut text = URL_SAFE_NO_PAD.encode(header);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut text);
    let signature = key.sign(text.as_bytes());
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut text);
    text
}

impl<'a> Jws<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, JwsFault> {
        if text.len() > LEN_MAX {
            return Err(JwsFault::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(JwsFault::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsFault::Malformed)?;
        let header: Header = serde_json::from_slice(&bytes(header)?).map_err(|_| JwsFault::Malformed)?;
        if header.alg != ALGORITHM {
            return Err(JwsFault::Algorithm);
        }
        if header.crit.is_some() {
            return Err(JwsFault::Extension);
        }
        Ok(Self { typ: header.typ, kid: header.kid, signed, payload: bytes(payload)?, signature: bytes(signature)? })
    }

    /// The payload, proven to be signed by `key`.
    pub(crate) fn verified_by(&self, key: PublicKey) -> Result<&[u8], JwsFault> {
        if key.verify(self.signed.as_bytes(), &self.signature) { Ok(&self.payload) } else { Err(JwsFault::Signature) }
    }

    /// The payload as it stands, for whoever trusts the place it comes from.
    pub(crate) fn unproven(&self) -> &[u8] {
        &self.payload
    }
}

/// Keys offered in the header (`jwk`, `jku`, `x5c`) are never read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
    crit: Option<serde_json::Value>,
}

fn bytes(part: &str) -> Result<Vec<u8>, JwsFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsFault::Malformed)
}
