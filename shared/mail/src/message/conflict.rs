//! To the managers: a second installation uses a server's token.

use brand::{Filled, Name};
use jiff::Timestamp;

use crate::Rendered;
use crate::frame::Frame;

/// What the conflict mail shows.
#[derive(Debug, Clone)]
pub struct ConflictMail {
    /// The reader's name, if known.
    pub name: Option<Name>,
    /// The customer whose account it is.
    pub customer: Name,
    /// The server's name.
    pub server: Name,
    /// The server's id.
    pub server_id: Name,
    /// When the second installation was first seen.
    pub seen_at: Timestamp,
    /// Days that the second installation runs without a decision.
    pub rival_days: u32,
    /// Where to choose which installation stays.
    pub portal_link: String,
}

brand::phrases! {
    /// Sentences of the conflict mail.
    pub struct Words;
    subject: en "Two installations use {server} of {customer}", it "Due installazioni usano {server} di {customer}";
    title: en "Two installations use one server token", it "Due installazioni usano lo stesso token";
    lead: en "A second ApplicationSuite checks in with the token of **{server}** ({customer}). This happens when a machine was cloned, or a backup was restored while the original still runs.", it "Una seconda ApplicationSuite si collega con il token di **{server}** ({customer}). Succede quando una macchina è stata clonata, o un backup ripristinato mentre l’originale è ancora attiva.";
    effect: en "**Nothing stops now.** The first installation keeps its licenses; the second one runs for {days} days unless you choose it.", it "**Per ora non si ferma nulla.** La prima installazione mantiene le licenze; la seconda funziona per {days} giorni, se non la sceglie.";
    action: en "Choose in the portal which installation stays. If you need both, add a server and give the second one its own token.", it "Scelga nel portale quale installazione resta. Se servono entrambe, aggiunga un server e dia alla seconda un token proprio.";
    server: en "Server", it "Server";
    server_is: en "{server} ({id})", it "{server} ({id})";
    seen_at: en "First seen", it "Vista la prima volta";
    button: en "Choose installation", it "Scegli l’installazione";
    preheader: en "Nothing stops now. Choose which installation stays.", it "Per ora non si ferma nulla. Scelga quale installazione resta.";
}

crate::message::templates!(ConflictMail, Words, "conflict/subject.txt", "conflict/body.txt", "conflict/body.html");

impl ConflictMail {
    fn server(&self, words: &Words) -> Filled {
        words.server_is.put("server", &self.server).put("id", &self.server_id)
    }
}

/// Writes the mail.
pub fn render(mail: &ConflictMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
