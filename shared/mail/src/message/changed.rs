//! To the members: vendor staff changed something of theirs.

use brand::{Filled, Name, Phrase};

use crate::Rendered;
use crate::frame::Frame;

/// What staff did.
#[derive(Debug, Clone)]
pub enum Change {
    /// Capacity is served for so many days after a term.
    Grace {
        /// Days.
        days: u32,
    },
    /// Another reseller manages the licences.
    Reseller {
        /// Who did.
        from: Name,
        /// Who does.
        to: Name,
    },
    /// Somebody became a manager.
    Manager {
        /// Who, by name or address.
        who: Name,
    },
}

/// What the mail shows.
#[derive(Debug, Clone)]
pub struct ChangedMail {
    /// The reader's name, if known.
    pub name: Option<Name>,
    /// The customer, or the reseller.
    pub party: Name,
    /// What staff did.
    pub change: Change,
    /// Where to look.
    pub portal_link: String,
}

brand::phrases! {
    /// Sentences of the mail.
    pub struct Words;
    subject_grace: en "Licenses of {party} go on for {days} days after their term", it "Le licenze di {party} restano attive per {days} giorni dopo la scadenza";
    subject_reseller: en "{to} now manages the licenses of {party}", it "Ora {to} gestisce le licenze di {party}";
    subject_manager: en "{who} is now a manager of {party}", it "{who} è ora gestore di {party}";
    title: en "We changed something for you", it "Abbiamo modificato qualcosa per lei";
    grace: en "Licenses of **{party}** are now served for **{days} days** after their term ends. Renew them within this time and nothing stops.", it "Le licenze di **{party}** ora restano attive per **{days} giorni** dopo la scadenza. Le rinnovi entro questo tempo e nulla si fermerà.";
    reseller: en "The licenses of **{party}** are now managed by the reseller **{to}**. **{from}** has no access any more.", it "Le licenze di **{party}** ora sono gestite dal rivenditore **{to}**. **{from}** non ha più accesso.";
    manager: en "We made **{who}** a manager of **{party}**: they assign licenses, see tokens and invite people.", it "Abbiamo nominato **{who}** gestore di **{party}**: può assegnare licenze, vedere i token e invitare persone.";
    wrong: en "If this is not right, reply to this message.", it "Se non è corretto, risponda a questo messaggio.";
    button: en "Open the portal", it "Apri il portale";
    preheader: en "Nothing has to be done.", it "Non deve fare nulla.";
}

crate::message::templates!(ChangedMail, Words, "changed/subject.txt", "changed/body.txt", "changed/body.html");

impl ChangedMail {
    fn subject(&self, words: &Words) -> Filled {
        self.fill(match self.change {
            Change::Grace { .. } => words.subject_grace,
            Change::Reseller { .. } => words.subject_reseller,
            Change::Manager { .. } => words.subject_manager,
        })
    }

    fn lead(&self, words: &Words) -> Filled {
        self.fill(match self.change {
            Change::Grace { .. } => words.grace,
            Change::Reseller { .. } => words.reseller,
            Change::Manager { .. } => words.manager,
        })
    }

    fn fill(&self, phrase: Phrase) -> Filled {
        let filled = match &self.change {
            Change::Grace { days } => phrase.put("days", *days),
            Change::Reseller { from, to } => phrase.put("from", from).put("to", to),
            Change::Manager { who } => phrase.put("who", who),
        };
        filled.put("party", &self.party)
    }
}

/// Writes the mail.
pub fn render(mail: &ChangedMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
