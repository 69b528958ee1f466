//! What a list of accounts shows, one item per account and party with access.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use licensing::account::{Account, Customer, ResellerAccess};
use licensing::grant::utc_day;
use licensing::id::AccountId;
use licensing::member::Party;
use licensing::row::rows;
use serde::{Deserialize, Serialize};

use crate::due::Due;
use crate::key::{self, SUMMARY_PREFIX};
use crate::{Entity, Page, Select, Stored, Table, TableError, Transaction, from_item};

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

impl Table {
    /// The summaries of known accounts, as the vendor sees them, in the order the accounts were made.
    pub async fn summaries_of(&self, accounts: &BTreeSet<AccountId>) -> Result<Vec<Summary>, TableError> {
        let keys = accounts.iter().map(|account| key::summary(&Party::Vendor, *account)).collect();
        let mut summaries: Vec<Summary> = self.get_many(keys).await?;
        summaries.sort_unstable_by_key(|summary| summary.account);
        Ok(summaries)
    }
}

impl Summary {
    /// What a list shows of an account.
    pub fn of(account: &Account, now: Timestamp) -> Self {
        let rows = rows(account, now);
        let today = utc_day(now);
        Self {
            account: account.id,
            customer: account.customer.clone(),
            servers: account
                .servers
                .iter()
                .filter(|server| server.disabled.is_none())
                .count()
                .try_into()
                .unwrap_or(u32::MAX),
            pools_unassigned: rows
                .iter()
                .filter(|row| row.used < u64::from(row.total))
                .count()
                .try_into()
                .unwrap_or(u32::MAX),
            ends_next: rows.iter().filter_map(|row| row.term).filter(|term| *term >= today).min(),
        }
    }
}

impl Transaction {
    /// Replaces an account that was read at `version_read` (0: it is new), with what everybody's lists show of it, and
    /// with the day on which there is something to do for it.
    pub fn put_account(&mut self, stored: &Stored<Account>, version_read: u64, now: Timestamp) -> &mut Self {
        let account = &stored.state;
        let summary = Summary::of(account, now);
        self.put_at(key::account(account.id), stored, version_read).due(Due::of_account(account));
        self.put_summary(&Party::Vendor, &summary);
        for reseller in &account.resellers {
            if reseller.access == ResellerAccess::Granted {
                self.put_summary(&Party::Reseller(reseller.business.number.clone()), &summary);
            }
        }
        self
    }

    /// Puts the summary of an account that the same transaction guards.
    pub fn put_summary(&mut self, party: &Party, summary: &Summary) -> &mut Self {
        self.put(key::summary(party, summary.account), summary)
    }

    /// Takes an account from a party's list.
    pub fn delete_summary(&mut self, party: &Party, account: AccountId) -> &mut Self {
        self.delete(Summary::KIND, key::summary(party, account))
    }
}
