//! What vendor staff does for an account, and the events that wait for them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Another term grace.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GraceOrder {
    /// Days after a term during which capacity is still served, for every term of the account until it is set again.
    #[schema(minimum = 30, maximum = 365)]
    pub days: u16,
    /// Why; kept in the audit trail. Name no person.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// The term grace after it was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraceView {
    /// Days after a term during which capacity is still served.
    pub term_grace_days: u16,
}

/// The reseller that takes an account over.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResellerMove {
    /// The ERP's number of it.
    #[schema(min_length = 1, max_length = 64)]
    pub number: String,
    /// Its name, where the account does not know it; the latest order wins.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Why; kept in the audit trail. Name no person.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// Somebody who becomes a manager because staff says so.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Appointing {
    /// Their address; only who signs in with it is this manager.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    /// How to greet them, where they are not known yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// BCP 47 tag of the language to write in, where they are not known yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(max_length = 35, example = "it")]
    pub language: Option<String>,
    /// Why; kept in the audit trail. Name no person.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// Events that were given up.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ParkedEventListView {
    /// The longest parked ones, a hundred at most.
    pub events: Vec<ParkedEventView>,
}

/// An event that the vendor's receiver did not take.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParkedEventView {
    /// Its id, without `evt_`.
    pub event_id: String,
    /// Its `type`, such as `order.unlocked`.
    pub r#type: String,
    /// What it says.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// When it was given up.
    #[schema(value_type = String, format = DateTime)]
    pub parked_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it was given up.
    pub reason: String,
}
