//! Who has signed in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PersonView;
use super::word::{MemberRole, PartyWord};

/// Who has signed in, and what they are member of.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MeView {
    /// Who.
    pub person: PersonView,
    /// BCP 47 tag of the language that mails to them are written in.
    pub language: String,
    /// Whether they are of the vendor's staff.
    pub staff: bool,
    /// What they are member of; nothing at all, where nobody has invited them.
    pub memberships: Vec<MembershipView>,
}

/// A membership.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipView {
    /// Of what.
    pub party: PartyWord,
    /// The account's id, or the reseller's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The customer's or reseller's name, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As what.
    pub role: MemberRole,
}
