//! Mails about renewals and cancellations.

use brand::Name;
use licensing::grant::{Grant, grace_ended};
use licensing::id::{AccountId, LicenseCode, OrderId};
use licensing::order::{Change, Done};
use mail::{CancelledLine, CancelledMail, Message, OrderCancelledMail, RenewedLine, RenewedMail};
use table::TableError;

use crate::compose::Composer;

impl Composer<'_> {
    /// Licences are renewed, and nothing has to be done.
    pub(crate) async fn renewed(&self, id: OrderId) -> Result<Option<Message>, TableError> {
        let Some(order) = self.table.order(id).await?.map(|stored| stored.state) else { return Ok(None) };
        Ok(Some(Message::Renewed(RenewedMail {
            name: self.name(),
            customer: Name::from(&order.head.customer.name),
            purchase_order: Name::from(&order.head.purchase_order),
            number: Name::from(&order.head.number),
            lines: order.changes.iter().filter(|change| !change.locked).filter_map(renewed_line).collect(),
            portal_link: self.portal(),
        })))
    }

    /// Licences end before their time.
    pub(crate) async fn cancelled(
        &self,
        id: OrderId,
        account: AccountId,
        codes: &[LicenseCode],
    ) -> Result<Option<Message>, TableError> {
        let (Some(order), Some(account)) = (self.table.order(id).await?, self.table.account(account).await?) else {
            return Ok(None);
        };
        let account = account.state;
        let mut grants = self.table.grants_of(account.id, codes).await?;
        grants.sort_by(|one, other| one.license_code.cmp(&other.license_code));
        let reason = grants.iter().find_map(|grant| grant.cancelled.as_ref()?.reason.as_ref()).map(Name::from);
        let line = |grant: &Grant| CancelledLine {
            product: Name::from(&grant.product),
            license_code: Name::from(&grant.license_code),
            ends: grant
                .cancelled
                .as_ref()
                .and_then(|cancelled| cancelled.last_day)
                .map(|last_day| (last_day, grace_ended(last_day, account.policy))),
        };
        let ended = grants.iter().filter(|grant| grant.cancelled.is_some());
        Ok(Some(Message::Cancelled(CancelledMail {
            name: self.name(),
            customer: Name::from(&account.customer.name),
            number: Name::from(&order.state.head.number),
            reason,
            lines: ended.map(line).collect(),
            portal_link: self.portal(),
        })))
    }

    /// An order was cancelled while it was locked.
    pub(crate) async fn order_cancelled(&self, id: OrderId) -> Result<Option<Message>, TableError> {
        let order = self.table.order(id).await?.map(|stored| stored.state);
        let Some(order) = order.filter(licensing::order::Order::is_cancelled) else { return Ok(None) };
        let mut cancellations = order.lines.iter().filter_map(|line| line.cancelled.as_ref());
        let reason = cancellations.find_map(|cancelled| cancelled.reason.as_ref()).map(Name::from);
        Ok(Some(Message::OrderCancelled(OrderCancelledMail {
            name: self.name(),
            purchase_order: Name::from(&order.head.purchase_order),
            number: Name::from(&order.head.number),
            reason,
            link: self.link(&order),
        })))
    }
}

fn renewed_line(change: &Change) -> Option<RenewedLine> {
    let Done::Renewed { term, care } = change.done else { return None };
    let (product, license_code) = (Name::from(&change.product), Name::from(&change.license_code));
    Some(RenewedLine { product, license_code, term, care })
}
