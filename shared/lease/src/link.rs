//! Links that people get by mail: the unlock link of an order, and the link that ends a kind of mail.
//!
//! base64url of an id (16 bytes), a number (4), key id (1) and the first 18 bytes of a MAC: 52 characters. A link is
//! checked before any read, and nothing secret of it is stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ulid::Ulid;

use crate::ring::MacRing;

const UNLOCK: &str = "unlock-link/1";
const UNSUBSCRIBE: &str = "unsubscribe-link/1";
/// 39 bytes are 52 characters without a spare bit, so that a link has exactly one spelling.
const MAC_LEN: usize = 18;
const LEN: usize = 21 + MAC_LEN;

/// What an authentic link names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderLink {
    /// The order's id.
    pub order: Ulid,
    /// Re-sending the mail raises it; only the order's latest generation opens the order.
    pub generation: u32,
}

/// What an authentic link to end a kind of mail names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsubscribeLink {
    /// The reader's id.
    pub person: Ulid,
    /// Which mail; the service knows the numbers.
    pub topic: u32,
}

/// What a nonce is bound to: the fields of a link.
pub trait LinkFields {
    /// Id and number.
    fn fields(&self) -> (Ulid, u32);
}

impl LinkFields for OrderLink {
    fn fields(&self) -> (Ulid, u32) {
        (self.order, self.generation)
    }
}

impl LinkFields for UnsubscribeLink {
    fn fields(&self) -> (Ulid, u32) {
        (self.person, self.topic)
    }
}

/// A text that is not an authentic link. There is one fault only: whoever guesses learns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The link is not complete or not one of ours. Open it from the order mail again.")]
pub struct LinkFault;

impl OrderLink {
    /// Makes the text of a link under the current key: always the same for the same arguments.
    pub fn sign(ring: &MacRing, order: &Ulid, generation: u32) -> String {
        sign(ring, UNLOCK, order, generation)
    }

    /// The id of the key that a text says it was made with, authentic or not; `None` where it is no link at all.
    pub fn key_id(text: &str) -> Option<u8> {
        let bytes: [u8; LEN] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        Some(bytes[20])
    }

    /// Opens a link that any key of the ring made. Compares in constant time.
    pub fn open(ring: &MacRing, text: &str) -> Result<Self, LinkFault> {
        open(ring, UNLOCK, text).map(|(order, generation)| Self { order, generation })
    }
}

impl UnsubscribeLink {
    /// Makes the text of a link under the current key: always the same for the same arguments.
    pub fn sign(ring: &MacRing, person: &Ulid, topic: u32) -> String {
        sign(ring, UNSUBSCRIBE, person, topic)
    }

    /// Opens a link that any key of the ring made. Compares in constant time.
    pub fn open(ring: &MacRing, text: &str) -> Result<Self, LinkFault> {
        open(ring, UNSUBSCRIBE, text).map(|(person, topic)| Self { person, topic })
    }
}

fn sign(ring: &MacRing, purpose: &str, id: &Ulid, number: u32) -> String {
    let key_id = ring.current();
    let mac: [u8; MAC_LEN] = ring.sign_current(purpose, &[&id.to_bytes(), &number.to_be_bytes(), &[key_id]]);
    let mut bytes = [0; LEN];
    bytes[..16].copy_from_slice(&id.to_bytes());
    bytes[16..20].copy_from_slice(&number.to_be_bytes());
    bytes[20] = key_id;
    bytes[21..].copy_from_slice(&mac);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open(ring: &MacRing, purpose: &str, text: &str) -> Result<(Ulid, u32), LinkFault> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| LinkFault)?;
    let bytes: [u8; LEN] = bytes.try_into().map_err(|_| LinkFault)?;
    let (id, rest) = bytes.split_first_chunk::<16>().ok_or(LinkFault)?;
    let (number, rest) = rest.split_first_chunk::<4>().ok_or(LinkFault)?;
    let ([key_id], mac) = rest.split_first_chunk::<1>().ok_or(LinkFault)?;
    if ring.verify(*key_id, purpose, &[id, number, &[*key_id]], mac) {
        Ok((Ulid::from_bytes(*id), u32::from_be_bytes(*number)))
    } else {
        Err(LinkFault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring() -> MacRing {
        MacRing::single(3, [3; 32])
    }

    #[test]
    fn a_link_of_one_kind_is_none_of_the_other() {
        let id = Ulid::from(7_u128);
        assert_eq!(UnsubscribeLink::open(&ring(), &OrderLink::sign(&ring(), &id, 1)), Err(LinkFault));
        assert_eq!(OrderLink::open(&ring(), &UnsubscribeLink::sign(&ring(), &id, 1)), Err(LinkFault));
        let link = UnsubscribeLink::sign(&ring(), &id, 1);
        assert_eq!(UnsubscribeLink::open(&ring(), &link), Ok(UnsubscribeLink { person: id, topic: 1 }));
    }

    #[test]
    fn a_link_outlives_a_rotation_but_not_its_key() {
        let link = OrderLink::sign(&ring(), &Ulid::from(7_u128), 2);
        assert!(OrderLink::open(&ring().rotated(4, [4; 32]), &link).is_ok());
        assert_eq!(OrderLink::open(&MacRing::single(4, [4; 32]), &link), Err(LinkFault));
        assert_eq!(OrderLink::open(&MacRing::single(3, [4; 32]), &link), Err(LinkFault));
    }

    proptest! {
        #[test]
        fn a_link_names_its_order_and_generation(order: u128, generation: u32) {
            let order = Ulid::from(order);
            let link = OrderLink::sign(&ring(), &order, generation);
            prop_assert_eq!(link.len(), 52);
            prop_assert_eq!(OrderLink::open(&ring(), &link), Ok(OrderLink { order, generation }));
        }

        #[test]
        fn a_link_with_any_byte_changed_is_refused(order: u128, generation: u32, at in 0..LEN, flip in 1..=255_u8) {
            let link = OrderLink::sign(&ring(), &Ulid::from(order), generation);
            let mut bytes = URL_SAFE_NO_PAD.decode(link).unwrap();
            bytes[at] ^= flip;
            prop_assert_eq!(OrderLink::open(&ring(), &URL_SAFE_NO_PAD.encode(bytes)), Err(LinkFault));
        }

        #[test]
        fn texts_of_any_kind_are_refused(text in any::<String>()) {
            prop_assert_eq!(OrderLink::open(&ring(), &text), Err(LinkFault));
        }
    }
}
