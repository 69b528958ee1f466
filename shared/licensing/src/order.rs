//! Orders: what the ERP sends, and what becomes of it.

mod cancel;
mod change;
#[cfg(test)]
mod properties;
mod receive;
mod renew;
#[cfg(test)]
mod tests;
mod unlock;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::account::{Business, Customer};
use crate::grant::{Cancellation, Care, LicenseType, Renewal};
use crate::id::{AccountId, LicenseCode, OrderId, OrderNumber, PersonId, Sku};
use crate::pool::PoolKey;
use crate::product::Unit;
use crate::text::{EmailAddress, Label, Language};

pub use cancel::cancel;
pub use change::{
    AccountChange, Asked, Change, Changed, Done, Licenses, Received as ReceivedChange, RenewalLine, Standing, change,
};
pub use receive::{Known, LINE_CAPACITY_MAX, Received, receive};
pub use unlock::{Locking, Unlocking, lock, resend, unlock};

/// Most lines of one order: what a transaction of 100 items has room for beside 50 servers.
pub const LINES_MAX: usize = 30;

/// What an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderKind {
    /// New licences.
    Purchase,
    /// New terms for licences that exist.
    Renewal,
    /// The end of licences that exist.
    Cancellation,
}

/// Somebody that an order names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// How to greet them, if the ERP knows.
    pub name: Option<Label>,
    /// Where mail goes.
    pub email: EmailAddress,
    /// The language to write in.
    pub language: Language,
}

/// A person that an order refers to, with a digest of what the order said of them: enough to tell whether the same
/// order comes again. Once the person is erased it leads to nobody; who guesses all of it right can see that they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRef {
    /// Who.
    pub person: PersonId,
    /// Digest of the contact as received.
    pub digest: String,
}

/// What an order says of its reseller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderReseller<C> {
    /// Who.
    #[serde(flatten)]
    pub business: Business,
    /// The reseller's own number of this order.
    pub order_number: Option<Label>,
    /// Who becomes its manager where it has no member yet.
    pub contact: Option<C>,
}

/// The head of an order; `C` is how it names people: [`Contact`] as received, [`ContactRef`] as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderHead<C> {
    /// The ERP's number, unique for ever.
    pub number: OrderNumber,
    /// Rises with each change of the order in the ERP; a higher one replaces a locked order.
    pub revision: u32,
    /// What it is for.
    pub kind: OrderKind,
    /// The purchase order's text, part of the mail's subject.
    pub purchase_order: Label,
    /// Who gets the order mail.
    pub recipient: C,
    /// The distributor, where there is one.
    pub distributor: Option<Business>,
    /// The reseller.
    pub reseller: OrderReseller<C>,
    /// The final customer.
    pub customer: Customer,
    /// Who becomes manager of the account where it has no member yet.
    pub customer_contact: Option<C>,
}

/// A line as received, before the catalogue was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// The article.
    pub sku: Sku,
    /// Pieces, 1 to 10,000.
    pub quantity: u32,
    /// The licence's code.
    pub license_code: LicenseCode,
    /// How it is sold.
    pub license: LicenseType,
    /// First day.
    pub start: Date,
    /// Last day; `None` exactly where the licence is perpetual.
    pub term: Option<Date>,
    /// Its care.
    pub care: Care,
}

/// An order as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Everything but the lines.
    pub head: OrderHead<Contact>,
    /// 1 to [`LINES_MAX`] lines, no licence code twice.
    pub lines: Vec<NewLine>,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineStatus {
    /// Waits for the unlock.
    Locked,
    /// Its grant is in the account.
    Unlocked,
    /// Its term was over when the order was unlocked.
    Ended,
    /// It was cancelled before it gave anything.
    Cancelled,
}

/// A line with what the catalogue said when the order was received. While it is locked, renewals and a cancellation
/// stand here; once it is unlocked its grant alone says what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The article.
    pub sku: Sku,
    /// The article's name.
    pub product: Label,
    /// Pieces.
    pub quantity: u32,
    /// The licence's code.
    pub license_code: LicenseCode,
    /// The pool that it will count in.
    pub pool: PoolKey,
    /// The unit of the pool's application.
    pub unit: Unit,
    /// Capacity in units: pieces × capacity of a piece.
    pub capacity: u32,
    /// First day.
    pub start: Date,
    /// Last day; `None` for a perpetual licence.
    pub term: Option<Date>,
    /// Its care.
    pub care: Care,
    /// Where it stands.
    pub status: LineStatus,
    /// Renewals that came before it gave anything.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub renewals: Vec<Renewal>,
    /// Its end, where it was cancelled before it gave anything.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cancelled: Option<Cancellation>,
}

/// The unlock link that is valid now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkState {
    /// Rises with each re-sending; only the link of this generation opens the order.
    pub generation: u32,
    /// When the mail with it was recorded.
    pub recorded_at: Timestamp,
}

/// The unlock of an order; of a renewal or cancellation, that it was applied to what is unlocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unlocked {
    /// When.
    pub at: Timestamp,
    /// Into which account.
    pub account: AccountId,
}

/// How far a forward has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ForwardState {
    /// The person was invited as a manager: nobody had signed in to the account yet.
    Invited,
    /// The person waits for a manager or vendor staff to accept.
    Requested,
    /// Taken back by the holder of the link.
    Withdrawn,
}

/// An order forwarded to somebody by the holder of its link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forward {
    /// To whom.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// How far it has come.
    pub state: ForwardState,
}

/// An order under one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Rises by one with each write.
    pub version: u64,
    /// Everything but the lines, as received. A corrected recipient replaces `head.recipient.person` only, so that
    /// the same order from the ERP is still recognised.
    pub head: OrderHead<ContactRef>,
    /// The lines of a purchase; other orders have none.
    pub lines: Vec<Line>,
    /// What a renewal or cancellation asks for, as received.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub asked: Option<Asked>,
    /// What came of it, licence by licence.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub changes: Vec<Change>,
    /// When it was received first.
    pub received_at: Timestamp,
    /// The link that is valid now.
    pub link: LinkState,
    /// Set once it is unlocked, or applied.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unlocked: Option<Unlocked>,
    /// Forwards by the holder of the link, oldest first.
    #[serde(default)]
    pub forwards: Vec<Forward>,
}

impl Order {
    /// Whether all its lines were cancelled before they gave anything: then there is nothing to unlock.
    pub fn is_cancelled(&self) -> bool {
        self.unlocked.is_none()
            && self.head.kind == OrderKind::Purchase
            && self.lines.iter().all(|line| line.status == LineStatus::Cancelled)
    }

    /// Whether its link can be used: it is a purchase, and not all of it was cancelled.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotAPurchase`], [`Refusal::OrderCancelled`].
    pub fn has_link(&self) -> Result<(), Refusal> {
        self.is_purchase()?;
        if self.is_cancelled() { Err(Refusal::OrderCancelled) } else { Ok(()) }
    }

    fn is_purchase(&self) -> Result<(), Refusal> {
        if self.head.kind == OrderKind::Purchase { Ok(()) } else { Err(Refusal::NotAPurchase) }
    }
}
