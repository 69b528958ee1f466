//! People, what they are member of, and what they may do.

mod erase;
mod forward;
mod roster;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, BusinessNumber, PersonId};
use crate::text::{EmailAddress, Label, Language};

pub use erase::Erased;
pub use forward::{FORWARDS_MAX, FORWARDS_OPEN_MAX, ForwardChange, forward, open_forwards, withdraw};
pub use roster::{MEMBERS_MAX, MemberEvent, REQUESTS_MAX, RosterChange};

/// A person: the only place that holds name and address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The id that everything else refers to.
    pub id: PersonId,
    /// Where mail goes.
    pub email: EmailAddress,
    /// How to greet them, if known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<Label>,
    /// The language to write in.
    pub language: Language,
}

/// What a person can be a member of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "party", content = "of")]
pub enum Party {
    /// The vendor: its members are the vendor's staff.
    Vendor,
    /// A reseller, by its number.
    Reseller(BusinessNumber),
    /// A customer, by its account.
    Account(AccountId),
}

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees everything but tokens.
    Viewer,
    /// Also assigns, invites and sees tokens.
    Manager,
}

/// Why somebody is a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// The contact of the order that made the account, or of the first order of a reseller.
    OrderContact,
    /// A manager invited them.
    Invited,
    /// The holder of an unlock link forwarded the order to them.
    Forwarded,
    /// The deployment named them.
    Deployment,
}

/// One member of a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// What they may do.
    pub role: Role,
    /// Why they are here.
    pub why: Why,
    /// Since when.
    pub since: Timestamp,
    /// Whether they have signed in.
    pub seen: bool,
}

/// Somebody who would become a member if a manager or vendor staff accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Who.
    pub person: PersonId,
    /// What they would be.
    pub role: Role,
    /// Why they ask.
    pub why: Why,
    /// Since when.
    pub since: Timestamp,
}

/// All members of a party under one version, so that "the last manager stays" and the limits hold in a race.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// Rises by one with each write; 0 where the roster has not been written yet.
    pub version: u64,
    /// The members, in order of entry.
    pub members: Vec<Member>,
    /// The open requests, in order of entry.
    pub requests: Vec<Request>,
}
