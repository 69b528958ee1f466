//! What is stored of a person, and its end.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::word::{PartyWord, ReminderTopic};
use super::{MembershipView, PersonView};

/// Whose file is wanted. The address stands in the body, because paths and queries are kept by browsers and proxies.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonQuestion {
    /// Their address.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
}

/// Everything that is stored of a person, but what orders and audit trails refer to by the person's id alone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonFileView {
    /// Who.
    pub person: PersonView,
    /// BCP 47 tag of the language that mails to them are written in.
    pub language: String,
    /// The sign-in that their address is bound to; missing where they never signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignInView>,
    /// What they are member of.
    pub memberships: Vec<MembershipView>,
    /// What they ask to become a member of, and as what.
    pub requests: Vec<MembershipView>,
    /// The reminders that they do without.
    pub unsubscribed: Vec<ReminderTopic>,
}

/// A sign-in at an OpenID provider.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SignInView {
    /// The provider.
    pub issuer: String,
    /// The provider's name of the person.
    pub subject: String,
}

/// Why a person is erased.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erasing {
    /// Why; kept in the audit trail. Name no person.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// A person was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErasureView {
    /// The id that orders and audit trails go on to name, and that leads nowhere.
    pub person_id: String,
    /// Since when nothing is left.
    #[schema(value_type = String, format = DateTime)]
    pub erased_at: Timestamp,
    /// What has no manager since: appoint one.
    pub without_manager: Vec<PartyView>,
}

/// An account, a reseller or the vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartyView {
    /// Which of them.
    pub party: PartyWord,
    /// The account's id, or the reseller's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}
