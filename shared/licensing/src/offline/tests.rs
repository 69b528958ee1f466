use super::*;
use crate::assign::save;
use crate::fixture::{account, assigned, at, of_2020, perpetual, server, set, subscription, unlimited};
use crate::row::{Note, rows};
use crate::server::{delete, disable, enable, set_mode};

const NOW: &str = "2020-05-01";

pub(super) fn fax() -> PoolKey {
    perpetual("IP Fax server")
}

/// 25 perpetual channels, 20 of them on server 1, which is offline.
fn offline() -> Account {
    let online = assigned(&account(&[unlimited(&fax(), 25, vec![])]), &fax(), &[(1, 20)], NOW);
    set_mode(&online, &server(1), ActivationMode::Offline).unwrap()
}

pub(super) fn key(letter: &str) -> PublicKey {
    PublicKey::parse(&letter.repeat(43)).unwrap()
}

fn asking(nonce: &str, serial: u64) -> Asking {
    Asking { key: key("A"), nonce: AttemptId::parse(&format!("nonce-of-request-{nonce}")).unwrap(), serial }
}

/// What the service would give now.
fn giving(account: &Account, serial: u64) -> Giving {
    let capacity = account.pool(&fax()).unwrap().assigned_to(&server(1));
    let given = if capacity == 0 { vec![] } else { vec![Spent { pool: fax(), capacity }] };
    Giving { serial, revision: u64::from(capacity), given }
}

fn answered(account: &Account, nonce: &str, holds: u64, serial: u64) -> Answered {
    answer(account, &server(1), &asking(nonce, holds), &giving(account, serial), at(NOW)).unwrap()
}

fn given(account: &Account, nonce: &str, holds: u64, serial: u64) -> Account {
    match answered(account, nonce, holds, serial) {
        Answered::Given(account) => account,
        other => panic!("{other:?}"),
    }
}

fn lowered(account: &Account, capacity: u32) -> Account {
    save(account, &[set(&fax(), 1, capacity)], account.version, at(NOW)).unwrap().account
}

fn spent(account: &Account) -> u32 {
    account.server(&server(1)).unwrap().spent(&fax())
}

fn used(account: &Account) -> u64 {
    account.used(account.pool(&fax()).unwrap())
}

/// Whether another server may be given this much.
fn has_room_for(account: &Account, capacity: u32) -> bool {
    save(account, &[set(&fax(), 2, capacity)], account.version, at(NOW)).is_ok()
}

#[test]
fn what_a_string_gives_is_spent_until_a_later_string_confirms_that_it_is_less() {
    let first = given(&offline(), "1", 0, 1);
    assert_eq!((spent(&first), used(&first)), (20, 20));
    let less = lowered(&first, 5);
    assert_eq!((spent(&less), used(&less)), (20, 20));
    assert!(has_room_for(&less, 5) && !has_room_for(&less, 6));
    let second = given(&less, "2", 1, 2);
    assert_eq!(spent(&second), 20, "it may never be installed");
    let Answered::Confirmed(third) = answered(&second, "3", 2, 3) else { panic!("it has nothing new") };
    assert_eq!((spent(&third), used(&third)), (5, 5));
    assert!(has_room_for(&third, 20));
}

#[test]
fn more_counts_when_it_is_assigned_and_reaches_the_installation_with_the_next_response() {
    let first = given(&offline(), "1", 0, 1);
    let more = lowered(&first, 25);
    assert_eq!((spent(&more), used(&more)), (20, 25));
    assert_eq!(spent(&given(&more, "2", 1, 2)), 25);
}

#[test]
fn a_request_that_comes_again_is_answered_as_before_and_one_from_before_is_refused() {
    let first = given(&offline(), "1", 0, 1);
    assert_eq!(answered(&lowered(&first, 5), "1", 0, 2), Answered::Again, "also where there would be less to give");
    let second = given(&lowered(&first, 5), "2", 1, 2);
    let late = answer(&second, &server(1), &asking("1", 0), &giving(&second, 3), at(NOW));
    assert_eq!(late, Err(Refusal::OfflineRequestOutdated));
}

#[test]
fn a_response_that_was_never_installed_counts_beside_the_next_one() {
    let lost = given(&offline(), "1", 0, 1);
    let again = given(&lowered(&lost, 5), "2", 0, 2);
    assert_eq!(spent(&again), 20);
    let Answered::Confirmed(held) = answered(&again, "3", 2, 3) else { panic!("it has nothing new") };
    assert_eq!(spent(&held), 5);
}

#[test]
fn an_installation_restored_from_a_backup_may_hold_the_most_that_it_was_ever_given() {
    let second = given(&lowered(&given(&offline(), "1", 0, 1), 5), "2", 1, 2);
    let Answered::Confirmed(confirmed) = answered(&second, "3", 2, 3) else { panic!("it has nothing new") };
    let restored = given(&confirmed, "4", 1, 3);
    assert_eq!((spent(&confirmed), spent(&restored)), (5, 20));
    let Answered::Confirmed(held) = answered(&restored, "5", 3, 4) else { panic!("it has nothing new") };
    assert_eq!(spent(&held), 5);
}

#[test]
fn a_backup_counts_also_where_the_last_response_was_not_confirmed() {
    let second = given(&lowered(&given(&offline(), "1", 0, 1), 5), "2", 1, 2);
    let third = given(&lowered(&second, 7), "3", 2, 3);
    assert_eq!(spent(&third), 7);
    let restored = given(&third, "4", 1, 4);
    assert_eq!(spent(&restored), 20);
    assert_eq!(spent(&given(&third, "4", 2, 4)), 7, "the third response was lost, nothing more");
}

#[test]
fn another_installation_gets_nothing_before_the_first_one_has_returned_or_is_lost() {
    let first = given(&offline(), "1", 0, 1);
    let other = Asking { key: key("Q"), ..asking("2", 0) };
    let ask = |account: &Account| answer(account, &server(1), &other, &giving(account, 2), at(NOW));
    assert_eq!(ask(&first), Err(Refusal::OfflineOtherInstallation));
    let stolen = give_back(&first, &server(1), &Asking { serial: 1, ..other.clone() });
    assert_eq!(stolen, Err(Refusal::OfflineOtherInstallation));
    let returned = give_back(&first, &server(1), &asking("2", 1)).unwrap();
    assert_eq!((spent(&returned), used(&returned)), (0, 20));
    assert!(matches!(ask(&returned), Ok(Answered::Given(_))));
    let lost = declare_lost(&first, &server(1), true, at(NOW)).unwrap();
    assert!(matches!(ask(&lost), Ok(Answered::Given(_))));
}

#[test]
fn a_return_from_before_the_last_response_changes_nothing() {
    let first = given(&offline(), "1", 0, 1);
    let old = asking("return", 1);
    let again = given(&give_back(&first, &server(1), &old).unwrap(), "2", 1, 2);
    assert_eq!(give_back(&again, &server(1), &old), Err(Refusal::OfflineReturnOutdated));
    assert!(give_back(&again, &server(1), &asking("2", 1)).is_ok(), "it gives up the response that it asked for");
    assert_eq!(give_back(&offline(), &server(1), &old), Err(Refusal::NothingToReturn));
}

#[test]
fn losses_are_limited_by_the_year_and_then_declared_by_staff() {
    let mut now = offline();
    for turn in 0..LOSSES_MAX {
        assert_eq!(losses_left(&now, at(NOW)), LOSSES_MAX - turn);
        now = declare_lost(&given(&now, &turn.to_string(), 0, 1), &server(1), true, at(NOW)).unwrap();
    }
    let held = given(&now, "held", 0, 9);
    assert_eq!(declare_lost(&held, &server(1), true, at(NOW)), Err(Refusal::TooManyLosses(LOSSES_MAX)));
    let by_staff = declare_lost(&held, &server(1), false, at(NOW)).unwrap();
    assert_eq!((spent(&by_staff), by_staff.losses.len()), (0, LOSSES_MAX + 1));
    assert!(declare_lost(&held, &server(1), true, at("2021-05-02")).is_ok());
    assert_eq!(declare_lost(&by_staff, &server(1), false, at(NOW)), Err(Refusal::NothingToReturn));
}

#[test]
fn a_server_with_subscriptions_stays_online_also_where_they_would_return() {
    let subscribed = subscription("Call Recording");
    let mixed = account(&[unlimited(&fax(), 5, vec![]), of_2020(&subscribed, 5)]);
    let mixed = assigned(&mixed, &subscribed, &[(1, 5)], NOW);
    let refused = |account: &Account| set_mode(account, &server(1), ActivationMode::Offline);
    assert_eq!(refused(&mixed), Err(Refusal::OfflineNotAllowed(subscribed.clone())));
    let off = disable(&mixed, &server(1), at(NOW)).unwrap().account;
    assert_eq!(refused(&off), Err(Refusal::OfflineNotAllowed(subscribed)));
    assert!(set_mode(&mixed, &server(2), ActivationMode::Offline).is_ok());
}

#[test]
fn a_server_goes_online_only_when_its_strings_are_returned() {
    let first = given(&offline(), "1", 0, 1);
    assert_eq!(set_mode(&first, &server(1), ActivationMode::Online), Err(Refusal::OfflineNotReturned));
    let returned = give_back(&first, &server(1), &asking("2", 1)).unwrap();
    let online = set_mode(&returned, &server(1), ActivationMode::Online).unwrap();
    let ask = answer(&online, &server(1), &asking("3", 1), &giving(&online, 2), at(NOW));
    assert_eq!(ask, Err(Refusal::ServerNotOffline));
}

#[test]
fn what_is_spent_stays_so_while_the_server_is_disabled() {
    let first = given(&offline(), "1", 0, 1);
    let off = disable(&first, &server(1), at(NOW)).unwrap().account;
    assert_eq!(used(&off), 20);
    assert!(!has_room_for(&off, 6));
    let ask = answer(&off, &server(1), &asking("2", 1), &giving(&first, 2), at(NOW));
    assert_eq!(ask, Err(Refusal::ServerDisabled));
    let on = enable(&off, &server(1), at(NOW)).unwrap();
    assert_eq!((on.given_away, used(&on.account)), (vec![], 20));
    assert_eq!(delete(&first, &server(1), true, at(NOW)), Err(Refusal::ServerWasActivated));
}

#[test]
fn a_row_says_what_stays_with_an_offline_server() {
    let less = lowered(&given(&offline(), "1", 0, 1), 5);
    let row = rows(&less, at(NOW)).remove(0);
    assert_eq!((row.used, row.total), (20, 25));
    assert_eq!(row.notes, [Note::Spent { server: server(1), capacity: 20, assigned: 5 }]);
    assert_eq!(rows(&given(&offline(), "1", 0, 1), at(NOW)).remove(0).notes, []);
}
