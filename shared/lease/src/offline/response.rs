//! The response: a lease without an end of contact, with the key set that it is verified with.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};

use super::carried::{self, CarriedFault, Kind};
use crate::document::{self, Binding, DocumentFault};
use crate::key::PublicKey;
use crate::keyset::KeySet;
use crate::segment::Segment;

/// Far above any response inflated; more is not read.
const LEN_MAX: u64 = 512 * 1024;

/// What one installation may run without ever checking in. `offline-lease+jwt`; its `nonce` is that of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfflineLease {
    /// The request it answers.
    #[serde(flatten)]
    pub binding: Binding,
    /// Only rises for one server, with those of its leases: an installation never goes back.
    pub serial: u64,
    /// The key of the installation that it is for.
    pub public_key: PublicKey,
    /// The Smart Account's name, to show.
    pub account: String,
    /// The server's name, to show.
    pub server_name: String,
    /// What may run when.
    pub segments: Vec<Segment>,
}

/// What a response string carries; nothing of it is proven yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfflineResponse {
    /// A compact JWS of type `offline-lease+jwt`.
    pub document: String,
    /// The compact JWS of the key set, of type `keyset+jwt`.
    pub key_set: String,
}

/// Why a text is no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResponseFault {
    /// A typing error, or another string.
    #[error(transparent)]
    Carried(#[from] CarriedFault),
    /// The check characters are right, the content is not.
    #[error("the string is not one that the service makes")]
    Content,
}

impl OfflineResponse {
    /// The string: both texts with a line break between them, deflated.
    ///
    /// # Panics
    /// If it has more than 65,535 bytes deflated, many times what an account of every limit gives.
    pub fn write(&self) -> String {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        let text = format!("{}\n{}", self.document, self.key_set);
        let deflated = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
        carried::write(Kind::Response, &deflated.expect("writing to memory does not fail"))
    }

    /// Reads the string.
    pub fn parse(text: &str) -> Result<Self, ResponseFault> {
        let deflated = carried::read(Kind::Response, text)?;
        let mut both = String::new();
        let read = DeflateDecoder::new(deflated.as_slice()).take(LEN_MAX).read_to_string(&mut both);
        let texts = read.ok().and_then(|_| both.split_once('\n'));
        let (document, key_set) = texts.ok_or(ResponseFault::Content)?;
        Ok(Self { document: document.to_owned(), key_set: key_set.to_owned() })
    }
}

/// Reads an offline lease whose signature is right. Whose it is, is asked by whoever installs it.
pub fn open(keys: &KeySet, text: &str) -> Result<OfflineLease, DocumentFault> {
    document::open_as(keys, text)
}
