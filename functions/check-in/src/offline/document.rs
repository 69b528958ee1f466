//! What the portal sends and gets of offline servers.

use jiff::Timestamp;
use licensing::grant::LicenseType;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request string.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RequestString {
    /// The string as the AppSuite has made it; blanks, line breaks, hyphens and case don't matter.
    #[schema(max_length = 2000)]
    pub(crate) request: String,
}

/// A return string.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReturnString {
    /// The string as the AppSuite has made it; blanks, line breaks, hyphens and case don't matter.
    #[schema(max_length = 2000)]
    pub(crate) r#return: String,
}

/// A declared loss.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Loss {
    /// Why; the vendor's staff must say it.
    #[schema(max_length = 200)]
    pub(crate) reason: Option<String>,
}

/// What came of a string or a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    /// There is a new response.
    Answered,
    /// The request was answered before: this is the same response.
    Again,
    /// The AppSuite has what is assigned; there is no new response.
    Confirmed,
    /// What the AppSuite had is returned.
    Returned,
    /// What the AppSuite had is declared lost.
    DeclaredLost,
}

/// The part of an answer that is remembered.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) outcome: Outcome,
}

/// Where the exchange with an offline server stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum OfflineState {
    /// The server is online.
    Online,
    /// No AppSuite has asked yet, or it has returned everything.
    WaitsForRequest,
    /// The response is to be installed; the next request confirms it.
    ResponseReady,
    /// The AppSuite has installed the response.
    Confirmed,
}

/// How an offline server stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfflineView {
    /// The server.
    pub(crate) server_id: String,
    /// The account's version now.
    pub(crate) version: u64,
    /// Where the exchange stands.
    pub(crate) state: OfflineState,
    /// What came of the string or declaration, in the answer to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Outcome>,
    /// When the last request was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) answered_at: Option<Timestamp>,
    /// The serial of the last response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) serial: Option<u64>,
    /// Whether that response carries what is assigned now; otherwise it waits for the next request.
    pub(crate) up_to_date: bool,
    /// The response string, for those who may assign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response: Option<String>,
    /// What the AppSuite may run until it is returned or a later string confirms that it is less.
    pub(crate) spent: Vec<SpentView>,
    /// How many losses the account can declare this year without asking.
    pub(crate) losses_left: usize,
}

/// What an offline AppSuite may run of one row.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SpentView {
    /// The application.
    pub(crate) application: String,
    /// Whether it is the "red." row.
    pub(crate) redundancy: bool,
    /// `perpetual` or `subscription`.
    #[schema(value_type = String)]
    pub(crate) license_type: LicenseType,
    /// What it may run, in units.
    pub(crate) capacity: u32,
    /// What is assigned to the server now, in units.
    pub(crate) assigned: u32,
}
