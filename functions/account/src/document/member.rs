//! Members of an account.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PersonView;
use super::word::{MemberRole, MemberWhy};

/// Members, and who asks to become one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MembersView {
    /// The members, in order of entry.
    pub members: Vec<MemberView>,
    /// Open requests, in order of entry.
    pub requests: Vec<RequestView>,
}

/// A member.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MemberView {
    /// Who.
    pub person: PersonView,
    /// What they may do.
    pub role: MemberRole,
    /// Why they are a member.
    pub why: MemberWhy,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Whether they have been here since they were invited.
    pub seen: bool,
}

/// Somebody who asks to become a member.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RequestView {
    /// Who.
    pub person: PersonView,
    /// What they would be.
    pub role: MemberRole,
    /// Why they ask.
    pub why: MemberWhy,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// Somebody to invite.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Invitation {
    /// Where the invitation goes; only who signs in with this address can follow it.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    /// What they may do.
    pub role: MemberRole,
    /// How to greet them, where they are not known yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// BCP 47 tag of the language to write in, where they are not known yet; English where it is left out or not
    /// written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(max_length = 35, example = "it")]
    pub language: Option<String>,
}

/// A member's new role.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// What they may do from now on.
    pub role: MemberRole,
}

/// What became of a member; name and address stand in the list of members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberReceipt {
    /// Who.
    pub person_id: String,
    /// What they may do now.
    pub role: MemberRole,
    /// Why they are a member.
    pub why: MemberWhy,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}
