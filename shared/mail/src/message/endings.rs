//! To members of accounts and of resellers: what ends soon, or runs in grace from now on; grouped by customer.

use brand::{Filled, Name, Phrase};
use jiff::civil::Date;
use licensing::advance::{Near, Stage};
use licensing::ending::What;
use licensing::grant::{CareLevel, LicenseType};
use licensing::product::Unit;
use licensing::topic::Topic;

use crate::Rendered;
use crate::frame::Frame;

/// Most customers that are named; mail programs cut longer mails.
const CUSTOMERS_MAX: usize = 30;
/// Most lines of all customers together.
const LINES_MAX: usize = 90;

/// What the digest shows.
#[derive(Debug, Clone)]
pub struct EndingsMail {
    /// The reader's name, if known.
    pub name: Option<Name>,
    /// Which digest it is.
    pub topic: Topic,
    /// The customers, each with at least one line.
    pub customers: Vec<CustomerEndings>,
    /// Where the accounts are managed.
    pub portal_link: String,
    /// Where the reader ends this kind of mail.
    pub unsubscribe_link: String,
}

/// What ends at one customer.
#[derive(Debug, Clone)]
pub struct CustomerEndings {
    /// Its name.
    pub customer: Name,
    /// What ends, in order of time.
    pub lines: Vec<EndingLine>,
    /// Where the account is managed.
    pub portal_link: String,
}

/// One row that ends.
#[derive(Debug, Clone)]
pub struct EndingLine {
    /// The application.
    pub application: Name,
    /// Whether it is the "red." row.
    pub redundancy: bool,
    /// How the row is sold.
    pub license: LicenseType,
    /// The unit of the application.
    pub unit: Unit,
    /// How much ends, in units.
    pub capacity: u32,
    /// The last day.
    pub last_day: Date,
    /// How it ends.
    pub how: How,
}

/// How a row ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Its term does, and a grace follows up to this day, where there is one.
    Term(Option<Date>),
    /// Its term did, and the grace goes on up to this day.
    Graced(Date),
    /// Its care does; the licence goes on.
    Care(CareLevel),
}

brand::phrases! {
    /// Sentences of the digest.
    pub struct Words;
    subject_one: en "Licenses of {customer} end soon", it "Le licenze di {customer} stanno per scadere";
    subject_many: en "Licenses of {number} customers end soon", it "Le licenze di {number} clienti stanno per scadere";
    subject_graced: en "Licenses of {customer} have ended", it "Le licenze di {customer} sono scadute";
    title: en "What ends", it "Che cosa scade";
    lead_own: en "The following licenses end on a known day. What is renewed in time goes on by itself: **there is nothing to do on your servers**.", it "Le seguenti licenze scadono in un giorno noto. Ciò che viene rinnovato in tempo continua da solo: **sui server non c’è nulla da fare**.";
    lead_customers: en "This is what ends at your customers, gathered once a week. What is renewed in time goes on by itself.", it "Ecco che cosa scade presso i suoi clienti, raccolto una volta alla settimana. Ciò che viene rinnovato in tempo continua da solo.";
    preheader: en "{number} entries", it "{number} voci";
    redundant: en "{application} red.", it "{application} red.";
    perpetual: en "{application} – perpetual", it "{application} – perpetua";
    subscription: en "{application} – subscription", it "{application} – abbonamento";
    term_graced: en "{capacity}: the term ends on **{day}**, then runs in grace until {until}.", it "{capacity}: scade il **{day}**, poi prosegue in tolleranza fino al {until}.";
    term: en "{capacity}: the term ends on **{day}**.", it "{capacity}: scade il **{day}**.";
    graced: en "{capacity}: the term ended on {day}. It runs in grace **until {until}**, then it stops.", it "{capacity}: è scaduta il {day}. Prosegue in tolleranza **fino al {until}**, poi si ferma.";
    care: en "{capacity}: {care} care ends on **{day}**. The license goes on.", it "{capacity}: la manutenzione {care} scade il **{day}**. La licenza continua.";
    channels: en "{number} channels", it "{number} canali";
    users: en "{number} users", it "{number} utenti";
    instances: en "{number} pcs.", it "{number} pz.";
    more: en "And {number} more customers, in the portal.", it "E altri {number} clienti, nel portale.";
    action: en "To renew, write to your reseller. The portal shows which server would lose what, and when.", it "Per rinnovare, scriva al suo rivenditore. Il portale mostra quale server perderebbe che cosa, e quando.";
    action_customers: en "To renew, order as usual. The portal shows which server would lose what, and when.", it "Per rinnovare, ordini come di consueto. Il portale mostra quale server perderebbe che cosa, e quando.";
    why: en "You get this message because you may see these accounts, and only while something of them ends.", it "Riceve questo messaggio perché può vedere questi account, e solo quando qualcosa sta per scadere.";
    unsubscribe: en "Unsubscribe from these messages", it "Annulla l’iscrizione a questi messaggi";
    button: en "See what ends", it "Vedi che cosa scade";
}

crate::message::templates!(EndingsMail, Words, "endings/subject.txt", "endings/body.txt", "endings/body.html");

impl EndingLine {
    /// What people are told of an ending.
    pub fn of(near: &Near) -> Self {
        let ending = &near.ending;
        let grace = ending.grace_last_day();
        let (capacity, how) = match ending.what {
            What::Care { level, capacity, .. } => (capacity, How::Care(level)),
            What::Term { capacity, .. } => (capacity, How::Term(grace)),
            What::Served { capacity } => (capacity, How::Term(None)),
        };
        let how = match (near.stage, grace) {
            (Stage::GraceBegun, Some(until)) => How::Graced(until),
            _ => how,
        };
        Self {
            application: Name::from(&ending.pool.application),
            redundancy: ending.pool.redundancy,
            license: ending.pool.license,
            unit: ending.unit,
            capacity,
            last_day: ending.last_day,
            how,
        }
    }

    fn name(&self, words: &Words) -> Filled {
        let application = if self.redundancy {
            words.redundant.put("application", &self.application).to_string()
        } else {
            self.application.to_string()
        };
        let phrase = match self.license {
            LicenseType::Perpetual => words.perpetual,
            LicenseType::Subscription => words.subscription,
        };
        phrase.put("application", application)
    }

    fn sentence(&self, words: &Words, frame: &Frame<'_>) -> Filled {
        let unit = match self.unit {
            Unit::Channels => words.channels,
            Unit::Users => words.users,
            Unit::Instances => words.instances,
        };
        let day = |day| brand::format_date(day, frame.language);
        let filled = match self.how {
            How::Term(Some(until)) => words.term_graced.put("until", day(until)),
            How::Term(None) => words.term.put("day", day(self.last_day)),
            How::Graced(until) => words.graced.put("until", day(until)),
            How::Care(level) => words.care.put("care", care_name(level)),
        };
        filled.put("capacity", unit.put("number", frame.number(self.capacity))).put("day", day(self.last_day))
    }
}

/// Levels are names of the vendor's offers.
const fn care_name(level: CareLevel) -> &'static str {
    match level {
        CareLevel::Basic => "Basic",
        CareLevel::Gold => "Gold",
        CareLevel::Platinum => "Platinum",
    }
}

impl EndingsMail {
    /// The customers that are named, as many as a mail can hold.
    fn shown(&self) -> &[CustomerEndings] {
        let mut lines = 0;
        let fits = |customer: &&CustomerEndings| {
            lines += customer.lines.len();
            lines <= LINES_MAX
        };
        let number = self.customers.iter().take(CUSTOMERS_MAX).take_while(fits).count();
        // The first one is named however long it is.
        &self.customers[..number.max(1).min(self.customers.len())]
    }

    fn hidden(&self) -> u32 {
        u32::try_from(self.customers.len() - self.shown().len()).unwrap_or(u32::MAX)
    }

    fn subject(&self, words: &Words) -> Filled {
        let ended = |line: &EndingLine| matches!(line.how, How::Graced(_));
        match self.customers.as_slice() {
            [one] if one.lines.iter().all(ended) => words.subject_graced.put("customer", &one.customer),
            [one] => words.subject_one.put("customer", &one.customer),
            many => words.subject_many.put("number", many.len()),
        }
    }

    fn lead(&self, words: &Words) -> Phrase {
        match self.topic {
            Topic::OwnEndings => words.lead_own,
            Topic::CustomersEndings => words.lead_customers,
        }
    }

    /// A reseller is no customer of another one: it orders where it always does.
    fn action(&self, words: &Words) -> Phrase {
        match self.topic {
            Topic::OwnEndings => words.action,
            Topic::CustomersEndings => words.action_customers,
        }
    }

    fn preheader(&self, words: &Words) -> Filled {
        words.preheader.put("number", self.customers.iter().map(|customer| customer.lines.len()).sum::<usize>())
    }
}

/// Writes the mail.
pub fn render(mail: &EndingsMail, frame: &Frame<'_>) -> Rendered {
    write(mail, Words::of(frame.language), frame)
}
