//! Which server token is the current one.

use serde::{Deserialize, Serialize};

/// What an authentic token says besides its server, and what the server item records of the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenState {
    /// Rises with each regeneration.
    pub version: u16,
    /// Which key of the ring made it.
    pub key_id: u8,
}

/// What an authentic token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenVerdict {
    /// It is the current one.
    Current,
    /// An older one: a signed [`super::CheckInRefusal::TokenSuperseded`].
    Superseded,
    /// The current version under another key, so we never gave it out: an unsigned 401.
    Unauthentic,
    /// The table doesn't know it although we made it, so the table was restored: an unsigned 503 with an alarm, which
    /// stops nobody.
    Unknown,
}

impl TokenVerdict {
    /// Whether to judge again on a strongly consistent read: a server item that is a moment old doesn't know the
    /// token that was just made.
    pub const fn needs_consistent_read(self) -> bool {
        !matches!(self, Self::Current)
    }
}

/// Judges a token whose check characters and MAC are right. `current` is `None` where there is no such server or it
/// has no token yet.
pub fn judge_token(current: Option<TokenState>, presented: TokenState) -> TokenVerdict {
    match current {
        None => TokenVerdict::Unknown,
        Some(current) if presented.version > current.version => TokenVerdict::Unknown,
        Some(current) if presented.version < current.version => TokenVerdict::Superseded,
        Some(current) if presented.key_id != current.key_id => TokenVerdict::Unauthentic,
        Some(_) => TokenVerdict::Current,
    }
}
