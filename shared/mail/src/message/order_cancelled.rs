//! To the recipient: an order was cancelled while it was locked, so that there is nothing to unlock.

use brand::Name;

use crate::Rendered;
use crate::frame::Frame;

/// What the mail about a cancelled order shows.
#[derive(Debug, Clone)]
pub struct OrderCancelledMail {
    /// The recipient's name, if known.
    pub name: Option<Name>,
    /// The purchase order's text; with the number it is the subject.
    pub purchase_order: Name,
    /// The ERP's number of the order.
    pub number: Name,
    /// Why, where somebody said so.
    pub reason: Option<Name>,
    /// The link of the order's page, which says the same.
    pub link: String,
}

brand::phrases! {
    /// Sentences of the mail.
    pub struct Words;
    subject: en "Cancelled: {purchase_order} - {number}", it "Annullato: {purchase_order} - {number}";
    title: en "The order was cancelled", it "L’ordine è stato annullato";
    lead: en "Order {number} was **cancelled** before it was unlocked. There is nothing left to unlock, and you need not do anything.", it "L’ordine {number} è stato **annullato** prima dello sblocco. Non c’è più nulla da sbloccare e non deve fare nulla.";
    reason: en "Reason", it "Motivo";
    button: en "See the order", it "Vedi l’ordine";
    preheader: en "There is nothing left to unlock in order {number}.", it "Non c’è più nulla da sbloccare nell’ordine {number}.";
}

crate::message::templates!(
    OrderCancelledMail,
    Words,
    "order-cancelled/subject.txt",
    "order-cancelled/body.txt",
    "order-cancelled/body.html"
);

/// Writes the mail.
pub fn render(mail: &OrderCancelledMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
