//! Why a command changes nothing: a closed set. Each has a stable code for programs and a sentence for people.

use crate::id::ServerId;
use crate::pool::PoolKey;

/// One fault of a document, by JSON pointer (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, such as `/lines/0/sku`.
    pub pointer: String,
    /// The fault's own stable code.
    pub code: &'static str,
    /// What is wrong there and what is accepted.
    pub detail: String,
}

/// How many values need correction, as a sentence.
pub fn to_correct(faults: &[Fault]) -> String {
    match faults.len() {
        1 => "One value needs correction.".to_owned(),
        count => format!("{count} values need correction."),
    }
}

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    // ---- orders ----
    /// The order has faults; every one is listed.
    #[error("The order was not accepted. {} Nothing was stored.", to_correct(.0))]
    InvalidOrder(Vec<Fault>),
    /// An order with this number exists and says something else.
    #[error(
        "An order with this number was received before and differs in {}. Send a higher revision while it is locked.",
        .0.join(", ")
    )]
    OrderDiffers(Vec<String>),
    /// A renewal or cancellation was applied when it came.
    #[error("What this order asks for was done when it came. Send what has changed since then as a new order.")]
    OrderApplied,
    /// All that was asked for was cancelled before.
    #[error("The order, or what you name of it, was cancelled before.")]
    OrderCancelled,
    /// Only a purchase has a link, can be locked again and can be cancelled.
    #[error(
        "This order changes licences that came with others: it has no link, and nothing of its own to lock or cancel."
    )]
    NotAPurchase,
    /// The order is unlocked, so what was asked for is too late.
    #[error("The order is unlocked already.")]
    OrderNotLocked,
    /// The order is locked, so what was asked for is too early.
    #[error("The order is still locked.")]
    OrderLocked,
    /// Locking again would take capacity that servers have.
    #[error("Locking the order again would leave {} with less than is assigned. Lower the assignments first.", .0.application)]
    LockWouldUncover(PoolKey),

    // ---- assignment ----
    /// The account has changed since it was read.
    #[error("The licences were changed meanwhile. Load them again and repeat your change.")]
    VersionMismatch,
    /// A pool would be used beyond its total.
    #[error("{} has {total} in total; this would assign {used}.", .pool.application)]
    OverAssigned {
        /// Which pool.
        pool: PoolKey,
        /// What there is, in units.
        total: u32,
        /// What would be used, in units.
        used: u64,
    },
    /// A "red." capacity would exceed the primary capacity on other servers.
    #[error("{} red. on {server} would be {redundant}, but other servers have only {primary} of the primary.", .pool.application)]
    RedundancyExceedsPrimary {
        /// Which "red." pool.
        pool: PoolKey,
        /// On which server.
        server: ServerId,
        /// What it would have, in units.
        redundant: u64,
        /// What other servers have of the primary, in units.
        primary: u64,
    },
    /// No such row in the account.
    #[error("The account has no licences of this kind.")]
    PoolNotFound,
    /// No such server in the account.
    #[error("The account has no such server.")]
    ServerNotFound,
    /// Another server of the account has this name.
    #[error("Another server of this account has this name. Choose another one.")]
    ServerNameTaken,
    /// The account has as many servers as it may.
    #[error("An account has at most {0} servers. Delete or disable one that is not needed.")]
    TooManyServers(usize),
    /// The server is disabled.
    #[error("The server is disabled. Enable it first.")]
    ServerDisabled,
    /// The server is not disabled.
    #[error("The server is not disabled.")]
    ServerNotDisabled,
    /// The server was activated once and can only be disabled.
    #[error("The server was activated and can't be deleted. Disable it instead.")]
    ServerWasActivated,
    /// No AppSuite is bound to the server.
    #[error("No AppSuite is activated with this server's token, so there is nothing to release.")]
    ServerNotBound,
    /// The account has released as often as it may without asking.
    #[error("This server was released {0} times in 30 days. Ask the vendor's support to release it once more.")]
    TooManyReleases(usize),
    /// No second installation uses the server's token.
    #[error("Only one installation uses this server's token, so there is nothing to choose.")]
    NoConflict,
    /// Offline activation is for perpetual licences.
    #[error("A server with subscription licences must stay online. Move {} away first.", .0.application)]
    OfflineNotAllowed(PoolKey),
    /// The server is online.
    #[error("The server is online. Set its activation mode to offline first.")]
    ServerNotOffline,
    /// The string names another server.
    #[error("The string is of server {0}. Open that server, or take the string of this one.")]
    OfflineOtherServer(String),
    /// The request does not come from somebody who has the current token.
    #[error(
        "The AppSuite that made this request does not have the server's current token. Activate it with that, then make a new request."
    )]
    OfflineTokenNotCurrent,
    /// Another installation holds the server's strings, or is activated online.
    #[error(
        "Another AppSuite has this server. Return its licences or release it first; if it is lost, declare it lost."
    )]
    OfflineOtherInstallation,
    /// A later request of the same installation was answered.
    #[error("A later request of this AppSuite was answered. Make a new request there.")]
    OfflineRequestOutdated,
    /// The return was made before the last response was asked for.
    #[error("This return was made before the AppSuite got its last response. Make a new return there.")]
    OfflineReturnOutdated,
    /// What strings let the server run is not returned.
    #[error("The AppSuite of this server runs offline. Return its licences first; if it is lost, declare it lost.")]
    OfflineNotReturned,
    /// No installation holds strings of the server.
    #[error("No AppSuite runs offline with this server's licences, so there is nothing to return or to lose.")]
    NothingToReturn,
    /// The account has declared as many losses as it may.
    #[error("{0} losses were declared within a year. Ask the vendor's support to declare one more.")]
    TooManyLosses(usize),
    /// The server has no capacity, so it has no token yet.
    #[error("Assign a licence to the server first: its token is made with the first capacity.")]
    NoTokenYet,
    /// The account's item would outgrow what the table stores.
    #[error("The account holds more than one account can. Ask the vendor's support to split it.")]
    AccountTooLarge,
    /// The account has as many rows as it may.
    #[error("An account has at most {0} kinds of licences. Ask the vendor's support.")]
    TooManyPools(usize),

    // ---- people ----
    /// Nobody would be left who can manage.
    #[error("The last manager can't be removed or made a viewer. Make somebody else a manager first.")]
    LastManager,
    /// The roster is full.
    #[error("There can be at most {0} members.")]
    TooManyMembers(usize),
    /// They are a member already.
    #[error("This person is a member already.")]
    AlreadyMember,
    /// No such member.
    #[error("There is no such member.")]
    MemberNotFound,
    /// No such request.
    #[error("There is no such request; it may have been accepted or withdrawn meanwhile.")]
    RequestNotFound,
    /// Who erases is who would be erased.
    #[error("Nobody erases themselves. Ask another manager of the vendor.")]
    OwnErasure,
    /// The deployment would make them staff again.
    #[error("The deployment names this address as vendor staff. Take it out of VendorStaff, deploy, then erase.")]
    NamedByDeployment,
    /// Too many people wait to be accepted.
    #[error("{0} requests are open. Ask a manager of the account to accept or decline some.")]
    TooManyOpenRequests(usize),
    /// No such reseller.
    #[error("This reseller has nothing to do with the account.")]
    ResellerNotFound,
    /// The reseller has access already.
    #[error("This reseller has access already.")]
    ResellerHasAccess,
    /// The account has as many resellers with access as it may.
    #[error("At most {0} resellers can have access. Remove one first.")]
    TooManyResellers(usize),

    // ---- forwarding ----
    /// Forwarding ends 30 days after the unlock.
    #[error("An order can be forwarded within 30 days of its unlock. Ask a member of the account to invite you.")]
    ForwardWindowOver,
    /// Too many forwards are open.
    #[error("{0} forwards of this order are open. Withdraw one, or wait until one is accepted.")]
    TooManyForwards(usize),
    /// The order was forwarded as often as an order may be.
    #[error("This order was forwarded {0} times. Ask a member of the account to invite you.")]
    ForwardsUsedUp(usize),
    /// No such forward is open.
    #[error("This forward is not open any more.")]
    ForwardNotOpen,

    // ---- mail ----
    /// The mail does not wait for staff.
    #[error("This mail does not wait for you: it was sent, taken up again or dismissed meanwhile.")]
    MailNotParked,

    /// The event does not wait for staff.
    #[error("This event does not wait for you: it was delivered, taken up again or dismissed meanwhile.")]
    EventNotParked,

    // ---- authority ----
    /// The person may look, not change.
    #[error("Only a manager may do this. Ask a manager of this account.")]
    ManagerRequired,
    /// The person is not of the vendor's staff.
    #[error("Only the vendor's staff may do this.")]
    StaffRequired,
    /// The thing does not exist, or not for this person: the two look the same to somebody without access.
    #[error("There is no such {0}, or you have no access to it.")]
    NotFound(&'static str),

    /// Staff did something unusual without saying why.
    #[error("Say why: this stands in the history of the account.")]
    ReasonRequired,

    // ---- repeated requests ----
    /// A write came without its key.
    #[error("Send an Idempotency-Key header, so that a repeated request changes nothing twice.")]
    IdempotencyKeyRequired,
    /// The key was used for something else.
    #[error("This Idempotency-Key was used for another request. Take a new key.")]
    IdempotencyKeyReused,
    /// A conditional write came without its condition.
    #[error("Send If-Match with the version that you have seen.")]
    PreconditionRequired,
}

impl Refusal {
    /// The stable code, in snake case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidOrder(_) => "invalid_order",
            Self::OrderDiffers(_) => "order_differs",
            Self::OrderApplied => "order_applied",
            Self::OrderCancelled => "order_cancelled",
            Self::NotAPurchase => "not_a_purchase",
            Self::OrderNotLocked => "order_not_locked",
            Self::OrderLocked => "order_locked",
            Self::LockWouldUncover(_) => "lock_would_uncover",
            Self::VersionMismatch => "version_mismatch",
            Self::OverAssigned { .. } => "over_assigned",
            Self::RedundancyExceedsPrimary { .. } => "redundancy_exceeds_primary",
            Self::PoolNotFound => "pool_not_found",
            Self::ServerNotFound => "server_not_found",
            Self::ServerNameTaken => "server_name_taken",
            Self::TooManyServers(_) => "too_many_servers",
            Self::ServerDisabled => "server_disabled",
            Self::ServerNotDisabled => "server_not_disabled",
            Self::ServerWasActivated => "server_was_activated",
            Self::ServerNotBound => "server_not_bound",
            Self::TooManyReleases(_) => "too_many_releases",
            Self::NoConflict => "no_conflict",
            Self::OfflineNotAllowed(_) => "offline_not_allowed",
            Self::ServerNotOffline => "server_not_offline",
            Self::OfflineOtherServer(_) => "offline_other_server",
            Self::OfflineTokenNotCurrent => "offline_token_not_current",
            Self::OfflineOtherInstallation => "offline_other_installation",
            Self::OfflineRequestOutdated => "offline_request_outdated",
            Self::OfflineReturnOutdated => "offline_return_outdated",
            Self::OfflineNotReturned => "offline_not_returned",
            Self::NothingToReturn => "nothing_to_return",
            Self::TooManyLosses(_) => "too_many_losses",
            Self::NoTokenYet => "no_token_yet",
            Self::AccountTooLarge => "account_too_large",
            Self::TooManyPools(_) => "too_many_pools",
            Self::LastManager => "last_manager",
            Self::TooManyMembers(_) => "too_many_members",
            Self::AlreadyMember => "already_member",
            Self::MemberNotFound => "member_not_found",
            Self::OwnErasure => "own_erasure",
            Self::NamedByDeployment => "named_by_deployment",
            Self::RequestNotFound => "request_not_found",
            Self::TooManyOpenRequests(_) => "too_many_open_requests",
            Self::ResellerNotFound => "reseller_not_found",
            Self::ResellerHasAccess => "reseller_has_access",
            Self::TooManyResellers(_) => "too_many_resellers",
            Self::ForwardWindowOver => "forward_window_over",
            Self::TooManyForwards(_) => "too_many_forwards",
            Self::ForwardsUsedUp(_) => "forwards_used_up",
            Self::ForwardNotOpen => "forward_not_open",
            Self::MailNotParked => "mail_not_parked",
            Self::EventNotParked => "event_not_parked",
            Self::ManagerRequired => "manager_required",
            Self::StaffRequired => "staff_required",
            Self::NotFound(_) => "not_found",
            Self::ReasonRequired => "reason_required",
            Self::IdempotencyKeyRequired => "idempotency_key_required",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::PreconditionRequired => "precondition_required",
        }
    }
}
