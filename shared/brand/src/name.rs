//! Texts of others, made safe to show.

use std::fmt;

use licensing::id::{LicenseCode, OrderNumber, ServerId, Sku};
use licensing::text::{EmailAddress, Label};

/// A text that somebody else wrote, as it may be shown: one line, without invisible characters, and nothing that a
/// mail program would turn into a link. It is not escaped; HTML templates do that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Tames any text, such as a reason that a mail server gave; cut after [`Label::LEN_MAX`] characters.
    pub fn new(text: &str) -> Self {
        let visible: String = visible(text).chars().take(Label::LEN_MAX).collect();
        let visible = visible.trim();
        Self(if looks_like_link(visible) { take_link_apart(visible) } else { visible.to_owned() })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text without line ends and other invisible characters, for a header or a line.
pub fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

/// Characters that have no look of their own but change what is seen: line ends, bidirectional controls (which show
/// "gpj.exe" as "exe.jpg"), zero-width characters and tags.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'
                ..='\u{180f}'
        )
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a mail program would make a link of it that could pass for one of ours. "Booking.com S.p.A." stays as it
/// is: a bare domain is a name.
fn looks_like_link(text: &str) -> bool {
    let lower = text.to_lowercase();
    let path_after_domain = lower.split_whitespace().any(|word| {
        word.split_once('/').is_some_and(|(host, _)| host.contains('.') && host.contains(char::is_alphabetic))
    });
    lower.contains("://") || lower.contains("www.") || lower.contains("mailto:") || path_after_domain
}

/// Sets blanks where a link would hold together.
fn take_link_apart(text: &str) -> String {
    let mut apart = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        apart.push(c);
        if matches!(c, '.' | ':' | '/' | '@') {
            apart.push(' ');
        }
    }
    apart.trim_end().to_owned()
}

impl From<&Label> for Name {
    fn from(label: &Label) -> Self {
        Self::new(label.as_str())
    }
}

impl From<&EmailAddress> for Name {
    /// The whole address; [`EmailAddress::masked`] is for strangers.
    fn from(address: &EmailAddress) -> Self {
        Self::new(address.as_str())
    }
}

macro_rules! name_of_id {
    ($($id:ty),+) => {
        $(impl From<&$id> for Name {
            fn from(id: &$id) -> Self {
                Self::new(id.as_str())
            }
        })+
    };
}

name_of_id!(LicenseCode, OrderNumber, ServerId, Sku);

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        Name::new(text).to_string()
    }

    #[test]
    fn ordinary_names_are_shown_as_they_are() {
        for name in [
            "Imagicle Spa",
            "Booking.com S.p.A.",
            "19/00021",
            "IM120-4L",
            "Imagicle Stonefax 4 chan.",
            "Società Ünïcode & Söhne",
            "Rossi/Bianchi S.r.l.",
            "株式会社イマジクル",
        ] {
            assert_eq!(shown(name), name);
        }
    }

    #[test]
    fn invisible_characters_are_dropped() {
        assert_eq!(shown("a\u{202e}gpj.exe\u{202c}\u{200b}\u{feff}b"), "agpj.exeb");
        assert_eq!(shown("x\r\nBcc: y\u{2028}z"), "xBcc: yz");
        assert_eq!(shown("\u{200b}\u{2066} \u{2069}"), "");
    }

    #[test]
    fn names_never_hold_together_as_links() {
        assert_eq!(shown("https://evil.example/unlock/AAAA"), "https: / / evil. example/ unlock/ AAAA");
        assert_eq!(shown("WWW.evil.example"), "WWW. evil. example");
        assert_eq!(shown("see evil.example/unlock"), "see evil. example/ unlock");
        assert_eq!(shown("ht\u{200b}tps://evil.example"), "https: / / evil. example");
        assert_eq!(shown("mailto:a@evil.example"), "mailto: a@ evil. example");
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(shown(&"é".repeat(500)).chars().count(), Label::LEN_MAX);
    }
}
