//! Request and return: what an AppSuite says of itself, signed with its own key.
//!
//! 146 bytes, integers big-endian: server number (4), token version (2), serial of the lease held (8), nonce (16), when
//! it was made in seconds since 1970 (4), public key (32), proof (16), signature (64). The proof is the first 16 bytes
//! of HMAC-SHA256 under the server token, as the portal shows it, over `offline-proof/1`, a zero byte and the 66 bytes
//! before it: whoever makes a request has the token, which itself is never carried. The signature is Ed25519 over
//! `offline-request/1` or `offline-return/1`, a zero byte and the 82 bytes before it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use super::carried::{self, CarriedFault, Kind};
use crate::key::{PublicKey, SigningKey};
use crate::token::ServerToken;

const PROOF: &str = "offline-proof/1";
const PROOF_AT: usize = 66;
const SIGNATURE_AT: usize = 82;
const LEN: usize = 146;

/// The random number of one request. As text, base64url of its 16 bytes, the nonce of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestNonce(pub [u8; 16]);

impl RequestNonce {
    /// Reads base64url of 16 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Display for RequestNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// A request or a return whose signature is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The server's id.
    pub server: String,
    /// The version of the token that the installation has.
    pub token_version: u16,
    /// The serial of the lease that it holds or, in a return, has held; 0 is none.
    pub serial: u64,
    /// Of a request: its own number, which the answer repeats. Of a return: that of the request whose answer will not
    /// be installed any more, or a new one.
    pub nonce: RequestNonce,
    /// The installation's clock.
    pub made_at: Timestamp,
    /// The installation's key: it signed this.
    pub public_key: PublicKey,
    bytes: [u8; LEN],
}

/// Why a text is no request or return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// A typing error, or another string.
    #[error(transparent)]
    Carried(#[from] CarriedFault),
    /// The check characters are right, the content is not.
    #[error("the string is not one that an AppSuite makes")]
    Content,
    /// It is not signed by the key that it names.
    #[error("the signature of the string is wrong")]
    Signature,
}

impl Statement {
    /// Makes the string of an installation. The same arguments give the same string, so that a request that is asked
    /// for again is the same request.
    ///
    /// # Panics
    /// If the kind is a response.
    pub fn make(
        kind: Kind,
        token: &ServerToken,
        key: &SigningKey,
        serial: u64,
        nonce: RequestNonce,
        at: Timestamp,
    ) -> String {
        let parsed = ServerToken::parse(token.as_str()).expect("a token parses");
        let number: u32 = parsed.server()[1..].parse().expect("a server id is b and nine digits");
        let made_at = u32::try_from(at.as_second().max(0)).unwrap_or(u32::MAX);
        let mut bytes = Vec::with_capacity(LEN);
        bytes.extend(number.to_be_bytes());
        bytes.extend(parsed.version().to_be_bytes());
        bytes.extend(serial.to_be_bytes());
        bytes.extend(nonce.0);
        bytes.extend(made_at.to_be_bytes());
        bytes.extend(key.public().bytes());
        bytes.extend(proof(token, &bytes));
        bytes.extend(key.sign(&labelled(label(kind), &bytes)));
        carried::write(kind, &bytes)
    }

    /// Reads a request or a return and verifies its signature. Whether it comes from somebody who has the token is
    /// asked by [`Self::proves`].
    ///
    /// # Panics
    /// If the kind is a response.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, StatementFault> {
        let bytes: [u8; LEN] = carried::read(kind, text)?.try_into().map_err(|_| StatementFault::Content)?;
        let public_key = PublicKey::from_bytes(field(&bytes, 34));
        let (signed, signature) = bytes.split_at(SIGNATURE_AT);
        if !public_key.verify(&labelled(label(kind), signed), signature) {
            return Err(StatementFault::Signature);
        }
        let number = u32::from_be_bytes(field(&bytes, 0));
        if number > 999_999_999 {
            return Err(StatementFault::Content);
        }
        let made_at = i64::from(u32::from_be_bytes(field(&bytes, 30)));
        Ok(Self {
            server: format!("b{number:09}"),
            token_version: u16::from_be_bytes(field(&bytes, 4)),
            serial: u64::from_be_bytes(field(&bytes, 6)),
            nonce: RequestNonce(field(&bytes, 14)),
            made_at: Timestamp::from_second(made_at).map_err(|_| StatementFault::Content)?,
            public_key,
            bytes,
        })
    }

    /// Whether whoever made it had this token. Compares in constant time.
    pub fn proves(&self, token: &ServerToken) -> bool {
        let (before, rest) = self.bytes.split_at(PROOF_AT);
        hmac(token, before).verify_truncated_left(&rest[..SIGNATURE_AT - PROOF_AT]).is_ok()
    }
}

fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Request => "offline-request/1",
        Kind::Return => "offline-return/1",
        Kind::Response => unreachable!("a response is a signed document, not a statement of an installation"),
    }
}

fn proof(token: &ServerToken, before: &[u8]) -> [u8; SIGNATURE_AT - PROOF_AT] {
    let mac = hmac(token, before).finalize().into_bytes();
    std::array::from_fn(|index| mac[index])
}

fn hmac(token: &ServerToken, before: &[u8]) -> Hmac<Sha256> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(token.as_str().as_bytes()).expect("HMAC takes keys of any length");
    hmac.update(&labelled(PROOF, before));
    hmac
}

fn labelled(label: &str, bytes: &[u8]) -> Vec<u8> {
    [label.as_bytes(), &[0], bytes].concat()
}

fn field<const N: usize>(bytes: &[u8; LEN], at: usize) -> [u8; N] {
    std::array::from_fn(|index| bytes[at + index])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::MacRing;
    use proptest::prelude::*;

    const AT: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn token(seed: u8) -> ServerToken {
        ServerToken::mint(&MacRing::single(1, [seed; 32]), "b000121893", 3)
    }

    fn key() -> SigningKey {
        SigningKey::from_seed("installation", &[7; 32]).unwrap()
    }

    fn made(kind: Kind) -> String {
        Statement::make(kind, &token(1), &key(), u64::MAX, RequestNonce([8; 16]), AT)
    }

    #[test]
    fn a_statement_says_what_it_was_made_of_and_proves_the_token_alone() {
        let read = Statement::parse(Kind::Request, &made(Kind::Request)).unwrap();
        assert_eq!((read.server.as_str(), read.token_version, read.serial), ("b000121893", 3, u64::MAX));
        assert_eq!((read.nonce, read.made_at, read.public_key), (RequestNonce([8; 16]), AT, key().public()));
        assert!(read.proves(&token(1)) && !read.proves(&token(2)));
        assert_eq!(made(Kind::Request).lines().count(), 8, "it can be typed");
        assert!(!made(Kind::Request).contains(&token(1).as_str()[11..]));
    }

    #[test]
    fn a_request_is_no_return_even_with_the_other_kind_written_over_it() {
        let bytes = carried::read(Kind::Request, &made(Kind::Request)).unwrap();
        let turned = carried::write(Kind::Return, &bytes);
        assert_eq!(Statement::parse(Kind::Return, &turned), Err(StatementFault::Signature));
    }

    proptest! {
        #[test]
        fn a_statement_with_any_byte_changed_is_refused(at in 0..LEN, flip in 1..=255_u8) {
            let mut bytes = carried::read(Kind::Request, &made(Kind::Request)).unwrap();
            bytes[at] ^= flip;
            let changed = carried::write(Kind::Request, &bytes);
            prop_assert_eq!(Statement::parse(Kind::Request, &changed), Err(StatementFault::Signature));
        }

        #[test]
        fn bytes_of_any_kind_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Statement::parse(Kind::Request, &carried::write(Kind::Request, &bytes)).is_err());
        }
    }
}
