//! Rings of MAC keys: one key signs, all keys verify, so that rotation breaks nothing that was handed out.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// The fewest bytes of a MAC that [`MacRing::verify`] looks at; fewer never verify.
const MAC_LEN_MIN: usize = 16;

/// Keys by their id, one of them current.
///
/// As JSON, the form of a secret: `{"current": 1, "keys": {"1": "<base64url of 32 bytes>"}}`. Serializing therefore
/// reveals the keys; `{:?}` does not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RingJson", into = "RingJson")]
pub struct MacRing {
    current: u8,
    keys: BTreeMap<u8, [u8; 32]>,
}

/// Why a secret is not a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RingFault {
    /// `current` names no key.
    #[error("the current key {0} is not among the keys")]
    NoCurrent(u8),
    /// A key is not base64url of 32 bytes.
    #[error("key {0} is not base64url of 32 bytes")]
    Key(u8),
}

impl MacRing {
    /// A ring of one key, which is the current one.
    pub fn single(id: u8, key: [u8; 32]) -> Self {
        Self { current: id, keys: BTreeMap::from([(id, key)]) }
    }

    /// The ring after a rotation: `key` signs from now on, the others keep verifying. A key of the same id is
    /// replaced.
    #[must_use]
    pub fn rotated(mut self, id: u8, key: [u8; 32]) -> Self {
        self.keys.insert(id, key);
        self.current = id;
        self
    }

    /// Whether it has a key of this id.
    pub fn knows(&self, key_id: u8) -> bool {
        self.keys.contains_key(&key_id)
    }

    /// The id of the key that signs.
    pub const fn current(&self) -> u8 {
        self.current
    }

    /// HMAC-SHA256 under one key over the purpose and the fields, each preceded by its length, so that no two lists of
    /// fields give the same bytes. `None` where the ring has no such key.
    pub fn sign(&self, key_id: u8, purpose: &str, fields: &[&[u8]]) -> Option<[u8; 32]> {
        Some(self.hmac(key_id, purpose, fields)?.finalize().into_bytes().into())
    }

    /// Whether `mac` is the beginning of the MAC over these fields. Compares in constant time; fewer than 16 bytes or
    /// an unknown key are a no.
    pub fn verify(&self, key_id: u8, purpose: &str, fields: &[&[u8]], mac: &[u8]) -> bool {
        mac.len() >= MAC_LEN_MIN
            && self.hmac(key_id, purpose, fields).is_some_and(|hmac| hmac.verify_truncated_left(mac).is_ok())
    }

    fn hmac(&self, key_id: u8, purpose: &str, fields: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let mut hmac = Hmac::<Sha256>::new_from_slice(self.keys.get(&key_id)?).expect("HMAC takes keys of any length");
        for field in [purpose.as_bytes()].iter().chain(fields) {
            hmac.update(&(field.len() as u64).to_be_bytes());
            hmac.update(field);
        }
        Some(hmac)
    }

    /// The first `N` bytes of the MAC under the current key.
    pub(crate) fn sign_current<const N: usize>(&self, purpose: &str, fields: &[&[u8]]) -> [u8; N] {
        let mac = self.sign(self.current, purpose, fields).expect("the current key is in the ring by construction");
        std::array::from_fn(|index| mac[index])
    }
}

impl fmt::Debug for MacRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MacRing").field("current", &self.current).field("keys", &self.keys.len()).finish()
    }
}

/// The ring as a secret holds it.
#[derive(Serialize, Deserialize)]
struct RingJson {
    current: u8,
    keys: BTreeMap<u8, String>,
}

impl TryFrom<RingJson> for MacRing {
    type Error = RingFault;

    fn try_from(json: RingJson) -> Result<Self, RingFault> {
        let keys = json.keys.into_iter().map(|(id, text)| Ok((id, key_from(&text).ok_or(RingFault::Key(id))?)));
        let keys = keys.collect::<Result<BTreeMap<_, _>, _>>()?;
        if keys.contains_key(&json.current) {
            Ok(Self { current: json.current, keys })
        } else {
            Err(RingFault::NoCurrent(json.current))
        }
    }
}

impl From<MacRing> for RingJson {
    fn from(ring: MacRing) -> Self {
        let keys = ring.keys.into_iter().map(|(id, key)| (id, URL_SAFE_NO_PAD.encode(key)));
        Self { current: ring.current, keys: keys.collect() }
    }
}

fn key_from(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_read_from_the_json_of_a_secret() {
        let json = format!(r#"{{"current":2,"keys":{{"1":"{}","2":"{}"}}}}"#, "A".repeat(43), "_".repeat(42) + "8");
        let ring: MacRing = serde_json::from_str(&json).unwrap();
        assert_eq!(ring, MacRing::single(1, [0; 32]).rotated(2, [0xff; 32]));
        assert_eq!(serde_json::to_string(&ring).unwrap(), json);
    }

    #[test]
    fn a_ring_without_its_current_key_or_with_a_short_key_is_refused() {
        for json in [
            format!(r#"{{"current":2,"keys":{{"1":"{}"}}}}"#, "A".repeat(43)),
            r#"{"current":1,"keys":{"1":"AAAA"}}"#.to_owned(),
            r#"{"current":1,"keys":{}}"#.to_owned(),
        ] {
            assert!(serde_json::from_str::<MacRing>(&json).is_err(), "{json}");
        }
    }

    #[test]
    fn what_an_older_key_signed_verifies_after_a_rotation() {
        let old = MacRing::single(1, [7; 32]);
        let mac = old.sign(1, "test/1", &[b"a"]).unwrap();
        let ring = old.rotated(2, [8; 32]);
        assert!(ring.verify(1, "test/1", &[b"a"], &mac));
        assert!(!ring.verify(2, "test/1", &[b"a"], &mac));
        assert!(!ring.verify(3, "test/1", &[b"a"], &mac));
    }

    #[test]
    fn purpose_fields_and_length_of_a_mac_all_count() {
        let ring = MacRing::single(1, [7; 32]);
        let mac = ring.sign(1, "test/1", &[b"ab", b"c"]).unwrap();
        assert!(ring.verify(1, "test/1", &[b"ab", b"c"], &mac[..16]));
        assert!(!ring.verify(1, "test/1", &[b"ab", b"c"], &mac[..15]));
        assert!(!ring.verify(1, "test/1", &[b"a", b"bc"], &mac));
        assert!(!ring.verify(1, "test/2", &[b"ab", b"c"], &mac));
    }

    #[test]
    fn a_ring_never_shows_its_keys_in_debug_output() {
        assert_eq!(format!("{:?}", MacRing::single(1, [7; 32])), "MacRing { current: 1, keys: 1 }");
    }
}
