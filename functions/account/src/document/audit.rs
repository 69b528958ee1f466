//! The audit trail.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::word::ActorKind;

/// A page of the audit trail, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<EntryView>,
    /// Where the next page begins; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// One entry: who changed what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryView {
    /// Its id.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who.
    pub actor: ActorView,
    /// What was done: the operation's id.
    pub action: String,
    /// The person that it was done to, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<NameView>,
    /// The difference; refers to people by id.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
    /// The account's version after it, where it changed the licences, servers or resellers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActorView {
    /// What kind of somebody.
    pub kind: ActorKind,
    /// The id of the person, order or server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The person's name, or their address where nobody knows it; missing where they were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A person's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NameView {
    /// Their id.
    pub person_id: String,
    /// Their name, or their address where nobody knows it; missing where they were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
