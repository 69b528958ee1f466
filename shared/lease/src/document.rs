//! The signed answers of a check-in. Only they have an effect at the client; each is bound to the request it answers.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use crate::jws::JwsFault;
use crate::jws::{self, Jws};
use crate::key::SigningKey;
use crate::keyset::KeySet;
use crate::segment::Segment;

/// What binds an answer to its request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Binding {
    /// The service's base URL.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// The server's id.
    #[serde(rename = "aud")]
    pub server: String,
    /// The version of the token that the request carried.
    pub token_version: u16,
    /// The request's attempt.
    #[serde(rename = "nonce")]
    pub attempt: String,
    /// When it was signed, to the second.
    #[serde(rename = "iat", with = "jiff::fmt::serde::timestamp::second::required")]
    pub issued_at: Timestamp,
}

/// When the client should check in next: at an instant of its choice between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NextCheckIn {
    /// Not before.
    pub earliest: Timestamp,
    /// Not after.
    pub latest: Timestamp,
}

/// What a server may run, and until when without another check-in. `lease+jwt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// The request it answers.
    #[serde(flatten)]
    pub binding: Binding,
    /// How long it holds without contact, to the second.
    #[serde(rename = "exp", with = "jiff::fmt::serde::timestamp::second::required")]
    pub expires_at: Timestamp,
    /// Only rises for one server: a client never goes back.
    pub serial: u64,
    /// What the client names in its next request; opaque.
    pub lease_id: String,
    /// The Smart Account's name, to show.
    pub account: String,
    /// The server's name, to show.
    pub server_name: String,
    /// What may run when. Empty where nothing is assigned or in force.
    pub segments: Vec<Segment>,
    /// When to check in next.
    pub next_check_in: NextCheckIn,
}

/// The lease that the client holds is fresh. `unchanged+jwt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unchanged {
    /// The request it answers.
    #[serde(flatten)]
    pub binding: Binding,
    /// When to check in next.
    pub next_check_in: NextCheckIn,
}

/// There is no new lease. `refusal+jwt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The request it answers.
    #[serde(flatten)]
    pub binding: Binding,
    /// Why, and with what effect.
    #[serde(flatten)]
    pub reason: RefusalReason,
}

/// Why there is no new lease; on the wire `code` and the fields of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum RefusalReason {
    /// A member disabled the server: nothing may run from `effective_at` on.
    ServerDisabled {
        /// The first instant without capacity.
        effective_at: Timestamp,
    },
    /// The token was regenerated in the portal: paste the new one.
    TokenSuperseded,
    /// The server was released in the portal and belongs to another installation now.
    Released,
    /// Two installations use this token: a member must choose in the portal.
    Conflict,
    /// The server is an offline one: it gets what it may run by request and response strings.
    Offline,
}

impl RefusalReason {
    /// The code as it stands on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ServerDisabled { .. } => "server_disabled",
            Self::TokenSuperseded => "token_superseded",
            Self::Released => "released",
            Self::Conflict => "conflict",
            Self::Offline => "offline",
        }
    }
}

/// Any of the answers, verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// A lease.
    Lease(Lease),
    /// The client's lease is still fresh.
    Unchanged(Unchanged),
    /// No new lease.
    Refusal(Refusal),
}

impl Document {
    /// The request it answers.
    pub const fn binding(&self) -> &Binding {
        match self {
            Self::Lease(lease) => &lease.binding,
            Self::Unchanged(unchanged) => &unchanged.binding,
            Self::Refusal(refusal) => &refusal.binding,
        }
    }
}

/// What can be signed as an answer; no other type can.
pub trait Claims: Serialize + sealed::Sealed {
    /// The `typ` of the header.
    const TYP: &'static str;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Lease {}
    impl Sealed for super::Unchanged {}
    impl Sealed for super::Refusal {}
    impl Sealed for crate::offline::OfflineLease {}
}

impl Claims for Lease {
    const TYP: &'static str = "lease+jwt";
}

impl Claims for crate::offline::OfflineLease {
    const TYP: &'static str = "offline-lease+jwt";
}

impl Claims for Unchanged {
    const TYP: &'static str = "unchanged+jwt";
}

impl Claims for Refusal {
    const TYP: &'static str = "refusal+jwt";
}

/// Signs an answer: a compact JWS with `alg` `EdDSA`, the key's `kid` and the answer's own `typ`.
pub fn sign<T: Claims>(key: &SigningKey, claims: &T) -> String {
    jws::sign(key, T::TYP, claims)
}

/// The request whose answer is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The server's id.
    pub server: &'a str,
    /// The version of the token sent.
    pub token_version: u16,
    /// The attempt sent.
    pub attempt: &'a str,
}

/// Why a text is no answer. None of these has an effect on what runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// Not one of our signed texts, or the signature is wrong.
    #[error(transparent)]
    Jws(#[from] JwsFault),
    /// The key set has no key of this id.
    #[error("the document is signed by a key that is not in the key set")]
    UnknownKey,
    /// A kind of document that this version doesn't know.
    #[error("the document is of a type that this version does not know")]
    UnknownType,
    /// A refusal whose code this version doesn't know.
    #[error("the refusal has a code that this version does not know")]
    UnknownCode,
    /// The signature is right, the content is not what the type promises.
    #[error("the document lacks what its type promises")]
    Claims,
    /// For another server.
    #[error("the document is for another server")]
    Audience,
    /// For another version of the token.
    #[error("the document is for another version of the token")]
    TokenVersion,
    /// For another request.
    #[error("the document answers another request")]
    Nonce,
}

/// Reads an answer to the expected request. Whether `exp` is over is not asked here: the clock is the caller's.
pub fn verify(keys: &KeySet, expected: &Expected<'_>, text: &str) -> Result<Document, DocumentFault> {
    let document = open(keys, text)?;
    let binding = document.binding();
    if binding.server != expected.server {
        return Err(DocumentFault::Audience);
    }
    if binding.token_version != expected.token_version {
        return Err(DocumentFault::TokenVersion);
    }
    if binding.attempt != expected.attempt {
        return Err(DocumentFault::Nonce);
    }
    Ok(document)
}

/// Reads a document that was verified against its request before, such as the stored lease: signature, key and type
/// only.
pub fn open(keys: &KeySet, text: &str) -> Result<Document, DocumentFault> {
    let jws = Jws::parse(text)?;
    let key = keys.key(&jws.kid).ok_or(DocumentFault::UnknownKey)?;
    let payload = jws.verified_by(key)?;
    match jws.typ.as_str() {
        Lease::TYP => claims(payload).map(Document::Lease),
        Unchanged::TYP => claims(payload).map(Document::Unchanged),
        Refusal::TYP => refusal(payload).map(Document::Refusal),
        _ => Err(DocumentFault::UnknownType),
    }
}

/// Reads a document of one type: signature, key and type only.
pub(crate) fn open_as<T: Claims + DeserializeOwned>(keys: &KeySet, text: &str) -> Result<T, DocumentFault> {
    let jws = Jws::parse(text)?;
    let key = keys.key(&jws.kid).ok_or(DocumentFault::UnknownKey)?;
    let payload = jws.verified_by(key)?;
    if jws.typ == T::TYP { claims(payload) } else { Err(DocumentFault::UnknownType) }
}

fn claims<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Result<T, DocumentFault> {
    serde_json::from_slice(payload).map_err(|_| DocumentFault::Claims)
}

/// An unknown code is told apart from a broken document, so that the client can say "update me".
fn refusal(payload: &[u8]) -> Result<Refusal, DocumentFault> {
    #[derive(Deserialize)]
    struct Code {
        code: String,
    }
    const KNOWN: [&str; 5] = ["server_disabled", "token_superseded", "released", "conflict", "offline"];
    let Code { code } = claims(payload)?;
    if KNOWN.contains(&code.as_str()) { claims(payload) } else { Err(DocumentFault::UnknownCode) }
}
