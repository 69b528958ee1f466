//! To vendor staff: a mail did not reach its reader.

use brand::{Filled, Name, Phrase};
use jiff::Timestamp;
use licensing::text::EmailAddress;

use crate::Rendered;
use crate::frame::Frame;

/// Why it did not reach its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndeliveredCause {
    /// It could not be handed to the mail service and is parked until staff send it again or dismiss it.
    Parked,
    /// The reader's mail server refused it for good.
    Bounced,
    /// The reader reported it as unwanted.
    Complained,
}

/// What the mail was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// An order, revised or re-sent ones included.
    Order,
    /// Licences unlocked.
    Unlocked,
    /// Licences renewed.
    Renewed,
    /// Licences cancelled, or all of a locked order.
    Cancelled,
    /// An invitation.
    Invitation,
    /// Two installations use one token.
    Conflict,
    /// Somebody asks for access.
    Request,
    /// Vendor staff changed something.
    Changed,
    /// What ends soon.
    Endings,
}

/// What the mail to staff shows.
#[derive(Debug, Clone)]
pub struct UndeliveredMail {
    /// Why it did not reach its reader.
    pub cause: UndeliveredCause,
    /// What it was.
    pub kind: MailKind,
    /// Its reader; staff may see the address. `None` where the person is erased.
    pub recipient: Option<EmailAddress>,
    /// What it was about: the order's number or the account's name.
    pub about: Name,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// What the mail service or the reader's server said, if anything.
    pub reason: Option<Name>,
    /// Where staff correct the address, send it again or dismiss it.
    pub portal_link: String,
}

brand::phrases! {
    /// Sentences of the mail to staff.
    pub struct Words;
    subject: en "Not delivered: {kind} ({about})", it "Non recapitato: {kind} ({about})";
    title: en "A message was not delivered", it "Un messaggio non è stato recapitato";
    parked: en "A message could not be handed to the mail service and is **parked**. Nothing else waits for it. Send it again when the cause is mended, or dismiss it.", it "Non è stato possibile affidare un messaggio al servizio di posta: è **in sosta**. Nient’altro lo attende. Lo invii di nuovo quando la causa è risolta, o lo scarti.";
    bounced: en "The reader’s mail server **refused** a message for good. Correct the address and send it again, or call the reader.", it "Il server del destinatario ha **rifiutato** definitivamente un messaggio. Corregga l’indirizzo e lo invii di nuovo, o chiami il destinatario.";
    complained: en "The reader **reported a message as unwanted**. Do not send it again before you have spoken to them.", it "Il destinatario ha **segnalato il messaggio come indesiderato**. Non lo invii di nuovo prima di avergli parlato.";
    kind: en "Message", it "Messaggio";
    about: en "About", it "Riguarda";
    recipient: en "To", it "A";
    erased: en "an erased person", it "una persona cancellata";
    recorded_at: en "Recorded", it "Registrato";
    attempts: en "Attempts", it "Tentativi";
    reason: en "Reason", it "Motivo";
    order: en "order", it "ordine";
    unlocked: en "licenses unlocked", it "licenze sbloccate";
    renewed: en "licenses renewed", it "licenze rinnovate";
    cancelled: en "licenses cancelled", it "licenze annullate";
    invitation: en "invitation", it "invito";
    conflict: en "two installations use one token", it "due installazioni con lo stesso token";
    changed: en "a change by our staff", it "una modifica del nostro personale";
    request: en "request for access", it "richiesta di accesso";
    endings: en "what ends", it "che cosa scade";
    button: en "Open in the portal", it "Apri nel portale";
}

crate::message::templates!(
    UndeliveredMail,
    Words,
    "undelivered/subject.txt",
    "undelivered/body.txt",
    "undelivered/body.html"
);

impl UndeliveredMail {
    fn kind(&self, words: &Words) -> Phrase {
        match self.kind {
            MailKind::Order => words.order,
            MailKind::Unlocked => words.unlocked,
            MailKind::Renewed => words.renewed,
            MailKind::Cancelled => words.cancelled,
            MailKind::Invitation => words.invitation,
            MailKind::Conflict => words.conflict,
            MailKind::Request => words.request,
            MailKind::Changed => words.changed,
            MailKind::Endings => words.endings,
        }
    }

    fn subject(&self, words: &Words) -> Filled {
        words.subject.put("kind", self.kind(words)).put("about", &self.about)
    }

    fn lead(&self, words: &Words) -> Phrase {
        match self.cause {
            UndeliveredCause::Parked => words.parked,
            UndeliveredCause::Bounced => words.bounced,
            UndeliveredCause::Complained => words.complained,
        }
    }

    /// Labels with their values.
    fn facts(&self, words: &Words, frame: &Frame<'_>) -> Vec<(Phrase, String)> {
        let recipient = self.recipient.as_ref().map_or(words.erased.to_string(), ToString::to_string);
        let mut facts = vec![
            (words.kind, capitalised(&self.kind(words).to_string())),
            (words.about, self.about.to_string()),
            (words.recipient, recipient),
            (words.recorded_at, frame.instant(self.recorded_at)),
            (words.attempts, frame.number(self.attempts)),
        ];
        facts.extend(self.reason.as_ref().map(|reason| (words.reason, reason.to_string())));
        facts
    }
}

/// The text with its first letter in upper case, as it stands alone.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Writes the mail.
pub fn render(mail: &UndeliveredMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
