//! The keys that the vendor's ERP signs its requests with, and those that it verifies events with (Standard Webhooks).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The secret's text: the current key and, while the other side moves to it, the one before.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WebhookRing {
    pub(super) current: u32,
    keys: BTreeMap<u32, String>,
}

impl WebhookRing {
    /// A ring whose newest key is made of these bytes. The one before stays; older ones are not taken any more.
    pub(super) fn with(before: Option<Self>, bytes: [u8; 32]) -> Self {
        let (last, mut keys) = before.map_or_else(|| (0, BTreeMap::new()), |ring| (ring.current, ring.keys));
        keys.retain(|id, _| *id == last);
        let current = last.saturating_add(1);
        keys.insert(current, format!("whsec_{}", STANDARD.encode(bytes)));
        Self { current, keys }
    }

    /// What the other side is given.
    pub(super) fn newest(&self) -> &str {
        self.keys.get(&self.current).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use keys::{ErpKeys, Ring};
    use standardwebhooks::Webhook;

    use super::*;

    #[test]
    fn a_rotated_ring_takes_the_key_before_and_none_that_is_older() {
        let first = WebhookRing::with(None, [1; 32]);
        let signature = |key: &str| Webhook::new(key).unwrap().sign("msg_1", 1_795_000_000, b"{}").unwrap();
        let now = jiff::Timestamp::from_second(1_795_000_000).unwrap();
        let (oldest, second) = (signature(first.newest()), WebhookRing::with(Some(first), [2; 32]));
        let (older, third) = (signature(second.newest()), WebhookRing::with(Some(second), [3; 32]));
        let newest = signature(third.newest());
        let ring = ErpKeys::parse(&serde_json::to_string(&third).unwrap()).unwrap();
        let taken = |given: &str| ring.verify(Some("msg_1"), Some("1795000000"), Some(given), b"{}", now).is_ok();
        assert_eq!([taken(&oldest), taken(&older), taken(&newest)], [false, true, true]);
    }
}
