//! Names that follow from content.

use sha2::{Digest, Sha256};

/// The first half of a SHA-256 over parts; each is preceded by its length, so that no two lists look alike.
pub(crate) fn of(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    let hash: [u8; 32] = digest.finalize().into();
    hash[..16].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
