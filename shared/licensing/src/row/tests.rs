use super::*;
use crate::fixture::{
    account, assigned, at, care, day, grant, label, of_2020, perpetual, running, saved, server, set, subscription,
    term, unlimited,
};
use crate::grant::{Care, Grant};
use crate::server::disable;

fn fax() -> PoolKey {
    subscription("IP Fax server")
}

fn the_row(account: &Account, now: &str) -> Row {
    let [row] = rows(account, at(now)).try_into().unwrap();
    row
}

#[test]
fn the_table_of_the_brochure() {
    let sold = [("Advanced Queueing", 20), ("Auto Attendant", 1), ("IP Fax server", 4)];
    let gold = vec![care(CareLevel::Gold, "2019-08-08", "2020-08-07")];
    let all = |suffix: &'static str| sold.map(|(name, capacity)| (subscription(&format!("{name}{suffix}")), capacity));
    let rows_sold: Vec<(PoolKey, u32)> = all("").into_iter().chain(all(" red.")).collect();
    let grants: Vec<Grant> = rows_sold
        .iter()
        .map(|(pool, capacity)| Grant {
            care: gold.clone(),
            ..grant(pool, vec![term(*capacity, "2019-08-08", "2020-08-07")])
        })
        .collect();
    let command: Vec<_> =
        rows_sold.iter().map(|(p, capacity)| set(p, 1 + u32::from(p.redundancy), *capacity)).collect();
    let account = saved(&account(&grants), &command, "2019-09-01").account;

    let shown: Vec<String> = rows(&account, at("2019-09-01")).iter().map(line).collect();
    let expected = [
        "Advanced Queueing: 20 / 20, Gold, 2019-08-08 to 2020-08-07, [20, 0]",
        "Auto Attendant: 1 / 1, Gold, 2019-08-08 to 2020-08-07, [1, 0]",
        "IP Fax server: 4 / 4, Gold, 2019-08-08 to 2020-08-07, [4, 0]",
        "Advanced Queueing red.: 20 / 20, Gold, 2019-08-08 to 2020-08-07, [0, 20]",
        "Auto Attendant red.: 1 / 1, Gold, 2019-08-08 to 2020-08-07, [0, 1]",
        "IP Fax server red.: 4 / 4, Gold, 2019-08-08 to 2020-08-07, [0, 4]",
    ];
    assert_eq!(shown, expected);
    assert!(rows(&account, at("2019-09-01")).iter().all(|row| row.notes.is_empty() && !row.care_is_mixed));
}

fn line(row: &Row) -> String {
    let red = if row.pool.redundancy { " red." } else { "" };
    let servers = [1, 2].map(|number| row.servers.get(&server(number)).copied().unwrap_or(0));
    let (care, start, term) = (row.care.unwrap(), row.start.unwrap(), row.term.unwrap());
    let (name, used, total) = (&row.pool.application, row.used, row.total);
    format!("{name}{red}: {used} / {total}, {care:?}, {start} to {term}, {servers:?}")
}

#[test]
fn a_row_shows_the_earliest_start_and_the_earliest_term_to_come() {
    let grants = [
        grant(&fax(), vec![term(1, "2020-01-01", "2020-06-30")]),
        grant(&fax(), vec![term(2, "2019-10-01", "2020-09-30")]),
        grant(&fax(), vec![term(4, "2021-01-01", "2021-12-31")]),
    ];
    let account = account(&grants);
    let dates = |now| {
        let row = the_row(&account, now);
        (row.total, row.start, row.term)
    };
    let both = |total, start, term| (total, Some(day(start)), Some(day(term)));
    assert_eq!(dates("2020-05-01"), both(4, "2019-10-01", "2020-06-30"));
    assert_eq!(dates("2020-07-10"), both(4, "2019-10-01", "2020-09-30"));
    assert_eq!(dates("2020-10-10"), both(4, "2019-10-01", "2020-09-30"), "in grace");
    assert_eq!(dates("2020-12-01"), both(4, "2021-01-01", "2021-12-31"), "to come");
    assert_eq!(dates("2023-01-01"), both(0, "2021-01-01", "2021-12-31"), "over");
}

#[test]
fn a_perpetual_row_shows_the_dates_of_its_care() {
    let key = perpetual("IP Fax server");
    let care_of = |care: Vec<Care>, now| {
        let row = the_row(&account(&[unlimited(&key, 4, care)]), now);
        (row.care, row.start, row.term)
    };
    let gold = care(CareLevel::Gold, "2020-03-01", "2021-02-28");
    let dates = (Some(day("2020-03-01")), Some(day("2021-02-28")));
    assert_eq!(care_of(vec![gold], "2020-05-01"), (Some(CareLevel::Gold), dates.0, dates.1));
    assert_eq!(care_of(vec![gold], "2021-05-01"), (None, dates.0, dates.1), "care has no grace");
    assert_eq!(care_of(vec![gold], "2020-02-01"), (None, dates.0, dates.1));
    assert_eq!(care_of(vec![], "2020-05-01"), (None, Some(day("2020-01-01")), None));
}

#[test]
fn care_is_the_lowest_in_force_and_mixed_where_it_differs() {
    let key = perpetual("IP Fax server");
    let of = |level| care(level, "2020-01-01", "2020-12-31");
    let shown = |grants: &[Vec<Care>]| {
        let grants: Vec<Grant> = grants.iter().map(|care| unlimited(&key, 4, care.clone())).collect();
        let row = the_row(&account(&grants), "2020-05-01");
        (row.care, row.care_is_mixed)
    };
    let (basic, gold, platinum) = (of(CareLevel::Basic), of(CareLevel::Gold), of(CareLevel::Platinum));
    assert_eq!(shown(&[vec![platinum], vec![platinum]]), (Some(CareLevel::Platinum), false));
    assert_eq!(shown(&[vec![platinum], vec![gold]]), (Some(CareLevel::Gold), true));
    assert_eq!(shown(&[vec![], vec![gold]]), (Some(CareLevel::Gold), true));
    assert_eq!(shown(&[vec![gold], vec![]]), (Some(CareLevel::Gold), true));
    assert_eq!(shown(&[vec![basic, platinum]]), (Some(CareLevel::Platinum), false), "of one grant the higher counts");
    assert_eq!(shown(&[vec![]]), (None, false));
}

#[test]
fn care_of_a_grant_that_does_not_hold_counts_for_nothing() {
    let platinum = vec![care(CareLevel::Platinum, "2020-01-01", "2020-12-31")];
    let basic = vec![care(CareLevel::Basic, "2020-01-01", "2020-12-31")];
    let over = grant(&fax(), vec![term(1, "2019-01-01", "2019-12-31")]);
    let account = account(&[Grant { care: platinum, ..of_2020(&fax(), 1) }, Grant { care: basic, ..over }]);
    assert_eq!(the_row(&account, "2020-05-01").care, Some(CareLevel::Platinum));
    assert_eq!(the_row(&account, "2020-01-10").care, Some(CareLevel::Basic), "in grace it still counts");
}

#[test]
fn notes_tell_of_grace_and_of_too_much_assigned() {
    let short = grant(&fax(), vec![term(10, "2020-01-01", "2020-06-30")]);
    let account = assigned(&account(&[of_2020(&fax(), 10), short]), &fax(), &[(1, 18)], "2020-02-01");
    assert_eq!(the_row(&account, "2020-02-01").notes, []);
    let over = Note::OverAssigned { by: 8 };
    let grace = Note::InGrace { capacity: 10, until: at("2020-07-31") };
    assert_eq!(the_row(&account, "2020-07-10").notes, [grace, over.clone()]);
    assert_eq!(the_row(&account, "2020-08-10").notes, [over]);
}

#[test]
fn a_note_tells_what_ends_soon_unless_it_is_renewed() {
    let ends = account(&[of_2020(&fax(), 10), grant(&fax(), vec![term(4, "2020-01-01", "2020-06-30")])]);
    let soon = Note::EndsSoon { last_day: day("2020-06-30"), capacity: 4 };
    assert_eq!(the_row(&ends, "2020-04-30").notes, []);
    assert_eq!(the_row(&ends, "2020-05-01").notes, std::slice::from_ref(&soon));
    assert_eq!(the_row(&ends, "2020-06-30").notes, [soon]);
    let renewed = vec![term(4, "2020-01-01", "2020-06-30"), term(4, "2020-07-01", "2020-12-31")];
    let renewed = account(&[of_2020(&fax(), 10), grant(&fax(), renewed)]);
    assert_eq!(the_row(&renewed, "2020-05-01").notes, []);
}

#[test]
fn a_note_tells_of_broken_redundancy() {
    let red = subscription("IP Fax server red.");
    let account = account(&[of_2020(&fax(), 10), of_2020(&red, 10)]);
    let account = saved(&account, &[set(&fax(), 1, 6), set(&red, 2, 6)], "2020-05-01").account;
    assert!(rows(&account, at("2020-05-01")).iter().all(|row| row.notes.is_empty()));
    let account = saved(&account, &[set(&fax(), 1, 4)], "2020-05-01").account;
    let broken = Note::RedundancyBroken { server: server(2), redundant: 6, primary: 4 };
    let notes: Vec<_> = rows(&account, at("2020-05-01")).into_iter().map(|row| row.notes).collect();
    assert_eq!(notes, [vec![], vec![broken]]);
}

#[test]
fn items_have_the_standing_of_what_the_server_runs() {
    let short = grant(&fax(), vec![term(10, "2020-01-01", "2020-06-30")]);
    let queueing = subscription("Advanced Queueing");
    let later = grant(&queueing, vec![term(5, "2020-09-01", "2020-12-31")]);
    let account = account(&[of_2020(&fax(), 10), short, later]);
    let account = assigned(&account, &fax(), &[(1, 8), (2, 8), (3, 4)], "2020-02-01");
    let account = assigned(&account, &queueing, &[(1, 5)], "2020-02-01");
    let item = |number, now: &str, index: usize| {
        let item = items(&account, at(now))[&server(number)][index].clone();
        (item.pool.application, item.assigned, item.running, item.status)
    };
    let fax = || label("IP Fax server");
    assert_eq!(item(1, "2020-02-01", 0), (label("Advanced Queueing"), 5, 0, ItemStatus::Upcoming));
    assert_eq!(item(1, "2020-10-01", 0), (label("Advanced Queueing"), 5, 5, ItemStatus::Active));
    assert_eq!(item(1, "2020-08-10", 1), (fax(), 8, 8, ItemStatus::Active));
    assert_eq!(item(2, "2020-07-10", 0), (fax(), 8, 8, ItemStatus::InGrace));
    assert_eq!(item(2, "2020-08-10", 0), (fax(), 8, 2, ItemStatus::Active));
    assert_eq!(item(3, "2020-08-10", 0), (fax(), 4, 0, ItemStatus::Ended));
}

#[test]
fn a_disabled_server_shows_its_items_until_it_stops() {
    let account = assigned(&account(&[of_2020(&fax(), 10)]), &fax(), &[(1, 6)], "2020-05-01");
    let off = disable(&account, &server(1), at("2020-05-01")).unwrap().account;
    let [item] = items(&off, at("2020-05-01")).remove(&server(1)).unwrap().try_into().unwrap();
    assert_eq!((item.assigned, item.running, item.status), (6, 6, ItemStatus::Active));
    assert_eq!(items(&off, at("2020-05-02"))[&server(1)], []);
    assert_eq!(running(&off, 1, "2020-05-02", "2020-05-03"), 0);
}
