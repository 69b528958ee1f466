//! To the members and to the recipient of a renewal: licences are renewed, and nothing has to be done.

use brand::{Name, Phrase};
use jiff::civil::Date;
use licensing::grant::{Care, CareLevel, Term};

use crate::Rendered;
use crate::frame::{Entry, Frame};

/// What the renewed mail shows.
#[derive(Debug, Clone)]
pub struct RenewedMail {
    /// The reader's name, if known.
    pub name: Option<Name>,
    /// The customer whose account it is.
    pub customer: Name,
    /// The purchase order's text.
    pub purchase_order: Name,
    /// The ERP's number of the renewal.
    pub number: Name,
    /// The licences that were renewed in the account; those that are still locked are not among them.
    pub lines: Vec<RenewedLine>,
    /// Where the account is seen.
    pub portal_link: String,
}

/// A licence that was renewed.
#[derive(Debug, Clone)]
pub struct RenewedLine {
    /// The article's name.
    pub product: Name,
    /// The licence's code.
    pub license_code: Name,
    /// The new term, where there is one.
    pub term: Option<Term>,
    /// The new care, where there is one.
    pub care: Option<Care>,
}

brand::phrases! {
    /// Sentences of the renewed mail.
    pub struct Words;
    subject: en "Licenses renewed: {purchase_order} - {number}", it "Licenze rinnovate: {purchase_order} - {number}";
    title: en "Your licenses are renewed", it "Le licenze sono rinnovate";
    lead: en "Order {number} renews licenses of **{customer}**. **Nothing has to be done:** each ApplicationSuite takes the new dates over with its next check-in.", it "L’ordine {number} rinnova licenze di **{customer}**. **Non è necessaria alcuna azione:** ogni ApplicationSuite riceve le nuove date al prossimo collegamento.";
    preheader: en "Nothing has to be done: the new dates arrive by themselves.", it "Non è necessaria alcuna azione: le nuove date arrivano da sole.";
    term: en "{capacity} from {start} to {term}", it "{capacity} dal {start} al {term}";
    grown: en "{capacity} from {start} on", it "{capacity} dal {start}";
    care: en "Care {level} from {start} to {term}", it "Assistenza {level} dal {start} al {term}";
    basic: en "Basic", it "Basic";
    gold: en "Gold", it "Gold";
    platinum: en "Platinum", it "Platinum";
    button: en "See your licenses", it "Vedi le licenze";
}

crate::message::templates!(RenewedMail, Words, "renewed/subject.txt", "renewed/body.txt", "renewed/body.html");

impl Words {
    fn level(&self, level: CareLevel) -> Phrase {
        match level {
            CareLevel::Basic => self.basic,
            CareLevel::Gold => self.gold,
            CareLevel::Platinum => self.platinum,
        }
    }
}

impl RenewedMail {
    fn entries(&self, words: &Words, frame: &Frame<'_>) -> Vec<Entry> {
        self.lines.iter().map(|line| line.entry(words, frame)).collect()
    }
}

impl RenewedLine {
    fn entry(&self, words: &Words, frame: &Frame<'_>) -> Entry {
        let date = |date: Date| frame.date(date);
        let term = self.term.map(|Term { capacity, start, term }| {
            let capacity = frame.number(capacity);
            match term {
                Some(term) => {
                    words.term.put("capacity", capacity).put("start", date(start)).put("term", date(term)).to_string()
                }
                None => words.grown.put("capacity", capacity).put("start", date(start)).to_string(),
            }
        });
        let care = self.care.map(|Care { level, start, term }| {
            let level = words.level(level);
            words.care.put("level", level).put("start", date(start)).put("term", date(term)).to_string()
        });
        let facts = term.into_iter().chain(care).collect();
        Entry { product: self.product.clone(), license_code: self.license_code.clone(), facts }
    }
}

/// Writes the mail.
pub fn render(mail: &RenewedMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
