//! Who may do what. Authority comes from memberships alone: of the account, of a reseller with access to it, or of
//! the vendor.
//!
//! Somebody who has nothing to do with an account can't learn whether it exists: [`Refusal::NotFound`].

mod reseller;

use crate::account::{Account, ResellerAccess};
use crate::id::{AccountId, PersonId};
use crate::member::{Party, Role, Roster};
use crate::refusal::Refusal;

pub use reseller::{
    RESELLERS_MAX, ResellerChange, ResellerEvent, accept_reseller, move_reseller, order_came_through, remove_reseller,
};

/// Somebody who has signed in, with what they are member of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// What they are member of, and as what.
    pub memberships: Vec<(Party, Role)>,
}

/// What somebody wants to do with one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See licences, servers, orders, members and audit.
    Read,
    /// Save assignments; add, rename, disable, enable, release and delete servers; choose in a conflict.
    Assign,
    /// See or regenerate a server token.
    SeeToken,
    /// Invite, change and remove members.
    ManageMembers,
    /// Accept and decline those who ask to become a member.
    DecideRequests,
    /// Give a reseller access that an order has asked for.
    AcceptReseller,
    /// Take a reseller's access.
    RemoveReseller,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::Assign,
        Self::SeeToken,
        Self::ManageMembers,
        Self::DecideRequests,
        Self::AcceptReseller,
        Self::RemoveReseller,
    ];

    /// Managers of a reseller manage licences, not who else does: otherwise a customer could never get rid of it.
    const fn is_for_managing_reseller(self) -> bool {
        matches!(self, Self::Read | Self::Assign | Self::SeeToken)
    }

    const fn is_for_staff(self) -> bool {
        matches!(self, Self::Read | Self::DecideRequests | Self::AcceptReseller)
    }
}

impl Actor {
    /// Whether they may do something with an account.
    ///
    /// Refused: [`Refusal::NotFound`] where they may not even read it, otherwise [`Refusal::ManagerRequired`].
    pub fn may(&self, action: Action, account: &Account) -> Result<(), Refusal> {
        if !self.can_read(account) {
            return Err(Refusal::NotFound("account"));
        }
        let customer = self.role_in(&Party::Account(account.id)) == Some(Role::Manager);
        let reseller = action.is_for_managing_reseller() && self.reseller_role(account) == Some(Role::Manager);
        let staff = action.is_for_staff() && self.role_in(&Party::Vendor) == Some(Role::Manager);
        if action == Action::Read || customer || reseller || staff { Ok(()) } else { Err(Refusal::ManagerRequired) }
    }

    /// Whether they may see the account: [`Action::Read`].
    pub fn may_read(&self, account: &Account) -> Result<(), Refusal> {
        self.may(Action::Read, account)
    }

    /// Whether they may assign: [`Action::Assign`].
    pub fn may_manage(&self, account: &Account) -> Result<(), Refusal> {
        self.may(Action::Assign, account)
    }

    /// Whether they may see tokens: [`Action::SeeToken`].
    pub fn may_see_tokens(&self, account: &Account) -> Result<(), Refusal> {
        self.may(Action::SeeToken, account)
    }

    /// Whether they may invite. As [`Action::ManageMembers`]; where the account has no member at all, managers of a
    /// reseller with access and of the vendor may invite the first one, because nobody else can.
    pub fn may_invite(&self, account: &Account, roster: &Roster) -> Result<(), Refusal> {
        let refusal = match self.may(Action::ManageMembers, account) {
            Err(refusal) if roster.members.is_empty() => refusal,
            decided => return decided,
        };
        let manages = |role| role == Some(Role::Manager);
        let first = manages(self.reseller_role(account)) || manages(self.role_in(&Party::Vendor));
        if first { Ok(()) } else { Err(refusal) }
    }

    /// Whether they may take a member out: as [`Action::ManageMembers`], and anybody may leave.
    pub fn may_remove(&self, account: &Account, member: PersonId) -> Result<(), Refusal> {
        let leaves = member == self.person && self.role_in(&Party::Account(account.id)).is_some();
        if leaves { Ok(()) } else { self.may(Action::ManageMembers, account) }
    }

    /// Whether they may read what belongs to no single account: products, and any order.
    ///
    /// Refused: [`Refusal::StaffRequired`].
    pub fn may_read_as_staff(&self) -> Result<(), Refusal> {
        self.role_in(&Party::Vendor).map(|_| ()).ok_or(Refusal::StaffRequired)
    }

    /// Whether they may re-send, correct and lock orders.
    ///
    /// Refused: [`Refusal::StaffRequired`], [`Refusal::ManagerRequired`].
    pub fn may_act_as_staff(&self) -> Result<(), Refusal> {
        match self.role_in(&Party::Vendor) {
            Some(Role::Manager) => Ok(()),
            Some(Role::Viewer) => Err(Refusal::ManagerRequired),
            None => Err(Refusal::StaffRequired),
        }
    }

    /// Whether they may erase a person. Themselves they may not: their next request would make them anew; and nobody
    /// whom the deployment names, because it would appoint them again.
    ///
    /// Refused: as [`Self::may_act_as_staff`], [`Refusal::OwnErasure`], [`Refusal::NamedByDeployment`].
    pub fn may_erase(&self, person: PersonId, is_named_by_deployment: bool) -> Result<(), Refusal> {
        self.may_act_as_staff()?;
        if person == self.person {
            return Err(Refusal::OwnErasure);
        }
        if is_named_by_deployment { Err(Refusal::NamedByDeployment) } else { Ok(()) }
    }

    /// Whether they are of the vendor's staff and see every account.
    pub fn is_staff(&self) -> bool {
        self.role_in(&Party::Vendor).is_some()
    }

    /// The accounts that they are member of themselves.
    pub fn own_accounts(&self) -> impl Iterator<Item = AccountId> {
        self.memberships.iter().filter_map(|(party, _)| match party {
            Party::Account(account) => Some(*account),
            Party::Vendor | Party::Reseller(_) => None,
        })
    }

    /// Their role in a party.
    pub fn role_in(&self, party: &Party) -> Option<Role> {
        self.memberships.iter().filter(|(of, _)| of == party).map(|(_, role)| *role).max()
    }

    fn can_read(&self, account: &Account) -> bool {
        let member = self.role_in(&Party::Account(account.id)).is_some();
        member || self.is_staff() || self.reseller_role(account).is_some()
    }

    /// The highest role in a reseller that has access.
    fn reseller_role(&self, account: &Account) -> Option<Role> {
        let granted = account.resellers.iter().filter(|reseller| reseller.access == ResellerAccess::Granted);
        granted.filter_map(|reseller| self.role_in(&Party::Reseller(reseller.business.number.clone()))).max()
    }
}

#[cfg(test)]
mod tests;
