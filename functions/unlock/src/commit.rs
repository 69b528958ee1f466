//! The one transaction of an unlock.

use http_api::metric::{self, Metric};
use http_api::{Call, Failure};
use licensing::account::Account;
use licensing::order::{Order, Unlocking};
use table::{
    Actor, AuditEntry, Delivery, Event, Happening, Stored, Table, Transaction, UnlockContacts, UnlockedOrder,
    VendorEvent, key, unlock_details,
};

/// Writes order, account, grants, what servers run, memberships, audit, mail and event: all or nothing.
pub(crate) async fn commit(
    table: &Table,
    call: &Call,
    order: Stored<Order>,
    account: Option<Stored<Account>>,
    unlocking: Unlocking,
    contacts: UnlockContacts,
) -> Result<(), Failure> {
    let mut transaction = Transaction::new();
    transaction.put_unlocking(&unlocking, order, account, contacts, call.now)?;
    let (order, account) = (unlocking.order.id, unlocking.account.id);
    let entry = AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: Actor::LinkHolder(order),
        action: call.operation.to_owned(),
        details: unlock_details(&unlocking),
        version: Some(unlocking.account.version),
    };
    transaction.put_audit(&key::account_partition(account), &entry);
    let what = Event::OrderUnlocked { order, account };
    transaction.put_delivery(&Delivery::record(call.ulid(), what, &call.base_url, call.now));
    let happening = Happening::OrderUnlocked(UnlockedOrder::of(&unlocking.order, account));
    transaction.put_vendor_event(&VendorEvent::record(call.ulid(), happening, call.now));
    transaction.commit(table, "unlock order").await?;
    metric::count(Metric::Unlocks, call.now);
    Ok(())
}
