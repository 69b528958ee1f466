#![doc = include_str!("../README.md")]

pub mod document;
pub mod key;
pub mod keyset;
pub mod lease_id;
pub mod link;
pub mod nonce;
pub mod offline;
pub mod request;
pub mod ring;
pub mod secret;
pub mod segment;
pub mod token;

mod base36;
mod jws;

pub use document::{Document, DocumentFault, Expected, Lease, Refusal, Unchanged, sign, verify};
pub use key::{KeyFault, PublicKey, SigningKey};
pub use keyset::{Jwks, KeySet, KeySetFault, Root, Roots};
pub use lease_id::LeaseId;
pub use link::{LinkFault, LinkFields, OrderLink, UnsubscribeLink};
pub use nonce::{Nonce, NonceFault, NoncePurpose};
pub use ring::{MacRing, RingFault};
pub use secret::{LeaseSecret, SecretFault};
pub use token::{ParsedToken, ServerToken, TokenFault};
