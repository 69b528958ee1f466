//! `POST /v1/orders/{orderId}/lock`.

use http_api::{Call, Failure, Reply, until_won};
use licensing::Refusal;
use licensing::access::Actor;
use licensing::account::Account;
use licensing::id::LicenseCode;
use licensing::order::{Locking, Order, lock as decide};
use serde_json::{Value, json};
use table::{Stored, Table, Transaction, key};

use super::{load, order_id};
use crate::once::{answer, entry, refuse_reused, remember, repeated};
use crate::orders::state;

/// Locks an unlocked order again, while every row still covers what is assigned without it.
pub(crate) async fn lock(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_act_as_staff()?;
    let id = order_id(call)?;
    let request = call.idempotency()?;
    until_won(async || {
        let mut order = load(table, id).await?;
        if let Some(reply) = repeated(&order.remembered, &request) {
            return Ok(reply);
        }
        refuse_reused(&order.remembered, &request)?;
        let Some(unlocked) = order.state.unlocked else { return Err(not_unlocked(&order.state).into()) };
        let account = table.account(unlocked.account).await?;
        let account = account.ok_or_else(|| Failure::broken("lock order", "the account is gone"))?;
        let codes: Vec<LicenseCode> = order.state.lines.iter().map(|line| line.license_code.clone()).collect();
        let grants = table.grants_of(unlocked.account, &codes).await?;
        let locking = decide(&order.state, &account.state, grants, call.now)?;
        let answer = answer(200, &state(&locking.order))?;
        remember(&mut order.remembered, &request, &answer);
        commit(table, call, actor, order, account, locking).await?;
        Ok(Reply::remembered(&answer))
    })
    .await
}

/// Why an order that is not unlocked can't be locked again.
fn not_unlocked(order: &Order) -> Refusal {
    order.has_link().err().unwrap_or(Refusal::OrderLocked)
}

/// Writes order, account, grants, what servers run, and audit: all or nothing.
async fn commit(
    table: &Table,
    call: &Call,
    actor: &Actor,
    order: Stored<Order>,
    account: Stored<Account>,
    locking: Locking,
) -> Result<(), Failure> {
    let details = details(&locking);
    let (order_read, account_read) = (order.state.version, account.state.version);
    let mut transaction = Transaction::new();
    let about_order = entry(call, actor, details.clone(), Some(locking.order.version));
    transaction.put_audit(&key::order_partition(locking.order.id), &about_order);
    let about_account = entry(call, actor, details, Some(locking.account.version));
    transaction.put_audit(&key::account_partition(locking.account.id), &about_account);
    for grant in &locking.grants {
        transaction.delete_grant(locking.account.id, grant);
    }
    transaction.update_servers(&locking.account, &locking.changed_servers, call.now)?;
    transaction.put_order(&order.with(locking.order), order_read);
    transaction.put_account(&account.with(locking.account), account_read, call.now);
    Ok(transaction.commit(table, "lock order").await?)
}

fn details(locking: &Locking) -> Value {
    let codes: Vec<&str> = locking.grants.iter().map(|grant| grant.license_code.as_str()).collect();
    json!({ "order": locking.order.id, "orderNumber": locking.order.head.number, "locked": codes })
}
