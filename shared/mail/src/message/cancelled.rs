//! To the members: licences end before their time, and on which day.

use brand::Name;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::Rendered;
use crate::frame::{Entry, Frame};

/// What the cancelled mail shows.
#[derive(Debug, Clone)]
pub struct CancelledMail {
    /// The reader's name, if known.
    pub name: Option<Name>,
    /// The customer whose account it is.
    pub customer: Name,
    /// The ERP's number of the cancellation, or of the order whose licences vendor staff cancelled.
    pub number: Name,
    /// Why, where somebody said so.
    pub reason: Option<Name>,
    /// The licences that end.
    pub lines: Vec<CancelledLine>,
    /// Where the account is seen.
    pub portal_link: String,
}

/// A licence that ends.
#[derive(Debug, Clone)]
pub struct CancelledLine {
    /// The article's name.
    pub product: Name,
    /// The licence's code.
    pub license_code: Name,
    /// The last day in force, and when the grace after it ends; `None` where it never was in force.
    pub ends: Option<(Date, Timestamp)>,
}

brand::phrases! {
    /// Sentences of the cancelled mail.
    pub struct Words;
    subject: en "Licenses cancelled: {number}", it "Licenze annullate: {number}";
    title: en "Licenses were cancelled", it "Alcune licenze sono state annullate";
    lead: en "Licenses of **{customer}** were cancelled (order {number}). Your servers go on running them for a while; please look at the dates below.", it "Alcune licenze di **{customer}** sono state annullate (ordine {number}). I server continueranno a usarle ancora per un po’: controlli le date qui sotto.";
    reason: en "Reason", it "Motivo";
    ends: en "Last day: {last_day}. Servers run it until {until}.", it "Ultimo giorno: {last_day}. I server la usano fino al {until}.";
    never: en "It never begins.", it "Non inizierà.";
    keep: en "What is assigned stays as it is. Where less is left than is assigned, what was assigned last stops first.", it "Le assegnazioni restano invariate. Se ciò che resta è meno di quanto assegnato, si ferma per primo ciò che è stato assegnato per ultimo.";
    preheader: en "Licenses of {customer} end before their time.", it "Alcune licenze di {customer} terminano in anticipo.";
    button: en "See your licenses", it "Vedi le licenze";
}

crate::message::templates!(CancelledMail, Words, "cancelled/subject.txt", "cancelled/body.txt", "cancelled/body.html");

impl CancelledMail {
    fn entries(&self, words: &Words, frame: &Frame<'_>) -> Vec<Entry> {
        let fact = |line: &CancelledLine| match line.ends {
            Some((last_day, until)) => {
                words.ends.put("last_day", frame.date(last_day)).put("until", frame.instant(until)).to_string()
            }
            None => words.never.to_string(),
        };
        let entry = |line: &CancelledLine| Entry {
            product: line.product.clone(),
            license_code: line.license_code.clone(),
            facts: vec![fact(line)],
        };
        self.lines.iter().map(entry).collect()
    }
}

/// Writes the mail.
pub fn render(mail: &CancelledMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
