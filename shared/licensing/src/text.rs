//! Texts that people gave: bounded, without control characters, compared in one way.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text was not taken; the sentence completes "The value …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing but blanks.
    #[error("must not be empty")]
    Empty,
    /// More characters than the limit.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// A control character, such as a line break: the way headers and CSV rows are forged.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// Not an address that mail can be sent to.
    #[error("must be an e-mail address, such as name@example.com")]
    NotAnAddress,
}

/// A name or another short text to show: trimmed, 1 to 200 characters, no control characters. It may still contain
/// markup or formulas: whoever shows it escapes it for the place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Label(String);

impl Label {
    /// The longest label, in characters.
    pub const LEN_MAX: usize = 200;

    /// Trims and checks a text.
    pub fn parse(text: &str) -> Result<Self, TextFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextFault::Empty);
        }
        if text.chars().any(char::is_control) {
            return Err(TextFault::ControlCharacter);
        }
        if text.chars().count() > Self::LEN_MAX {
            return Err(TextFault::TooLong(Self::LEN_MAX));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An e-mail address in lower case, the form in which addresses are compared and stored.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The longest address that SMTP carries (RFC 5321, 4.5.3.1.3, less the angle brackets).
    pub const LEN_MAX: usize = 254;

    /// Takes `local@domain` in ASCII and folds it to lower case. Quoted local parts and address literals are not
    /// taken: nobody has them, and they are how headers are forged.
    pub fn parse(text: &str) -> Result<Self, TextFault> {
        let text = text.trim();
        if text.len() > Self::LEN_MAX {
            return Err(TextFault::TooLong(Self::LEN_MAX));
        }
        let (local, domain) = text.split_once('@').ok_or(TextFault::NotAnAddress)?;
        let local_ok = (1..=64).contains(&local.len())
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let labels_ok = domain.contains('.')
            && domain.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            });
        if local_ok && labels_ok { Ok(Self(text.to_ascii_lowercase())) } else { Err(TextFault::NotAnAddress) }
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as a stranger may see it: `b…i@example.com`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first = local.chars().next().unwrap_or('…');
        let last = local.chars().last().filter(|_| local.len() > 2);
        format!("{first}…{}@{domain}", last.map(String::from).unwrap_or_default())
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Addresses never reach a log, not even through `{:?}`.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

/// The languages that mails and pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, also where a wish is unknown.
    #[default]
    En,
    /// Italian.
    It,
}

impl Language {
    /// Reads the primary subtag of a BCP 47 tag: `it`, `it-IT`, `EN`. `None` where the language is not written.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.trim().to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "it" => Some(Self::It),
            _ => None,
        }
    }

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::It => "it",
        }
    }
}

/// An ISO 3166-1 alpha-2 country code in upper case, such as `IT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// Reads two letters of either case.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 2] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphabetic).then(|| Self(bytes.map(|b| b.to_ascii_uppercase())))
    }

    /// The two letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl TryFrom<String> for Country {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a country code")
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_folded_and_masked() {
        let address = EmailAddress::parse(" Bernardo.Federigi@Example.COM ").unwrap();
        assert_eq!(address.as_str(), "bernardo.federigi@example.com");
        assert_eq!(address.masked(), "b…i@example.com");
        assert_eq!(format!("{address:?}"), "EmailAddress(…)");
    }

    #[test]
    fn addresses_that_forge_headers_are_refused() {
        for wrong in [
            "",
            "a",
            "@b.c",
            "a@b",
            "a@b..c",
            "a b@c.de",
            "a@c.de\r\nBcc: x@y.zz",
            "\"a\"@b.cc",
            "<a@b.cc>",
            "a@b.cc,d@e.ff",
            ".a@b.cc",
        ] {
            assert!(EmailAddress::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn labels_are_trimmed_and_bounded() {
        assert_eq!(Label::parse("  Imagicle Spa ").unwrap().as_str(), "Imagicle Spa");
        assert_eq!(Label::parse(" \t"), Err(TextFault::Empty));
        assert_eq!(Label::parse("a\r\nb"), Err(TextFault::ControlCharacter));
        assert_eq!(Label::parse(&"x".repeat(201)), Err(TextFault::TooLong(200)));
    }

    proptest! {
        #[test]
        fn an_address_that_is_taken_is_plain_and_taken_again_as_it_is(
            text in prop_oneof![any::<String>(), "[ -~]{0,12}@[ -~]{0,20}", "[a-zA-Z.+'-]{1,9}@[a-z0-9-]{1,9}\\.[a-z.]{1,6}"],
        ) {
            if let Ok(address) = EmailAddress::parse(&text) {
                let plain = address.as_str();
                prop_assert_eq!(EmailAddress::parse(plain), Ok(address.clone()));
                prop_assert!(plain.is_ascii() && !plain.bytes().any(|byte| byte <= b' ' || b"\"(),:;<>[]\\".contains(&byte)));
                prop_assert!(plain.len() <= EmailAddress::LEN_MAX && plain.matches('@').count() == 1);
                prop_assert!(address.masked().contains('…'));
            }
        }

        #[test]
        fn texts_of_any_kind_are_taken_clean_or_refused(text in any::<String>()) {
            if let Ok(label) = Label::parse(&text) {
                prop_assert_eq!(Label::parse(label.as_str()), Ok(label.clone()));
                prop_assert!(!label.as_str().chars().any(char::is_control) && label.as_str().trim() == label.as_str());
            }
            if let Some(country) = Country::parse(&text) {
                prop_assert_eq!(Country::parse(country.code()), Some(country));
            }
            if let Some(language) = Language::from_tag(&text) {
                prop_assert_eq!(Language::from_tag(language.tag()), Some(language));
            }
        }
    }
}
