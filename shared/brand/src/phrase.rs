//! Sentences with places for values.

use std::fmt::{Display, Write as _};

/// A sentence of one language. `{name}` is a place for a value, `**…**` is emphasised in HTML and plain in text.
/// The sentence itself is ours; values are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase(pub &'static str);

impl Phrase {
    /// The sentence as text.
    pub fn text(&self, values: &[(&str, &dyn Display)]) -> String {
        self.fill(values, &["", ""], |value| value)
    }

    /// The sentence as HTML.
    pub fn html(&self, values: &[(&str, &dyn Display)]) -> String {
        self.fill(values, &["<strong>", "</strong>"], |value| escape_html(&value))
    }

    /// The names of its places, in order; a test compares the languages with it.
    pub fn places(&self) -> Vec<&'static str> {
        self.0.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
    }

    fn fill(&self, values: &[(&str, &dyn Display)], strong: &[&str; 2], escape: fn(String) -> String) -> String {
        let mut filled = String::with_capacity(self.0.len() + 32);
        for (at, run) in self.0.split("**").enumerate() {
            if at > 0 {
                filled.push_str(strong[(at + 1) % 2]);
            }
            fill_run(&mut filled, run, values, escape);
        }
        filled
    }
}

fn fill_run(filled: &mut String, run: &str, values: &[(&str, &dyn Display)], escape: fn(String) -> String) {
    let mut pieces = run.split('{');
    filled.push_str(&escape(pieces.next().unwrap_or_default().to_owned()));
    for piece in pieces {
        let (place, after) = piece.split_once('}').unwrap_or((piece, ""));
        match values.iter().find(|(name, _)| *name == place) {
            Some((_, value)) => filled.push_str(&escape(value.to_string())),
            None => debug_assert!(false, "no value for {{{place}}} of {run:?}"),
        }
        filled.push_str(&escape(after.to_owned()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_to_their_places() {
        let phrase = Phrase("**{who}** invites you to {account}.");
        assert_eq!(phrase.text(&[("who", &"Ada"), ("account", &"Acme")]), "Ada invites you to Acme.");
        assert_eq!(phrase.html(&[("who", &"Ada"), ("account", &"Acme")]), "<strong>Ada</strong> invites you to Acme.");
        assert_eq!(phrase.places(), ["who", "account"]);
    }

    #[test]
    fn values_are_neither_markup_nor_places_nor_emphasis() {
        let phrase = Phrase("{who} & **{account}**");
        assert_eq!(
            phrase.html(&[("who", &"<i>{account}**"), ("account", &"\"x'")]),
            "&#60;i&#62;{account}** &#38; <strong>&#34;x&#39;</strong>"
        );
        assert_eq!(phrase.text(&[("who", &"{account}**"), ("account", &"x")]), "{account}** & x");
    }
}
