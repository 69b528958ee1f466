//! Colours that stay readable: whatever the configuration says, text on them has the contrast of WCAG 2.2 AA.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The contrast between text and its background that WCAG 2.2 AA asks for.
const CONTRAST_MIN: f64 = 4.5;

/// A text that is not a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a colour such as #c8500a")]
pub struct InvalidColour;

/// A colour of the sRGB space, written `#rrggbb`. Nothing else fits in, so it can't carry style or markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour([u8; 3]);

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255, 255, 255]);
    /// The dark grey of text on light colours.
    pub const INK: Self = Self([0x1d, 0x23, 0x2b]);

    /// Reads `#rrggbb` in either case.
    pub fn parse(text: &str) -> Result<Self, InvalidColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(InvalidColour)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(InvalidColour);
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| InvalidColour)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }

    /// White or dark grey, whichever reads better on this colour.
    #[must_use]
    pub fn ink(self) -> Self {
        if self.contrast(Self::WHITE) >= CONTRAST_MIN { Self::WHITE } else { Self::INK }
    }

    /// This colour, or the nearest lighter or darker one that reads well as text on the background.
    #[must_use]
    pub fn readable_on(self, background: Self) -> Self {
        let target = if background.luminance() < 0.18 { Self::WHITE } else { Self([0, 0, 0]) };
        (0..=20_u8)
            .map(|step| self.mix(target, step))
            .find(|c| c.contrast(background) >= CONTRAST_MIN)
            .unwrap_or(target)
    }

    /// The WCAG contrast ratio of two colours, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// `step` twentieths of the way to another colour.
    fn mix(self, other: Self, step: u8) -> Self {
        let mut mixed = self.0;
        for (channel, target) in mixed.iter_mut().zip(other.0) {
            let sum = u16::from(*channel) * u16::from(20 - step) + u16::from(target) * u16::from(step);
            *channel = u8::try_from(sum / 20).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl TryFrom<String> for Colour {
    type Error = InvalidColour;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

/// The few colours that differ from vendor to vendor; greys are the design's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Colours {
    /// The band with the vendor's name.
    pub primary: Colour,
    /// Buttons and the current step.
    pub accent: Colour,
    /// Text on white; darkened where it would not read.
    pub text: Colour,
}

impl Default for Colours {
    /// Orange on dark slate.
    fn default() -> Self {
        Self { primary: Colour([0x20, 0x27, 0x33]), accent: Colour([0xc8, 0x4e, 0x0a]), text: Colour::INK }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_are_taken() {
        assert_eq!(Colour::parse("#C84E0a").unwrap().to_string(), "#c84e0a");
        for wrong in ["", "red", "#fff", "#12345", "#1234567", "#12345g", "#+12345", "#fff;}</s"] {
            assert_eq!(Colour::parse(wrong), Err(InvalidColour), "{wrong}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let black = Colour::parse("#000000").unwrap();
        assert!((black.contrast(Colour::WHITE) - 21.0).abs() < 1e-9);
        let grey = Colour::parse("#767676").unwrap();
        assert!((grey.contrast(Colour::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn text_reads_on_any_colour_of_the_configuration() {
        for text in ["#ffffff", "#ffe000", "#ff7a00", "#c84e0a", "#888888", "#0a5cff", "#202733", "#000000"] {
            let colour = Colour::parse(text).unwrap();
            assert!(colour.contrast(colour.ink()) >= 4.2, "ink on {text}");
            for background in [Colour::WHITE, Colour::parse("#14181f").unwrap()] {
                assert!(colour.readable_on(background).contrast(background) >= CONTRAST_MIN, "{text} on {background}");
            }
        }
    }
}
