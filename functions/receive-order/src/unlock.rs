//! An order that nobody is mailed about: it is unlocked as soon as it is stored.

use http_api::metric::{self, Metric};
use http_api::{Call, Failure};
use licensing::Refusal;
use licensing::id::{AccountId, OrderId};
use licensing::order::unlock as decide;
use table::{
    Actor, AuditEntry, Happening, Table, Transaction, UnlockedOrder, VendorEvent, key, unlock_details, unlocking_fits,
};

/// Unlocks an order for the ERP; one that is unlocked, or was cancelled since, stays as it is. Members are not mailed.
pub(crate) async fn unlock(table: &Table, call: &Call, order: OrderId) -> Result<(), Failure> {
    let order = table.order(order).await?;
    let order = order.ok_or_else(|| Failure::broken("unlock order", "the order is gone"))?;
    if order.state.unlocked.is_some() || order.state.is_cancelled() {
        return Ok(());
    }
    let account = table.account_of(&order.state.head.customer.number).await?;
    let before = account.as_ref().map(|stored| &stored.state);
    let unlocking = decide(&order.state, before, AccountId::new(call.ulid()), call.now)?;
    if !unlocking_fits(account.as_ref(), &unlocking) {
        return Err(Refusal::AccountTooLarge.into());
    }
    let contacts = table.unlock_contacts(&unlocking).await?;
    let mut transaction = Transaction::new();
    transaction.put_unlocking(&unlocking, order, account, contacts, call.now)?;
    let entry = AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: Actor::Erp,
        action: "unlockOrder".to_owned(),
        details: unlock_details(&unlocking),
        version: Some(unlocking.account.version),
    };
    transaction.put_audit(&key::account_partition(unlocking.account.id), &entry);
    let happening = Happening::OrderUnlocked(UnlockedOrder::of(&unlocking.order, unlocking.account.id));
    transaction.put_vendor_event(&VendorEvent::record(call.ulid(), happening, call.now));
    transaction.commit(table, "unlock order").await?;
    metric::count(Metric::Unlocks, call.now);
    Ok(())
}
