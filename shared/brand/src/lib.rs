#![doc = include_str!("../README.md")]

mod colour;
mod country;
mod format;
mod logo;
mod name;
mod phrase;
mod step;

use licensing::text::EmailAddress;
use serde::{Deserialize, Serialize};

pub use colour::{Colour, Colours, InvalidColour};
pub use country::{country_name, is_assigned};
pub use format::{format_date, format_instant, format_number};
pub use logo::{InvalidLogo, Logo};
pub use name::{Name, visible};
pub use phrase::{Filled, Phrase, escape_html, untranslated};
pub use step::Step;

/// The vendor as customers see it. Every field has a default for local use, so configuration names only what differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Brand {
    /// The vendor's name in sentences: "the Imagicle portal".
    pub vendor_name: String,
    /// What the portal is called in headings.
    pub portal_name: String,
    /// The vendor's picture; the name is set in type where there is none, or where a mail program can't show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
    /// The colours of mails and pages.
    pub colours: Colours,
    /// The name that mails come from.
    pub sender_name: String,
    /// Where answers to mails go.
    pub reply_to: EmailAddress,
    /// Whom to write to for help.
    pub support_email: EmailAddress,
    /// Whom to call for help, as it is dialled internationally; empty where nobody is.
    pub support_phone: String,
    /// The vendor's site, an `https` address.
    pub website: String,
}

impl Default for Brand {
    fn default() -> Self {
        let address = |text| EmailAddress::parse(text).expect("the addresses below are well-formed");
        Self {
            vendor_name: "Imagicle".into(),
            portal_name: "License Portal".into(),
            logo: None,
            colours: Colours::default(),
            sender_name: "Imagicle Orders".into(),
            reply_to: address("orders@example.com"),
            support_email: address("support@example.com"),
            support_phone: "+39 0584 000000".into(),
            website: "https://www.example.com".into(),
        }
    }
}

impl Brand {
    /// The support phone as `tel:` addresses write it: digits and a leading plus.
    pub fn support_phone_digits(&self) -> String {
        self.support_phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }

    /// The site as people read it: without scheme and final slash.
    pub fn website_shown(&self) -> &str {
        self.website.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_names_only_what_differs() {
        let brand: Brand = serde_json::from_str(r#"{"vendorName": "Acme"}"#).unwrap();
        assert_eq!(brand, Brand { vendor_name: "Acme".into(), ..Brand::default() });
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        assert!(serde_json::from_str::<Brand>(r#"{"vendor": "Acme"}"#).is_err());
    }

    #[test]
    fn a_brand_survives_the_environment() {
        let brand = Brand { logo: Some(Logo::parse("https://example.com/logo.svg").unwrap()), ..Brand::default() };
        let json = serde_json::to_string(&brand).unwrap();
        assert_eq!(serde_json::from_str::<Brand>(&json).unwrap(), brand);
    }

    #[test]
    fn phone_and_site_have_a_form_for_programs_and_one_for_people() {
        let brand = Brand { website: "https://acme.example/".into(), ..Brand::default() };
        assert_eq!(brand.support_phone_digits(), "+390584000000");
        assert_eq!(brand.website_shown(), "acme.example");
    }
}
