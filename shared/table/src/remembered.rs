//! Answers of the last writes, kept in the item that they changed, so that a repeated request is answered as the first.

use serde::{Deserialize, Serialize};

use crate::Entity;

/// How many answers an item keeps.
const KEPT: usize = 20;

/// The answer of a write: what a repeat is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// JSON body, empty where there is none.
    pub body: String,
}

/// One remembered request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    key: String,
    hash: String,
    reply: Reply,
}

/// The last answers, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Remembered(Vec<Entry>);

/// What is known of an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recall {
    /// Nothing: do it.
    New,
    /// The same request was answered so.
    Same(Reply),
    /// The key was used for another request.
    Other,
}

impl Remembered {
    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Looks a key up; `hash` is of the request as it is now.
    pub fn recall(&self, key: &str, hash: &str) -> Recall {
        match self.0.iter().find(|entry| entry.key == key) {
            None => Recall::New,
            Some(entry) if entry.hash == hash => Recall::Same(entry.reply.clone()),
            Some(_) => Recall::Other,
        }
    }

    /// Remembers an answer and forgets the oldest beyond the limit.
    pub fn remember(&mut self, key: &str, hash: &str, reply: Reply) {
        self.0.push(Entry { key: key.to_owned(), hash: hash.to_owned(), reply });
        let excess = self.0.len().saturating_sub(KEPT);
        self.0.drain(..excess);
    }
}

/// An aggregate with the answers it remembers: one item, one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored<T> {
    /// The aggregate.
    #[serde(flatten)]
    pub state: T,
    /// The answers.
    #[serde(default)]
    pub remembered: Remembered,
}

impl<T> Stored<T> {
    /// An aggregate without any answer yet.
    pub fn new(state: T) -> Self {
        Self { state, remembered: Remembered::default() }
    }

    /// The same answers with another state.
    #[must_use]
    pub fn with(self, state: T) -> Self {
        Self { state, ..self }
    }
}

impl Entity for Stored<licensing::account::Account> {
    const KIND: &'static str = "account";
}

impl Entity for Stored<licensing::order::Order> {
    const KIND: &'static str = "order";
}

impl Entity for Stored<licensing::member::Roster> {
    const KIND: &'static str = "roster";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_twenty_answers_are_kept() {
        let mut remembered = Remembered::default();
        for number in 0..25 {
            remembered.remember(&format!("key-{number}"), "hash", Reply { status: 200, body: number.to_string() });
        }
        assert_eq!(remembered.recall("key-4", "hash"), Recall::New);
        assert_eq!(remembered.recall("key-5", "hash"), Recall::Same(Reply { status: 200, body: "5".to_owned() }));
        assert_eq!(remembered.recall("key-24", "other"), Recall::Other);
    }
}
