//! One server is dated further ahead.

use http_api::{Failure, until_won};
use jiff::Timestamp;
use licensing::id::ServerId;
use table::{Consistency, Transaction};

use crate::Advance;

impl Advance {
    /// Writes the segments as far ahead as they fit from now on; the account in the same transaction guards them.
    pub(crate) async fn date_server(&self, id: ServerId, now: Timestamp) -> Result<(), Failure> {
        until_won(async || {
            let Some(sheet) = self.table.server_sheet(&id, Consistency::Strong).await? else { return Ok(()) };
            let Some(account) = self.table.account(sheet.server.account).await? else { return Ok(()) };
            if account.state.server(&id).is_none() {
                return Ok(());
            }
            let mut transaction = Transaction::new();
            transaction.date_servers(&account.state, [&id], now)?;
            Ok(transaction.commit(&self.table, "date server").await?)
        })
        .await
    }
}
