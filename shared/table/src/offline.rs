//! The last response of an offline server, to show it again.

use licensing::id::{AccountId, ServerId};
use serde::{Deserialize, Serialize};

use crate::key;
use crate::{Entity, Table, TableError, Transaction};

/// A response string. The account says whether it still counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineAnswer {
    /// Its serial.
    pub serial: u64,
    /// The string.
    pub response: String,
}

impl Entity for OfflineAnswer {
    const KIND: &'static str = "offlineAnswer";
}

impl Table {
    /// The last response of a server.
    pub async fn offline_answer(
        &self,
        account: AccountId,
        server: &ServerId,
    ) -> Result<Option<OfflineAnswer>, TableError> {
        self.get(key::offline_answer(account, server)).await
    }
}

impl Transaction {
    /// Puts a server's response in the place of the one before. The account item in the same transaction guards it.
    pub fn put_offline_answer(&mut self, account: AccountId, server: &ServerId, answer: &OfflineAnswer) -> &mut Self {
        self.put(key::offline_answer(account, server), answer)
    }
}
