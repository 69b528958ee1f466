//! What an AppSuite sends, as checked types.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Why a value of a check-in was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCheckIn {
    /// Not an attempt id.
    #[error("must be 16 to 36 letters, digits, - or _")]
    Attempt,
    /// Not an Ed25519 public key.
    #[error("must be an Ed25519 public key: 32 bytes in base64url without padding, 43 characters")]
    PublicKey,
    /// Not a list of traits.
    #[error("must be at most {} hashes of 4 to {} letters, digits, - or _", Traits::COUNT_MAX, Traits::LEN_MAX)]
    Traits,
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The random id of one attempt to check in. The client stores it before it sends it and repeats it until the answer
/// is stored, so the same id always means the same question.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(String);

impl AttemptId {
    /// Takes 16 to 36 characters of the base64url alphabet: room for a ULID, a UUID or 16 bytes.
    pub fn parse(text: &str) -> Result<Self, InvalidCheckIn> {
        if (16..=36).contains(&text.len()) && is_base64url(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCheckIn::Attempt)
        }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The Ed25519 public key that the AppSuite made for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(String);

impl PublicKey {
    /// Takes 32 bytes in base64url without padding. Whether they are a point of the curve is not looked at.
    pub fn parse(text: &str) -> Result<Self, InvalidCheckIn> {
        // 43 characters carry 258 bits, so the last one has two unused bits, which must be 0.
        let canonical = text.bytes().last().is_some_and(|last| b"AEIMQUYcgkosw048".contains(&last));
        if text.len() == 43 && is_base64url(text) && canonical {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCheckIn::PublicKey)
        }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hashes of what makes a machine the one it is, made by the client; which trait a hash stands for is part of what
/// it hashes, so a set compares them. At most [`Self::COUNT_MAX`] of at most [`Self::LEN_MAX`] characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct Traits(BTreeSet<String>);

impl Traits {
    /// Most traits.
    pub const COUNT_MAX: usize = 8;
    /// The longest hash, in characters.
    pub const LEN_MAX: usize = 16;

    /// Takes hashes of the base64url alphabet in any order; one given twice counts once.
    pub fn parse<'a>(hashes: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidCheckIn> {
        let mut set = BTreeSet::new();
        for hash in hashes {
            if !(4..=Self::LEN_MAX).contains(&hash.len()) || !is_base64url(hash) {
                return Err(InvalidCheckIn::Traits);
            }
            set.insert(hash.to_owned());
            if set.len() > Self::COUNT_MAX {
                return Err(InvalidCheckIn::Traits);
            }
        }
        Ok(Self(set))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many of them another machine does not have.
    pub fn missing_in(&self, other: &Self) -> usize {
        self.0.difference(&other.0).count()
    }

    /// Whether at most one trait differs: replaced, new or gone.
    pub fn resemble(&self, other: &Self) -> bool {
        self.0.difference(&other.0).count().max(other.0.difference(&self.0).count()) <= 1
    }
}

/// The stored form: one text, hashes separated by blanks.
impl From<Traits> for String {
    fn from(traits: Traits) -> Self {
        traits.0.into_iter().collect::<Vec<_>>().join(" ")
    }
}

impl From<String> for Traits {
    fn from(stored: String) -> Self {
        Self(stored.split_ascii_whitespace().map(str::to_owned).collect())
    }
}

/// Which lease: what an authentic lease id says. On the wire it carries a MAC; one that is not authentic counts as
/// nothing, so the caller passes `None` for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "(u32, u64)", from = "(u32, u64)")]
pub struct LeaseId {
    /// Rises with each release and each choice between two installations.
    pub epoch: u32,
    /// Rises with each lease of the server, over all epochs.
    pub serial: u64,
}

impl From<LeaseId> for (u32, u64) {
    fn from(id: LeaseId) -> Self {
        (id.epoch, id.serial)
    }
}

impl From<(u32, u64)> for LeaseId {
    fn from((epoch, serial): (u32, u64)) -> Self {
        Self { epoch, serial }
    }
}

/// A check-in with an authentic, current token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// The attempt; also the nonce of the answer.
    pub attempt: AttemptId,
    /// The lease that the client received last.
    pub lease: Option<LeaseId>,
    /// What the machine looks like.
    pub traits: Traits,
    /// The AppSuite's own key.
    pub public_key: PublicKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_other_shapes_are_refused() {
        assert!(AttemptId::parse("01JD0000000000000000000000").is_ok());
        assert!(AttemptId::parse("8c7f3b0e-32f6-4a51-9c53-1f2a7d1b0a11").is_ok());
        for wrong in ["", "short", "0123456789abcde ", &"a".repeat(37)] {
            assert_eq!(AttemptId::parse(wrong), Err(InvalidCheckIn::Attempt), "{wrong:?}");
        }
        assert!(PublicKey::parse(&"A".repeat(43)).is_ok());
        for wrong in ["A".repeat(42), "A".repeat(44), format!("{}+", "A".repeat(42)), "B".repeat(43)] {
            assert_eq!(PublicKey::parse(&wrong), Err(InvalidCheckIn::PublicKey), "{wrong:?}");
        }
        let nine: Vec<String> = (0..9).map(|n| format!("trait{n}")).collect();
        assert_eq!(Traits::parse(nine.iter().map(String::as_str)), Err(InvalidCheckIn::Traits));
        assert_eq!(Traits::parse(["two words"]), Err(InvalidCheckIn::Traits));
        assert_eq!(Traits::parse(["seventeen-letters"]), Err(InvalidCheckIn::Traits));
    }

    #[test]
    fn machines_resemble_each_other_when_at_most_one_trait_differs() {
        let traits = |hashes: &[&str]| Traits::parse(hashes.iter().copied()).unwrap();
        let machine = traits(&["aaaa", "bbbb", "cccc"]);
        for (other, resembles) in [
            (traits(&["cccc", "aaaa", "bbbb"]), true),
            (traits(&["aaaa", "bbbb", "dddd"]), true),
            (traits(&["aaaa", "bbbb"]), true),
            (traits(&["aaaa", "bbbb", "cccc", "dddd"]), true),
            (traits(&["aaaa"]), false),
            (traits(&["aaaa", "dddd", "eeee"]), false),
            (traits(&[]), false),
        ] {
            assert_eq!(machine.resemble(&other), resembles, "{other:?}");
            assert_eq!(other.resemble(&machine), resembles, "{other:?}");
        }
    }
}
