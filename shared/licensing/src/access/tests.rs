//! Parties × actions.

use ulid::Ulid;

use super::*;
use crate::account::{AccountReseller, Business, Customer, Policy};
use crate::advance::Advanced;
use crate::id::BusinessNumber;
use crate::member::Why;
use crate::text::{Country, Label};

const ACCOUNT: Ulid = Ulid(1);
const OTHER: Ulid = Ulid(2);

fn number(text: &str) -> BusinessNumber {
    BusinessNumber::parse(text).unwrap()
}

fn account() -> Account {
    let reseller = |text, access| AccountReseller {
        business: Business { number: number(text), name: Label::parse(text).unwrap() },
        access,
        since: jiff::Timestamp::UNIX_EPOCH,
    };
    Account {
        id: AccountId::new(ACCOUNT),
        version: 1,
        customer: Customer {
            number: number("C1"),
            name: Label::parse("Imagicle Final Customer 1").unwrap(),
            country: Country::parse("IT").unwrap(),
        },
        resellers: vec![reseller("R1", ResellerAccess::Granted), reseller("R2", ResellerAccess::Requested)],
        pools: Vec::new(),
        servers: Vec::new(),
        policy: Policy::default(),
        next_sequence: 1,
        losses: Vec::new(),
        advanced: Advanced::default(),
    }
}

fn actor(memberships: &[(Party, Role)]) -> Actor {
    Actor { person: PersonId::new(Ulid(7)), memberships: memberships.to_vec() }
}

fn of_account(id: Ulid, role: Role) -> (Party, Role) {
    (Party::Account(AccountId::new(id)), role)
}

fn of_reseller(text: &str, role: Role) -> (Party, Role) {
    (Party::Reseller(number(text)), role)
}

/// One letter per action in the order of [`Action::ALL`]: `+` may, `m` a manager is required, `-` not found.
fn may_all(actor: &Actor, account: &Account) -> String {
    let letter = |action| match actor.may(action, account) {
        Ok(()) => '+',
        Err(Refusal::ManagerRequired) => 'm',
        Err(Refusal::NotFound("account")) => '-',
        Err(other) => panic!("{other:?}"),
    };
    Action::ALL.into_iter().map(letter).collect()
}

#[test]
fn every_party_may_do_exactly_what_it_is_meant_to() {
    use Role::{Manager, Viewer};
    // Read, assign, see token, manage members, decide requests, accept and remove resellers.
    let table = [
        ("nobody", vec![], "-------"),
        ("customer manager", vec![of_account(ACCOUNT, Manager)], "+++++++"),
        ("customer viewer", vec![of_account(ACCOUNT, Viewer)], "+mmmmmm"),
        ("other customer's manager", vec![of_account(OTHER, Manager)], "-------"),
        ("reseller manager", vec![of_reseller("R1", Manager)], "+++mmmm"),
        ("reseller viewer", vec![of_reseller("R1", Viewer)], "+mmmmmm"),
        ("manager of a reseller that waits", vec![of_reseller("R2", Manager)], "-------"),
        ("other reseller's manager", vec![of_reseller("R3", Manager)], "-------"),
        ("vendor manager", vec![(Party::Vendor, Manager)], "+mmm++m"),
        ("vendor viewer", vec![(Party::Vendor, Viewer)], "+mmmmmm"),
        ("viewer here, manager elsewhere", vec![of_account(ACCOUNT, Viewer), of_account(OTHER, Manager)], "+mmmmmm"),
        ("vendor and customer manager", vec![(Party::Vendor, Viewer), of_account(ACCOUNT, Manager)], "+++++++"),
        ("two resellers", vec![of_reseller("R3", Manager), of_reseller("R1", Viewer)], "+mmmmmm"),
    ];
    for (who, memberships, expected) in table {
        assert_eq!(may_all(&actor(&memberships), &account()), expected, "{who}");
    }
}

#[test]
fn a_reseller_without_access_any_more_sees_nothing() {
    let mut account = account();
    account.resellers.remove(0);
    assert_eq!(may_all(&actor(&[of_reseller("R1", Role::Manager)]), &account), "-------");
}

#[test]
fn staff_rights_need_staff_and_changing_needs_a_manager_of_it() {
    for (memberships, read, act) in [
        (vec![], Err(Refusal::StaffRequired), Err(Refusal::StaffRequired)),
        (vec![of_account(ACCOUNT, Role::Manager)], Err(Refusal::StaffRequired), Err(Refusal::StaffRequired)),
        (vec![of_reseller("R1", Role::Manager)], Err(Refusal::StaffRequired), Err(Refusal::StaffRequired)),
        (vec![(Party::Vendor, Role::Viewer)], Ok(()), Err(Refusal::ManagerRequired)),
        (vec![(Party::Vendor, Role::Manager)], Ok(()), Ok(())),
    ] {
        let actor = actor(&memberships);
        assert_eq!((actor.may_read_as_staff(), actor.may_act_as_staff()), (read, act), "{memberships:?}");
    }
}

#[test]
fn the_first_member_is_invited_by_whoever_manages_the_account() {
    let empty = Roster::default();
    let peopled = empty.invite(PersonId::new(Ulid(1)), Role::Viewer, Why::Invited, jiff::Timestamp::UNIX_EPOCH);
    let peopled = peopled.unwrap().roster;
    for (memberships, first, later) in [
        (of_account(ACCOUNT, Role::Manager), Ok(()), Ok(())),
        (of_account(ACCOUNT, Role::Viewer), Err(Refusal::ManagerRequired), Err(Refusal::ManagerRequired)),
        (of_reseller("R1", Role::Manager), Ok(()), Err(Refusal::ManagerRequired)),
        (of_reseller("R1", Role::Viewer), Err(Refusal::ManagerRequired), Err(Refusal::ManagerRequired)),
        (of_reseller("R2", Role::Manager), Err(Refusal::NotFound("account")), Err(Refusal::NotFound("account"))),
        ((Party::Vendor, Role::Manager), Ok(()), Err(Refusal::ManagerRequired)),
        ((Party::Vendor, Role::Viewer), Err(Refusal::ManagerRequired), Err(Refusal::ManagerRequired)),
    ] {
        let actor = actor(std::slice::from_ref(&memberships));
        let decided = (actor.may_invite(&account(), &empty), actor.may_invite(&account(), &peopled));
        assert_eq!(decided, (first, later), "{memberships:?}");
    }
}

#[test]
fn anybody_may_leave_and_managers_may_remove_others() {
    let (me, other) = (PersonId::new(Ulid(7)), PersonId::new(Ulid(8)));
    let viewer = actor(&[of_account(ACCOUNT, Role::Viewer)]);
    assert_eq!(viewer.may_remove(&account(), me), Ok(()));
    assert_eq!(viewer.may_remove(&account(), other), Err(Refusal::ManagerRequired));
    assert_eq!(actor(&[of_account(ACCOUNT, Role::Manager)]).may_remove(&account(), other), Ok(()));
    assert_eq!(actor(&[]).may_remove(&account(), me), Err(Refusal::NotFound("account")));
}

#[test]
fn own_accounts_are_those_of_the_memberships() {
    let actor =
        actor(&[(Party::Vendor, Role::Viewer), of_account(OTHER, Role::Viewer), of_reseller("R1", Role::Viewer)]);
    assert_eq!(actor.own_accounts().collect::<Vec<_>>(), [AccountId::new(OTHER)]);
}
