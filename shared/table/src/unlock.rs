//! What an unlock reads of people, and what it writes, whoever asks for it.

use jiff::Timestamp;
use licensing::account::Account;
use licensing::member::{Party, Person, Roster};
use licensing::order::{ContactRef, LineStatus, Order, Unlocking};
use serde_json::{Value, json};

use crate::{Stored, Table, TableError, Transaction};

/// The people who become managers where there is no member yet, with the rosters that decide it.
#[derive(Debug)]
pub struct UnlockContacts(Vec<UnlockContact>);

#[derive(Debug)]
struct UnlockContact {
    party: Party,
    person: Person,
    roster: Stored<Roster>,
}

impl Table {
    /// The customer's and the reseller's contact, where the order names them.
    pub async fn unlock_contacts(&self, unlocking: &Unlocking) -> Result<UnlockContacts, TableError> {
        let head = &unlocking.order.head;
        let customer = (Party::Account(unlocking.account.id), head.customer_contact.as_ref());
        let reseller = (Party::Reseller(head.reseller.business.number.clone()), head.reseller.contact.as_ref());
        let mut contacts = Vec::new();
        for (party, contact) in [customer, reseller] {
            contacts.extend(self.unlock_contact(party, contact).await?);
        }
        Ok(UnlockContacts(contacts))
    }

    async fn unlock_contact(
        &self,
        party: Party,
        contact: Option<&ContactRef>,
    ) -> Result<Option<UnlockContact>, TableError> {
        let Some(contact) = contact else { return Ok(None) };
        let Some(person) = self.person(contact.person).await? else { return Ok(None) };
        let roster = self.roster(&party).await?;
        Ok(Some(UnlockContact { party, person, roster }))
    }
}

impl Transaction {
    /// Writes order, account, grants, what servers run, and memberships.
    ///
    /// # Errors
    ///
    /// Never for the states that exist; the type is serde's.
    pub fn put_unlocking(
        &mut self,
        unlocking: &Unlocking,
        order: Stored<Order>,
        account: Option<Stored<Account>>,
        contacts: UnlockContacts,
        now: Timestamp,
    ) -> Result<&mut Self, TableError> {
        let order_read = order.state.version;
        let account_read = account.as_ref().map_or(0, |stored| stored.state.version);
        self.put_order(&order.with(unlocking.order.clone()), order_read);
        let stored = account.unwrap_or_else(|| Stored::new(unlocking.account.clone()));
        self.put_account(&stored.with(unlocking.account.clone()), account_read, now);
        if unlocking.makes_account {
            self.put_customer(&unlocking.account.customer.number, unlocking.account.id);
        }
        for grant in &unlocking.grants {
            self.put_grant(unlocking.account.id, grant);
        }
        self.update_servers(&unlocking.account, &unlocking.changed_servers, now)?;
        for UnlockContact { party, person, roster } in contacts.0 {
            let change = roster.state.order_contact(person.id, now);
            self.put_roster_change(&party, roster, change, &person.email);
        }
        Ok(self)
    }
}

/// Whether the account's item stays small enough to be written.
pub fn unlocking_fits(before: Option<&Stored<Account>>, unlocking: &Unlocking) -> bool {
    let after = unlocking.account.clone();
    before.map_or_else(|| Stored::new(after.clone()), |before| before.clone().with(after.clone())).fits()
}

/// What the audit trail says of an unlock.
pub fn unlock_details(unlocking: &Unlocking) -> Value {
    let order = &unlocking.order;
    let codes = |status| {
        let lines = order.lines.iter().filter(move |line| line.status == status);
        lines.map(|line| line.license_code.as_str()).collect::<Vec<_>>()
    };
    json!({
        "account": unlocking.account.id,
        "order": order.id,
        "orderNumber": order.head.number,
        "unlocked": codes(LineStatus::Unlocked),
        "ended": codes(LineStatus::Ended),
    })
}
