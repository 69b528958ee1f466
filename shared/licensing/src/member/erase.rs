//! A person is erased: no roster holds them any more.

use super::{Role, Roster};
use crate::id::PersonId;

/// What a roster is without somebody who is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The roster to store on condition that the stored version is the one read.
    pub roster: Roster,
    /// What they were; `None` where they only asked to become something.
    pub was: Option<Role>,
    /// Whether no manager is left because of it, so that vendor staff has to appoint one.
    pub without_manager: bool,
}

impl Roster {
    /// Takes a person out who is erased, with a request of theirs; `None` where they are not in it. The last manager
    /// goes like everybody else: whether somebody is erased is not for the account to decide.
    pub fn erase(&self, person: PersonId) -> Option<Erased> {
        let was = self.member(person).map(|member| member.role);
        if was.is_none() && self.request(person).is_none() {
            return None;
        }
        let mut roster = self.without_member(person);
        roster.requests.retain(|request| request.person != person);
        let managed = roster.members.iter().any(|member| member.role == Role::Manager);
        Some(Erased { roster, was, without_manager: was == Some(Role::Manager) && !managed })
    }
}

#[cfg(test)]
mod tests {
    use crate::member::forward::tests::{now, person};
    use crate::member::{Role, Roster, Why};

    fn roster() -> Roster {
        let first = Roster::default().order_contact(person(1), now()).roster;
        let viewed = first.invite(person(2), Role::Viewer, Why::Invited, now()).unwrap().roster;
        viewed.order_contact(person(3), now()).roster
    }

    #[test]
    fn the_last_manager_goes_and_it_is_said() {
        let erased = roster().erase(person(1)).unwrap();
        assert_eq!((erased.was, erased.without_manager), (Some(Role::Manager), true));
        assert_eq!((erased.roster.version, erased.roster.member(person(1))), (roster().version + 1, None));
        let two = roster().appoint_manager(person(2), now()).unwrap().roster;
        assert!(!two.erase(person(1)).unwrap().without_manager);
    }

    #[test]
    fn a_viewer_and_who_only_asks_go_too_and_leave_the_others() {
        let viewer = roster().erase(person(2)).unwrap();
        assert_eq!((viewer.was, viewer.without_manager), (Some(Role::Viewer), false));
        let asks = viewer.roster.erase(person(3)).unwrap();
        assert_eq!((asks.was, asks.without_manager), (None, false));
        assert_eq!((asks.roster.members.len(), asks.roster.requests.len()), (1, 0));
    }

    #[test]
    fn somebody_who_is_not_in_it_changes_nothing() {
        assert_eq!(roster().erase(person(4)), None);
        assert_eq!(roster().erase(person(2)).unwrap().roster.erase(person(2)), None);
    }
}
