//! Who joins, changes and leaves. Each decision gives the whole roster that follows.

use jiff::Timestamp;

use super::{Member, Request, Role, Roster, Why};
use crate::id::PersonId;
use crate::refusal::Refusal;

/// Most members of an account, a reseller or the vendor.
pub const MEMBERS_MAX: usize = 100;

/// Most open requests to one roster, which bounds its item: strangers may file them.
pub const REQUESTS_MAX: usize = 20;

/// What a decision on a roster leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterChange {
    /// The roster to store on condition that the stored version is the one read.
    pub roster: Roster,
    /// What happened, for audit and mail; `None` where nothing did, and then there is nothing to store.
    pub event: Option<MemberEvent>,
}

/// What happened to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberEvent {
    /// They became a member and are told so by mail.
    Invited {
        /// Who.
        person: PersonId,
        /// What they may do.
        role: Role,
        /// Why they are here.
        why: Why,
    },
    /// Their role changed.
    RoleChanged {
        /// Who.
        person: PersonId,
        /// What they could do.
        from: Role,
        /// What they can do now.
        to: Role,
    },
    /// They are no member any more.
    Removed {
        /// Who.
        person: PersonId,
        /// What they could do.
        role: Role,
    },
    /// They wait for a manager or vendor staff; the members are told.
    RequestFiled {
        /// Who.
        person: PersonId,
        /// What they would be.
        role: Role,
        /// Why they ask.
        why: Why,
    },
    /// Their request was accepted: they are a member and are told so by mail.
    RequestAccepted {
        /// Who.
        person: PersonId,
        /// What they may do.
        role: Role,
    },
    /// Their request was declined.
    RequestDeclined {
        /// Who.
        person: PersonId,
    },
    /// Their request was taken back.
    RequestWithdrawn {
        /// Who.
        person: PersonId,
    },
    /// They signed in for the first time.
    SignedIn {
        /// Who.
        person: PersonId,
    },
}

/// What the roster says.
impl Roster {
    /// The member that is this person.
    pub fn member(&self, person: PersonId) -> Option<&Member> {
        self.members.iter().find(|member| member.person == person)
    }

    /// The open request of this person.
    pub fn request(&self, person: PersonId) -> Option<&Request> {
        self.requests.iter().find(|request| request.person == person)
    }

    /// Whether any member has signed in.
    pub fn anybody_seen(&self) -> bool {
        self.members.iter().any(|member| member.seen)
    }

    fn managers(&self) -> usize {
        self.members.iter().filter(|member| member.role == Role::Manager).count()
    }
}

/// What people decide.
impl Roster {
    /// A person becomes a member at once; a request of theirs is settled by it.
    ///
    /// Refused: [`Refusal::AlreadyMember`], [`Refusal::TooManyMembers`].
    pub fn invite(&self, person: PersonId, role: Role, why: Why, now: Timestamp) -> Result<RosterChange, Refusal> {
        let roster = self.with_member(Member { person, role, why, since: now, seen: false })?;
        Ok(RosterChange { roster, event: Some(MemberEvent::Invited { person, role, why }) })
    }

    /// Vendor staff makes a manager: somebody new, or a member who was a viewer.
    ///
    /// Refused: [`Refusal::AlreadyMember`] where they are a manager, [`Refusal::TooManyMembers`].
    pub fn appoint_manager(&self, person: PersonId, now: Timestamp) -> Result<RosterChange, Refusal> {
        match self.member(person) {
            Some(member) if member.role == Role::Viewer => self.change_role(person, Role::Manager),
            _ => self.invite(person, Role::Manager, Why::Invited, now),
        }
    }

    /// A member gets another role; the same role again changes nothing.
    ///
    /// Refused: [`Refusal::MemberNotFound`], [`Refusal::LastManager`].
    pub fn change_role(&self, person: PersonId, role: Role) -> Result<RosterChange, Refusal> {
        let from = self.member(person).ok_or(Refusal::MemberNotFound)?.role;
        if from == role {
            return Ok(self.unchanged());
        }
        self.hold_last_manager(from)?;
        let mut roster = self.next();
        roster.members.iter_mut().filter(|member| member.person == person).for_each(|member| member.role = role);
        Ok(RosterChange { roster, event: Some(MemberEvent::RoleChanged { person, from, to: role }) })
    }

    /// A member leaves, by themselves or by a manager.
    ///
    /// Refused: [`Refusal::MemberNotFound`], [`Refusal::LastManager`].
    pub fn remove(&self, person: PersonId) -> Result<RosterChange, Refusal> {
        let role = self.member(person).ok_or(Refusal::MemberNotFound)?.role;
        self.hold_last_manager(role)?;
        Ok(RosterChange { roster: self.without_member(person), event: Some(MemberEvent::Removed { person, role }) })
    }

    /// A person asks to become a member; asking again changes nothing.
    ///
    /// Refused: [`Refusal::AlreadyMember`], [`Refusal::TooManyOpenRequests`].
    pub fn file_request(
        &self,
        person: PersonId,
        role: Role,
        why: Why,
        now: Timestamp,
    ) -> Result<RosterChange, Refusal> {
        if self.member(person).is_some() {
            return Err(Refusal::AlreadyMember);
        }
        if self.request(person).is_some() {
            return Ok(self.unchanged());
        }
        if self.requests.len() >= REQUESTS_MAX {
            return Err(Refusal::TooManyOpenRequests(REQUESTS_MAX));
        }
        let mut roster = self.next();
        roster.requests.push(Request { person, role, why, since: now });
        Ok(RosterChange { roster, event: Some(MemberEvent::RequestFiled { person, role, why }) })
    }

    /// A manager or vendor staff makes a member of somebody who asked.
    ///
    /// Refused: [`Refusal::RequestNotFound`], [`Refusal::TooManyMembers`].
    pub fn accept_request(&self, person: PersonId, now: Timestamp) -> Result<RosterChange, Refusal> {
        let &Request { role, why, .. } = self.request(person).ok_or(Refusal::RequestNotFound)?;
        let roster = self.with_member(Member { person, role, why, since: now, seen: false })?;
        Ok(RosterChange { roster, event: Some(MemberEvent::RequestAccepted { person, role }) })
    }

    /// A manager or vendor staff says no.
    ///
    /// Refused: [`Refusal::RequestNotFound`].
    pub fn decline_request(&self, person: PersonId) -> Result<RosterChange, Refusal> {
        let roster = self.without_request(person)?;
        Ok(RosterChange { roster, event: Some(MemberEvent::RequestDeclined { person }) })
    }

    /// Who filed the request takes it back.
    ///
    /// Refused: [`Refusal::RequestNotFound`].
    pub fn withdraw_request(&self, person: PersonId) -> Result<RosterChange, Refusal> {
        let roster = self.without_request(person)?;
        Ok(RosterChange { roster, event: Some(MemberEvent::RequestWithdrawn { person }) })
    }

    /// The contact of an order that is unlocked: manager where there is no member yet, otherwise somebody who asks.
    /// Never refused, because nothing about people may stop an unlock: where the requests are full, nothing happens.
    pub fn order_contact(&self, person: PersonId, now: Timestamp) -> RosterChange {
        let change = if self.members.is_empty() {
            self.invite(person, Role::Manager, Why::OrderContact, now)
        } else {
            self.file_request(person, Role::Manager, Why::OrderContact, now)
        };
        change.unwrap_or_else(|_| self.unchanged())
    }

    /// A member signed in; only the first time changes something.
    pub fn mark_seen(&self, person: PersonId) -> RosterChange {
        if self.member(person).is_none_or(|member| member.seen) {
            return self.unchanged();
        }
        let mut roster = self.next();
        roster.members.iter_mut().filter(|member| member.person == person).for_each(|member| member.seen = true);
        RosterChange { roster, event: Some(MemberEvent::SignedIn { person }) }
    }
}

impl Roster {
    pub(super) fn unchanged(&self) -> RosterChange {
        RosterChange { roster: self.clone(), event: None }
    }

    pub(super) fn without_member(&self, person: PersonId) -> Self {
        let mut roster = self.next();
        roster.members.retain(|member| member.person != person);
        roster
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }

    fn with_member(&self, member: Member) -> Result<Self, Refusal> {
        if self.member(member.person).is_some() {
            return Err(Refusal::AlreadyMember);
        }
        if self.members.len() >= MEMBERS_MAX {
            return Err(Refusal::TooManyMembers(MEMBERS_MAX));
        }
        let mut roster = self.next();
        roster.requests.retain(|request| request.person != member.person);
        roster.members.push(member);
        Ok(roster)
    }

    fn without_request(&self, person: PersonId) -> Result<Self, Refusal> {
        self.request(person).ok_or(Refusal::RequestNotFound)?;
        let mut roster = self.next();
        roster.requests.retain(|request| request.person != person);
        Ok(roster)
    }

    /// Refuses to lose a manager where there is only one.
    fn hold_last_manager(&self, role: Role) -> Result<(), Refusal> {
        if role == Role::Manager && self.managers() <= 1 { Err(Refusal::LastManager) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::forward::tests::{now, person};

    fn managed_by(first: u128) -> Roster {
        Roster::default().order_contact(person(first), now()).roster
    }

    #[test]
    fn the_first_order_contact_becomes_manager_and_a_later_one_asks() {
        let first = Roster::default().order_contact(person(1), now());
        assert_eq!(first.roster.version, 1);
        assert!(matches!(first.event, Some(MemberEvent::Invited { role: Role::Manager, why: Why::OrderContact, .. })));
        assert_eq!(first.roster.order_contact(person(1), now()).event, None, "the same one again");
        let second = first.roster.order_contact(person(2), now());
        assert!(matches!(second.event, Some(MemberEvent::RequestFiled { .. })));
        assert_eq!((second.roster.members.len(), second.roster.requests.len()), (1, 1));
        assert_eq!(second.roster.order_contact(person(2), now()).event, None);
    }

    #[test]
    fn full_requests_never_stop_an_unlock() {
        let mut roster = managed_by(1);
        for n in 2.. {
            match roster.file_request(person(n), Role::Manager, Why::Forwarded, now()) {
                Ok(change) => roster = change.roster,
                Err(refusal) => {
                    assert_eq!(refusal, Refusal::TooManyOpenRequests(REQUESTS_MAX));
                    break;
                }
            }
        }
        assert_eq!(roster.order_contact(person(999), now()), roster.unchanged());
    }

    #[test]
    fn an_invitation_settles_the_request() {
        let roster = managed_by(1).order_contact(person(2), now()).roster;
        let invited = roster.invite(person(2), Role::Viewer, Why::Invited, now()).unwrap();
        assert!(invited.roster.requests.is_empty());
        assert_eq!(invited.roster.member(person(2)).unwrap().role, Role::Viewer);
        let again = invited.roster.invite(person(2), Role::Manager, Why::Invited, now());
        assert_eq!(again, Err(Refusal::AlreadyMember));
    }

    #[test]
    fn a_request_is_accepted_declined_or_withdrawn_once() {
        let roster = managed_by(1).order_contact(person(2), now()).roster;
        let accepted = roster.accept_request(person(2), now()).unwrap();
        let event = MemberEvent::RequestAccepted { person: person(2), role: Role::Manager };
        assert_eq!(accepted.event, Some(event));
        assert_eq!(accepted.roster.accept_request(person(2), now()), Err(Refusal::RequestNotFound));
        let declined = roster.decline_request(person(2)).unwrap();
        assert_eq!(declined.event, Some(MemberEvent::RequestDeclined { person: person(2) }));
        assert_eq!(declined.roster.decline_request(person(2)), Err(Refusal::RequestNotFound));
        let withdrawn = roster.withdraw_request(person(2)).unwrap();
        assert_eq!(withdrawn.event, Some(MemberEvent::RequestWithdrawn { person: person(2) }));
        assert_eq!(withdrawn.roster.withdraw_request(person(2)), Err(Refusal::RequestNotFound));
    }

    #[test]
    fn the_last_manager_stays() {
        let roster = managed_by(1).invite(person(2), Role::Viewer, Why::Invited, now()).unwrap().roster;
        assert_eq!(roster.remove(person(1)), Err(Refusal::LastManager));
        assert_eq!(roster.change_role(person(1), Role::Viewer), Err(Refusal::LastManager));
        assert_eq!(roster.change_role(person(1), Role::Manager).unwrap().event, None);
        let two = roster.change_role(person(2), Role::Manager).unwrap().roster;
        assert_eq!(two.version, roster.version + 1);
        let removed = two.remove(person(1)).unwrap();
        assert_eq!(removed.event, Some(MemberEvent::Removed { person: person(1), role: Role::Manager }));
        assert!(roster.remove(person(2)).is_ok(), "a viewer may go");
        assert_eq!(roster.remove(person(3)), Err(Refusal::MemberNotFound));
        assert_eq!(roster.change_role(person(3), Role::Viewer), Err(Refusal::MemberNotFound));
    }

    #[test]
    fn a_roster_has_at_most_100_members() {
        let mut roster = managed_by(1);
        for n in 2..=100 {
            roster = roster.invite(person(n), Role::Viewer, Why::Invited, now()).unwrap().roster;
        }
        let refused = Err(Refusal::TooManyMembers(MEMBERS_MAX));
        assert_eq!(roster.invite(person(101), Role::Viewer, Why::Invited, now()), refused);
        let asked = roster.order_contact(person(101), now()).roster;
        assert_eq!(asked.accept_request(person(101), now()), refused);
    }

    #[test]
    fn only_the_first_sign_in_is_recorded() {
        let roster = managed_by(1);
        assert!(!roster.anybody_seen());
        let seen = roster.mark_seen(person(1));
        assert_eq!(seen.event, Some(MemberEvent::SignedIn { person: person(1) }));
        assert!(seen.roster.anybody_seen());
        assert_eq!(seen.roster.mark_seen(person(1)).event, None);
        assert_eq!(roster.mark_seen(person(2)).event, None, "a stranger");
    }
}
