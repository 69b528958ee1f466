//! The four steps from an order to running licences, as the strip below mails and pages shows them.

use licensing::text::Language;

/// A step of the strip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The order mail arrived.
    Delivery,
    /// The order is unlocked.
    Unlock,
    /// Licences are assigned to servers.
    Assign,
    /// The ApplicationSuite is activated with the server's token.
    Activate,
}

impl Step {
    /// All steps in their order.
    pub const ALL: [Self; 4] = [Self::Delivery, Self::Unlock, Self::Assign, Self::Activate];

    /// Its place in the strip, from 1.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Its name.
    pub const fn label(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Delivery, Language::En) => "Delivery",
            (Self::Delivery, Language::It) => "Consegna",
            (Self::Unlock, Language::En) => "Unlock",
            (Self::Unlock, Language::It) => "Sblocco",
            (Self::Assign, Language::En) => "Assign",
            (Self::Assign, Language::It) => "Assegnazione",
            (Self::Activate, Language::En) => "Activate",
            (Self::Activate, Language::It) => "Attivazione",
        }
    }
}
