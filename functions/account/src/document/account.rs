//! Accounts with their licences and servers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::order::{CancellationView, CareView, RenewalView};
use super::word::{
    CapacityUnit, CareWord, ItemWord, LicenseWord, Permission, ResellerWord, ServerMode, ServerWord, ServiceWord,
};

/// Accounts that somebody may see.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountListView {
    /// The accounts of this page; with a query there may be few or none, although more pages follow.
    pub accounts: Vec<SummaryView>,
    /// Where the next page begins; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What a list shows of an account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SummaryView {
    /// The account.
    pub account_id: String,
    /// Whose it is.
    pub customer: CustomerView,
    /// Servers that are not disabled.
    pub servers: u32,
    /// Rows with capacity that no server has.
    pub rows_unassigned: u32,
    /// The next term or care that ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub ends_next: Option<Date>,
}

/// A final customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerView {
    /// The ERP's number: its identity.
    pub number: String,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(example = "IT")]
    pub country: String,
}

/// An account, as the portal shows it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Its id.
    pub account_id: String,
    /// Rises with each change; a save names the version that it has seen.
    pub version: u64,
    /// Whose it is.
    pub customer: CustomerView,
    /// Resellers with access, or that ask for it.
    pub resellers: Vec<ResellerView>,
    /// What the vendor allows.
    pub policy: PolicyView,
    /// What the reader may do here.
    pub may: Vec<Permission>,
    /// The licence table: primary rows before "red." ones, then by application.
    pub rows: Vec<RowView>,
    /// The servers, in the order they were added.
    pub servers: Vec<ServerView>,
}

/// A reseller of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResellerView {
    /// The ERP's number: its identity.
    pub number: String,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub access: ResellerWord,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// What the vendor allows an account.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyView {
    /// Days after a term during which capacity is still served.
    pub term_grace_days: u16,
    /// Days an AppSuite runs without another check-in.
    pub lease_days: u16,
}

/// A row of the licence table.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowView {
    /// The application.
    pub application: String,
    /// What it counts.
    pub unit: CapacityUnit,
    /// Whether it is the "red." row.
    pub redundancy: bool,
    /// How it is sold.
    pub license_type: LicenseWord,
    /// The first number of USED LICENSES, in units.
    pub used: u64,
    /// The second number of USED LICENSES, in units.
    pub total: u32,
    /// The lowest care in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care: Option<CareWord>,
    /// Whether care differs within the row.
    pub care_mixed: bool,
    /// What that care includes on a server that is online.
    pub services: Vec<ServiceWord>,
    /// The earliest first day; of the care for perpetual licences.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub start: Option<Date>,
    /// The earliest last day still to come, or the latest where all are over; of the care for perpetual licences.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub term_date: Option<Date>,
    /// Capacity by server id, in units; a server with nothing is missing.
    pub servers: BTreeMap<String, u32>,
    /// What a person should know of the row.
    pub notes: Vec<NoteView>,
    /// The single licences behind the row, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<GrantView>>,
}

/// What a person should know of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "code")]
pub enum NoteView {
    /// A term is over and its capacity is served a while longer.
    InGrace {
        /// How much, in units.
        capacity: u32,
        /// When the first of it ends or is renewed.
        #[schema(value_type = String, format = DateTime)]
        until: Timestamp,
    },
    /// More is assigned than there is.
    OverAssigned {
        /// By how much, in units.
        by: u64,
    },
    /// A server has more "red." capacity than other servers have of the primary.
    #[serde(rename_all = "camelCase")]
    RedundancyBroken {
        /// Which server.
        server_id: String,
        /// What it has, in units.
        redundant: u64,
        /// What others have of the primary, in units.
        primary: u64,
    },
    /// An offline server's AppSuite may run more than is assigned to it.
    #[serde(rename_all = "camelCase")]
    Spent {
        /// Which server.
        server_id: String,
        /// What it may run until it is returned or confirmed, in units.
        capacity: u32,
        /// What is assigned, in units.
        assigned: u32,
    },
    /// Capacity in force falls soon.
    #[serde(rename_all = "camelCase")]
    EndsSoon {
        /// The last day with what there is now.
        #[schema(value_type = String, format = Date)]
        last_day: Date,
        /// By how much it falls, in units.
        capacity: u32,
    },
}

/// One licence.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantView {
    /// Its code, unique for ever.
    pub license_code: String,
    /// The order that gave it.
    pub order_id: String,
    /// The article.
    pub sku: String,
    /// The article's name when it was ordered.
    pub product: String,
    /// Its terms, in order of start; where two hold, the larger counts.
    pub terms: Vec<TermView>,
    /// Its care, in order of start.
    pub care: Vec<CareView>,
    /// Its renewals, in the order they came.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub renewals: Vec<RenewalView>,
    /// Its end before its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<CancellationView>,
}

/// Capacity between two dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TermView {
    /// In units.
    pub capacity: u32,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub start: Date,
    /// Last day; missing for a perpetual licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub term: Option<Date>,
}

/// A server.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerView {
    /// Its id.
    pub server_id: String,
    /// Its name.
    pub name: String,
    /// How it stays current.
    pub mode: ServerMode,
    /// Its activation status.
    pub status: ServerWord,
    /// Where it is disabled: from when on it runs nothing. Until then it can be enabled as if nothing had been.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub disabled_from: Option<Timestamp>,
    /// Whether it was ever activated: then it can be disabled, but not deleted.
    pub activated_once: bool,
    /// When it was activated last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub activated_at: Option<Timestamp>,
    /// Version of its AppSuite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_suite_version: Option<String>,
    /// When its next check-in is expected, where it is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_check_in: Option<Timestamp>,
    /// What it has.
    pub items: Vec<ItemView>,
}

/// What only its check-ins know of a server.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerDetailView {
    /// Its id.
    pub server_id: String,
    /// Its account.
    pub account_id: String,
    /// The customer's name.
    pub account_name: String,
    /// Its name.
    pub name: String,
    /// Whether its AppSuite was given what is assigned now; otherwise that comes with the next check-in.
    pub up_to_date: bool,
    /// When its AppSuite was heard last, give or take half a day; missing where none is activated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_seen: Option<Timestamp>,
    /// Until when its AppSuite runs without another check-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub lease_until: Option<Timestamp>,
    /// When its AppSuite is expected next, reckoned from when it was heard last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_check_in: Option<WindowView>,
    /// How often it can be released within 30 days without asking.
    pub releases_left: usize,
    /// A second installation with the same token, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<ConflictView>,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct WindowView {
    /// Its begin.
    #[schema(value_type = String, format = DateTime)]
    pub earliest: Timestamp,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    pub latest: Timestamp,
}

/// Two installations with one token.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConflictView {
    /// Marks of the first installation's machine.
    pub marks: usize,
    /// How many of them the second one does not have.
    pub marks_differing: usize,
    /// When the first one was heard last, give or take half a day.
    #[schema(value_type = String, format = DateTime)]
    pub holder_seen: Timestamp,
    /// When the second one was seen first.
    #[schema(value_type = String, format = DateTime)]
    pub rival_seen: Timestamp,
}

/// One item of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemView {
    /// The application.
    pub application: String,
    /// What it counts.
    pub unit: CapacityUnit,
    /// Whether it is the "red." licence.
    pub redundancy: bool,
    /// How it is sold.
    pub license_type: LicenseWord,
    /// What the server was given: USED, in units.
    pub used: u32,
    /// What it may run now, in units: less where the row holds too little.
    pub running: u32,
    /// Status of the licence.
    pub status: ItemWord,
    /// What the care in force includes on this server.
    pub services: Vec<ServiceWord>,
}
