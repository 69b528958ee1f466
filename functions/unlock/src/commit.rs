//! The one transaction of an unlock.

use http_api::metric::{self, Metric};
use http_api::{Call, Failure};
use licensing::account::Account;
use licensing::id::AccountId;
use licensing::member::{Party, Person, Roster};
use licensing::order::{ContactRef, LineStatus, Order, Unlocking};
use serde_json::json;
use table::{
    Actor, AuditEntry, Delivery, Event, Happening, Stored, Table, Transaction, UnlockedOrder, VendorEvent, key,
};

/// The people who become managers where there is no member yet, with the rosters that decide it.
pub(crate) struct Contacts(Vec<Contact>);

struct Contact {
    party: Party,
    person: Person,
    roster: Stored<Roster>,
}

impl Contacts {
    /// Loads the customer's and the reseller's contact, where the order names them.
    pub(crate) async fn load(table: &Table, unlocking: &Unlocking) -> Result<Self, Failure> {
        let head = &unlocking.order.head;
        let customer = (Party::Account(unlocking.account.id), head.customer_contact.as_ref());
        let reseller = (Party::Reseller(head.reseller.business.number.clone()), head.reseller.contact.as_ref());
        let mut contacts = Vec::new();
        for (party, contact) in [customer, reseller] {
            if let Some(contact) = load(table, party, contact).await? {
                contacts.push(contact);
            }
        }
        Ok(Self(contacts))
    }
}

async fn load(table: &Table, party: Party, contact: Option<&ContactRef>) -> Result<Option<Contact>, Failure> {
    let Some(contact) = contact else { return Ok(None) };
    let Some(person) = table.person(contact.person).await? else { return Ok(None) };
    let roster = table.roster(&party).await?;
    Ok(Some(Contact { party, person, roster }))
}

/// Writes order, account, grants, what servers run, memberships, audit, mail and event: all or nothing.
pub(crate) async fn commit(
    table: &Table,
    call: &Call,
    order: Stored<Order>,
    account: Option<Stored<Account>>,
    unlocking: Unlocking,
    contacts: Contacts,
) -> Result<(), Failure> {
    let order_read = order.state.version;
    let account_read = account.as_ref().map_or(0, |stored| stored.state.version);
    let mut transaction = Transaction::new();
    transaction.put_order(&order.with(unlocking.order.clone()), order_read);
    let stored = account.unwrap_or_else(|| Stored::new(unlocking.account.clone()));
    transaction.put_account(&stored.with(unlocking.account.clone()), account_read, call.now);
    if unlocking.makes_account {
        transaction.put_customer(&unlocking.account.customer.number, unlocking.account.id);
    }
    for grant in &unlocking.grants {
        transaction.put_grant(unlocking.account.id, grant);
    }
    transaction.update_servers(&unlocking.account, &unlocking.changed_servers, call.now)?;
    for Contact { party, person, roster } in contacts.0 {
        let change = roster.state.order_contact(person.id, call.now);
        transaction.put_roster_change(&party, roster, change, &person.email);
    }
    transaction.put_audit(&key::account_partition(unlocking.account.id), &entry(call, &unlocking));
    let what = Event::OrderUnlocked { order: unlocking.order.id, account: unlocking.account.id };
    transaction.put_delivery(&Delivery::record(call.ulid(), what, &call.base_url, call.now));
    let happening = Happening::OrderUnlocked(UnlockedOrder::of(&unlocking.order, unlocking.account.id));
    transaction.put_vendor_event(&VendorEvent::record(call.ulid(), happening, call.now));
    transaction.commit(table, "unlock order").await?;
    metric::count(Metric::Unlocks, call.now);
    Ok(())
}

fn entry(call: &Call, unlocking: &Unlocking) -> AuditEntry {
    let order = &unlocking.order;
    let codes = |status| {
        let lines = order.lines.iter().filter(move |line| line.status == status);
        lines.map(|line| line.license_code.as_str()).collect::<Vec<_>>()
    };
    let account: AccountId = unlocking.account.id;
    AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: Actor::LinkHolder(order.id),
        action: call.operation.to_owned(),
        details: json!({
            "account": account,
            "order": order.id,
            "orderNumber": order.head.number,
            "unlocked": codes(LineStatus::Unlocked),
            "ended": codes(LineStatus::Ended),
        }),
        version: Some(unlocking.account.version),
    }
}
