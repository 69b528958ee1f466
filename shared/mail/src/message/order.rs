//! The order mail, the brief's: what was ordered, and the button that unlocks it. Also as revised, and as re-sent.

use brand::{Name, Phrase, Step};

use crate::Rendered;
use crate::frame::Frame;

/// What the order mail shows.
#[derive(Debug, Clone)]
pub struct OrderMail {
    /// The recipient's name, if known.
    pub name: Option<Name>,
    /// The purchase order's text; with the number it is the subject.
    pub purchase_order: Name,
    /// The ERP's number of the order.
    pub number: Name,
    /// The unlock link.
    pub link: String,
    /// The lines in their order, without those that were cancelled.
    pub lines: Vec<OrderLine>,
    /// Codes of the licences that were cancelled.
    pub cancelled: Vec<Name>,
}

/// A line of an order.
#[derive(Debug, Clone)]
pub struct OrderLine {
    /// The article's name.
    pub product: Name,
    /// The article.
    pub sku: Name,
    /// Pieces.
    pub quantity: u32,
    /// The licence's code.
    pub license_code: Name,
}

impl OrderLine {
    /// The line of a stored order.
    pub fn of(line: &licensing::order::Line) -> Self {
        Self {
            product: Name::from(&line.product),
            sku: Name::from(&line.sku),
            quantity: line.pieces(),
            license_code: Name::from(&line.license_code),
        }
    }
}

/// Why the order mail is sent.
#[derive(Debug, Clone, Copy)]
pub enum Occasion {
    /// The order arrived.
    First,
    /// The order was changed while it was locked.
    Revised,
    /// Somebody asked for the link again.
    Resent,
}

brand::phrases! {
    /// Sentences of the order mail.
    pub struct Words;
    subject: en "{purchase_order} - {number}", it "{purchase_order} - {number}";
    title: en "Thank you for your order!", it "Grazie per il suo ordine!";
    lead: en "Thank you for your order. You’re almost there, remember to **unlock the order** to activate/manage your licenses. Below you can check the license details.", it "Grazie per il suo ordine. Ci siamo quasi: ricordi di **sbloccare l’ordine** per attivare e gestire le licenze. Qui sotto trova i dettagli delle licenze.";
    button: en "Unlock order", it "Sblocca l’ordine";
    closing: en "Once the order is unlocked you can decide to activate and manage the licenses or forward the activation process to a reseller or an end-user. **Click the button below and unlock your order now.**", it "Una volta sbloccato l’ordine può decidere se attivare e gestire le licenze o inoltrare l’attivazione a un rivenditore o a un cliente finale. **Prema il pulsante qui sotto e sblocchi subito l’ordine.**";
    preheader: en "Unlock order {number} to activate and manage your licenses.", it "Sblocchi l’ordine {number} per attivare e gestire le licenze.";
    revised_subject: en "Revised: {purchase_order} - {number}", it "Modificato: {purchase_order} - {number}";
    revised_title: en "Your order was revised", it "Il suo ordine è stato modificato";
    revised_notice: en "This message **replaces the earlier one** about order {number}: its details have changed, and the link of the earlier message no longer unlocks it.", it "Questo messaggio **sostituisce il precedente** sull’ordine {number}: i dettagli sono cambiati e il link del messaggio precedente non lo sblocca più.";
    cancelled_notice: en "Cancelled in this order: {codes}.", it "Annullate in questo ordine: {codes}.";
    resent_subject: en "New link: {purchase_order} - {number}", it "Nuovo link: {purchase_order} - {number}";
    resent_title: en "Your link, sent again", it "Il suo link, inviato di nuovo";
    resent_notice: en "Here is a new link for order {number}. **Links of earlier messages no longer work.**", it "Ecco un nuovo link per l’ordine {number}. **I link dei messaggi precedenti non funzionano più.**";
}

/// An order mail on its occasion.
struct View {
    order: OrderMail,
    occasion: Occasion,
    step: Step,
}

impl View {
    fn subject(&self, words: &Words) -> String {
        let pattern = match self.occasion {
            Occasion::First => words.subject,
            Occasion::Revised => words.revised_subject,
            Occasion::Resent => words.resent_subject,
        };
        pattern.put("purchase_order", &self.order.purchase_order).put("number", &self.order.number).to_string()
    }

    fn title(&self, words: &Words) -> Phrase {
        match self.occasion {
            Occasion::First => words.title,
            Occasion::Revised => words.revised_title,
            Occasion::Resent => words.resent_title,
        }
    }

    fn notice(&self, words: &Words) -> Option<brand::Filled> {
        let notice = match self.occasion {
            Occasion::First => return None,
            Occasion::Revised => words.revised_notice,
            Occasion::Resent => words.resent_notice,
        };
        Some(notice.put("number", &self.order.number))
    }
}

impl View {
    /// The licences that were cancelled, in one sentence; `None` where none was.
    fn cancelled(&self, words: &Words) -> Option<brand::Filled> {
        let codes: Vec<String> = self.order.cancelled.iter().map(ToString::to_string).collect();
        (!codes.is_empty()).then(|| words.cancelled_notice.put("codes", codes.join(", ")))
    }
}

crate::message::templates!(View, Words, "order/subject.txt", "order/body.txt", "order/body.html");

/// Writes the mail.
pub fn render(order: &OrderMail, occasion: Occasion, frame: &Frame<'_>) -> Rendered {
    let view = View { order: order.clone(), occasion, step: Step::Unlock };
    write(&view, Words::of(frame.language), frame)
}
