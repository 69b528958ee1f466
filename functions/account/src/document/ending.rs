//! The calendar ahead.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::word::{CapacityUnit, CareWord, LicenseWord};

/// What ends in an account, in order of time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EndingListView {
    /// Everything that is known to end if nothing is renewed before.
    pub endings: Vec<EndingView>,
}

/// Something of a row that ends.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndingView {
    /// The application.
    pub application: String,
    /// What it counts.
    pub unit: CapacityUnit,
    /// Whether it is the "red." row.
    pub redundancy: bool,
    /// How it is sold.
    pub license_type: LicenseWord,
    /// What ends.
    pub what: EndingWhat,
    /// By how much, in units.
    pub capacity: u32,
    /// The last day with what there was before.
    #[schema(value_type = String, format = Date)]
    pub last_day: Date,
    /// From when on it is missing: the last day has ended everywhere on Earth.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The last day on which what ends is served in grace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub grace_last_day: Option<Date>,
    /// The level of care that ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care: Option<CareWord>,
    /// Servers that run less from then on.
    pub losses: Vec<LossView>,
}

/// What ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum EndingWhat {
    /// A term; it may go on in grace.
    Term,
    /// What is served, mostly because a grace is over.
    Grace,
    /// Care; the licence goes on.
    Care,
}

/// What a server loses of a row, in units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LossView {
    /// Which server.
    pub server_id: String,
    /// What it may run before.
    pub before: u32,
    /// What it may run afterwards.
    pub after: u32,
}
