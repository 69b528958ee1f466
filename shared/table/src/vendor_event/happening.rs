//! What the vendor's systems are told: the `type` and `data` of a message.

use jiff::civil::Date;
use licensing::account::Account;
use licensing::advance::{Advancing, Near, Stage};
use licensing::grant::LicenseType;
use licensing::id::{AccountId, BusinessNumber, LicenseCode, OrderId, OrderNumber, ServerId, Sku};
use licensing::order::{LineStatus, Order};
use licensing::pool::PoolKey;
use licensing::text::Label;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::{Delivery, DeliveryState, Event};

/// What happened, as the vendor's systems are told: `type` and `data` of the message. Everything they are told is copied
/// when it happens, so that a replay says the same; people are not named, so that nobody has to be erased here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "data")]
pub enum Happening {
    /// An order was unlocked.
    #[serde(rename = "order.unlocked")]
    OrderUnlocked(UnlockedOrder),
    /// An installation took a server's token into use: the first time, after a release or after it was enabled again.
    #[serde(rename = "server.activated")]
    ServerActivated(ServerFacts),
    /// A second installation uses a server's token.
    #[serde(rename = "server.conflict")]
    ServerConflict(ServerFacts),
    /// Rows of an account came to hold less than is assigned.
    #[serde(rename = "pool.short")]
    PoolShort(ShortPools),
    /// Licences or care of an account end before long.
    #[serde(rename = "ending.soon")]
    EndingSoon(NearEndings),
    /// A mail of an order came back, or its reader reported it as unwanted.
    #[serde(rename = "mail.bounced")]
    MailBounced(ReturnedMail),
}

/// An order that was unlocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnlockedOrder {
    /// This service's id of it.
    #[schema(value_type = String)]
    pub order_id: OrderId,
    /// The ERP's number of it.
    #[schema(value_type = String)]
    pub order_number: OrderNumber,
    /// The account that it was unlocked into.
    #[schema(value_type = String)]
    pub account_id: AccountId,
    /// The ERP's number of the customer.
    #[schema(value_type = String)]
    pub customer_number: BusinessNumber,
    /// The ERP's number of the reseller.
    #[schema(value_type = String)]
    pub reseller_number: BusinessNumber,
    /// Its lines.
    pub lines: Vec<UnlockedLine>,
}

/// A line of an order that was unlocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnlockedLine {
    /// The licence's code.
    #[schema(value_type = String)]
    pub license_code: LicenseCode,
    /// The article.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// Pieces.
    pub quantity: u32,
    /// `unlocked`, or `ended` where its term was over.
    #[schema(schema_with = line_status)]
    pub status: LineStatus,
}

/// A server that something happened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerFacts {
    /// Which one.
    #[schema(value_type = String)]
    pub server_id: ServerId,
    /// Its name in the portal.
    #[schema(value_type = String)]
    pub server_name: Label,
    /// Whose it is.
    #[schema(value_type = String)]
    pub account_id: AccountId,
    /// The ERP's number of the customer.
    #[schema(value_type = String)]
    pub customer_number: BusinessNumber,
    /// What the installation says of itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub app_suite_version: Option<Label>,
}

/// The rows of an account that hold less than is assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShortPools {
    /// Which account.
    #[schema(value_type = String)]
    pub account_id: AccountId,
    /// The ERP's number of the customer.
    #[schema(value_type = String)]
    pub customer_number: BusinessNumber,
    /// The rows.
    pub pools: Vec<PoolFacts>,
}

/// What of an account ends before long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NearEndings {
    /// Which account.
    #[schema(value_type = String)]
    pub account_id: AccountId,
    /// The ERP's number of the customer.
    #[schema(value_type = String)]
    pub customer_number: BusinessNumber,
    /// What ends, in order of time.
    pub endings: Vec<EndingFacts>,
}

/// A mail of an order that did not reach its reader, or was not wanted. It does not say who that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReturnedMail {
    /// This service's id of the order.
    #[schema(value_type = String)]
    pub order_id: OrderId,
    /// The ERP's number of it.
    #[schema(value_type = String)]
    pub order_number: OrderNumber,
    /// The ERP's number of the customer.
    #[schema(value_type = String)]
    pub customer_number: BusinessNumber,
    /// What the mail told.
    pub mail: OrderMail,
    /// Whom it went to.
    pub reader: MailReader,
    /// What became of it.
    pub outcome: MailOutcome,
    /// The mail service's words for it, such as `Permanent, General, 5.1.1`.
    pub reason: String,
}

/// What a mail of an order tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum OrderMail {
    /// The order, with the link that unlocks it.
    OrderReceived,
    /// The order as it was changed, with the link.
    OrderRevised,
    /// The order with a new link.
    LinkResent,
    /// Its licences were unlocked.
    OrderUnlocked,
    /// Its renewals were applied.
    OrderRenewed,
    /// Licences were cancelled.
    LicensesCancelled,
    /// All of it was cancelled while it was locked.
    OrderCancelled,
}

/// Whom a mail of an order goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum MailReader {
    /// The order's recipient, whose address the ERP gave or staff corrected.
    Recipient,
    /// Somebody else who may see the order.
    Member,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum MailOutcome {
    /// The reader's mail server refused it for good.
    Bounced,
    /// It arrived, and the reader reported it as unwanted.
    Complained,
}

/// A row of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PoolFacts {
    /// The application.
    #[schema(value_type = String)]
    pub application: Label,
    /// Whether it is for redundant installations.
    pub redundancy: bool,
    /// How it is sold.
    #[schema(schema_with = license_type)]
    pub license_type: LicenseType,
}

/// What ends of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndingFacts {
    /// Of which row.
    #[serde(flatten)]
    pub pool: PoolFacts,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub last_day: Date,
    /// How near it is.
    #[schema(schema_with = stage)]
    pub stage: Stage,
}

impl From<&PoolKey> for PoolFacts {
    fn from(key: &PoolKey) -> Self {
        Self { application: key.application.clone(), redundancy: key.redundancy, license_type: key.license }
    }
}

/// What the vendor's systems are told of the days that have passed for an account.
pub fn told_of_days(advancing: &Advancing) -> Vec<Happening> {
    let Account { id, customer, .. } = &advancing.account;
    let (account_id, customer_number) = (*id, customer.number.clone());
    let mut told = Vec::new();
    if !advancing.short.is_empty() {
        let pools = advancing.short.iter().map(PoolFacts::from).collect();
        let customer_number = customer_number.clone();
        told.push(Happening::PoolShort(ShortPools { account_id, customer_number, pools }));
    }
    if !advancing.near.is_empty() {
        let ending = |near: &Near| EndingFacts {
            pool: PoolFacts::from(&near.ending.pool),
            last_day: near.ending.last_day,
            stage: near.stage,
        };
        let endings = advancing.near.iter().map(ending).collect();
        told.push(Happening::EndingSoon(NearEndings { account_id, customer_number, endings }));
    }
    told
}

impl UnlockedOrder {
    /// What an order gave.
    pub fn of(order: &Order, account_id: AccountId) -> Self {
        let line = |line: &licensing::order::Line| UnlockedLine {
            license_code: line.license_code.clone(),
            sku: line.sku.clone(),
            quantity: line.quantity,
            status: line.status,
        };
        Self {
            order_id: order.id,
            order_number: order.head.number.clone(),
            account_id,
            customer_number: order.head.customer.number.clone(),
            reseller_number: order.head.reseller.business.number.clone(),
            lines: order.lines.iter().map(line).collect(),
        }
    }
}

impl ReturnedMail {
    /// What is told of a mail that has come into this state; `None` where it has not come back, or was not about this
    /// order.
    pub fn of(delivery: &Delivery, state: &DeliveryState, order: &Order) -> Option<Self> {
        let outcome = match state {
            DeliveryState::Bounced { .. } => MailOutcome::Bounced,
            DeliveryState::Complained { .. } => MailOutcome::Complained,
            _ => return None,
        };
        if delivery.event.order() != Some(order.id) {
            return None;
        }
        let to_recipient = delivery.reader == Some(order.head.recipient.person);
        Some(Self {
            order_id: order.id,
            order_number: order.head.number.clone(),
            customer_number: order.head.customer.number.clone(),
            mail: OrderMail::of(&delivery.event)?,
            reader: if to_recipient { MailReader::Recipient } else { MailReader::Member },
            outcome,
            reason: state.given_up()?.reason.to_owned(),
        })
    }
}

impl OrderMail {
    const fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::OrderReceived { .. } => Self::OrderReceived,
            Event::OrderRevised { .. } => Self::OrderRevised,
            Event::LinkResent { .. } => Self::LinkResent,
            Event::OrderUnlocked { .. } => Self::OrderUnlocked,
            Event::OrderRenewed { .. } => Self::OrderRenewed,
            Event::LicensesCancelled { .. } => Self::LicensesCancelled,
            Event::OrderCancelled { .. } => Self::OrderCancelled,
            _ => return None,
        })
    }
}

impl Happening {
    /// The message's `type`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OrderUnlocked(_) => "order.unlocked",
            Self::ServerActivated(_) => "server.activated",
            Self::ServerConflict(_) => "server.conflict",
            Self::PoolShort(_) => "pool.short",
            Self::EndingSoon(_) => "ending.soon",
            Self::MailBounced(_) => "mail.bounced",
        }
    }
}

/// One of the words that a type of the rules is written as.
fn one_of(words: &[impl Serialize]) -> Schema {
    let words = words.iter().filter_map(|word| serde_json::to_value(word).ok());
    Schema::Object(ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build())
}

fn line_status() -> Schema {
    one_of(&[LineStatus::Unlocked, LineStatus::Ended, LineStatus::Cancelled])
}

fn license_type() -> Schema {
    one_of(&[LicenseType::Perpetual, LicenseType::Subscription])
}

fn stage() -> Schema {
    one_of(&[Stage::Ninety, Stage::Thirty, Stage::Seven, Stage::GraceBegun])
}
