//! What the portal sends and gets.

mod account;
mod audit;
mod ending;
mod me;
mod member;
mod order;
mod person;
mod staff;
mod word;

pub use account::{
    AccountListView, AccountView, ConflictView, CustomerView, GrantView, ItemView, NoteView, PolicyView, ResellerView,
    RowView, ServerDetailView, ServerView, SummaryView, TermView, WindowView,
};
pub use audit::{ActorView, AuditPage, EntryView, NameView};
pub use ending::{EndingListView, EndingView, EndingWhat, LossView};
pub use me::{MeView, MembershipView, ReminderChange, ReminderView};
pub use member::{Invitation, MemberReceipt, MemberView, MembersView, RequestView, RoleChange};
pub use order::{
    BusinessView, CancelRequest, CancellationView, CareView, ChangeView, ForwardView, LineView, MailView,
    OrderListView, OrderResellerView, OrderStateView, OrderView, ParkedMailListView, ParkedMailView, ProductListView,
    ProductView, ReceiptView, RenewalView, Resending, StaffOrderView,
};
pub use person::{Erasing, ErasureView, PartyView, PersonFileView, PersonQuestion, SignInView};
pub use staff::{Appointing, GraceOrder, GraceView, ParkedEventListView, ParkedEventView, ResellerMove};
pub use word::{
    ActorKind, CapacityUnit, CareWord, ChangeWord, ForwardWord, ItemWord, LicenseWord, LineWord, MailKind, MailWord,
    MemberRole, MemberWhy, OrderKindWord, OrderWord, PartyWord, Permission, ReminderTopic, ResellerWord, ServerMode,
    ServerWord,
};

use licensing::account::{Business, Customer};
use licensing::grant::{Care, Term};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonView {
    /// Their id.
    pub person_id: String,
    /// Their name, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their address; missing where the person was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl From<&Business> for BusinessView {
    fn from(business: &Business) -> Self {
        Self { number: business.number.to_string(), name: business.name.to_string() }
    }
}

impl From<&Customer> for CustomerView {
    fn from(customer: &Customer) -> Self {
        Self {
            number: customer.number.to_string(),
            name: customer.name.to_string(),
            country: customer.country.code().to_owned(),
        }
    }
}

impl From<&Care> for CareView {
    fn from(care: &Care) -> Self {
        Self { level: care.level.into(), start: care.start, term: care.term }
    }
}

impl From<&Term> for TermView {
    fn from(term: &Term) -> Self {
        Self { capacity: term.capacity, start: term.start, term: term.term }
    }
}
