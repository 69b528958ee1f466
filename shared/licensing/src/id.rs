//! Identifiers. Each is a type of its own, so that one can't be passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// A text that is not the identifier it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not {0}")]
pub struct InvalidId(&'static str);

macro_rules! ulid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Ulid);

        impl $name {
            /// Wraps a fresh ULID; the caller makes it, because this crate has neither clock nor randomness.
            pub const fn new(ulid: Ulid) -> Self {
                Self(ulid)
            }

            /// Reads the canonical 26 characters.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                Ulid::from_string(text).map(Self).map_err(|_| InvalidId($what))
            }

            /// The ULID inside.
            pub const fn ulid(self) -> Ulid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

ulid_id!(
    /// An order as this service knows it; the ERP's own name for it is the [`OrderNumber`].
    OrderId,
    "an order id"
);
ulid_id!(
    /// A customer's Smart Account.
    AccountId,
    "an account id"
);
ulid_id!(
    /// A person: name, address and language live in one item that everything else refers to.
    PersonId,
    "a person id"
);

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $len_max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The longest accepted text, in characters.
            pub const LEN_MAX: usize = $len_max;

            /// Takes printable ASCII without surrounding blanks, 1 to [`Self::LEN_MAX`] characters.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let fits = (1..=Self::LEN_MAX).contains(&text.len());
                let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
                if fits && printable && text.trim() == text && !text.contains('#') {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId($what))
                }
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// The ERP's number of an order, unique for ever, such as `19/00021`.
    OrderNumber,
    "an order number: 1 to 64 printable ASCII characters without #",
    64
);
text_id!(
    /// The ERP's number of a business: customer, reseller or distributor. It is the business's identity; its name
    /// is only a label.
    BusinessNumber,
    "a business number: 1 to 64 printable ASCII characters without #",
    64
);
text_id!(
    /// The vendor's article number, such as `IM120-4L`.
    Sku,
    "a SKU: 1 to 64 printable ASCII characters without #",
    64
);
text_id!(
    /// The code of one licence, unique for ever, such as `LICUNCK001`.
    LicenseCode,
    "a licence code: 1 to 64 printable ASCII characters without #",
    64
);

/// A server: `b` and nine digits. The id of a deleted server is never given again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerId(String);

impl ServerId {
    /// How many ids there are.
    pub const COUNT: u32 = 1_000_000_000;

    /// The id with this number; the number is taken modulo [`Self::COUNT`].
    pub fn from_number(number: u32) -> Self {
        Self(format!("b{:09}", number % Self::COUNT))
    }

    /// Reads `b` and nine digits.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let digits = text.strip_prefix('b').unwrap_or_default();
        if digits.len() == 9 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId("a server id: b and nine digits"))
        }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_ids_have_nine_digits() {
        assert_eq!(ServerId::from_number(121_893).as_str(), "b000121893");
        assert!(ServerId::parse("b000121893").is_ok());
        for wrong in ["", "b", "b12345678", "b1234567890", "c123456789", "b12345678x"] {
            assert!(ServerId::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_printable_and_trimmed() {
        assert!(OrderNumber::parse("19/00021").is_ok());
        for wrong in ["", " 1", "1 ", "a\nb", "a#b", "é"] {
            assert!(OrderNumber::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
