//! The order after its unlock: status, who was told, the way to the portal, and forwarding.

use askama::Template;
use brand::{Phrase, Step};
use jiff::Timestamp;
use licensing::order::{ForwardState, LineStatus};
use licensing::text::EmailAddress;

use super::layout::Frame;
use super::order::OrderWords;
use super::{Look, Notice, OrderView, Page, form};

brand::phrases! {
    /// Sentences of the unlocked page.
    pub struct Words;
    done: en "Your licenses are unlocked.", it "Le licenze sono sbloccate.";
    manage: en "To manage your licenses, click the button below to log in or register on the {vendor} portal and access your Personal Area.", it "Per gestire le licenze, prema il pulsante qui sotto per accedere o registrarsi al portale {vendor} ed entrare nella sua Area Personale.";
    manage_button: en "Manage licenses", it "Gestisci le licenze";
    some_ended: en "Licenses marked **Ended** were not unlocked: their term was over before. The others are available in the Smart Account.", it "Le licenze **Terminate** non sono state sbloccate: il loro periodo era già scaduto. Le altre sono disponibili nello Smart Account.";
    all_ended: en "Nothing could be unlocked: the terms of all licenses of this order are over.", it "Non è stato possibile sbloccare nulla: il periodo di tutte le licenze di questo ordine è scaduto.";
    some_cancelled: en "Licenses marked **Cancelled** end before their time or were never unlocked. The portal shows until when servers run them.", it "Le licenze **Annullate** terminano in anticipo o non sono mai state sbloccate. Il portale mostra fino a quando i server le usano.";
    all_cancelled: en "The licenses of this order were cancelled.", it "Le licenze di questo ordine sono state annullate.";
    told_title: en "Who was told", it "Chi è stato avvisato";
    told: en "An e-mail about the unlock goes to:", it "Un’e-mail sullo sblocco viene inviata a:";
    forward_title: en "Forward the activation", it "Inoltra l’attivazione";
    forward_invite: en "Somebody else will activate the licenses? Enter the e-mail address of the reseller or end-user. They receive an invitation and manage the licenses once they have signed in.", it "Sarà qualcun altro ad attivare le licenze? Inserisca l’indirizzo e-mail del rivenditore o del cliente finale. Riceverà un invito e gestirà le licenze dopo aver effettuato l’accesso.";
    forward_request: en "Somebody else will activate the licenses? Enter the e-mail address of the reseller or end-user. They get access when a manager of the account accepts.", it "Sarà qualcun altro ad attivare le licenze? Inserisca l’indirizzo e-mail del rivenditore o del cliente finale. Avrà accesso quando un gestore dell’account accetta.";
    forward_until: en "Possible until {until}.", it "Possibile fino al {until}.";
    forward_over: en "Forwarding ended 30 days after the unlock. Members of the account can invite others in the portal.", it "L’inoltro è terminato 30 giorni dopo lo sblocco. I membri dell’account possono invitare altri nel portale.";
    forward_full: en "As many forwards as possible are open. Withdraw one to forward to somebody else.", it "Non si possono aprire altri inoltri. Ne ritiri uno per inoltrare a qualcun altro.";
    address: en "E-mail address", it "Indirizzo e-mail";
    forward_button: en "Forward", it "Inoltra";
    forwards: en "Forwarded to", it "Inoltrato a";
    invited: en "Invited", it "Invitato";
    requested: en "Waiting for a manager", it "In attesa di un gestore";
    accepted: en "Accepted", it "Accettato";
    withdrawn: en "Withdrawn", it "Ritirato";
    withdraw_button: en "Withdraw", it "Ritira";
    withdraw_from: en "Withdraw the forward to {address}", it "Ritira l’inoltro a {address}";
    confirm_title: en "One more step", it "Ancora un passo";
    confirm_lead: en "Your browser did not tell us that it was a person who pressed the button. Please tick the box and press it once more.", it "Il browser non ci ha detto che a premere il pulsante è stata una persona. Selezioni la casella e lo prema ancora una volta.";
    confirm_forward: en "Yes, forward order {number} to {address}", it "Sì, inoltra l’ordine {number} a {address}";
    confirm_withdraw: en "Yes, withdraw the forward of order {number} to {address}", it "Sì, ritira l’inoltro dell’ordine {number} a {address}";
    back: en "Back to the order", it "Torna all’ordine";
}

/// The page of an unlocked order.
#[derive(Debug, Clone)]
pub struct UnlockedPage<'a> {
    /// Vendor and language.
    pub look: Look<'a>,
    /// The order.
    pub order: &'a OrderView,
    /// Masked addresses of those who got a mail about the unlock.
    pub told: &'a [String],
    /// Where licences are managed.
    pub portal_link: &'a str,
    /// The forwards.
    pub forward: ForwardArea<'a>,
    /// A sentence on top.
    pub notice: Option<Notice>,
}

/// The part of the page about forwarding.
#[derive(Debug, Clone)]
pub struct ForwardArea<'a> {
    /// The path that the form posts to: `/unlock/{link}/forward`.
    pub action: &'a str,
    /// The nonce of that form.
    pub nonce: &'a str,
    /// The path that withdrawals post to: `/unlock/{link}/withdraw`.
    pub withdraw_action: &'a str,
    /// The nonce of those forms.
    pub withdraw_nonce: &'a str,
    /// Whether and how it can be forwarded.
    pub window: Window,
    /// All forwards, oldest first.
    pub forwards: Vec<ForwardView>,
    /// What was typed into the field, if it is shown again.
    pub typed: &'a str,
}

/// Whether and how an order can be forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Until this instant; nobody has signed in to the account, so whom it is forwarded to becomes a manager.
    Invites(Timestamp),
    /// Until this instant; a manager has to accept.
    Requests(Timestamp),
    /// As many forwards as may be are open.
    Full,
    /// 30 days have passed.
    Over,
}

/// A forward as the page shows it.
#[derive(Debug, Clone)]
pub struct ForwardView {
    /// What the withdrawal sends, such as the person's id.
    pub id: String,
    /// The masked address.
    pub address: String,
    /// When it was forwarded.
    pub at: Timestamp,
    /// How far it has come.
    pub state: ForwardState,
    /// Whether it was accepted or signed in to, so that it can't be taken back here.
    pub accepted: bool,
}

impl ForwardView {
    fn is_open(&self) -> bool {
        !self.accepted && self.state != ForwardState::Withdrawn
    }

    fn state_shown(&self, words: &Words) -> Phrase {
        match self.state {
            ForwardState::Withdrawn => words.withdrawn,
            _ if self.accepted => words.accepted,
            ForwardState::Invited => words.invited,
            ForwardState::Requested => words.requested,
        }
    }
}

#[derive(Template)]
#[template(path = "unlocked.html")]
struct Html<'a> {
    frame: &'a Frame<'a>,
    page: &'a UnlockedPage<'a>,
    order: &'a OrderView,
    order_words: &'a OrderWords,
    words: &'a Words,
    step: Step,
}

impl UnlockedPage<'_> {
    /// Writes the page.
    pub fn render(&self) -> Page {
        let frame = Frame::new(self.look);
        frame.page(&Html {
            frame: &frame,
            page: self,
            order: self.order,
            order_words: OrderWords::of(self.look.language),
            words: Words::of(self.look.language),
            step: if self.some_unlocked() { Step::Assign } else { Step::Unlock },
        })
    }

    fn date(&self, instant: &Timestamp) -> String {
        brand::format_instant(*instant, self.look.language)
    }

    fn some_ended(&self) -> bool {
        self.order.has(LineStatus::Ended)
    }

    fn some_cancelled(&self) -> bool {
        self.order.has(LineStatus::Cancelled)
    }

    fn some_unlocked(&self) -> bool {
        self.order.has(LineStatus::Unlocked)
    }
}

/// What a confirmation is about.
#[derive(Debug, Clone)]
pub enum Confirm<'a> {
    /// Forward to this address, which the reader has typed and sees whole.
    Forward(&'a EmailAddress),
    /// Take a forward back.
    Withdraw {
        /// Which.
        id: &'a str,
        /// Its masked address.
        address: &'a str,
    },
}

/// The page that asks to confirm a forward or its withdrawal.
#[derive(Debug, Clone)]
pub struct ConfirmPage<'a> {
    /// Vendor and language.
    pub look: Look<'a>,
    /// The order.
    pub order: &'a OrderView,
    /// What to confirm.
    pub confirm: Confirm<'a>,
    /// The path that the form posts to.
    pub action: &'a str,
    /// The second nonce, of its own purpose.
    pub nonce: &'a str,
    /// The path of the order's page.
    pub back: &'a str,
    /// A sentence on top.
    pub notice: Option<Notice>,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmHtml<'a> {
    frame: &'a Frame<'a>,
    page: &'a ConfirmPage<'a>,
    words: &'a Words,
    step: Step,
}

impl ConfirmPage<'_> {
    /// Writes the page.
    pub fn render(&self) -> Page {
        let frame = Frame::new(self.look);
        let words = Words::of(self.look.language);
        frame.page(&ConfirmHtml { frame: &frame, page: self, words, step: Step::Assign })
    }

    fn question(&self, words: &Words) -> brand::Filled {
        match &self.confirm {
            Confirm::Forward(address) => words.confirm_forward.put("address", address),
            Confirm::Withdraw { address, .. } => words.confirm_withdraw.put("address", address),
        }
        .put("number", &self.order.number)
    }

    /// The hidden field that says what it is about.
    fn subject(&self) -> (&'static str, &str) {
        match &self.confirm {
            Confirm::Forward(address) => (form::ADDRESS, address.as_str()),
            Confirm::Withdraw { id, .. } => (form::FORWARD_ID, id),
        }
    }

    /// The button's value and label.
    fn button(&self, words: &Words) -> (&'static str, Phrase) {
        match &self.confirm {
            Confirm::Forward(_) => (form::FORWARD, words.forward_button),
            Confirm::Withdraw { .. } => (form::WITHDRAW, words.withdraw_button),
        }
    }
}
