//! The id of a lease: opaque to the client, which only names the lease it has.
//!
//! base64url of epoch (4 bytes), serial (8), key id (1) and the first 17 bytes of a MAC over them and the server id:
//! 40 characters. One that is not authentic counts as nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ring::MacRing;

const PURPOSE: &str = "lease-id/1";
/// 30 bytes are 40 characters without a spare bit, so that an id has exactly one spelling.
const MAC_LEN: usize = 17;
const LEN: usize = 13 + MAC_LEN;

/// Which lease of a server: a release raises the epoch, every written lease the serial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeaseId {
    /// Raised when a member releases the server.
    pub epoch: u32,
    /// Raised with every lease of the server, over all epochs.
    pub serial: u64,
}

impl LeaseId {
    /// The text that a lease carries.
    pub fn encode(self, ring: &MacRing, server: &str) -> String {
        let key_id = ring.current();
        let (epoch, serial) = (self.epoch.to_be_bytes(), self.serial.to_be_bytes());
        let mac: [u8; MAC_LEN] = ring.sign_current(PURPOSE, &[server.as_bytes(), &epoch, &serial, &[key_id]]);
        let mut bytes = [0; LEN];
        bytes[..4].copy_from_slice(&epoch);
        bytes[4..12].copy_from_slice(&serial);
        bytes[12] = key_id;
        bytes[13..].copy_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads an id that any key of the ring made for this server. Compares in constant time.
    pub fn decode(ring: &MacRing, server: &str, text: &str) -> Option<Self> {
        let bytes: [u8; LEN] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (epoch, rest) = bytes.split_first_chunk::<4>()?;
        let (serial, rest) = rest.split_first_chunk::<8>()?;
        let ([key_id], mac) = rest.split_first_chunk::<1>()?;
        ring.verify(*key_id, PURPOSE, &[server.as_bytes(), epoch, serial, &[*key_id]], mac)
            .then(|| Self { epoch: u32::from_be_bytes(*epoch), serial: u64::from_be_bytes(*serial) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SERVER: &str = "b000121893";

    fn ring() -> MacRing {
        MacRing::single(3, [3; 32])
    }

    #[test]
    fn a_lease_id_of_another_server_counts_as_nothing() {
        let text = LeaseId { epoch: 1, serial: 2 }.encode(&ring(), SERVER);
        assert_eq!(LeaseId::decode(&ring(), "b000121894", &text), None);
    }

    proptest! {
        #[test]
        fn a_lease_id_survives_its_way_to_the_client(epoch: u32, serial: u64) {
            let id = LeaseId { epoch, serial };
            let text = id.encode(&ring(), SERVER);
            prop_assert_eq!(text.len(), 40);
            prop_assert_eq!(LeaseId::decode(&ring().rotated(4, [4; 32]), SERVER, &text), Some(id));
        }

        #[test]
        fn a_lease_id_with_any_byte_changed_counts_as_nothing(at in 0..LEN, flip in 1..=255_u8) {
            let mut bytes = URL_SAFE_NO_PAD.decode(LeaseId { epoch: 1, serial: 2 }.encode(&ring(), SERVER)).unwrap();
            bytes[at] ^= flip;
            prop_assert_eq!(LeaseId::decode(&ring(), SERVER, &URL_SAFE_NO_PAD.encode(bytes)), None);
        }

        #[test]
        fn texts_of_any_kind_count_as_nothing(text in prop_oneof![any::<String>(), "[A-Za-z0-9_-]{40}"]) {
            prop_assert_eq!(LeaseId::decode(&ring(), SERVER, &text), None);
        }
    }
}
