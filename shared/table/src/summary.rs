//! What a list of accounts shows, one item per account and party with access.

use jiff::civil::Date;
use licensing::account::Customer;
use licensing::id::AccountId;
use licensing::member::Party;
use serde::{Deserialize, Serialize};

use crate::key::{self, SUMMARY_PREFIX};
use crate::{Entity, Page, Select, Table, TableError, Transaction, from_item};

/// One row of a list of accounts; derived from the account whenever it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Which account.
    pub account: AccountId,
    /// Whose it is.
    pub customer: Customer,
    /// Servers that are not disabled.
    pub servers: u32,
    /// Rows with capacity that no server has.
    pub pools_unassigned: u32,
    /// The next term or care that ends.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ends_next: Option<Date>,
}

impl Entity for Summary {
    const KIND: &'static str = "summary";
}

impl Table {
    /// One page of the accounts that a reseller or the vendor sees, in the order they were made.
    pub async fn summaries(
        &self,
        party: &Party,
        after: Option<AccountId>,
        limit: i32,
    ) -> Result<Page<Summary>, TableError> {
        let select = Select {
            after: after.map(|account| key::summary(party, account).sk),
            limit: Some(limit),
            ..Select::all(key::party_partition(party), SUMMARY_PREFIX)
        };
        let page = self.query_page("list accounts", select).await?;
        let items = page.items.into_iter().map(from_item).collect::<Result<_, _>>()?;
        Ok(Page { items, next: page.next })
    }
}

impl Transaction {
    /// Puts the summary of an account that the same transaction guards.
    pub fn put_summary(&mut self, party: &Party, summary: &Summary) -> &mut Self {
        self.put(key::summary(party, summary.account), summary)
    }

    /// Takes an account from a party's list.
    pub fn delete_summary(&mut self, party: &Party, account: AccountId) -> &mut Self {
        self.delete(Summary::KIND, key::summary(party, account))
    }
}
