//! What the portal sends and gets.

use jiff::Timestamp;
use licensing::pool::PoolKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A server to add.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewServer {
    /// Its name; the next free "Server 1", "Server 2" and so on where it is left out.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: Option<String>,
}

/// The server that was added.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerAdded {
    /// Its id.
    pub(crate) server_id: String,
    /// Its name.
    pub(crate) name: String,
    /// The account's version now.
    pub(crate) version: u64,
}

/// What to change of a server; what is left out stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ServerChange {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) name: Option<String>,
    /// How it stays current.
    pub(crate) mode: Option<Mode>,
}

/// How a server stays current.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// By check-in.
    Online,
    /// By request and response strings.
    Offline,
}

/// The account's version after a change.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct VersionReply {
    /// The version.
    pub(crate) version: u64,
}

/// A server that was disabled.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Disabled {
    /// The account's version now.
    pub(crate) version: u64,
    /// From when on it runs nothing; until then ENABLE takes it back.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) effective_at: Timestamp,
}

/// A server that was enabled.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enabled {
    /// The account's version now.
    pub(crate) version: u64,
    /// Whether it came in time, so that the AppSuite goes on as before.
    pub(crate) in_time: bool,
    /// What did not return, because it was given away meanwhile.
    pub(crate) given_away: Vec<PoolCapacity>,
}

/// Capacity of one row.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PoolCapacity {
    /// The application.
    pub(crate) application: String,
    /// Whether it is the "red." row.
    pub(crate) redundancy: bool,
    /// `perpetual` or `subscription`.
    #[schema(value_type = String)]
    pub(crate) license_type: licensing::grant::LicenseType,
    /// In units.
    pub(crate) capacity: u32,
}

impl PoolCapacity {
    pub(crate) fn of(pool: &PoolKey, capacity: u32) -> Self {
        Self {
            application: pool.application.to_string(),
            redundancy: pool.redundancy,
            license_type: pool.license,
            capacity,
        }
    }
}

/// Which installation to keep, where the server is in conflict.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Release {
    /// Left out: release the server from its AppSuite.
    pub(crate) keep: Option<Keep>,
    /// Why the vendor's staff releases it, beyond the limit of a month; nobody else needs to say it.
    #[schema(max_length = 200)]
    pub(crate) reason: Option<String>,
}

/// One of two installations.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Keep {
    /// The one that had the server.
    First,
    /// The one that came later.
    Second,
}

/// A server that was released, or whose conflict was resolved.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Released {
    /// How often it can be released within 30 days without asking.
    pub(crate) releases_left: usize,
}

/// Numbers to save.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Assignments {
    /// The cells that change.
    #[schema(max_items = 3000)]
    pub(crate) assignments: Vec<Assignment>,
}

/// What one server shall have of one row.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Assignment {
    /// The server.
    pub(crate) server_id: String,
    /// The row's application.
    pub(crate) application: String,
    /// Whether it is the "red." row.
    pub(crate) redundancy: bool,
    /// `perpetual` or `subscription`.
    #[schema(value_type = String)]
    pub(crate) license_type: licensing::grant::LicenseType,
    /// The new number, in units; 0 takes everything away.
    #[schema(maximum = 1_000_000_000)]
    pub(crate) capacity: u32,
}
