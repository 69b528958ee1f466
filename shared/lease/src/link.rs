//! The unlock link of an order: what the order mail carries.
//!
//! base64url of order id (16 bytes), generation (4), key id (1) and the first 18 bytes of a MAC: 52 characters. It is
//! checked before any read, and nothing secret of it is stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ulid::Ulid;

use crate::ring::MacRing;

const PURPOSE: &str = "unlock-link/1";
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

/// A text that is not an authentic link. There is one fault only: whoever guesses learns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The link is not complete or not one of ours. Open it from the order mail again.")]
pub struct LinkFault;

impl OrderLink {
    /// Makes the text of a link under the current key: always the same for the same arguments.
    pub fn sign(ring: &MacRing, order: &Ulid, generation: u32) -> String {
        let key_id = ring.current();
        let mac: [u8; MAC_LEN] = ring.sign_current(PURPOSE, &[&order.to_bytes(), &generation.to_be_bytes(), &[key_id]]);
        let mut bytes = [0; LEN];
        bytes[..16].copy_from_slice(&order.to_bytes());
        bytes[16..20].copy_from_slice(&generation.to_be_bytes());
        bytes[20] = key_id;
        bytes[21..].copy_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The id of the key that a text says it was made with, authentic or not; `None` where it is no link at all.
    pub fn key_id(text: &str) -> Option<u8> {
        let bytes: [u8; LEN] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        Some(bytes[20])
    }

    /// Opens a link that any key of the ring made. Compares in constant time.
    pub fn open(ring: &MacRing, text: &str) -> Result<Self, LinkFault> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| LinkFault)?;
        let bytes: [u8; LEN] = bytes.try_into().map_err(|_| LinkFault)?;
        let (order, rest) = bytes.split_first_chunk::<16>().ok_or(LinkFault)?;
        let (generation, rest) = rest.split_first_chunk::<4>().ok_or(LinkFault)?;
        let ([key_id], mac) = rest.split_first_chunk::<1>().ok_or(LinkFault)?;
        if ring.verify(*key_id, PURPOSE, &[order, generation, &[*key_id]], mac) {
            Ok(Self { order: Ulid::from_bytes(*order), generation: u32::from_be_bytes(*generation) })
        } else {
            Err(LinkFault)
        }
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
