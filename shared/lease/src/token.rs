//! The server token: what a person copies from the portal into the AppSuite.
//!
//! `b000121893|` and 32 digits of base 36: 30 of them one big-endian number of key id (1 byte), token version (2) and
//! the first 16 bytes of a MAC, then two check characters over the server id and those 30. Nothing of it is stored:
//! a forged token is refused before any read.

use std::fmt;

use crate::base36;
use crate::ring::MacRing;

const PURPOSE: &str = "server-token/1";
const NUMBER_LEN: usize = 30;
const SECRET_LEN: usize = NUMBER_LEN + 2;
const MAC_LEN: usize = 16;

/// A token that the ring made. [`fmt::Display`] shows the secret, `{:?}` doesn't.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerToken(String);

impl ServerToken {
    /// Makes the token of a server under the current key of the ring: always the same for the same arguments, so that
    /// the portal can show it at any time.
    ///
    /// # Panics
    /// If `server` is not `b` and nine digits; identifiers are parsed long before.
    pub fn mint(ring: &MacRing, server: &str, version: u16) -> Self {
        Self::mint_with(ring, ring.current(), server, version).expect("a ring has its current key")
    }

    /// As [`Self::mint`], under the key that the token's version was made with; `None` where the ring has no such key.
    ///
    /// # Panics
    /// If `server` is not `b` and nine digits; identifiers are parsed long before.
    pub fn mint_with(ring: &MacRing, key_id: u8, server: &str, version: u16) -> Option<Self> {
        assert!(is_server(server), "a server id is b and nine digits");
        let version = version.to_be_bytes();
        let mac = ring.sign(key_id, PURPOSE, &[server.as_bytes(), &version, &[key_id]])?;
        let mut number = [0; 3 + MAC_LEN];
        number[0] = key_id;
        number[1..3].copy_from_slice(&version);
        number[3..].copy_from_slice(&mac[..MAC_LEN]);
        let secret = base36::encode(number, NUMBER_LEN);
        let check = base36::check_characters(&format!("{server}{secret}")).expect("both are base 36");
        Some(Self(format!("{server}|{secret}{}{}", char::from(check[0]), char::from(check[1]))))
    }

    /// Reads a token that a person pasted: blanks, line breaks and upper case are mended; everything else must be
    /// right. It says nothing about authenticity: see [`ParsedToken::verify`].
    pub fn parse(text: &str) -> Result<ParsedToken, TokenFault> {
        let token = mended(text);
        if token.is_empty() {
            return Err(TokenFault::Empty);
        }
        let (server, secret) = token.split_once('|').ok_or(TokenFault::NoBar)?;
        if !is_server(server) {
            return Err(TokenFault::Server);
        }
        if let Some(wrong) = secret.chars().find(|c| !c.is_ascii_alphanumeric()) {
            return Err(TokenFault::Character(wrong));
        }
        if secret.len() != SECRET_LEN {
            return Err(TokenFault::Length(secret.len()));
        }
        let (number, check) = secret.split_at(NUMBER_LEN);
        let expected = base36::check_characters(&format!("{server}{number}"));
        if expected.is_none_or(|expected| expected != check.as_bytes()) {
            return Err(TokenFault::Check);
        }
        let number: [u8; 3 + MAC_LEN] = base36::decode(number).ok_or(TokenFault::Range)?;
        let [key_id, high, low, mac @ ..] = number;
        let version = u16::from_be_bytes([high, low]);
        Ok(ParsedToken { server: server.to_owned(), version, key_id, mac, canonical: Self(token.clone()) })
    }

    /// The token as it is sent and stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ServerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerToken(…)")
    }
}

/// A well-formed token; authentic only where [`ParsedToken::verify`] says so.
#[derive(Clone, PartialEq, Eq)]
pub struct ParsedToken {
    server: String,
    version: u16,
    key_id: u8,
    mac: [u8; MAC_LEN],
    canonical: ServerToken,
}

impl ParsedToken {
    /// The server it names.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Its version; regenerating the token in the portal raises it.
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// The key of the ring that made it.
    pub const fn key_id(&self) -> u8 {
        self.key_id
    }

    /// The token in its one canonical form, without what was mended.
    pub const fn token(&self) -> &ServerToken {
        &self.canonical
    }

    /// Whether a key of the ring made this token. Compares in constant time.
    pub fn verify(&self, ring: &MacRing) -> bool {
        let fields: [&[u8]; 3] = [self.server.as_bytes(), &self.version.to_be_bytes(), &[self.key_id]];
        ring.verify(self.key_id, PURPOSE, &fields, &self.mac)
    }
}

impl fmt::Debug for ParsedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedToken")
            .field("server", &self.server)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a pasted token; each sentence tells the person what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Nothing was pasted.
    #[error("The token is empty. Copy it from the License Portal.")]
    Empty,
    /// No bar between server id and secret.
    #[error("The token has no bar (|) between server id and secret. Copy the whole token from the License Portal.")]
    NoBar,
    /// What stands before the bar is not a server id.
    #[error("The token must begin with b, nine digits and a bar (|). Copy it again from the License Portal.")]
    Server,
    /// A character that no token has.
    #[error("The token contains {0:?}, which no token has: only letters and digits follow the bar.")]
    Character(char),
    /// Too few or too many characters after the bar.
    #[error("The token has {0} characters after the bar instead of 32. Copy the whole token from the License Portal.")]
    Length(usize),
    /// The check characters don't fit: a typing error.
    #[error("The token has a typing error. Compare it with the License Portal, or copy and paste it.")]
    Check,
    /// The check characters fit, the number can't be: not made by any License Portal.
    #[error("The token was not made by a License Portal. Copy it from the License Portal.")]
    Range,
}

/// Without blanks, line breaks and the invisible characters that mail programs put in, in lower case.
fn mended(text: &str) -> String {
    let invisible =
        |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}');
    text.chars().filter(|c| !invisible(*c)).map(|c| c.to_ascii_lowercase()).collect()
}

fn is_server(text: &str) -> bool {
    text.len() == 10 && text.starts_with('b') && text.bytes().skip(1).all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring() -> MacRing {
        MacRing::single(1, [1; 32])
    }

    fn token(number: u32, version: u16) -> String {
        ServerToken::mint(&ring(), &format!("b{number:09}"), version).to_string()
    }

    #[test]
    fn each_fault_is_told_apart() {
        let right = token(121_893, 1);
        let secret = &right[11..];
        let check = base36::check_characters(&format!("b000121893{}", "z".repeat(30))).unwrap().map(char::from);
        let too_large = format!("b000121893|{}{}{}", "z".repeat(30), check[0], check[1]);
        for (text, fault) in [
            (" \n", TokenFault::Empty),
            (&right[..10], TokenFault::NoBar),
            (&right[1..], TokenFault::Server),
            (&format!("c000121893|{secret}"), TokenFault::Server),
            (&format!("{right}|"), TokenFault::Character('|')),
            (&right[..42], TokenFault::Length(31)),
            (&format!("b000121894|{secret}"), TokenFault::Check),
            (&too_large, TokenFault::Range),
        ] {
            assert_eq!(ServerToken::parse(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn a_token_of_another_ring_or_an_unknown_key_is_not_authentic() {
        let parsed = ServerToken::parse(&token(121_893, 1)).unwrap();
        assert!(parsed.verify(&ring()));
        assert!(!parsed.verify(&MacRing::single(1, [2; 32])));
        assert!(!parsed.verify(&MacRing::single(2, [1; 32])));
        assert!(parsed.verify(&ring().rotated(2, [2; 32])));
    }

    #[test]
    fn debug_output_keeps_the_secret() {
        let parsed = ServerToken::parse(&token(121_893, 1)).unwrap();
        let secret = parsed.token().as_str()[11..].to_owned();
        assert!(!format!("{parsed:?} {:?}", parsed.token()).contains(&secret));
    }

    proptest! {
        #[test]
        fn a_token_survives_its_way_over_the_clipboard(number in 0..1_000_000_000_u32, version: u16) {
            let parsed = ServerToken::parse(&token(number, version)).unwrap();
            prop_assert_eq!(parsed.server(), format!("b{number:09}"));
            prop_assert_eq!((parsed.version(), parsed.key_id()), (version, 1));
            prop_assert!(parsed.verify(&ring()));
        }

        #[test]
        fn line_breaks_blanks_and_upper_case_are_mended(number in 0..1_000_000_000_u32, at in 0..43_usize) {
            let right = token(number, 1);
            let (head, tail) = right.split_at(at);
            let pasted = format!("  {head}\r\n\u{a0}{tail}\u{feff}\n").to_uppercase();
            let parsed = ServerToken::parse(&pasted).unwrap();
            prop_assert_eq!(parsed.token().as_str(), right);
        }

        #[test]
        fn bytes_of_any_kind_never_break_the_parser(text in any::<String>()) {
            let _ = ServerToken::parse(&text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn every_single_wrong_character_is_detected(number in 0..1_000_000_000_u32, version: u16) {
            let right = token(number, version);
            for at in 0..right.len() {
                for wrong in (b'!'..=b'~').filter(|wrong| !wrong.eq_ignore_ascii_case(&right.as_bytes()[at])) {
                    let mut bytes = right.clone().into_bytes();
                    bytes[at] = wrong;
                    let text = String::from_utf8(bytes).unwrap();
                    prop_assert!(ServerToken::parse(&text).is_err(), "{}", text);
                }
            }
        }

        #[test]
        fn every_swap_of_neighbours_is_detected(number in 0..1_000_000_000_u32, version: u16) {
            let right = token(number, version);
            for at in 1..right.len() {
                let mut bytes = right.clone().into_bytes();
                bytes.swap(at - 1, at);
                let text = String::from_utf8(bytes).unwrap();
                prop_assert!(text == right || ServerToken::parse(&text).is_err(), "{}", text);
            }
        }
    }
}
