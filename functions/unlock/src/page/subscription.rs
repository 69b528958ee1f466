//! The page on which a reader does without a kind of mail, or takes it up again.

use askama::Template;
use brand::Phrase;
use licensing::topic::Topic;

use super::layout::Frame;
use super::locked::Words as ConfirmWords;
use super::{Look, Notice, Page, form, message};

brand::phrases! {
    /// Sentences of these pages.
    pub struct Words;
    title: en "Messages about what ends", it "Messaggi su ciò che scade";
    own: en "licenses and care of your accounts that end soon", it "licenze e manutenzione dei suoi account in scadenza";
    customers: en "licenses and care of your customers that end soon, once a week", it "licenze e manutenzione dei suoi clienti in scadenza, una volta alla settimana";
    subscribed: en "**{address}** gets messages about {topic}.", it "**{address}** riceve messaggi su {topic}.";
    unsubscribed: en "**{address}** gets **no more** messages about {topic}.", it "**{address}** **non riceve più** messaggi su {topic}.";
    others: en "Messages about orders, invitations and your servers come as before.", it "I messaggi su ordini, inviti e server arrivano come prima.";
    unsubscribe: en "Unsubscribe", it "Annulla l’iscrizione";
    subscribe: en "Subscribe again", it "Iscriviti di nuovo";
    box_unsubscribe: en "Yes, no more of these messages", it "Sì, niente più messaggi di questo tipo";
    box_subscribe: en "Yes, send me these messages again", it "Sì, inviatemi di nuovo questi messaggi";
    unknown_title: en "This link is not complete", it "Questo link non è completo";
    unknown: en "It may have been cut when it was copied. Please click the link at the end of the message, or copy **the whole link** from it.", it "Forse è stato troncato durante la copia. Prema il link in fondo al messaggio o copi **il link per intero**.";
    unknown_help: en "If it still does not work, write to us.", it "Se ancora non funziona, ci scriva.";
}

/// The page of one kind of mail to one reader.
#[derive(Debug, Clone)]
pub struct SubscriptionPage<'a> {
    /// Vendor and language.
    pub look: Look<'a>,
    /// Which mail.
    pub topic: Topic,
    /// The reader's masked address.
    pub address: &'a str,
    /// Whether they get it.
    pub subscribed: bool,
    /// The path that the form posts to: `/unsubscribe/{link}`.
    pub action: &'a str,
    /// The page's nonce; for the confirmation a second one, of its own purpose.
    pub nonce: &'a str,
    /// Whether to ask for confirmation with an unticked box.
    pub confirm: bool,
    /// A sentence on top.
    pub notice: Option<Notice>,
}

#[derive(Template)]
#[template(path = "subscription.html")]
struct Html<'a> {
    frame: &'a Frame<'a>,
    page: &'a SubscriptionPage<'a>,
    words: &'a Words,
    confirm_words: &'a ConfirmWords,
}

impl SubscriptionPage<'_> {
    /// Writes the page.
    pub fn render(&self) -> Page {
        let language = self.look.language;
        let frame = Frame::new(self.look);
        let (words, confirm_words) = (Words::of(language), ConfirmWords::of(language));
        frame.page(&Html { frame: &frame, page: self, words, confirm_words })
    }

    fn sentence(&self, words: &Words) -> String {
        let topic = match self.topic {
            Topic::OwnEndings => words.own,
            Topic::CustomersEndings => words.customers,
        };
        let sentence = if self.subscribed { words.subscribed } else { words.unsubscribed };
        sentence.put("address", self.address).put("topic", topic).html()
    }

    /// The button's value and label, and the label of its box.
    fn button(&self, words: &Words) -> (&'static str, Phrase, Phrase) {
        if self.subscribed {
            (form::UNSUBSCRIBE, words.unsubscribe, words.box_unsubscribe)
        } else {
            (form::SUBSCRIBE, words.subscribe, words.box_subscribe)
        }
    }
}

/// The page of a link that is not authentic, or whose reader does not exist.
#[derive(Debug, Clone)]
pub struct UnknownSubscriptionPage<'a> {
    /// Vendor and language.
    pub look: Look<'a>,
}

impl UnknownSubscriptionPage<'_> {
    /// Writes the page.
    pub fn render(&self) -> Page {
        let words = Words::of(self.look.language);
        message::page(self.look, words.unknown_title, words.unknown, words.unknown_help)
    }
}
