//! Pages that say one thing: the link is superseded or unknown, or the service failed.

use askama::Template;
use brand::Phrase;
use jiff::Timestamp;

use super::layout::Frame;
use super::{Look, Page};

brand::phrases! {
    /// Sentences of these pages.
    pub struct Words;
    superseded_title: en "There is a newer link", it "C’è un link più recente";
    superseded: en "A newer message about this order was sent to **{address}** on {when}. Please use the link in that message: this one no longer opens the order.", it "Un messaggio più recente su questo ordine è stato inviato a **{address}** il {when}. Usi il link in quel messaggio: questo non apre più l’ordine.";
    superseded_erased: en "A newer message about this order was made on {when}. This link no longer opens the order.", it "Il {when} è stato creato un messaggio più recente su questo ordine. Questo link non apre più l’ordine.";
    superseded_help: en "You did not get it? Look into the spam folder, or ask us to send it to another address.", it "Non l’ha ricevuto? Controlli la posta indesiderata o ci chieda di inviarlo a un altro indirizzo.";
    unknown_title: en "This link does not open an order", it "Questo link non apre alcun ordine";
    unknown: en "It may have been cut when it was copied. Please click the button in the order e-mail, or copy **the whole link** from it.", it "Forse è stato troncato durante la copia. Prema il pulsante nell’e-mail dell’ordine o copi **il link per intero**.";
    unknown_help: en "If it still does not work, send us the order number.", it "Se ancora non funziona, ci invii il numero d’ordine.";
    fault_title: en "Something failed on our side", it "Si è verificato un errore da parte nostra";
    fault: en "**Nothing was lost.** Please try again in a minute: the page then shows whether your last step has worked.", it "**Nulla è andato perso.** Riprovi tra un minuto: la pagina mostrerà se l’ultimo passo è riuscito.";
    fault_help: en "If it happens again, tell us this reference: {reference}", it "Se succede ancora, ci comunichi questo riferimento: {reference}";
    try_again: en "Try again", it "Riprova";
}

#[derive(Template)]
#[template(path = "message.html")]
struct Html<'a> {
    frame: &'a Frame<'a>,
    title: String,
    sentence: String,
    help: String,
    /// Path and label of a button.
    link: Option<(&'a str, String)>,
}

/// A page that says one thing.
pub(super) fn page(look: Look<'_>, title: Phrase, sentence: Phrase, help: Phrase) -> Page {
    let frame = Frame::new(look);
    frame.page(&Html {
        frame: &frame,
        title: title.to_string(),
        sentence: sentence.html(),
        help: help.html(),
        link: None,
    })
}

/// The page of an older link: a newer mail was sent.
#[derive(Debug, Clone)]
pub struct SupersededPage<'a> {
    /// Vendor and language.
    pub look: Look<'a>,
    /// The masked address that the newer mail went to; `None` where its owner is erased.
    pub sent_to: Option<&'a str>,
    /// When it was recorded.
    pub sent_at: Timestamp,
}

impl SupersededPage<'_> {
    /// Writes the page.
    pub fn render(&self) -> Page {
        let words = Words::of(self.look.language);
        let when = brand::format_instant(self.sent_at, self.look.language);
        let frame = Frame::new(self.look);
        frame.page(&Html {
            frame: &frame,
            title: words.superseded_title.to_string(),
            sentence: match self.sent_to {
                Some(address) => words.superseded.put("address", address).put("when", when).html(),
                None => words.superseded_erased.put("when", when).html(),
            },
            help: words.superseded_help.html(),
            link: None,
        })
    }
}

/// The page of a link that is not authentic, or whose order does not exist.
#[derive(Debug, Clone)]
pub struct UnknownPage<'a> {
    /// Vendor and language.
    pub look: Look<'a>,
}

impl UnknownPage<'_> {
    /// Writes the page.
    pub fn render(&self) -> Page {
        let words = Words::of(self.look.language);
        page(self.look, words.unknown_title, words.unknown, words.unknown_help)
    }
}

/// The page of a fault (5xx).
#[derive(Debug, Clone)]
pub struct FaultPage<'a> {
    /// Vendor and language.
    pub look: Look<'a>,
    /// The path to try again with `GET`: `/unlock/{link}`.
    pub retry: &'a str,
    /// The request's id, for support.
    pub reference: &'a str,
}

impl FaultPage<'_> {
    /// Writes the page.
    pub fn render(&self) -> Page {
        let words = Words::of(self.look.language);
        let frame = Frame::new(self.look);
        frame.page(&Html {
            frame: &frame,
            title: words.fault_title.to_string(),
            sentence: words.fault.html(),
            help: words.fault_help.put("reference", self.reference).html(),
            link: Some((self.retry, words.try_again.to_string())),
        })
    }
}
