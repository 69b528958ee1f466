//! What a renewal or cancellation reads, and what it writes.

use std::collections::BTreeSet;

use jiff::Timestamp;
use licensing::account::Account;
use licensing::grant::Grant;
use licensing::id::{BusinessNumber, LicenseCode, OrderId, PersonId};
use licensing::order::{Changed, Licenses, Order};

use crate::{Event, Stored, Table, TableError, Transaction, key};

/// Licences with the orders that they came with, and what their customer's account has of them.
#[derive(Debug, Clone)]
pub struct Holdings {
    stored: Vec<Stored<Order>>,
    orders: Vec<Order>,
    account: Option<Stored<Account>>,
    grants: Vec<Grant>,
}

impl Holdings {
    /// The same, for the rules.
    pub fn licenses(&self) -> Licenses<'_> {
        let account = self.account.as_ref().map(|stored| &stored.state);
        Licenses { orders: &self.orders, account, grants: &self.grants }
    }

    /// Whether the account's item stays small enough to be written.
    pub fn fit(&self, changed: &Changed) -> bool {
        let (Some(before), Some(change)) = (&self.account, &changed.account) else { return true };
        before.clone().with(change.account.clone()).fits_after(&before.state)
    }
}

impl Table {
    /// What is known of these licences and of a customer's account. Orders are read before the account and the account
    /// before its grants, so that what was unlocked is found in the account.
    pub async fn holdings(&self, customer: &BusinessNumber, codes: &[LicenseCode]) -> Result<Holdings, TableError> {
        let owners = self.license_owners(codes).await?;
        let ids: BTreeSet<OrderId> = owners.into_iter().map(|owner| owner.order).collect();
        let stored: Vec<Stored<Order>> = self.get_many(ids.into_iter().map(key::order).collect()).await?;
        let account = self.account_of(customer).await?;
        let grants = match &account {
            Some(account) => self.grants_of(account.state.id, codes).await?,
            None => Vec::new(),
        };
        let orders = stored.iter().map(|stored| stored.state.clone()).collect();
        Ok(Holdings { stored, orders, account, grants })
    }
}

impl Transaction {
    /// Writes what a renewal or cancellation changes: orders, account, grants and what servers run.
    ///
    /// # Errors
    ///
    /// Never for the states that exist; the type is serde's.
    pub fn put_changed(&mut self, changed: &Changed, read: Holdings, now: Timestamp) -> Result<&mut Self, TableError> {
        for order in &changed.orders {
            if let Some(stored) = read.stored.iter().find(|stored| stored.state.id == order.id) {
                self.put_order(&stored.clone().with(order.clone()), stored.state.version);
            }
        }
        if let (Some(change), Some(stored)) = (&changed.account, read.account) {
            let version_read = stored.state.version;
            self.put_account(&stored.with(change.account.clone()), version_read, now);
            for grant in &change.grants {
                self.put_changed_grant(change.account.id, grant);
            }
            self.update_servers(&change.account, &change.changed_servers, now)?;
        }
        Ok(self)
    }
}

/// What recipients of locked orders are told of a change, each with whom to tell: the order's mail again, or that all
/// of it was cancelled.
pub fn told_of_orders(changed: &Changed) -> impl Iterator<Item = (Event, PersonId)> {
    let locked = changed.orders.iter().filter(|order| order.unlocked.is_none());
    locked.map(|order| {
        let generation = order.link.generation;
        let event = if order.is_cancelled() {
            Event::OrderCancelled { order: order.id }
        } else {
            Event::OrderRevised { order: order.id, generation }
        };
        (event, order.head.recipient.person)
    })
}
