//! A cancellation: the end of licences before their time. What is locked is closed and gives nothing; what is unlocked
//! ends now, and its term grace follows. Cells stay as they are: who loses what and when follows from the segments.

use jiff::Timestamp;

use super::Order;
use super::change::{Changed, Done, Licenses, Work};
use crate::Refusal;
use crate::grant::Cancellation;
use crate::id::{LicenseCode, OrderNumber};
use crate::text::Label;

/// Vendor staff cancels licences of an order, or all that are left of it.
///
/// # Errors
///
/// [`Refusal::NotAPurchase`]; [`Refusal::NotFound`] where the order has no such licence; [`Refusal::OrderCancelled`]
/// where nothing is left to cancel of what is named.
pub fn cancel(
    order: &Order,
    codes: Option<&[LicenseCode]>,
    reason: Label,
    known: Licenses<'_>,
    now: Timestamp,
) -> Result<Changed, Refusal> {
    order.is_purchase()?;
    let is_of_order = |code: &LicenseCode| order.lines.iter().any(|line| line.license_code == *code);
    if codes.is_some_and(|codes| !codes.iter().all(is_of_order)) {
        return Err(Refusal::NotFound("licence"));
    }
    let mut work = Work::new(known, &order.head.customer.number, now);
    let all = order.lines.iter().map(|line| &line.license_code);
    let wanted: Vec<LicenseCode> = codes.map_or_else(|| all.cloned().collect(), <[LicenseCode]>::to_vec);
    let left: Vec<LicenseCode> = wanted.into_iter().filter(|code| !work.is_cancelled(code)).collect();
    if left.is_empty() {
        return Err(Refusal::OrderCancelled);
    }
    let cancellation = Cancellation { order: None, reason: Some(reason), at: now, last_day: None };
    for code in &left {
        work.cancel(code, &cancellation, "");
    }
    work.finish(None)
}

impl Work<'_> {
    /// Cancels licences by their codes, or says of each why not.
    pub(super) fn cancel_codes(&mut self, codes: &[LicenseCode], order: &OrderNumber) {
        let cancellation = self.by_order(order);
        for (index, code) in codes.iter().enumerate() {
            self.cancel(code, &cancellation, &format!("/lines/{index}/licenseCode"));
        }
    }

    /// Cancels what is left of an order, or says why not.
    pub(super) fn cancel_whole(&mut self, number: &OrderNumber, whole: Option<&Order>, order: &OrderNumber) {
        let pointer = "/cancelledOrder";
        let Some(whole) = whole else {
            return self.fault(pointer, "unknown_order", format!("No order has the number {number}."));
        };
        if whole.is_purchase().is_err() {
            let detail = "This order is no purchase, so no licence came with it. Name the licence codes that end.";
            return self.fault(pointer, "not_a_purchase", detail);
        }
        if !self.is_of_customer(whole) {
            return self.fault(pointer, "foreign_order", "This order belongs to another customer.");
        }
        let left = whole.lines.iter().map(|line| &line.license_code).filter(|code| !self.is_cancelled(code));
        let left: Vec<&LicenseCode> = left.collect();
        if left.is_empty() {
            return self.fault(pointer, "order_cancelled", "All licences of this order were cancelled before.");
        }
        let cancellation = self.by_order(order);
        for code in left {
            self.cancel(code, &cancellation, pointer);
        }
    }

    fn cancel(&mut self, code: &LicenseCode, cancellation: &Cancellation, pointer: &str) {
        let Some(found) = self.find(code, pointer) else { return };
        // A line that was locked, or had ended before its order was unlocked, never was in force.
        let after = if found.granted {
            found.grant.ended_by(cancellation.clone())
        } else {
            crate::grant::Grant { cancelled: Some(cancellation.clone()), ..found.grant.clone() }
        };
        let last_day = after.cancelled.as_ref().and_then(|cancelled| cancelled.last_day);
        self.put(found, after, Done::Cancelled { last_day });
    }

    fn by_order(&self, order: &OrderNumber) -> Cancellation {
        Cancellation { order: Some(order.clone()), reason: None, at: self.now, last_day: None }
    }
}
