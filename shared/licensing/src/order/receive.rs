//! An order arrives: it is new, it is a repetition, it replaces a locked one, or it is refused.

use jiff::Timestamp;

use super::{ContactRef, Line, LineStatus, LinkState, NewLine, NewOrder, Order, OrderHead};
use crate::Refusal;
use crate::id::{LicenseCode, OrderId};
use crate::pool::PoolKey;
use crate::product::Product;
use crate::refusal::Fault;

/// Most capacity of one line, in units.
pub const LINE_CAPACITY_MAX: u32 = 1_000_000_000;

/// What the table knows beside the order itself.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The stored order of the same number.
    pub order: Option<&'a Order>,
    /// Articles of the catalogue, at least those of the lines.
    pub products: &'a [Product],
    /// Who has the lines' licence codes, where somebody has.
    pub owners: &'a [(LicenseCode, OrderId)],
}

/// What becomes of an order that arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is stored, locked, and its mail is recorded.
    New(Order),
    /// It replaces a locked order; the mail says so, and links sent before don't open it any more.
    Revised(Order),
    /// It was received before: nothing changes.
    Repeated(OrderId),
}

/// Decides on an order whose values are well-formed. `head` is the order's head with people as references; `fresh` is
/// the id it gets where it is new.
///
/// # Errors
///
/// [`Refusal::InvalidOrder`] with every unknown SKU and taken licence code; [`Refusal::OrderDiffers`] where the number
/// is known with other content and no higher revision, or as another type; [`Refusal::OrderNotLocked`] and
/// [`Refusal::OrderCancelled`] where a higher one comes too late.
pub fn receive(
    head: OrderHead<ContactRef>,
    order: &NewOrder,
    known: Known<'_>,
    fresh: OrderId,
    now: Timestamp,
) -> Result<Received, Refusal> {
    let Some(stored) = known.order else {
        let lines = lines(order, known, fresh)?;
        let link = LinkState { generation: 1, recorded_at: now };
        return Ok(Received::New(Order {
            id: fresh,
            version: 1,
            head,
            lines,
            asked: None,
            changes: Vec::new(),
            received_at: now,
            link,
            unlocked: None,
            forwards: Vec::new(),
        }));
    };
    let differences = differences(stored, &head, &order.lines);
    if differences.is_empty() {
        return Ok(Received::Repeated(stored.id));
    }
    if head.revision <= stored.head.revision || stored.head.kind != head.kind {
        return Err(Refusal::OrderDiffers(differences));
    }
    if stored.unlocked.is_some() {
        return Err(Refusal::OrderNotLocked);
    }
    if stored.is_cancelled() {
        return Err(Refusal::OrderCancelled);
    }
    let mut lines = lines(order, known, stored.id)?;
    for line in &mut lines {
        keep_changes(line, &stored.lines);
    }
    let link = LinkState { generation: stored.link.generation + 1, recorded_at: now };
    Ok(Received::Revised(Order { version: stored.version + 1, head, lines, link, ..stored.clone() }))
}

/// The lines with what the catalogue says of them.
fn lines(order: &NewOrder, known: Known<'_>, id: OrderId) -> Result<Vec<Line>, Refusal> {
    let mut faults = Vec::new();
    let mut lines = Vec::with_capacity(order.lines.len());
    for (index, line) in order.lines.iter().enumerate() {
        if known.owners.iter().any(|(code, owner)| *code == line.license_code && *owner != id) {
            faults.push(Fault {
                pointer: format!("/lines/{index}/licenseCode"),
                code: "license_code_taken",
                detail: "This licence code came with another order. A licence code is used once.".to_owned(),
            });
        }
        match line_of(line, index, known.products) {
            Ok(line) => lines.push(line),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(lines) } else { Err(Refusal::InvalidOrder(faults)) }
}

fn line_of(line: &NewLine, index: usize, products: &[Product]) -> Result<Line, Fault> {
    let product = products.iter().find(|product| product.sku == line.sku).ok_or_else(|| Fault {
        pointer: format!("/lines/{index}/sku"),
        code: "unknown_sku",
        detail: "The catalogue has no such SKU. Send the product first.".to_owned(),
    })?;
    let capacity = product.capacity.checked_mul(line.quantity).filter(|capacity| *capacity <= LINE_CAPACITY_MAX);
    let capacity = capacity.ok_or_else(|| Fault {
        pointer: format!("/lines/{index}/quantity"),
        code: "quantity_too_large",
        detail: format!("Quantity times capacity must be at most {LINE_CAPACITY_MAX}."),
    })?;
    Ok(Line {
        sku: line.sku.clone(),
        product: product.name.clone(),
        quantity: line.quantity,
        license_code: line.license_code.clone(),
        pool: PoolKey {
            redundancy: product.redundancy,
            application: product.application.clone(),
            license: line.license,
        },
        unit: product.unit,
        capacity,
        start: line.start,
        term: line.term,
        care: line.care,
        status: LineStatus::Locked,
        renewals: Vec::new(),
        cancelled: None,
    })
}

/// A revision says anew what was bought; what other orders have said of a licence since then stays.
fn keep_changes(line: &mut Line, before: &[Line]) {
    if let Some(old) = before.iter().find(|old| old.license_code == line.license_code) {
        line.status = old.status;
        line.renewals.clone_from(&old.renewals);
        line.cancelled.clone_from(&old.cancelled);
    }
}

/// JSON pointers to what an order says differently from the stored one.
fn differences(stored: &Order, head: &OrderHead<ContactRef>, lines: &[NewLine]) -> Vec<String> {
    let mut found = head_differences(&stored.head, head);
    let same_line = |old: &Line, new: &NewLine| {
        (&old.sku, old.quantity, &old.license_code, old.pool.license, old.start, old.term, old.care)
            == (&new.sku, new.quantity, &new.license_code, new.license, new.start, new.term, new.care)
    };
    for index in 0..stored.lines.len().max(lines.len()) {
        let same = matches!((stored.lines.get(index), lines.get(index)), (Some(old), Some(new)) if same_line(old, new));
        if !same {
            found.push(format!("/lines/{index}"));
        }
    }
    found
}

/// JSON pointers to what the head of an order says differently from the stored one.
pub(super) fn head_differences(old: &OrderHead<ContactRef>, new: &OrderHead<ContactRef>) -> Vec<String> {
    let digest = |contact: &Option<ContactRef>| contact.as_ref().map(|contact| contact.digest.clone());
    [
        ("/type", old.kind == new.kind),
        ("/revision", old.revision == new.revision),
        ("/purchaseOrder", old.purchase_order == new.purchase_order),
        ("/recipient", old.recipient.digest == new.recipient.digest),
        ("/distributor", old.distributor == new.distributor),
        ("/reseller", old.reseller.business == new.reseller.business),
        ("/reseller/orderNumber", old.reseller.order_number == new.reseller.order_number),
        ("/reseller/contact", digest(&old.reseller.contact) == digest(&new.reseller.contact)),
        ("/customer", old.customer == new.customer),
        ("/customer/contact", digest(&old.customer_contact) == digest(&new.customer_contact)),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(|(pointer, _)| pointer.to_owned())
    .collect()
}
