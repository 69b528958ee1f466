use super::*;
use crate::account::SetAside;
use crate::fixture::{account, assigned, at, grant, label, of_2020, saved, server, set, subscription, term};
use crate::pool::PoolKey;

fn fax() -> PoolKey {
    subscription("IP Fax server")
}

fn queueing() -> PoolKey {
    subscription("Advanced Queueing")
}

/// Server 1 has 6 fax and 20 queueing, server 2 has 4 fax, nothing is left.
fn busy() -> Account {
    let account = account(&[of_2020(&fax(), 10), of_2020(&queueing(), 20)]);
    assigned(&assigned(&account, &fax(), &[(1, 6), (2, 4)], "2020-05-01"), &queueing(), &[(1, 20)], "2020-05-01")
}

fn change(pool: PoolKey, number: u32, from: u32, to: u32) -> Change {
    Change { pool, server: server(number), from, to }
}

fn crowd(count: u32) -> Account {
    (4..=count).fold(account(&[]), |account, number| add_server(&account, server(number), None).unwrap())
}

#[test]
fn servers_are_named_by_the_first_free_number() {
    let named = add_server(&account(&[]), server(4), Some(label("SERVER 4"))).unwrap();
    let next = add_server(&named, server(5), None).unwrap();
    assert_eq!(next.servers.last().unwrap().name, label("Server 5"));
    assert_eq!(next.version, named.version + 1);
    let freed = delete(&next, &server(2), false, at("2020-05-01")).unwrap().account;
    let again = add_server(&freed, server(6), None).unwrap();
    assert_eq!(again.servers.last().unwrap().name, label("Server 2"));
}

#[test]
fn names_are_unique_without_regard_to_case() {
    let account = account(&[]);
    assert_eq!(add_server(&account, server(4), Some(label("server 1"))), Err(Refusal::ServerNameTaken));
    assert_eq!(rename(&account, &server(2), label("SERVER 1")), Err(Refusal::ServerNameTaken));
    let renamed = rename(&account, &server(1), label("SERVER 1")).unwrap();
    assert_eq!((&renamed.servers[0].name, renamed.version), (&label("SERVER 1"), account.version + 1));
    assert_eq!(rename(&renamed, &server(1), label("SERVER 1")), Ok(renamed.clone()), "nothing to change");
}

#[test]
fn an_account_has_at_most_50_enabled_servers() {
    let full = crowd(50);
    assert_eq!(add_server(&full, server(51), None), Err(Refusal::TooManyServers(50)));
    let room = disable(&full, &server(7), at("2020-05-01")).unwrap().account;
    let refilled = add_server(&room, server(51), None).unwrap();
    assert_eq!(enable(&refilled, &server(7), at("2020-05-01")), Err(Refusal::TooManyServers(50)));
}

#[test]
fn an_account_has_at_most_200_servers_in_all() {
    let full = (4..=200).fold(account(&[]), |account, number| {
        let account = add_server(&account, server(number), None).unwrap();
        disable(&account, &server(number), at("2020-05-01")).unwrap().account
    });
    assert_eq!(add_server(&full, server(201), None), Err(Refusal::TooManyServers(200)));
}

#[test]
fn the_mode_changes_both_ways_and_one_that_is_so_already_changes_nothing() {
    let account = account(&[]);
    assert_eq!(set_mode(&account, &server(1), ActivationMode::Online), Ok(account.clone()));
    let offline = set_mode(&account, &server(1), ActivationMode::Offline).unwrap();
    assert_eq!((offline.servers[0].mode, offline.version), (ActivationMode::Offline, account.version + 1));
    let online = set_mode(&offline, &server(1), ActivationMode::Online).unwrap();
    assert_eq!((online.servers[0].mode, online.version), (ActivationMode::Online, account.version + 2));
}

#[test]
fn commands_on_a_server_that_is_not_there_are_refused() {
    let (account, nobody, now) = (account(&[]), server(9), at("2020-05-01"));
    assert_eq!(rename(&account, &nobody, label("x")), Err(Refusal::ServerNotFound));
    assert_eq!(set_mode(&account, &nobody, ActivationMode::Online), Err(Refusal::ServerNotFound));
    assert_eq!(delete(&account, &nobody, false, now), Err(Refusal::ServerNotFound));
    assert_eq!(disable(&account, &nobody, now), Err(Refusal::ServerNotFound));
    assert_eq!(enable(&account, &nobody, now), Err(Refusal::ServerNotFound));
}

#[test]
fn a_server_that_was_never_activated_can_be_deleted_and_its_cells_go_back() {
    let deleted = delete(&busy(), &server(1), false, at("2020-05-01")).unwrap();
    assert_eq!(deleted.changes, [change(queueing(), 1, 20, 0), change(fax(), 1, 6, 0)]);
    assert_eq!(deleted.account.server(&server(1)), None);
    assert_eq!(deleted.account.pool(&fax()).unwrap().used(), 4);
    assert_eq!(deleted.changed_servers, BTreeSet::new());
}

#[test]
fn an_activated_server_can_only_be_disabled() {
    assert_eq!(delete(&busy(), &server(1), true, at("2020-05-01")), Err(Refusal::ServerWasActivated));
}

#[test]
fn disabling_sets_cells_aside_for_24_hours() {
    let off = disable(&busy(), &server(1), at("2020-05-01")).unwrap();
    assert_eq!(off.effective_at, at("2020-05-02"));
    assert_eq!(off.changes, [change(queueing(), 1, 20, 0), change(fax(), 1, 6, 0)]);
    assert_eq!(off.changed_servers, [server(1)].into());
    assert_eq!(off.account.pool(&fax()).unwrap().used(), 4);
    let aside = &off.account.server(&server(1)).unwrap().disabled.as_ref().unwrap().set_aside;
    assert!(matches!(&aside[1], SetAside { pool, claimed: 10, .. } if *pool == fax()));
    assert_eq!(disable(&off.account, &server(1), at("2020-05-01")), Err(Refusal::ServerDisabled));
}

#[test]
fn enabling_at_once_takes_a_wrong_click_back() {
    let before = busy();
    let off = disable(&before, &server(1), at("2020-05-01")).unwrap().account;
    let on = enable(&off, &server(1), at("2020-05-02T11:59:59Z")).unwrap();
    assert!(on.in_time);
    assert_eq!((on.account.pools, on.account.servers), (before.pools, before.servers));
    assert_eq!(on.changes, [change(queueing(), 1, 0, 20), change(fax(), 1, 0, 6)]);
    assert_eq!(on.given_away, []);
    assert_eq!(on.account.version, off.version + 1);
}

#[test]
fn what_was_given_away_meanwhile_does_not_return() {
    let off = disable(&busy(), &server(1), at("2020-05-01")).unwrap().account;
    let off = saved(&off, &[set(&fax(), 3, 2), set(&queueing(), 2, 20)], "2020-05-01").account;
    let on = enable(&off, &server(1), at("2020-05-01")).unwrap();
    assert_eq!(on.changes, [change(fax(), 1, 0, 4)]);
    let gone = |pool, capacity| GivenAway { pool, capacity };
    assert_eq!(on.given_away, [gone(queueing(), 20), gone(fax(), 2)]);
    assert_eq!(on.account.pool(&fax()).unwrap().used(), 10);
}

#[test]
fn after_a_day_a_server_is_enabled_without_capacity() {
    let off = disable(&busy(), &server(1), at("2020-05-01")).unwrap().account;
    let on = enable(&off, &server(1), at("2020-05-02")).unwrap();
    assert!(!on.in_time);
    assert_eq!((on.changes, on.given_away), (vec![], vec![]));
    assert_eq!(on.account.server(&server(1)).unwrap().disabled, None);
    assert_eq!(on.account.pool(&fax()).unwrap().assigned_to(&server(1)), 0);
    assert_eq!(enable(&on.account, &server(1), at("2020-05-02")), Err(Refusal::ServerNotDisabled));
}

#[test]
fn a_wrong_click_during_grace_can_be_taken_back_in_any_order() {
    let account = account(&[grant(&fax(), vec![term(30, "2020-01-01", "2020-06-30")])]);
    let before = assigned(&account, &fax(), &[(1, 10), (2, 10), (3, 10)], "2020-05-01");
    let now = at("2020-07-10");
    let off = disable(&before, &server(1), now).unwrap().account;
    let off = disable(&off, &server(2), now).unwrap().account;
    for order in [[1, 2], [2, 1]] {
        let on = order.iter().fold(off.clone(), |account, number| {
            let enabled = enable(&account, &server(*number), now).unwrap();
            assert_eq!(enabled.given_away, []);
            enabled.account
        });
        assert_eq!(on.pools, before.pools);
    }
}
