//! Who has signed in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PersonView;
use super::word::{MemberRole, PartyWord, ReminderTopic};

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
    /// Every kind of reminder, and whether it comes to them where there is something to remind of.
    pub reminders: Vec<ReminderView>,
}

/// A kind of reminder that comes by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReminderView {
    /// Which.
    pub topic: ReminderTopic,
    /// Whether it is wanted; what nobody has said anything of is.
    pub wanted: bool,
}

/// Whether a kind of reminder is wanted from now on.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderChange {
    /// Whether it is.
    pub wanted: bool,
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
