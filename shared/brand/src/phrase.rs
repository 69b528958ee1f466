//! Sentences with places for values.

use std::fmt::{self, Display, Write as _};

/// A sentence of one language. `{name}` is a place for a value, `**…**` is emphasised in HTML and plain in text.
/// The sentence itself is ours; values are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase(pub &'static str);

impl Phrase {
    /// Puts a value to a place.
    pub fn put(self, place: &'static str, value: impl Display) -> Filled {
        Filled { phrase: self, values: Vec::new() }.put(place, value)
    }

    /// A sentence without places as HTML.
    pub fn html(self) -> String {
        Filled { phrase: self, values: Vec::new() }.html()
    }

    /// The names of its places, sorted; a test compares the languages with it.
    pub fn places(&self) -> Vec<&'static str> {
        let mut places: Vec<_> = self.0.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
        places.sort_unstable();
        places
    }
}

/// As text.
impl Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Filled { phrase: *self, values: Vec::new() }.fmt(f)
    }
}

/// A sentence with values. Its `Display` is text; [`Filled::html`] is HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    phrase: Phrase,
    values: Vec<(&'static str, String)>,
}

impl Filled {
    /// Puts a value to a place.
    #[must_use]
    pub fn put(mut self, place: &'static str, value: impl Display) -> Self {
        self.values.push((place, value.to_string()));
        self
    }

    /// The sentence as HTML.
    pub fn html(&self) -> String {
        let mut filled = String::with_capacity(self.phrase.0.len() + 32);
        for (at, run) in self.phrase.0.split("**").enumerate() {
            match at {
                0 => {}
                at if at % 2 == 1 => filled.push_str("<strong>"),
                _ => filled.push_str("</strong>"),
            }
            filled.push_str(&escape_html(&self.fill(run)));
        }
        filled
    }

    fn fill(&self, run: &str) -> String {
        let mut pieces = run.split('{');
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (place, after) = piece.split_once('}').unwrap_or((piece, ""));
            match self.values.iter().find(|(name, _)| *name == place) {
                Some((_, value)) => filled.push_str(value),
                None => debug_assert!(false, "no value for {{{place}}} of {:?}", self.phrase),
            }
            filled.push_str(after);
        }
        filled
    }
}

impl Display for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase.0.split("**").try_for_each(|run| f.write_str(&self.fill(run)))
    }
}

/// Escapes a text for element content and quoted attributes.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' => write!(escaped, "&#{};", u32::from(c)).unwrap_or_default(),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Makes a type with one [`Phrase`] per sentence, its constants in every language, and `of(language)`. A sentence
/// that lacks a language does not compile.
///
/// ```
/// brand::phrases! {
///     /// What the door says.
///     pub struct Door;
///     open: en "Push to open", it "Spingere per aprire";
/// }
/// assert_eq!(Door::of(licensing::text::Language::It).open.to_string(), "Spingere per aprire");
/// ```
#[macro_export]
macro_rules! phrases {
    ($(#[$doc:meta])* $vis:vis struct $words:ident; $($key:ident: en $en:literal, it $it:literal;)+) => {
        $(#[$doc])*
        #[derive(Debug)]
        $vis struct $words {
            $(#[doc = $en] $vis $key: $crate::Phrase,)+
        }

        #[allow(dead_code, reason = "not every crate lists its sentences outside of tests")]
        impl $words {
            const EN: Self = Self { $($key: $crate::Phrase($en),)+ };
            const IT: Self = Self { $($key: $crate::Phrase($it),)+ };

            /// Every sentence: its key, in English, in Italian.
            $vis const ALL: &'static [(&'static str, $crate::Phrase, $crate::Phrase)] =
                &[$((stringify!($key), $crate::Phrase($en), $crate::Phrase($it)),)+];

            /// The sentences in a language.
            $vis const fn of(language: ::licensing::text::Language) -> &'static Self {
                match language {
                    ::licensing::text::Language::En => &Self::EN,
                    ::licensing::text::Language::It => &Self::IT,
                }
            }
        }
    };
}

/// What is wrong with the translation of a list of sentences, for tests: empty ones, other places, unbalanced
/// emphasis, and sentences that are the same in both languages though their key is not in `same`.
pub fn untranslated(all: &[(&'static str, Phrase, Phrase)], same: &[&str]) -> Vec<&'static str> {
    let fault = |(key, en, it): &(&'static str, Phrase, Phrase)| {
        let empty = en.0.trim().is_empty() || it.0.trim().is_empty();
        let uneven = [en, it].iter().any(|phrase| phrase.0.matches("**").count() % 2 == 1);
        let alike = en == it && !same.contains(key);
        (empty || uneven || alike || en.places() != it.places()).then_some(*key)
    };
    all.iter().filter_map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_to_their_places() {
        let phrase = Phrase("**{who}** invites you to {account}.").put("who", "Ada").put("account", "Acme");
        assert_eq!(phrase.to_string(), "Ada invites you to Acme.");
        assert_eq!(phrase.html(), "<strong>Ada</strong> invites you to Acme.");
    }

    #[test]
    fn values_are_neither_markup_nor_places_nor_emphasis() {
        let phrase = Phrase("{who} & **{account}**").put("who", "<i>{account}**").put("account", "\"x'");
        assert_eq!(phrase.html(), "&#60;i&#62;{account}** &#38; <strong>&#34;x&#39;</strong>");
        assert_eq!(phrase.to_string(), "<i>{account}** & \"x'");
    }

    #[test]
    fn a_missing_translation_is_found() {
        let all = [
            ("good", Phrase("a {x}"), Phrase("b {x}")),
            ("sku", Phrase("SKU"), Phrase("SKU")),
            ("alike", Phrase("a"), Phrase("a")),
            ("empty", Phrase("a"), Phrase(" ")),
            ("places", Phrase("a {x}"), Phrase("b {y}")),
            ("uneven", Phrase("a **b**"), Phrase("b **c")),
        ];
        assert_eq!(untranslated(&all, &["sku"]), ["alike", "empty", "places", "uneven"]);
    }
}
