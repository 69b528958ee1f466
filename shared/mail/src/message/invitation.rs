//! To an address: somebody made it a member of an account, a reseller or the vendor's staff.

use brand::{Filled, Name};
use licensing::member::Role;

use crate::Rendered;
use crate::frame::Frame;

/// Who invites.
#[derive(Debug, Clone)]
pub enum InvitedBy {
    /// A member of the account or of the vendor's staff, by name or address.
    Member(Name),
    /// Whoever holds the unlock link of an order, by the order's number: they forwarded it.
    OrderHolder(Name),
    /// The order itself, by its number: it names this address as contact.
    Order(Name),
    /// Vendor staff, who is not named.
    Vendor,
}

/// What the invitation shows.
#[derive(Debug, Clone)]
pub struct InvitationMail {
    /// The reader's name, if known.
    pub name: Option<Name>,
    /// Who invites.
    pub by: InvitedBy,
    /// The customer or reseller.
    pub party: Name,
    /// What the reader may do there.
    pub role: Role,
    /// Where to sign in.
    pub portal_link: String,
}

brand::phrases! {
    /// Sentences of the invitation.
    pub struct Words;
    subject: en "Invitation to manage the licenses of {party}", it "Invito a gestire le licenze di {party}";
    title: en "You are invited", it "Ha ricevuto un invito";
    by_member: en "**{who}** invites you to the licenses of **{party}** on the {vendor} portal.", it "**{who}** la invita alle licenze di **{party}** sul portale {vendor}.";
    by_holder: en "Order {who} was forwarded to you, so that you can activate and manage the licenses of **{party}** on the {vendor} portal.", it "L’ordine {who} le è stato inoltrato, perché possa attivare e gestire le licenze di **{party}** sul portale {vendor}.";
    by_order: en "Order {who} names you as contact of **{party}**. You can see and manage its licenses on the {vendor} portal.", it "L’ordine {who} la indica come contatto di **{party}**. Può vedere e gestire le licenze sul portale {vendor}.";
    by_vendor: en "{vendor} invites you to the licenses of **{party}** on its portal.", it "{vendor} la invita alle licenze di **{party}** sul suo portale.";
    role: en "Your role", it "Il suo ruolo";
    role_is: en "{role}: {may}", it "{role}: {may}";
    sign_in: en "Click the button below to log in or register. Use **the address that this message was sent to**: the invitation is for this address only.", it "Prema il pulsante qui sotto per accedere o registrarsi. Usi **l’indirizzo a cui è stato inviato questo messaggio**: l’invito vale solo per questo indirizzo.";
    unexpected: en "If you did not expect this invitation, do nothing: it has no effect until you sign in.", it "Se non si aspettava questo invito, non faccia nulla: non ha effetto finché non accede.";
    button: en "Sign in", it "Accedi";
    preheader: en "Sign in to see and manage the licenses.", it "Acceda per vedere e gestire le licenze.";
}

crate::message::templates!(
    InvitationMail,
    Words,
    "invitation/subject.txt",
    "invitation/body.txt",
    "invitation/body.html"
);

impl InvitationMail {
    fn lead(&self, words: &Words, frame: &Frame<'_>) -> Filled {
        let lead = match &self.by {
            InvitedBy::Member(who) => words.by_member.put("who", who),
            InvitedBy::OrderHolder(who) => words.by_holder.put("who", who),
            InvitedBy::Order(who) => words.by_order.put("who", who),
            InvitedBy::Vendor => words.by_vendor.put("party", &self.party),
        };
        lead.put("party", &self.party).put("vendor", &frame.brand.vendor_name)
    }

    fn role(&self, words: &Words, frame: &Frame<'_>) -> Filled {
        words.role_is.put("role", frame.role(self.role)).put("may", frame.role_may(self.role))
    }
}

/// Writes the mail.
pub fn render(mail: &InvitationMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
