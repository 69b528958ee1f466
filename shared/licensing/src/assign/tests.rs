use super::*;
use crate::account::ActivationMode;
use crate::fixture::{
    account, assigned, at, day, grant, of_2020, perpetual, saved, server, set, subscription, term, unlimited,
};
use crate::pool::{Cell, Increment};
use crate::server::disable;

fn fax() -> PoolKey {
    subscription("IP Fax server")
}

/// Days and capacities of a cell.
fn cell(account: &Account, number: u32) -> Vec<(String, u32)> {
    let cell = account.pool(&fax()).unwrap().cells.get(&server(number)).cloned().unwrap_or_default();
    cell.increments.iter().map(|increment| (increment.day.to_string(), increment.capacity)).collect()
}

fn increments(expected: &[(&str, u32)]) -> Vec<(String, u32)> {
    expected.iter().map(|(day, capacity)| ((*day).to_owned(), *capacity)).collect()
}

fn refused(account: &Account, command: &[Assignment]) -> Refusal {
    save(account, command, account.version, at("2020-05-01")).unwrap_err()
}

/// 10 until June, 15 in July and August, 20 from September on.
fn growing() -> Account {
    account(&[
        of_2020(&fax(), 10),
        grant(&fax(), vec![term(5, "2020-07-01", "2020-12-31")]),
        grant(&fax(), vec![term(5, "2020-09-01", "2020-12-31")]),
    ])
}

#[test]
fn a_save_sets_cells_and_says_what_changed() {
    let before = account(&[of_2020(&fax(), 10)]);
    let saved = saved(&before, &[set(&fax(), 1, 6), set(&fax(), 2, 4)], "2020-05-01");
    let change = |number, to| Change { pool: fax(), server: server(number), from: 0, to };
    assert_eq!(saved.changes, [change(1, 6), change(2, 4)]);
    assert_eq!(saved.changed_servers, [server(1), server(2)].into());
    assert_eq!((saved.account.version, saved.account.next_sequence), (before.version + 1, before.next_sequence + 2));
    assert_eq!(cell(&saved.account, 2), increments(&[("2020-05-01", 4)]));
}

#[test]
fn a_save_that_changes_nothing_is_accepted_and_changes_nothing() {
    let before = assigned(&account(&[of_2020(&fax(), 10)]), &fax(), &[(1, 6)], "2020-05-01");
    let saved = saved(&before, &[set(&fax(), 1, 6), set(&fax(), 2, 0)], "2020-06-01");
    assert_eq!((saved.account, saved.changes, saved.changed_servers), (before, vec![], BTreeSet::new()));
}

#[test]
fn a_save_of_an_older_version_is_refused() {
    let account = account(&[of_2020(&fax(), 10)]);
    assert_eq!(save(&account, &[], account.version - 1, at("2020-05-01")), Err(Refusal::VersionMismatch));
}

#[test]
fn unknown_rows_and_servers_are_refused() {
    let account = account(&[of_2020(&fax(), 10)]);
    assert_eq!(refused(&account, &[set(&perpetual("IP Fax server"), 1, 1)]), Refusal::PoolNotFound);
    assert_eq!(refused(&account, &[set(&fax(), 9, 1)]), Refusal::ServerNotFound);
}

#[test]
fn more_than_the_total_is_refused_as_a_whole() {
    let account = account(&[of_2020(&fax(), 10)]);
    let over = Refusal::OverAssigned { pool: fax(), total: 10, used: 11 };
    assert_eq!(refused(&account, &[set(&fax(), 1, 6), set(&fax(), 2, 5)]), over);
    assert_eq!(refused(&account, &[set(&fax(), 1, u32::MAX), set(&fax(), 2, u32::MAX)]).code(), "over_assigned");
}

#[test]
fn an_over_assigned_pool_may_be_lowered_or_shifted_but_not_raised() {
    let account = account(&[of_2020(&fax(), 10), grant(&fax(), vec![term(10, "2020-01-01", "2020-06-30")])]);
    let over = assigned(&account, &fax(), &[(1, 12), (2, 8)], "2020-05-01");
    let later = |command: &[Assignment]| save(&over, command, over.version, at("2020-08-01"));
    assert!(later(&[set(&fax(), 1, 5), set(&fax(), 2, 15)]).is_ok());
    assert!(later(&[set(&fax(), 1, 11)]).is_ok());
    assert_eq!(later(&[set(&fax(), 1, 13)]).unwrap_err(), Refusal::OverAssigned { pool: fax(), total: 10, used: 21 });
}

#[test]
fn capacity_shifted_in_an_over_assigned_pool_goes_to_the_end_of_the_line() {
    let account = account(&[of_2020(&fax(), 10), grant(&fax(), vec![term(10, "2020-01-01", "2020-06-30")])]);
    let over = assigned(&account, &fax(), &[(1, 10), (2, 10)], "2020-05-01");
    let shifted = saved(&over, &[set(&fax(), 1, 8), set(&fax(), 3, 2)], "2020-08-01").account;
    let running = |number| crate::fixture::running(&shifted, number, "2020-08-01", "2020-08-15");
    assert_eq!([1, 2, 3].map(running), [8, 2, 0]);
    assert_eq!(cell(&shifted, 3), increments(&[("2020-08-01", 2)]));
}

#[test]
fn the_end_of_the_line_is_behind_what_the_same_save_gave_for_later() {
    let account = account(&[
        of_2020(&fax(), 4),
        grant(&fax(), vec![term(16, "2020-01-01", "2020-05-31")]),
        grant(&fax(), vec![term(6, "2020-07-01", "2020-12-31")]),
    ]);
    let over = assigned(&account, &fax(), &[(1, 20)], "2020-05-01");
    let shifted = [set(&fax(), 1, 0), set(&fax(), 2, 7), set(&fax(), 3, 8)];
    let shifted = saved(&over, &shifted, "2020-06-10").account;
    let running = |number| crate::fixture::running(&shifted, number, "2020-06-10", "2020-08-15");
    assert_eq!([2, 3].map(running), [7, 3]);
    assert_eq!(cell(&shifted, 3), increments(&[("2020-07-01", 8)]));
}

#[test]
fn each_unit_gets_the_first_day_that_covers_it() {
    let account = assigned(&growing(), &fax(), &[(1, 8)], "2020-05-01");
    let account = assigned(&account, &fax(), &[(2, 9)], "2020-05-02");
    assert_eq!(cell(&account, 2), increments(&[("2020-05-02", 2), ("2020-07-01", 5), ("2020-09-01", 2)]));
    assert_eq!(account.next_sequence, 5);
}

#[test]
fn what_is_given_for_later_stands_behind_what_is_given_for_today() {
    let account = assigned(&growing(), &fax(), &[(1, 10), (2, 5), (1, 6), (3, 4)], "2020-05-01");
    assert_eq!(cell(&account, 2), increments(&[("2020-07-01", 5)]));
    assert_eq!(cell(&account, 3), increments(&[("2020-05-01", 4)]));
    let running = |number| crate::fixture::running(&account, number, "2020-05-01", "2020-06-01");
    assert_eq!([1, 2, 3].map(running), [6, 0, 4]);
}

#[test]
fn a_decrease_takes_from_the_newest_increment() {
    let account = assigned(&growing(), &fax(), &[(1, 20), (1, 12)], "2020-05-01");
    assert_eq!(cell(&account, 1), increments(&[("2020-05-01", 10), ("2020-07-01", 2)]));
    let account = assigned(&account, &fax(), &[(1, 0)], "2020-05-01");
    assert!(account.pool(&fax()).unwrap().cells.is_empty());
}

#[test]
fn a_decrease_makes_room_for_an_increase_of_the_same_save() {
    let account = assigned(&growing(), &fax(), &[(1, 20)], "2020-05-01");
    let account = saved(&account, &[set(&fax(), 2, 12), set(&fax(), 1, 8)], "2020-05-01").account;
    assert_eq!(cell(&account, 2), increments(&[("2020-05-01", 2), ("2020-07-01", 5), ("2020-09-01", 5)]));
}

#[test]
fn neighbours_join_unless_somebody_stands_between_or_their_days_are_to_come() {
    let joined = assigned(&growing(), &fax(), &[(1, 2), (1, 4)], "2020-05-01");
    assert_eq!(cell(&joined, 1), increments(&[("2020-05-01", 4)]));
    let later = assigned(&joined, &fax(), &[(1, 6)], "2020-05-20");
    assert_eq!(cell(&later, 1), increments(&[("2020-05-01", 6)]), "both days have come");

    let between = assigned(&joined, &fax(), &[(2, 1), (1, 6)], "2020-05-01");
    assert_eq!(cell(&between, 1), increments(&[("2020-05-01", 4), ("2020-05-01", 2)]));
    let gone = assigned(&between, &fax(), &[(2, 0)], "2020-05-01");
    assert_eq!(cell(&gone, 1), increments(&[("2020-05-01", 6)]));

    let to_come = assigned(&growing(), &fax(), &[(1, 12)], "2020-05-01");
    assert_eq!(cell(&to_come, 1), increments(&[("2020-05-01", 10), ("2020-07-01", 2)]));
}

#[test]
fn a_cell_that_may_return_keeps_neighbours_apart() {
    let account = assigned(&growing(), &fax(), &[(1, 2), (2, 2)], "2020-05-01");
    let account = disable(&account, &server(2), at("2020-05-01")).unwrap().account;
    let pending = assigned(&account, &fax(), &[(1, 4)], "2020-05-01");
    assert_eq!(cell(&pending, 1), increments(&[("2020-05-01", 2), ("2020-05-01", 2)]));
    let cleared = assigned(&account, &fax(), &[(1, 4)], "2020-05-02");
    assert_eq!(cell(&cleared, 1), increments(&[("2020-05-01", 4)]));
}

#[test]
fn a_cell_holds_at_most_16_increments() {
    let account = account(&[of_2020(&fax(), 100)]);
    let turns: Vec<(u32, u32)> = (1..=17).flat_map(|turn| [(1, turn), (2, turn)]).collect();
    let account = assigned(&account, &fax(), &turns, "2020-05-01");
    let full = &account.pool(&fax()).unwrap().cells[&server(1)];
    let oldest = Increment { day: day("2020-05-01"), sequence: 1, capacity: 2 };
    assert_eq!((full.increments.len(), full.increments[0], full.capacity()), (Cell::INCREMENTS_MAX, oldest, 17));
}

#[test]
fn where_a_cell_is_named_twice_the_last_one_counts() {
    let account = account(&[of_2020(&fax(), 10)]);
    let saved = saved(&account, &[set(&fax(), 1, 99), set(&fax(), 1, 4)], "2020-05-01");
    assert_eq!(saved.changes.len(), 1);
    assert_eq!(cell(&saved.account, 1), increments(&[("2020-05-01", 4)]));
}

#[test]
fn a_disabled_server_gets_nothing() {
    let account = assigned(&account(&[of_2020(&fax(), 10)]), &fax(), &[(1, 6)], "2020-05-01");
    let account = disable(&account, &server(1), at("2020-05-01")).unwrap().account;
    assert_eq!(refused(&account, &[set(&fax(), 1, 1)]), Refusal::ServerDisabled);
    assert!(save(&account, &[set(&fax(), 1, 0)], account.version, at("2020-05-01")).is_ok());
}

#[test]
fn an_offline_server_gets_no_subscription() {
    let unlimited = unlimited(&perpetual("IP Fax server"), 10, vec![]);
    let mut account = assigned(&account(&[of_2020(&fax(), 10), unlimited]), &fax(), &[(1, 6)], "2020-05-01");
    account.servers[0].mode = ActivationMode::Offline;
    assert_eq!(refused(&account, &[set(&fax(), 1, 7)]), Refusal::OfflineNotAllowed(fax()));
    let accepted = [set(&perpetual("IP Fax server"), 1, 7), set(&fax(), 1, 5)];
    assert_eq!(saved(&account, &accepted, "2020-05-01").changes.len(), 2);
}

mod redundancy {
    use super::*;

    fn red() -> PoolKey {
        subscription("IP Fax server red.")
    }

    fn both() -> Account {
        account(&[of_2020(&fax(), 10), unlimited(&perpetual("IP Fax server"), 10, vec![]), of_2020(&red(), 10)])
    }

    #[test]
    fn red_capacity_needs_as_much_of_the_primary_on_other_servers() {
        let account = assigned(&both(), &fax(), &[(1, 4), (2, 3)], "2020-05-01");
        let exceeds = |number, redundant, primary| Refusal::RedundancyExceedsPrimary {
            pool: red(),
            server: server(number),
            redundant,
            primary,
        };
        assert_eq!(refused(&account, &[set(&red(), 2, 5)]), exceeds(2, 5, 4), "its own primary doesn't count");
        assert_eq!(refused(&account, &[set(&red(), 3, 8)]), exceeds(3, 8, 7));
        saved(&account, &[set(&red(), 2, 4), set(&red(), 3, 6)], "2020-05-01");
    }

    #[test]
    fn primary_of_either_type_and_of_the_same_save_counts() {
        let primary = perpetual("IP Fax server");
        saved(&both(), &[set(&red(), 2, 8), set(&primary, 1, 5), set(&fax(), 1, 3)], "2020-05-01");
    }

    #[test]
    fn lowering_the_primary_later_is_not_refused_but_raising_on_top_is() {
        let account = saved(&both(), &[set(&fax(), 1, 6), set(&red(), 2, 4)], "2020-05-01").account;
        let broken = saved(&account, &[set(&fax(), 1, 1)], "2020-05-01").account;
        saved(&broken, &[set(&red(), 2, 3)], "2020-05-01");
        assert_eq!(refused(&broken, &[set(&red(), 2, 5)]).code(), "redundancy_exceeds_primary");
    }

    #[test]
    fn exchanging_one_type_for_the_other_raises_nothing() {
        let other = perpetual("IP Fax server red.");
        let mut account = both();
        account.add_grants(&[unlimited(&other, 10, vec![])]).unwrap();
        let account = saved(&account, &[set(&fax(), 1, 6), set(&red(), 2, 6)], "2020-05-01").account;
        let broken = saved(&account, &[set(&fax(), 1, 1)], "2020-05-01").account;
        saved(&broken, &[set(&red(), 2, 2), set(&other, 2, 4)], "2020-05-01");
    }
}
