//! Rosters: all members of a party.

use licensing::member::{Party, Roster};

use crate::key;
use crate::{Stored, Table, TableError, Transaction};

impl Table {
    /// The roster of a party; an empty one of version 0 where nobody was a member yet.
    pub async fn roster(&self, party: &Party) -> Result<Stored<Roster>, TableError> {
        Ok(self.get(key::roster(party)).await?.unwrap_or_else(|| Stored::new(Roster::default())))
    }
}

impl Transaction {
    /// Replaces a roster that was read at `version_read`.
    pub fn put_roster(&mut self, party: &Party, stored: &Stored<Roster>, version_read: u64) -> &mut Self {
        self.put_at(key::roster(party), stored, version_read)
    }
}
