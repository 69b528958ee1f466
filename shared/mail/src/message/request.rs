//! To the managers: somebody asks for access and waits for one of them.

use brand::{Filled, Name};
use licensing::member::Role;

use crate::Rendered;
use crate::frame::Frame;

/// Who asks.
#[derive(Debug, Clone)]
pub enum Asking {
    /// A person whom an order names, or to whom its holder forwarded it, by name or address.
    Person {
        /// Name or address.
        who: Name,
        /// What they would be.
        role: Role,
        /// The order's number.
        order: Name,
    },
    /// A reseller through whom an order came.
    Reseller {
        /// Its name.
        who: Name,
        /// The order's number.
        order: Name,
    },
}

/// What the request mail shows.
#[derive(Debug, Clone)]
pub struct RequestMail {
    /// The reader's name, if known.
    pub name: Option<Name>,
    /// Who asks.
    pub asking: Asking,
    /// The customer or reseller.
    pub party: Name,
    /// Where to accept or decline.
    pub portal_link: String,
}

brand::phrases! {
    /// Sentences of the request mail.
    pub struct Words;
    subject: en "{who} asks for access to the licenses of {party}", it "{who} chiede l’accesso alle licenze di {party}";
    title: en "Somebody asks for access", it "Richiesta di accesso";
    person: en "**{who}** asks for access to the licenses of **{party}**, as {role} (may {may}). The request comes from order {order}.", it "**{who}** chiede l’accesso alle licenze di **{party}** come {role} (può {may}). La richiesta viene dall’ordine {order}.";
    reseller: en "Order {order} came through the reseller **{who}**, which asks to manage the licenses of **{party}**.", it "L’ordine {order} è arrivato tramite il rivenditore **{who}**, che chiede di gestire le licenze di **{party}**.";
    decide: en "**They see nothing until you accept.** Accept only whom you know; you can also decline.", it "**Finché non accetta, non vede nulla.** Accetti solo chi conosce; può anche rifiutare.";
    button: en "Review request", it "Esamina la richiesta";
    preheader: en "They see nothing until you accept.", it "Finché non accetta, non vede nulla.";
}

crate::message::templates!(RequestMail, Words, "request/subject.txt", "request/body.txt", "request/body.html");

impl RequestMail {
    fn who(&self) -> &Name {
        match &self.asking {
            Asking::Person { who, .. } | Asking::Reseller { who, .. } => who,
        }
    }

    fn lead(&self, words: &Words, frame: &Frame<'_>) -> Filled {
        let lead = match &self.asking {
            Asking::Person { role, order, .. } => {
                let name = frame.role(*role).to_string().to_lowercase();
                words.person.put("role", name).put("may", frame.role_may(*role)).put("order", order)
            }
            Asking::Reseller { order, .. } => words.reseller.put("order", order),
        };
        lead.put("who", self.who()).put("party", &self.party)
    }
}

/// Writes the mail.
pub fn render(mail: &RequestMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
