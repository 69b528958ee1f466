//! Rosters: all members of a party.

use jiff::Timestamp;
use licensing::account::{Account, ResellerAccess};
use licensing::id::{AccountId, BusinessNumber, PersonId};
use licensing::member::{Member, MemberEvent, Party, Roster, RosterChange};
use licensing::order::Order;
use licensing::text::EmailAddress;
use serde::{Deserialize, Serialize};

use crate::key;
use crate::{Entity, Membership, OpenRequest, Stored, Table, TableError, Transaction};

/// Says that the deployment named a person as vendor staff and that this was followed, once: who is removed afterwards
/// stays removed, however long the deployment goes on naming them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
}

impl Entity for Appointment {
    const KIND: &'static str = "appointment";
}

impl Table {
    /// The roster of a party; an empty one of version 0 where nobody was a member yet.
    pub async fn roster(&self, party: &Party) -> Result<Stored<Roster>, TableError> {
        Ok(self.get(key::roster(party)).await?.unwrap_or_else(|| Stored::new(Roster::default())))
    }

    /// Whether the deployment's naming of a person as vendor staff was followed before.
    pub async fn appointment(&self, person: PersonId) -> Result<Option<Appointment>, TableError> {
        self.get(key::appointment(person)).await
    }

    /// Who is told of an order's unlock: those who were members of the account then, and those of the order's reseller
    /// where it has access.
    pub async fn readers_of_unlock(&self, order: &Order, account: AccountId) -> Result<Vec<PersonId>, TableError> {
        let reseller = &order.head.reseller.business.number;
        self.readers_of(account, reseller, order.unlocked.map(|unlocked| unlocked.at)).await
    }

    /// Who is told of what happened to an account's licences: its members, and those of a reseller where it has access;
    /// of an instant only those who were members then.
    pub async fn readers_of(
        &self,
        account: AccountId,
        reseller: &BusinessNumber,
        at: Option<Timestamp>,
    ) -> Result<Vec<PersonId>, TableError> {
        let granted = |stored: Stored<Account>| {
            let known = stored.state.resellers.iter().find(|known| known.business.number == *reseller);
            known.is_some_and(|known| known.access == ResellerAccess::Granted)
        };
        let mut members = self.roster(&Party::Account(account)).await?.state.members;
        if self.account(account).await?.is_some_and(granted) {
            members.extend(self.roster(&Party::Reseller(reseller.clone())).await?.state.members);
        }
        let was_there = |member: &Member| at.is_none_or(|at| member.since <= at);
        let mut readers: Vec<PersonId> = members.into_iter().filter(was_there).map(|member| member.person).collect();
        readers.sort_unstable();
        readers.dedup();
        Ok(readers)
    }
}

impl Transaction {
    /// Records that a person was made vendor staff because the deployment names them: once, for ever.
    pub fn put_appointment(&mut self, appointment: &Appointment) -> &mut Self {
        self.put_new(key::appointment(appointment.person), appointment)
    }

    /// Replaces a roster that was read at `version_read`.
    pub fn put_roster(&mut self, party: &Party, stored: &Stored<Roster>, version_read: u64) -> &mut Self {
        self.put_at(key::roster(party), stored, version_read)
    }

    /// Writes a change of a roster and of the membership or request at the person's address; nothing where nothing
    /// happened.
    pub fn put_roster_change(
        &mut self,
        party: &Party,
        stored: Stored<Roster>,
        change: RosterChange,
        address: &EmailAddress,
    ) -> &mut Self {
        let Some(event) = change.event else { return self };
        let version_read = stored.state.version;
        let asked = |person| stored.state.request(person).is_some();
        match event {
            MemberEvent::Invited { person, role, .. }
            | MemberEvent::RoleChanged { person, to: role, .. }
            | MemberEvent::RequestAccepted { person, role } => {
                if asked(person) {
                    self.delete_request(address, party);
                }
                self.put_membership(person, address, &Membership { party: party.clone(), role });
            }
            MemberEvent::Removed { .. } => {
                self.delete_membership(address, party);
            }
            MemberEvent::RequestFiled { person, role, .. } => {
                self.put_request(person, address, &OpenRequest { party: party.clone(), role });
            }
            MemberEvent::RequestDeclined { .. } | MemberEvent::RequestWithdrawn { .. } => {
                self.delete_request(address, party);
            }
            MemberEvent::SignedIn { .. } => {}
        }
        self.put_roster(party, &stored.with(change.roster), version_read)
    }
}
