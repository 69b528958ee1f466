//! What all mails share: the vendor's head and foot, the greeting, the reader's language.

use brand::{Brand, Colour, Name, Step, escape_html};
use jiff::Timestamp;
use jiff::civil::Date;
use licensing::member::Role;
use licensing::text::Language;

brand::phrases! {
    /// Sentences of every mail.
    pub struct FrameWords;
    dear: en "Dear {name},", it "Gentile {name},";
    hello: en "Hello,", it "Buongiorno,";
    link_below: en "If the button does not work, copy this address into your browser:", it "Se il pulsante non funziona, copi questo indirizzo nel browser:";
    need_help: en "Need help?", it "Serve aiuto?";
    write_or_call: en "Write to {email} or call {phone}.", it "Scriva a {email} o chiami il {phone}.";
    write: en "Write to {email}.", it "Scriva a {email}.";
    automatic: en "{vendor} sent this message automatically. Answers are read by our staff.", it "{vendor} ha inviato questo messaggio automaticamente. Le risposte sono lette dal nostro personale.";
    products: en "Products", it "Prodotti";
    sku: en "SKU", it "SKU";
    quantity: en "Q.ty", it "Q.tà";
    license: en "License", it "Licenza";
    order_number: en "Order Number", it "Numero d’ordine";
    purchase_order: en "Purchase order", it "Ordine di acquisto";
    manager: en "Manager", it "Gestore";
    viewer: en "Viewer", it "Osservatore";
    manager_may: en "assign licenses, see tokens and invite others", it "assegnare licenze, vedere i token e invitare altri";
    viewer_may: en "see licenses and servers", it "vedere licenze e server";
}

/// The vendor and the reader, as templates use them.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The vendor.
    pub brand: &'a Brand,
    /// The reader's language.
    pub language: Language,
    /// Sentences of every mail.
    pub words: &'static FrameWords,
}

impl<'a> Frame<'a> {
    /// The frame of one mail.
    pub fn new(brand: &'a Brand, language: Language) -> Self {
        Self { brand, language, words: FrameWords::of(language) }
    }

    /// "Dear NAME,", or "Hello," where there is no name to show.
    pub fn greeting(&self, name: Option<&Name>) -> String {
        match name.filter(|name| !name.as_str().is_empty()) {
            Some(name) => self.words.dear.put("name", name).to_string(),
            None => self.words.hello.to_string(),
        }
    }

    /// The sentence about support, as text.
    pub fn support_text(&self) -> String {
        let email = &self.brand.support_email;
        if self.brand.support_phone.is_empty() {
            self.words.write.put("email", email).to_string()
        } else {
            self.words.write_or_call.put("email", email).put("phone", &self.brand.support_phone).to_string()
        }
    }

    /// The sentence about support, as HTML with links.
    pub fn support_html(&self) -> String {
        let style = format!("class=\"link\" style=\"color:{};white-space:nowrap;\"", self.accent_text());
        let email = escape_html(self.brand.support_email.as_str());
        let phone = escape_html(&self.brand.support_phone);
        let digits = self.brand.support_phone_digits();
        escape_html(&self.support_text())
            .replacen(&email, &format!("<a {style} href=\"mailto:{email}\">{email}</a>"), 1)
            .replacen(&phone, &format!("<a {style} href=\"tel:{digits}\">{phone}</a>"), usize::from(!phone.is_empty()))
    }

    /// A count in the reader's language.
    pub fn number(&self, number: u32) -> String {
        brand::format_number(u64::from(number), self.language)
    }

    /// A date in the reader's language.
    pub fn date(&self, date: Date) -> String {
        brand::format_date(date, self.language)
    }

    /// An instant in the reader's language.
    pub fn instant(&self, instant: Timestamp) -> String {
        brand::format_instant(instant, self.language)
    }

    /// The name of a role.
    pub fn role(&self, role: Role) -> brand::Phrase {
        match role {
            Role::Manager => self.words.manager,
            Role::Viewer => self.words.viewer,
        }
    }

    /// What a role may do.
    pub fn role_may(&self, role: Role) -> brand::Phrase {
        match role {
            Role::Manager => self.words.manager_may,
            Role::Viewer => self.words.viewer_may,
        }
    }

    /// The picture in the head, where mail programs can show it.
    pub fn logo(&self) -> Option<&str> {
        self.brand.logo.as_ref().and_then(brand::Logo::for_mail)
    }

    #[expect(clippy::unused_self, reason = "templates can only call methods")]
    /// The fonts, for a style attribute in double quotes.
    pub fn font(&self) -> &'static str {
        "-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
    }

    #[expect(clippy::unused_self, reason = "templates can only call methods")]
    /// How a code wraps: a short one not at all, a long one anywhere.
    pub fn code_wrap(&self, code: &Name) -> &'static str {
        if code.as_str().len() <= 14 { "white-space:nowrap;" } else { "word-break:break-all;" }
    }

    /// Text on white.
    pub fn ink(&self) -> Colour {
        self.brand.colours.text.readable_on(Colour::WHITE)
    }

    /// The accent as text on white.
    pub fn accent_text(&self) -> Colour {
        self.brand.colours.accent.readable_on(Colour::WHITE)
    }

    /// The accent as text on the dark card.
    pub fn accent_text_dark(&self) -> Colour {
        self.brand.colours.accent.readable_on(Colour::INK)
    }

    /// The steps with their state, given the current one.
    pub fn steps(&self, current: Step) -> Vec<StepView> {
        let view = |step: Step| StepView {
            label: step.label(self.language),
            mark: if step < current { "✓".to_owned() } else { step.number().to_string() },
            reached: step <= current,
            current: step == current,
            first: step == Step::Delivery,
            last: step == Step::Activate,
        };
        Step::ALL.into_iter().map(view).collect()
    }

    /// The steps in one line of text: `✓ Delivery > [2 Unlock] > 3 Assign > 4 Activate`.
    pub fn steps_text(&self, current: Step) -> String {
        let show = |step: StepView| {
            let text = format!("{} {}", step.mark, step.label);
            if step.current { format!("[{text}]") } else { text }
        };
        self.steps(current).into_iter().map(show).collect::<Vec<_>>().join("  >  ")
    }
}

/// A licence with what happened to it, as templates draw it.
#[derive(Debug)]
pub struct Entry {
    /// The article's name.
    pub product: Name,
    /// The licence's code.
    pub license_code: Name,
    /// Sentences with dates.
    pub facts: Vec<String>,
}

/// One step of the strip, as templates draw it.
#[expect(clippy::struct_excessive_bools, reason = "each is a question that a template asks")]
#[derive(Debug)]
pub struct StepView {
    /// Its name.
    pub label: &'static str,
    /// What stands in its circle: a tick or its number.
    pub mark: String,
    /// Whether it is done or current.
    pub reached: bool,
    /// Whether it is the current one.
    pub current: bool,
    /// Whether nothing comes before it.
    pub first: bool,
    /// Whether nothing comes after it.
    pub last: bool,
}
