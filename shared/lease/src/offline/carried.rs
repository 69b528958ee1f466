//! Bytes that people carry: lines of 30 digits of base 36 and two check characters.
//!
//! The bytes are a kind (1 byte), the length of the payload (2) and the payload, filled up with zeros to whole lines
//! of 19 bytes. A line is one big-endian number of 30 digits; its check characters (ISO 7064 MOD 1271-36) count its
//! number in, so that lines that were swapped, doubled or left out are found as well as a wrong character. Written in
//! capitals, because a QR code stores these in five and a half bits; read in either case, whatever blanks, line breaks
//! and hyphens stand in between.

use crate::base36;

const LINE_BYTES: usize = 19;
const LINE_DIGITS: usize = 30;
const LINE_LEN: usize = LINE_DIGITS + 2;
const GROUP_LEN: usize = 8;
const HEADER_LEN: usize = 3;
/// Far above any string; what is longer is not even looked at.
const LEN_MAX: usize = 128 * 1024;

/// Which of the three strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// From the AppSuite: it asks for a response, and says what it holds.
    Request,
    /// From the service: what the AppSuite may run.
    Response,
    /// From the AppSuite: it runs nothing any more.
    Return,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Request => 1,
            Self::Response => 2,
            Self::Return => 3,
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Request),
            2 => Some(Self::Response),
            3 => Some(Self::Return),
            _ => None,
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Return => "return",
        }
    }
}

/// Why a text is not such a string. Lines are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarriedFault {
    /// Nothing was given.
    #[error("there is no string")]
    Empty,
    /// A character that no string has.
    #[error("line {line} has the character {character:?}, which no string has")]
    Character {
        /// Where.
        line: usize,
        /// Which.
        character: char,
    },
    /// The check characters of a line don't fit.
    #[error("line {0} is not right: compare it with the original, and see whether a line is missing or twice there")]
    Line(usize),
    /// The end is missing, or there is too much.
    #[error("the string is not complete: it should have {lines} lines")]
    Length {
        /// How many it says that it has.
        lines: usize,
    },
    /// Another string than the one wanted.
    #[error("this is the {} string, not the {}", .found.name(), .wanted.name())]
    Kind {
        /// What is wanted.
        wanted: Kind,
        /// What it is.
        found: Kind,
    },
    /// A kind that this version doesn't know.
    #[error("this string is of a kind that this version does not know")]
    UnknownKind,
}

/// Writes bytes as lines: four groups of eight each.
///
/// # Panics
/// If the payload has more than 65,535 bytes; nothing that is carried comes near it.
pub fn write(kind: Kind, payload: &[u8]) -> String {
    let len = u16::try_from(payload.len()).expect("what is carried is short");
    let mut bytes = vec![kind.byte()];
    bytes.extend(len.to_be_bytes());
    bytes.extend(payload);
    bytes.resize(bytes.len().next_multiple_of(LINE_BYTES), 0);
    let (blocks, _) = bytes.as_chunks::<LINE_BYTES>();
    let lines: Vec<String> = blocks.iter().enumerate().map(|(index, block)| line(index + 1, *block)).collect();
    lines.join("\n") + "\n"
}

fn line(number: usize, block: [u8; LINE_BYTES]) -> String {
    let digits = base36::encode(block, LINE_DIGITS);
    let check = check_of(number, &digits).expect("the digits are base 36");
    let line = digits + std::str::from_utf8(&check).expect("the check characters are base 36");
    let groups: Vec<&str> = (0..LINE_LEN).step_by(GROUP_LEN).map(|at| &line[at..at + GROUP_LEN]).collect();
    groups.join("-").to_uppercase()
}

fn check_of(number: usize, digits: &str) -> Option<[u8; 2]> {
    base36::check_characters(&format!("{number}{digits}"))
}

/// Reads the payload of a string that should be of a kind.
pub fn read(wanted: Kind, text: &str) -> Result<Vec<u8>, CarriedFault> {
    let digits = digits_of(text)?;
    let mut bytes = Vec::with_capacity(digits.len() / LINE_LEN * LINE_BYTES);
    for (index, line) in digits.as_bytes().chunks(LINE_LEN).enumerate() {
        bytes.extend(block(index + 1, line).ok_or(CarriedFault::Line(index + 1))?);
    }
    let Some(([kind, high, low], rest)) = bytes.split_first_chunk::<HEADER_LEN>() else {
        return Err(CarriedFault::Empty);
    };
    let found = Kind::of(*kind).ok_or(CarriedFault::UnknownKind)?;
    if found != wanted {
        return Err(CarriedFault::Kind { wanted, found });
    }
    let len = usize::from(u16::from_be_bytes([*high, *low]));
    let whole = (HEADER_LEN + len).next_multiple_of(LINE_BYTES);
    if bytes.len() != whole || rest[len..].iter().any(|byte| *byte != 0) {
        return Err(CarriedFault::Length { lines: whole / LINE_BYTES });
    }
    Ok(rest[..len].to_vec())
}

/// The digits alone, in lower case.
fn digits_of(text: &str) -> Result<String, CarriedFault> {
    if text.len() > LEN_MAX {
        return Err(CarriedFault::Length { lines: LEN_MAX / LINE_LEN });
    }
    let mut digits = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_whitespace() && *character != '-') {
        if !character.is_ascii_alphanumeric() {
            return Err(CarriedFault::Character { line: digits.len() / LINE_LEN + 1, character });
        }
        digits.push(character.to_ascii_lowercase());
    }
    if digits.is_empty() { Err(CarriedFault::Empty) } else { Ok(digits) }
}

fn block(number: usize, line: &[u8]) -> Option<[u8; LINE_BYTES]> {
    let line = std::str::from_utf8(line).ok().filter(|line| line.len() == LINE_LEN)?;
    let (digits, check) = line.split_at(LINE_DIGITS);
    (check_of(number, digits)?.as_slice() == check.as_bytes()).then(|| base36::decode(digits))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(payload: &[u8]) -> Vec<String> {
        write(Kind::Request, payload).lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_string_is_read_whatever_its_case_blanks_and_hyphens() {
        let text = write(Kind::Request, b"what is carried");
        assert_eq!(text, format!("{}\n", text.trim()), "one line");
        for shown in
            [text.to_lowercase(), text.replace('-', " "), text.replace(['-', '\n'], ""), format!("\r\n {text}")]
        {
            assert_eq!(read(Kind::Request, &shown).as_deref(), Ok(b"what is carried".as_slice()));
        }
    }

    #[test]
    fn each_fault_says_what_to_look_at() {
        let whole = lines(&[7; 50]);
        let joined = |lines: &[&String]| lines.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n");
        let [one, two, three] = [&whole[0], &whole[1], &whole[2]];
        for (text, fault) in [
            (String::new(), CarriedFault::Empty),
            (" \n-".to_owned(), CarriedFault::Empty),
            (joined(&[one, &two.replace('-', "–")]), CarriedFault::Character { line: 2, character: '–' }),
            (joined(&[one, three, two]), CarriedFault::Line(2)),
            (joined(&[one, three]), CarriedFault::Line(2)),
            (joined(&[one, one, two, three]), CarriedFault::Line(2)),
            (joined(&[one, two]), CarriedFault::Length { lines: 3 }),
            (joined(&[one, two, &three[1..].to_owned()]), CarriedFault::Line(3)),
        ] {
            assert_eq!(read(Kind::Request, &text), Err(fault), "{text}");
        }
        let other = CarriedFault::Kind { wanted: Kind::Return, found: Kind::Request };
        assert_eq!(read(Kind::Return, &joined(&[one, two, three])), Err(other));
        assert_eq!(other.to_string(), "this is the request string, not the return");
    }

    proptest! {
        #[test]
        fn bytes_of_any_length_survive(payload in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert_eq!(read(Kind::Response, &write(Kind::Response, &payload)), Ok(payload));
        }

        #[test]
        fn a_wrong_character_or_two_that_were_swapped_are_found_in_their_line(
            payload in prop::collection::vec(any::<u8>(), 1..200), at: prop::sample::Index, to in "[0-9A-Z]",
        ) {
            let text = write(Kind::Request, &payload).replace(['-', '\n'], "");
            let at = at.index(text.len() - 1);
            let wrong = format!("{}{to}{}", &text[..at], &text[at + 1..]);
            let swapped = format!("{}{}{}{}", &text[..at], &text[at + 1..at + 2], &text[at..=at], &text[at + 2..]);
            for changed in [wrong, swapped].iter().filter(|changed| **changed != text) {
                let line = at / LINE_LEN + 1;
                let found = read(Kind::Request, changed);
                prop_assert!(matches!(found, Err(CarriedFault::Line(it)) if it == line || it == line + 1), "{found:?}");
            }
        }

        #[test]
        fn texts_of_any_kind_are_refused(text in any::<String>()) {
            prop_assert!(read(Kind::Request, &text).is_err());
        }
    }
}
