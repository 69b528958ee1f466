//! To the members: the licences of an order are in the Smart Account.

use brand::{Name, Step};

use super::order::OrderLine;
use crate::Rendered;
use crate::frame::Frame;

/// What the unlocked mail shows.
#[derive(Debug, Clone)]
pub struct UnlockedMail {
    /// The reader's name, if known.
    pub name: Option<Name>,
    /// The customer whose account it is.
    pub customer: Name,
    /// The purchase order's text.
    pub purchase_order: Name,
    /// The ERP's number of the order.
    pub number: Name,
    /// The lines that were unlocked; lines whose term was over are not among them.
    pub lines: Vec<OrderLine>,
    /// Where the account is managed.
    pub portal_link: String,
}

brand::phrases! {
    /// Sentences of the unlocked mail.
    pub struct Words;
    subject: en "Licenses unlocked: {purchase_order} - {number}", it "Licenze sbloccate: {purchase_order} - {number}";
    title: en "Your licenses are unlocked", it "Le licenze sono sbloccate";
    lead: en "The licenses of order {number} are now in the **Smart Account of {customer}**. You can assign them to your ApplicationSuite servers right away.", it "Le licenze dell’ordine {number} sono ora nello **Smart Account di {customer}**. Può assegnarle subito ai server ApplicationSuite.";
    manage: en "To manage your licenses, click the button below to log in or register on the {vendor} portal and access your Personal Area.", it "Per gestire le licenze, prema il pulsante qui sotto per accedere o registrarsi al portale {vendor} ed entrare nella sua Area Personale.";
    sign_in_with: en "Sign in with the address that this message was sent to.", it "Acceda con l’indirizzo a cui è stato inviato questo messaggio.";
    button: en "Manage licenses", it "Gestisci le licenze";
    preheader: en "They are in the Smart Account of {customer}.", it "Sono nello Smart Account di {customer}.";
}

crate::message::templates!(UnlockedMail, Words, "unlocked/subject.txt", "unlocked/body.txt", "unlocked/body.html");

impl UnlockedMail {
    #[expect(clippy::unused_self, reason = "templates can only call methods")]
    fn step(&self) -> Step {
        Step::Assign
    }
}

/// Writes the mail.
pub fn render(mail: &UnlockedMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
