//! To vendor staff: the ERP or CRM did not take an event.

use brand::{Filled, Name, Phrase};
use jiff::Timestamp;

use crate::Rendered;
use crate::frame::Frame;

/// What the mail to staff shows of the event.
#[derive(Debug, Clone)]
pub struct EventParkedMail {
    /// Its type, such as `order.unlocked`.
    pub kind: Name,
    /// When it happened.
    pub recorded_at: Timestamp,
    /// How often it was sent.
    pub attempts: u32,
    /// What the receiver answered last.
    pub reason: Name,
    /// Where staff replay or dismiss it.
    pub portal_link: String,
}

brand::phrases! {
    /// Sentences of the mail to staff.
    pub struct Words;
    subject: en "Your systems did not take an event: {kind}", it "I vostri sistemi non hanno accettato un evento: {kind}";
    title: en "An event waits for you", it "Un evento attende il vostro intervento";
    lead: en "Your ERP or CRM did not take an event, so it is **parked**. Others that are not taken follow it, and you are told of them once a day. Have the receiver mended, then replay the events in the portal, or dismiss them.", it "Il vostro ERP o CRM non ha accettato un evento, che ora è **in sosta**. Altri eventi non accettati lo seguiranno: l’avviso arriva una volta al giorno. Faccia ripristinare il ricevitore, poi invii di nuovo gli eventi dal portale, o li scarti.";
    kind: en "Event", it "Evento";
    recorded_at: en "Recorded", it "Registrato";
    attempts: en "Attempts", it "Tentativi";
    reason: en "Reason", it "Motivo";
    button: en "Open in the portal", it "Apri nel portale";
}

crate::message::templates!(
    EventParkedMail,
    Words,
    "event-parked/subject.txt",
    "event-parked/body.txt",
    "event-parked/body.html"
);

impl EventParkedMail {
    fn subject(&self, words: &Words) -> Filled {
        words.subject.put("kind", &self.kind)
    }

    /// Labels with their values.
    fn facts(&self, words: &Words, frame: &Frame<'_>) -> [(Phrase, String); 4] {
        [
            (words.kind, self.kind.to_string()),
            (words.recorded_at, frame.instant(self.recorded_at)),
            (words.attempts, frame.number(self.attempts)),
            (words.reason, self.reason.to_string()),
        ]
    }
}

/// Writes the mail.
pub fn render(mail: &EventParkedMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
