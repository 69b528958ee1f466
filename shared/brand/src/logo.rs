//! The vendor's picture.

use serde::{Deserialize, Serialize};

/// A text that is not the address of a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an https address, nor an SVG as data:image/svg+xml;base64,…")]
pub struct InvalidLogo;

/// The address of a picture: `https://…` or `data:image/svg+xml;base64,…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Logo(String);

impl Logo {
    /// The longest address, in bytes: a logo travels with every page.
    pub const LEN_MAX: usize = 16_384;

    /// Reads an address; it holds no character that could end an attribute or a policy.
    pub fn parse(text: &str) -> Result<Self, InvalidLogo> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("data:image/svg+xml;base64,"));
        let clean = |rest: &str| rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?&=%+".contains(&b));
        match rest {
            Some(rest) if !rest.is_empty() && clean(rest) && text.len() <= Self::LEN_MAX => Ok(Self(text.to_owned())),
            _ => Err(InvalidLogo),
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address where mail programs show it: Gmail and Outlook show no `data:` pictures.
    pub fn for_mail(&self) -> Option<&str> {
        self.0.starts_with("https://").then_some(self.as_str())
    }

    /// What a content security policy must allow as a source of pictures.
    pub fn csp_source(&self) -> &str {
        match self.0.strip_prefix("https://") {
            Some(rest) => &self.0[..self.0.len() - rest.len() + rest.find(['/', '?']).unwrap_or(rest.len())],
            None => "data:",
        }
    }
}

impl TryFrom<String> for Logo {
    type Error = InvalidLogo;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Logo> for String {
    fn from(logo: Logo) -> Self {
        logo.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_that_can_do_nothing_else_are_taken() {
        for wrong in [
            "",
            "https://",
            "http://a.example/l.png",
            "javascript:alert(1)",
            "data:text/html;base64,AAAA",
            "https://a.example/\"onload=x",
            "https://a.example/l.png; script-src *",
        ] {
            assert_eq!(Logo::parse(wrong), Err(InvalidLogo), "{wrong}");
        }
    }

    #[test]
    fn a_policy_allows_the_logos_origin_only() {
        assert_eq!(Logo::parse("https://a.example/l.png?x=1").unwrap().csp_source(), "https://a.example");
        assert_eq!(Logo::parse("https://a.example").unwrap().csp_source(), "https://a.example");
        assert_eq!(Logo::parse("data:image/svg+xml;base64,PHN2Zz4=").unwrap().csp_source(), "data:");
    }

    #[test]
    fn mails_show_only_pictures_from_the_web() {
        assert_eq!(Logo::parse("data:image/svg+xml;base64,PHN2Zz4=").unwrap().for_mail(), None);
        assert_eq!(Logo::parse("https://a.example/l.png").unwrap().for_mail(), Some("https://a.example/l.png"));
    }
}
