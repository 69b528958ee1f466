//! Orders and products.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PersonView;
use super::account::CustomerView;
use super::account::TermView;
use super::audit::EntryView;
use super::word::{
    CapacityUnit, CareWord, ChangeWord, ForwardWord, LicenseWord, LineWord, MailKind, MailWord, OrderKindWord,
    OrderWord,
};

/// Orders of an account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderListView {
    /// The orders of this page that the reader may see, newest first.
    pub orders: Vec<OrderView>,
    /// Where the next page begins; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// An order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    /// This service's id of it.
    pub order_id: String,
    /// The ERP's number.
    pub number: String,
    /// Rises with each change in the ERP.
    pub revision: u32,
    /// What it is for.
    pub kind: OrderKindWord,
    /// The purchase order's text.
    pub purchase_order: String,
    /// Through whom it came.
    pub reseller: OrderResellerView,
    /// Whether it is unlocked.
    pub status: OrderWord,
    /// When it was received first.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// When it was unlocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub unlocked_at: Option<Timestamp>,
    /// The mail with the link that is valid now.
    pub mail: MailView,
    /// The lines of a purchase; a renewal or cancellation has none.
    pub lines: Vec<LineView>,
    /// What a renewal or cancellation has done, licence by licence; a purchase has none.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub changes: Vec<ChangeView>,
}

/// What a renewal or cancellation has done to one licence.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeView {
    /// The licence's code.
    pub license_code: String,
    /// The order that it came with.
    pub order_id: String,
    /// The article.
    pub sku: String,
    /// The article's name when it was ordered.
    pub product: String,
    /// The application that it licenses.
    pub application: String,
    /// What the application counts.
    pub unit: CapacityUnit,
    /// Whether it counts in the "red." row.
    pub redundancy: bool,
    /// How it is sold.
    pub license_type: LicenseWord,
    /// What was done.
    pub done: ChangeWord,
    /// The new term, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<TermView>,
    /// The new care, where there is some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care: Option<CareView>,
    /// The last day in force of a licence that was cancelled; missing where it never was in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub last_day: Option<Date>,
    /// Whether the licence was locked then.
    pub locked: bool,
}

/// A renewal of a licence.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RenewalView {
    /// The ERP's number of the order that brought it.
    pub order_number: String,
    /// When that order came.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The new term, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<TermView>,
    /// The new care, where there is some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care: Option<CareView>,
}

/// The end of a licence before its time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancellationView {
    /// The ERP's number of the order that brought it; missing where vendor staff did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    /// Why, where somebody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was cancelled.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The last day in force; missing where it never was in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub last_day: Option<Date>,
    /// When the grace after that day ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub served_until: Option<Timestamp>,
}

/// The reseller of an order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderResellerView {
    /// The ERP's number: its identity.
    pub number: String,
    /// Its name in the order.
    pub name: String,
    /// The reseller's own number of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
}

/// A business.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BusinessView {
    /// The ERP's number: its identity.
    pub number: String,
    /// Its name.
    pub name: String,
}

/// How far a mail with a link has come; never the link itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailView {
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// How far it has come.
    pub state: MailWord,
    /// When it was sent, given up or dismissed, or when it came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// A line of an order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineView {
    /// The article.
    pub sku: String,
    /// The article's name when it was ordered.
    pub product: String,
    /// Pieces.
    pub quantity: u32,
    /// The licence's code.
    pub license_code: String,
    /// The application that it licenses.
    pub application: String,
    /// What the application counts.
    pub unit: CapacityUnit,
    /// Whether it counts in the "red." row.
    pub redundancy: bool,
    /// How it is sold.
    pub license_type: LicenseWord,
    /// Capacity of all pieces, in units.
    pub capacity: u32,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub start: Date,
    /// Last day; missing for a perpetual licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub term: Option<Date>,
    /// Its care.
    pub care: CareView,
    /// Where it stands.
    pub status: LineWord,
    /// Its renewals, in the order they came.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub renewals: Vec<RenewalView>,
    /// Its end before its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<CancellationView>,
}

/// Care between two dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CareView {
    /// The level.
    pub level: CareWord,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub start: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub term: Date,
}

/// An order, as vendor staff sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffOrderView {
    /// The order.
    pub order: OrderView,
    /// The final customer.
    pub customer: CustomerView,
    /// The distributor, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distributor: Option<BusinessView>,
    /// The account that it was unlocked into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Who gets the order mail.
    pub recipient: PersonView,
    /// The customer's contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_contact: Option<PersonView>,
    /// The reseller's contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reseller_contact: Option<PersonView>,
    /// How often a link was made; only the last one opens the order.
    pub link_generation: u32,
    /// What became of its mails, oldest first.
    pub mails: Vec<ReceiptView>,
    /// To whom its link's holder forwarded it, oldest first.
    pub forwards: Vec<ForwardView>,
    /// The last entries of its own audit trail, newest first. What happened in the account stands in the account's.
    pub audit: Vec<EntryView>,
}

/// A mail of an order that was sent, given up or dismissed, or that came back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptView {
    /// Names it.
    pub mail_id: String,
    /// What it told.
    pub kind: MailKind,
    /// To whom.
    pub reader: PersonView,
    /// How far it has come.
    #[serde(flatten)]
    pub mail: MailView,
    /// The mail service's id, where it took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Why it was given up or came back; of a mail that was sent, what the reader's mail server said since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Mails that wait for staff.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ParkedMailListView {
    /// The mails, the longest recorded first; at most a hundred.
    pub mails: Vec<ParkedMailView>,
}

/// A mail that was given up or came back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParkedMailView {
    /// Names it.
    pub mail_id: String,
    /// What it tells.
    pub kind: MailKind,
    /// To whom.
    pub reader: PersonView,
    /// The order that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// Whether it was given up, bounced, or was reported as unwanted.
    pub state: MailWord,
    /// When it was given up or came back.
    #[schema(value_type = String, format = DateTime)]
    pub parked_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it was given up or came back.
    pub reason: String,
}

/// A forward by the holder of the link.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ForwardView {
    /// To whom.
    pub person: PersonView,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How far it has come.
    pub state: ForwardWord,
}

/// To whom a link goes; the recipient it had where all is left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resending {
    /// The corrected recipient's address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(format = Email, max_length = 254)]
    pub email: Option<String>,
    /// How to greet them, where they are not known yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// BCP 47 tag of the language to write in, where they are not known yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(max_length = 35, example = "it")]
    pub language: Option<String>,
}

/// What staff cancels of an order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelRequest {
    /// Why; the members read it.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
    /// The licences that end; all that are left where it is missing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(min_items = 1, max_items = 30)]
    pub license_codes: Option<Vec<String>>,
}

/// An order after staff changed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderStateView {
    /// This service's id of it.
    pub order_id: String,
    /// The ERP's number.
    pub number: String,
    /// Whether it is unlocked.
    pub status: OrderWord,
    /// How often a link was made; only the last one opens the order.
    pub link_generation: u32,
    /// When the mail with that link was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub link_recorded_at: Timestamp,
}

/// The catalogue.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProductListView {
    /// All articles, ordered by SKU.
    pub products: Vec<ProductView>,
}

/// An article of the catalogue.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProductView {
    /// The article number.
    pub sku: String,
    /// What the order mail calls it.
    pub name: String,
    /// The application that it licenses.
    pub application: String,
    /// What the application counts.
    pub unit: CapacityUnit,
    /// Capacity of one piece, in units.
    pub capacity: u32,
    /// Whether it licenses a redundant installation ("red.").
    pub redundancy: bool,
}
