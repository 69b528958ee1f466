//! What a SKU stands for.

use serde::{Deserialize, Serialize};

use crate::id::Sku;
use crate::text::Label;

/// What capacity of an application is counted in. The unit belongs to the application, not to the SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Concurrent channels.
    Channels,
    /// Named users or extensions.
    Users,
    /// The application as such, shown without a unit: "Auto Attendant".
    Instances,
}

impl Unit {
    /// The word on the wire and in English.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Channels => "channels",
            Self::Users => "users",
            Self::Instances => "instances",
        }
    }
}

/// One article of the vendor's catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// The article number.
    pub sku: Sku,
    /// What the order mail calls it, such as "Imagicle Stonefax 4 chan.".
    pub name: Label,
    /// The application that it licenses, such as "IP Fax server".
    pub application: Label,
    /// What the application counts.
    pub unit: Unit,
    /// Capacity of one piece, in units; 1 to 1,000,000.
    pub capacity: u32,
    /// Whether it licenses a redundant installation ("red.").
    pub redundancy: bool,
}
