//! Base 36 with check characters: numbers that people copy.

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The modulus of ISO 7064 MOD 1271-36.
const CHECK_MODULUS: u32 = 1271;

/// The value of a digit in either case.
pub(crate) fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'z' => Some(digit - b'a' + 10),
        b'A'..=b'Z' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// `bytes` as one big-endian number in `len` digits. `len` must hold it; what doesn't fit is cut off on the left.
pub(crate) fn encode<const N: usize>(mut bytes: [u8; N], len: usize) -> String {
    let mut digits = vec![b'0'; len];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut bytes {
            let number = rest << 8 | u32::from(*byte);
            *byte = u8::try_from(number / 36).expect("the rest is below 36, so the quotient is below 256");
            rest = number % 36;
        }
        *digit = DIGITS[rest as usize];
    }
    digits.into_iter().map(char::from).collect()
}

/// The bytes of a number; `None` for other characters than digits and for a number of more than `N` bytes.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0_u8; N];
    for digit in text.bytes() {
        let mut carry = u32::from(value(digit)?);
        for byte in bytes.iter_mut().rev() {
            let [.., high, low] = (u32::from(*byte) * 36 + carry).to_be_bytes();
            *byte = low;
            carry = u32::from(high);
        }
        if carry != 0 {
            return None;
        }
    }
    Some(bytes)
}

/// The two check characters of ISO 7064 MOD 1271-36. They detect every single wrong character and every swap of
/// neighbours, because 36 and 35 have no factor in common with 1271 = 31 × 41. `None` for other characters than
/// digits.
pub(crate) fn check_characters(text: &str) -> Option<[u8; 2]> {
    let step = |sum, digit| Some((sum + u32::from(value(digit)?)) * 36 % CHECK_MODULUS);
    let sum = text.bytes().try_fold(0, step)? * 36 % CHECK_MODULUS;
    let check = (CHECK_MODULUS + 1 - sum) % CHECK_MODULUS;
    Some([DIGITS[(check / 36) as usize], DIGITS[(check % 36) as usize]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_check_characters_are_those_of_the_standard() {
        // The example of ISO/IEC 7064: ISO79 is written ISO793W.
        assert_eq!(check_characters("ISO79"), Some(*b"3w"));
    }

    #[test]
    fn a_number_that_is_too_large_is_refused() {
        assert_eq!(decode::<1>("73"), Some([255]));
        assert_eq!(decode::<1>("74"), None);
        assert_eq!(decode::<1>("0-"), None);
    }

    proptest! {
        #[test]
        fn nineteen_bytes_survive_thirty_digits(bytes: [u8; 19]) {
            let text = encode(bytes, 30);
            prop_assert_eq!(text.len(), 30);
            prop_assert_eq!(decode(&text), Some(bytes));
        }
    }
}
