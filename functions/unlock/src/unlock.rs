//! `POST /unlock/{link}`.

use http_api::{Call, Failure, Reply, until_won};
use licensing::Refusal;
use licensing::id::AccountId;
use licensing::order::{Unlocking, unlock as decide};
use table::unlocking_fits;

use crate::Unlock;
use crate::commit::commit;
use crate::opened::Opened;
use crate::page::Notice;
use crate::press::{Press, UNLOCK, fields};
use crate::show::{locked, show};

/// Unlocks where a person pressed the button; otherwise shows the page again. An order that is unlocked already, or
/// cancelled, shows its page.
pub(crate) async fn unlock(function: &Unlock, call: &Call, opened: &Opened<'_>) -> Result<Reply, Failure> {
    let fields = fields(call);
    if opened.order.state.unlocked.is_some() || opened.order.state.is_cancelled() {
        return Ok(Reply::see_other(&opened.path));
    }
    match UNLOCK.judge(call, opened, &fields) {
        Press::Counts => take(function, call, opened).await,
        Press::Confirm => Ok(locked(call, opened, None, true)),
        Press::NotTicked => Ok(locked(call, opened, Some(Notice::BoxNotTicked), true)),
        Press::Expired => Ok(locked(call, opened, Some(Notice::NonceExpired), false)),
        Press::NotPressed => show(function, call, opened, None, "").await,
    }
}

async fn take(function: &Unlock, call: &Call, opened: &Opened<'_>) -> Result<Reply, Failure> {
    let table = &function.table;
    until_won(async || {
        let Some(order) = table.order(opened.order.state.id).await? else {
            return Err(Failure::broken("unlock order", "the order is gone"));
        };
        if order.state.unlocked.is_some() || order.state.is_cancelled() {
            return Ok(Reply::see_other(&opened.path));
        }
        if order.state.link.generation != opened.link.generation {
            // The link was sent again meanwhile; the page says so.
            return Ok(Reply::see_other(&opened.path));
        }
        let account = table.account_of(&order.state.head.customer.number).await?;
        let fresh = AccountId::new(call.ulid());
        let state = account.as_ref().map(|stored| &stored.state);
        let decided = decide(&order.state, state, fresh, call.now).and_then(|unlocking| {
            if unlocking_fits(account.as_ref(), &unlocking) { Ok(unlocking) } else { Err(Refusal::AccountTooLarge) }
        });
        let unlocking: Unlocking = match decided {
            Ok(unlocking) => unlocking,
            Err(refusal) => return Ok(locked(call, opened, Some(Notice::of(&refusal)), false)),
        };
        let contacts = table.unlock_contacts(&unlocking).await?;
        commit(table, call, order, account, unlocking, contacts).await?;
        Ok(Reply::see_other(&opened.path))
    })
    .await
}
