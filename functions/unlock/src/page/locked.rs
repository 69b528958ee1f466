//! The order before its unlock, with UNLOCK NOW; also the variant that asks to confirm.

use askama::Template;
use brand::Step;
use licensing::order::LineStatus;

use super::layout::Frame;
use super::order::OrderWords;
use super::{Look, Notice, OrderView, Page, form};

brand::phrases! {
    /// Sentences of the locked page.
    pub struct Words;
    lead: en "Once the order is unlocked you can decide to activate and manage the licenses or forward the activation process to a reseller or an end-user. Click the **Unlock** button below to proceed.", it "Una volta sbloccato l’ordine può decidere se attivare e gestire le licenze o inoltrare l’attivazione a un rivenditore o a un cliente finale. Prema il pulsante **Sblocca** qui sotto per procedere.";
    hold: en "New purchased licenses are not available in the customer’s Smart Account until they are unlocked. You can hold them as long as you need.", it "Le nuove licenze non sono disponibili nello Smart Account del cliente finché non vengono sbloccate. Può tenerle in sospeso per tutto il tempo necessario.";
    cancelled: en "**This order was cancelled.** There is nothing to unlock.", it "**Questo ordine è stato annullato.** Non c’è nulla da sbloccare.";
    some_cancelled: en "Licenses marked **Cancelled** are not unlocked with the others.", it "Le licenze **Annullate** non vengono sbloccate con le altre.";
    unlock_now: en "Unlock now", it "Sblocca ora";
    confirm_title: en "One more step", it "Ancora un passo";
    confirm_lead: en "Your browser did not tell us that it was a person who pressed the button. Please tick the box and press it once more.", it "Il browser non ci ha detto che a premere il pulsante è stata una persona. Selezioni la casella e lo prema ancora una volta.";
    confirm_box: en "Yes, unlock order {number} for {customer}", it "Sì, sblocca l’ordine {number} per {customer}";
}

/// The page of a locked order.
#[derive(Debug, Clone)]
pub struct LockedPage<'a> {
    /// Vendor and language.
    pub look: Look<'a>,
    /// The order.
    pub order: &'a OrderView,
    /// The path that the form posts to: `/unlock/{link}`.
    pub action: &'a str,
    /// The page's nonce; for the confirmation a second one, of its own purpose.
    pub nonce: &'a str,
    /// Whether to ask for confirmation with an unticked box.
    pub confirm: bool,
    /// A sentence on top.
    pub notice: Option<Notice>,
}

#[derive(Template)]
#[template(path = "locked.html")]
struct Html<'a> {
    frame: &'a Frame<'a>,
    page: &'a LockedPage<'a>,
    order: &'a OrderView,
    order_words: &'a OrderWords,
    words: &'a Words,
    step: Step,
}

impl LockedPage<'_> {
    /// Whether there is nothing left to unlock.
    fn is_cancelled(&self) -> bool {
        self.order.lines.iter().all(|line| line.status == LineStatus::Cancelled)
    }

    fn some_cancelled(&self) -> bool {
        self.order.has(LineStatus::Cancelled)
    }

    /// Writes the page.
    pub fn render(&self) -> Page {
        let frame = Frame::new(self.look);
        frame.page(&Html {
            frame: &frame,
            page: self,
            order: self.order,
            order_words: OrderWords::of(self.look.language),
            words: Words::of(self.look.language),
            step: Step::Unlock,
        })
    }
}
