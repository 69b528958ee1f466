//! The documents that the ERP sends and gets, for the OpenAPI document and for whoever makes one in Rust.

use jiff::Timestamp;
use licensing::order::Order;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An order of the ERP: what it asks for stands in `type`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum OrderDocument {
    /// New licences.
    Purchase(PurchaseDocument),
    /// New terms, quantities and care for licences that exist.
    Renewal(RenewalDocument),
    /// The end of licences that exist.
    Cancellation(CancellationDocument),
}

/// What every order says.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderHeadDocument {
    /// The ERP's number, unique for ever.
    #[schema(min_length = 1, max_length = 64, example = "19/00021")]
    pub number: String,
    /// Rises with each change of the order; 1 where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub revision: Option<u32>,
    /// The purchase order's text: part of the mail's subject.
    #[schema(min_length = 1, max_length = 200)]
    pub purchase_order: String,
    /// Who gets the order's mail.
    pub recipient: ContactDocument,
    /// The distributor, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distributor: Option<BusinessDocument>,
    /// The reseller.
    pub reseller: ResellerDocument,
    /// The final customer.
    pub customer: CustomerDocument,
}

/// A purchase.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PurchaseDocument {
    /// `purchase`.
    #[schema(pattern = "^purchase$")]
    pub r#type: String,
    /// What every order says.
    #[serde(flatten)]
    pub head: OrderHeadDocument,
    /// `mail`: the recipient gets the link that unlocks the order. `none`: nobody is mailed and the order is unlocked at
    /// once, for licences that were sold before. `mail` where it is left out. It is no part of the order's content: sent
    /// again with `none`, an order that is still locked is unlocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(mail|none)$")]
    pub delivery: Option<String>,
    /// What is ordered.
    #[schema(min_items = 1, max_items = 30)]
    pub lines: Vec<LineDocument>,
}

/// A renewal: it needs no unlock. Of an unlocked licence it is applied at once and holds from its own start; of a locked
/// one it changes the line, which stays locked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RenewalDocument {
    /// `renewal`.
    #[schema(pattern = "^renewal$")]
    pub r#type: String,
    /// What every order says.
    #[serde(flatten)]
    pub head: OrderHeadDocument,
    /// What is renewed.
    #[schema(min_items = 1, max_items = 30)]
    pub lines: Vec<RenewalLineDocument>,
}

/// A line of a renewal: a new term, new care, or both. An article need not be named: it is that of the purchase.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RenewalLineDocument {
    /// The licence's code, as it came with its purchase.
    #[schema(min_length = 1, max_length = 64, example = "LICUNCK001")]
    pub license_code: String,
    /// First day of the new term, not before the one that is known. Of a perpetual licence only with more pieces.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub start: Option<String>,
    /// Last day of the new term; not taken for a perpetual licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub term: Option<String>,
    /// Pieces from `start` on; as many as before where it is left out. More counts from `start`, less when the term
    /// before has ended. A perpetual licence can only grow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10_000)]
    pub quantity: Option<u32>,
    /// New care; not from before the one that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care: Option<CareDocument>,
}

/// A cancellation: of some licences, or of all that are left of an order; exactly one of `lines` and `cancelledOrder`
/// is there. What is locked is closed; what is unlocked ends on the day the cancellation comes, and its term grace
/// follows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancellationDocument {
    /// `cancellation`.
    #[schema(pattern = "^cancellation$")]
    pub r#type: String,
    /// What every order says.
    #[serde(flatten)]
    pub head: OrderHeadDocument,
    /// The licences that end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 30)]
    pub lines: Option<Vec<CancelledLineDocument>>,
    /// The number of the purchase whose licences all end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64, example = "19/00021")]
    pub cancelled_order: Option<String>,
}

/// A licence that ends.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelledLineDocument {
    /// The licence's code, as it came with its purchase.
    #[schema(min_length = 1, max_length = 64, example = "LICUNCK001")]
    pub license_code: String,
}

/// Somebody that an order names.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ContactDocument {
    /// How to greet them, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// Where mail goes.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    /// BCP 47 tag of the language to write in; English where it is left out or not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 35, example = "it")]
    pub language: Option<String>,
}

/// A business.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BusinessDocument {
    /// The ERP's number of it: its identity.
    #[schema(min_length = 1, max_length = 64)]
    pub number: String,
    /// Its name; the latest order wins.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
}

/// The reseller of an order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResellerDocument {
    /// The ERP's number of it: its identity.
    #[schema(min_length = 1, max_length = 64)]
    pub number: String,
    /// Its name; the latest order wins.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The reseller's own number of this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "OrdNum002")]
    pub order_number: Option<String>,
    /// Who becomes its manager where it has no member yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactDocument>,
}

/// The final customer of an order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CustomerDocument {
    /// The ERP's number of it: its identity.
    #[schema(min_length = 1, max_length = 64)]
    pub number: String,
    /// Its name; the latest order wins.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(pattern = "^[A-Za-z]{2}$", example = "IT")]
    pub country: String,
    /// Who becomes manager of the account where it has no member yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactDocument>,
}

/// A line of an order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineDocument {
    /// The article; the catalogue must have it.
    #[schema(min_length = 1, max_length = 64, example = "IM120-4L")]
    pub sku: String,
    /// Pieces.
    #[schema(minimum = 1, maximum = 10_000)]
    pub quantity: u32,
    /// The licence's code, unique for ever.
    #[schema(min_length = 1, max_length = 64, example = "LICUNCK001")]
    pub license_code: String,
    /// `perpetual` or `subscription`.
    #[schema(pattern = "^(perpetual|subscription)$")]
    pub license_type: String,
    /// First day.
    #[schema(format = Date)]
    pub start: String,
    /// Last day; needed for a subscription, not taken for a perpetual licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub term: Option<String>,
    /// Its care.
    pub care: CareDocument,
}

/// Care of a line.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CareDocument {
    /// `basic`, `gold` or `platinum`.
    #[schema(pattern = "^(basic|gold|platinum)$")]
    pub level: String,
    /// First day.
    #[schema(format = Date)]
    pub start: String,
    /// Last day.
    #[schema(format = Date)]
    pub term: String,
}

/// What the ERP is answered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderReceipt {
    /// This service's id of the order.
    pub order_id: String,
    /// The ERP's number of it.
    pub number: String,
    /// The revision that is stored.
    pub revision: u32,
    /// When it was received first.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
}

impl From<&Order> for OrderReceipt {
    fn from(order: &Order) -> Self {
        Self {
            order_id: order.id.to_string(),
            number: order.head.number.to_string(),
            revision: order.head.revision,
            received_at: order.received_at,
        }
    }
}

/// Products of the catalogue.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProductsDocument {
    /// `products`.
    #[schema(pattern = "^products$")]
    pub r#type: String,
    /// The products; those that exist are replaced.
    #[schema(min_items = 1, max_items = 99)]
    pub products: Vec<ProductDocument>,
}

/// One product.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProductDocument {
    /// The article number.
    #[schema(min_length = 1, max_length = 64)]
    pub sku: String,
    /// What the order mail calls it.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The application that it licenses.
    #[schema(min_length = 1, max_length = 60)]
    pub application: String,
    /// `channels`, `users` or `instances`: the same for all products of an application.
    #[schema(pattern = "^(channels|users|instances)$")]
    pub unit: String,
    /// Capacity of one piece, in units.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub capacity: u32,
    /// Whether it licenses a redundant installation ("red."); false where it is left out.
    #[serde(default)]
    pub redundancy: bool,
}

/// What the ERP is answered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProductsReceipt {
    /// How many products were stored.
    pub stored: usize,
}
