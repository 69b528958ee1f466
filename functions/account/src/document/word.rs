//! The words of closed sets on the wire.

use licensing::access::Action;
use licensing::account::{ActivationMode, ResellerAccess};
use licensing::grant::{CareLevel, LicenseType};
use licensing::member::{Party, Role, Why};
use licensing::order::{ForwardState, LineStatus, OrderKind};
use licensing::product::Unit;
use licensing::row::ItemStatus;
use licensing::service::Service;
use licensing::topic::Topic;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A wire enum, and how it comes from the rules' one, where there is one: the compiler sees that no word is missing.
macro_rules! words {
    ($(#[$about:meta])* $name:ident $(of $source:ty)? { $($(#[$word:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub enum $name {
            $($(#[$word])* $variant),+
        }

        words!(@from $name [$($source)?] $($variant)+);
    };
    (@from $name:ident [] $($variant:ident)+) => {};
    (@from $name:ident [$source:ty] $($variant:ident)+) => {
        impl From<$source> for $name {
            fn from(source: $source) -> Self {
                match source {
                    $(<$source>::$variant => Self::$variant),+
                }
            }
        }
    };
}

words! {
    /// What a member may do.
    MemberRole of Role {
        /// Sees everything but tokens.
        Viewer,
        /// Also assigns, invites and sees tokens.
        Manager,
    }
}

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Viewer => Self::Viewer,
            MemberRole::Manager => Self::Manager,
        }
    }
}

words! {
    /// Why somebody is a member, or asks to become one.
    MemberWhy of Why {
        /// The contact of an order.
        OrderContact,
        /// A manager invited them.
        Invited,
        /// The holder of an unlock link forwarded the order to them.
        Forwarded,
        /// The deployment named them.
        Deployment,
    }
}

words! {
    /// A kind of reminder that comes by the calendar.
    ReminderTopic of Topic {
        /// What ends in accounts that one is a member of.
        OwnEndings,
        /// What ends at the customers of a reseller that one is a member of.
        CustomersEndings,
    }
}

impl From<ReminderTopic> for Topic {
    fn from(topic: ReminderTopic) -> Self {
        match topic {
            ReminderTopic::OwnEndings => Self::OwnEndings,
            ReminderTopic::CustomersEndings => Self::CustomersEndings,
        }
    }
}

words! {
    /// What somebody is member of.
    PartyWord {
        /// The vendor: they are staff.
        Vendor,
        /// A reseller.
        Reseller,
        /// An account.
        Account,
    }
}

impl From<&Party> for PartyWord {
    fn from(party: &Party) -> Self {
        match party {
            Party::Vendor => Self::Vendor,
            Party::Reseller(_) => Self::Reseller,
            Party::Account(_) => Self::Account,
        }
    }
}

words! {
    /// Whether a reseller may manage the account.
    ResellerWord of ResellerAccess {
        /// It manages the account.
        Granted,
        /// It asks for access.
        Requested,
    }
}

words! {
    /// Something that somebody may do with an account.
    Permission {
        /// See licences, servers, orders, members and audit.
        Read,
        /// Save assignments and manage servers.
        Assign,
        /// See or regenerate a server token.
        SeeToken,
        /// Invite, change and remove members.
        ManageMembers,
        /// Invite a member: also where there is none yet.
        Invite,
        /// Accept and decline those who ask to become a member.
        DecideRequests,
        /// Give a reseller access that an order has asked for.
        AcceptReseller,
        /// Take a reseller's access.
        RemoveReseller,
    }
}

impl From<Action> for Permission {
    fn from(action: Action) -> Self {
        match action {
            Action::Read => Self::Read,
            Action::Assign => Self::Assign,
            Action::SeeToken => Self::SeeToken,
            Action::ManageMembers => Self::ManageMembers,
            Action::DecideRequests => Self::DecideRequests,
            Action::AcceptReseller => Self::AcceptReseller,
            Action::RemoveReseller => Self::RemoveReseller,
        }
    }
}

words! {
    /// What an application counts.
    CapacityUnit of Unit {
        /// Concurrent channels.
        Channels,
        /// Named users or extensions.
        Users,
        /// The application as such, shown without a unit.
        Instances,
    }
}

words! {
    /// How a licence is sold.
    LicenseWord of LicenseType {
        /// Without end; its care has a term.
        Perpetual,
        /// Holds between start and term.
        Subscription,
    }
}

words! {
    /// A level of care.
    CareWord of CareLevel {
        /// The lowest level.
        Basic,
        /// The middle level.
        Gold,
        /// The highest level.
        Platinum,
    }
}

words! {
    /// What a customer may use beside the licence itself.
    ServiceWord of Service {
        /// Support on request.
        Support,
        /// Support with a shorter time to answer.
        EnhancedSupport,
        /// Services of the cloud that the AppSuite connects to.
        CloudServices,
        /// The vendor watches the installation and calls first.
        ProactiveSupport,
    }
}

words! {
    /// How a server stays current.
    ServerMode of ActivationMode {
        /// By check-in.
        Online,
        /// By request and response strings.
        Offline,
    }
}

words! {
    /// Activation status of a server.
    ServerWord {
        /// No AppSuite is bound.
        Available,
        /// An AppSuite is bound and current.
        Active,
        /// Two installations use the same token.
        Conflict,
        /// It runs nothing, at the latest from `disabledFrom` on.
        Disabled,
    }
}

words! {
    /// Status of a licence on a server.
    ItemWord of ItemStatus {
        /// In force.
        Active,
        /// Over, and served for a while longer, at least in part.
        InGrace,
        /// Begins later.
        Upcoming,
        /// The server runs nothing of it.
        Ended,
    }
}

words! {
    /// What an order is for.
    OrderKindWord of OrderKind {
        /// New licences.
        Purchase,
        /// New terms for licences that exist.
        Renewal,
        /// The end of licences that exist.
        Cancellation,
    }
}

words! {
    /// Whether an order is unlocked.
    OrderWord {
        /// It waits for the unlock.
        Locked,
        /// What it gives is in the account.
        Unlocked,
        /// A renewal or cancellation: what it asks for was done when it came.
        Applied,
        /// All of it was cancelled while it was locked.
        Cancelled,
    }
}

words! {
    /// What a renewal or cancellation has done to a licence.
    ChangeWord {
        /// It has a new term, new care, or both.
        Renewed,
        /// It ends before its time, or never begins.
        Cancelled,
    }
}

words! {
    /// Where a line stands.
    LineWord of LineStatus {
        /// It waits for the unlock.
        Locked,
        /// What it gives is in the account.
        Unlocked,
        /// Its term was over when the order was unlocked.
        Ended,
        /// It was cancelled: it ends before its time, or never gave anything.
        Cancelled,
    }
}

words! {
    /// How far a forward has come.
    ForwardWord of ForwardState {
        /// The person was invited.
        Invited,
        /// The person waits for a manager or vendor staff.
        Requested,
        /// Taken back.
        Withdrawn,
    }
}

words! {
    /// How far a mail has come.
    MailWord {
        /// It is to be sent.
        Waiting,
        /// The mail service took it.
        Sent,
        /// Given up until staff sends it again.
        Parked,
        /// The reader's mail server refused it for good; staff may send it again.
        Bounced,
        /// It arrived, and the reader reported it as unwanted.
        Complained,
        /// Not sent any more: staff dismissed it, or there was nothing left to tell.
        Dismissed,
    }
}

words! {
    /// What a mail tells.
    MailKind {
        /// The order, with its link.
        OrderReceived,
        /// A higher revision of the order, with its link.
        OrderRevised,
        /// The link again.
        LinkResent,
        /// The order is unlocked.
        OrderUnlocked,
        /// Licences are renewed.
        OrderRenewed,
        /// Licences were cancelled.
        LicensesCancelled,
        /// The order was cancelled while it was locked.
        OrderCancelled,
        /// Somebody became a member.
        Invited,
        /// Somebody asks to become one.
        AccessRequested,
        /// Two installations use one token.
        ConflictBegun,
        /// Vendor staff set the term grace.
        GraceSet,
        /// Vendor staff moved the account to another reseller.
        ResellerMoved,
        /// Vendor staff made a manager.
        ManagerAppointed,
        /// What ends soon, gathered for one reader.
        EndingsDigest,
        /// Another mail was given up or came back.
        DeliveryFailed,
        /// The vendor's receiver did not take an event.
        EventParked,
    }
}

words! {
    /// Who did something.
    ActorKind {
        /// Somebody who had signed in.
        Person,
        /// The holder of an order's link.
        LinkHolder,
        /// The vendor's ERP.
        Erp,
        /// An AppSuite.
        Server,
        /// This service, because of the time or its deployment.
        Service,
    }
}
