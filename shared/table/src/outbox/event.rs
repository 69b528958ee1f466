//! What there is to tell.

use jiff::civil::Date;
use licensing::account::Business;
use licensing::id::{AccountId, BusinessNumber, LicenseCode, OrderId, PersonId, ServerId};
use licensing::member::Party;
use licensing::topic::Topic;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::Passed;

/// What a mail tells. Only references: what they stand for is read when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "event")]
pub enum Event {
    /// An order was received: the mail with the link.
    OrderReceived {
        /// Which order.
        order: OrderId,
        /// The link's generation.
        generation: u32,
    },
    /// A locked order was replaced by a higher revision.
    OrderRevised {
        /// Which order.
        order: OrderId,
        /// The link's generation.
        generation: u32,
    },
    /// Staff sent the link again.
    LinkResent {
        /// Which order.
        order: OrderId,
        /// The link's generation.
        generation: u32,
    },
    /// An order was unlocked; told to the members.
    OrderUnlocked {
        /// Which order.
        order: OrderId,
        /// Into which account.
        account: AccountId,
    },
    /// A renewal was applied to what is unlocked; told to the members and to the renewal's recipient.
    OrderRenewed {
        /// The renewal.
        order: OrderId,
        /// In which account.
        account: AccountId,
    },
    /// Licences of an account were cancelled; told to the members.
    LicensesCancelled {
        /// The cancellation, or the purchase that vendor staff cancelled.
        order: OrderId,
        /// In which account.
        account: AccountId,
        /// Which licences.
        codes: Vec<LicenseCode>,
    },
    /// All of a locked order was cancelled; told to its recipient.
    OrderCancelled {
        /// Which order.
        order: OrderId,
    },
    /// Somebody became a member by invitation.
    Invited {
        /// Of what.
        to: Party,
        /// Who.
        person: PersonId,
        /// By whom; `None` where the holder of an unlock link forwarded an order.
        by: Option<PersonId>,
        /// The order that was forwarded, where one was.
        order: Option<OrderId>,
    },
    /// Somebody asks to become a member; told to the managers.
    AccessRequested {
        /// Of what.
        to: Party,
        /// Who.
        person: PersonId,
        /// The order that names them, or that was forwarded to them.
        order: OrderId,
    },
    /// Two installations use one token; told to the managers.
    ConflictBegun {
        /// Of which account.
        account: AccountId,
        /// Which server.
        server: ServerId,
    },
    /// Vendor staff set how long capacity is served after a term; told to the members.
    GraceSet {
        /// Of which account.
        account: AccountId,
        /// For how many days.
        days: u16,
    },
    /// Vendor staff moved an account to another reseller; told to the members of all three.
    ResellerMoved {
        /// Which account.
        account: AccountId,
        /// Who managed it; the account does not know its name any more.
        from: Business,
        /// Who manages it.
        to: BusinessNumber,
    },
    /// Vendor staff made a manager; told to the other members.
    ManagerAppointed {
        /// Of what.
        to: Party,
        /// Whom.
        person: PersonId,
    },
    /// Something of an account ends soon or has gone into grace; gathered into its readers' digests.
    EndingsNear {
        /// What was found.
        #[serde(flatten)]
        passed: Passed,
    },
    /// One reader's digest of a day: what ends in the accounts.
    EndingsDigest {
        /// Which digest.
        topic: Topic,
        /// Of which day.
        day: Date,
        /// What it tells.
        of: Vec<Passed>,
    },
    /// The vendor's receiver did not take an event, which waits for staff; told to them once a day.
    EventParked {
        /// Which one.
        parked: Ulid,
    },
    /// A delivery was given up or came back; told to vendor staff.
    DeliveryFailed {
        /// Which one.
        delivery: Ulid,
        /// To whom it should have gone.
        reader: PersonId,
    },
}

impl Event {
    /// The order that the event is about, if it is one order's own mail.
    pub const fn order(&self) -> Option<OrderId> {
        match self {
            Self::OrderReceived { order, .. }
            | Self::OrderRevised { order, .. }
            | Self::LinkResent { order, .. }
            | Self::OrderUnlocked { order, .. }
            | Self::OrderRenewed { order, .. }
            | Self::LicensesCancelled { order, .. }
            | Self::OrderCancelled { order } => Some(*order),
            _ => None,
        }
    }
}
