use super::*;
use crate::account::Account;
use crate::fixture::{
    account, assigned, at, care, dated, day, grant, of_2020, perpetual, running, saved, server, set, subscription,
    term, unlimited,
};
use crate::server::disable;

fn fax() -> PoolKey {
    subscription("IP Fax server")
}

/// `(from, until, capacity, status)` of each segment.
fn pieces(segments: &[Segment]) -> Vec<(String, String, u32, SegmentStatus)> {
    let text = |until: Option<Timestamp>| until.map(|at| at.to_string()).unwrap_or_default();
    segments.iter().map(|s| (s.from.to_string(), text(s.until), s.capacity, s.status)).collect()
}

fn piece(from: &str, until: &str, capacity: u32, status: SegmentStatus) -> (String, String, u32, SegmentStatus) {
    (from.to_owned(), until.to_owned(), capacity, status)
}

#[test]
fn a_term_is_active_then_in_grace_then_over() {
    let account = assigned(&account(&[of_2020(&fax(), 4)]), &fax(), &[(1, 4)], "2020-05-01");
    let dated = dated(&account, 1, "2020-05-01");
    let expected = [
        piece("2019-12-31T10:00:00Z", "2021-01-01T12:00:00Z", 4, SegmentStatus::Active),
        piece("2021-01-01T12:00:00Z", "2021-01-31T12:00:00Z", 4, SegmentStatus::InGrace),
    ];
    assert_eq!(pieces(&dated), expected);
    assert_eq!((dated[0].start, dated[0].term), (day("2020-01-01"), Some(day("2020-12-31"))));
    assert_eq!((dated[1].start, dated[1].term), (day("2020-01-01"), Some(day("2020-12-31"))));
}

#[test]
fn what_begins_later_is_dated_ahead() {
    let account = assigned(&account(&[of_2020(&fax(), 4)]), &fax(), &[(1, 3)], "2019-11-01");
    assert_eq!(running(&account, 1, "2019-11-01", "2019-12-31T09:59:59Z"), 0);
    assert_eq!(running(&account, 1, "2019-11-01", "2019-12-31T10:00:00Z"), 3);
}

#[test]
fn a_perpetual_licence_has_no_end() {
    let key = perpetual("IP Fax server");
    let account = assigned(&account(&[unlimited(&key, 4, vec![])]), &key, &[(1, 4)], "2020-05-01");
    let dated = dated(&account, 1, "2020-05-01");
    assert_eq!(pieces(&dated), [piece("2019-12-31T10:00:00Z", "", 4, SegmentStatus::Active)]);
    assert_eq!((dated[0].care, dated[0].start, dated[0].term), (None, day("2020-01-01"), None));
}

#[test]
fn a_change_of_care_begins_a_segment() {
    let key = perpetual("IP Fax server");
    let gold = care(CareLevel::Gold, "2020-01-01", "2020-12-31");
    let account = assigned(&account(&[unlimited(&key, 4, vec![gold])]), &key, &[(1, 4)], "2020-05-01");
    let dated = dated(&account, 1, "2020-05-01");
    let care: Vec<_> = dated.iter().map(|segment| (segment.care, segment.until.map(|at| at.to_string()))).collect();
    assert_eq!(care, [(Some(CareLevel::Gold), Some("2021-01-01T12:00:00Z".to_owned())), (None, None)]);
    assert_eq!(dated[1].term, Some(day("2020-12-31")), "the care that is over is still shown");
}

#[test]
fn the_latest_assigned_loses_first_and_a_renewal_heals_it() {
    let short = grant(&fax(), vec![term(10, "2020-01-01", "2020-06-30")]);
    let before = account(&[of_2020(&fax(), 10), short.clone()]);
    let before = assigned(&before, &fax(), &[(2, 8), (1, 8), (2, 10)], "2020-02-01");
    let summer = |account: &Account, number| running(account, number, "2020-02-01", "2020-08-15");
    assert_eq!((summer(&before, 1), summer(&before, 2)), (2, 8));

    let mut after = before.clone();
    let pool = after.pool_mut(&fax()).unwrap();
    pool.unmerge(&short);
    let renewed = vec![term(10, "2020-01-01", "2020-06-30"), term(10, "2020-07-01", "2020-12-31")];
    pool.merge(&grant(&fax(), renewed)).unwrap();
    assert_eq!((summer(&after, 1), summer(&after, 2)), (8, 10));
    assert_eq!(changed_servers(&before, &after, at("2020-02-01")), [server(1), server(2)].into());
}

#[test]
fn a_part_in_grace_makes_the_segment_in_grace() {
    let short = grant(&fax(), vec![term(10, "2020-01-01", "2020-06-30")]);
    let account = account(&[of_2020(&fax(), 10), short]);
    let account = assigned(&account, &fax(), &[(1, 8), (2, 8)], "2020-02-01");
    let in_july = |number| {
        let dated = dated(&account, number, "2020-02-01");
        let segment = dated.iter().find(|segment| segment.holds(at("2020-07-15"))).unwrap();
        (segment.capacity, segment.status)
    };
    assert_eq!(in_july(1), (8, SegmentStatus::Active));
    assert_eq!(in_july(2), (8, SegmentStatus::InGrace));
    assert_eq!(running(&account, 2, "2020-02-01", "2020-08-15"), 2);
}

#[test]
fn a_gap_keeps_two_segments_apart_that_look_the_same() {
    let key = perpetual("IP Fax server");
    let gap = vec![term(4, "2020-02-01", "2020-02-28"), term(4, "2020-05-01", "2020-05-31")];
    let mut account = account(&[unlimited(&key, 4, vec![]), grant(&key, gap)]);
    account.policy.term_grace_days = 0;
    let account = assigned(&account, &key, &[(1, 4), (2, 4)], "2020-02-10");
    let days: Vec<_> = dated(&account, 2, "2020-02-10").iter().map(|s| (s.capacity, s.start, s.term)).collect();
    assert_eq!(days, [(4, day("2020-01-01"), None), (4, day("2020-01-01"), None)]);
    assert_eq!(running(&account, 2, "2020-02-10", "2020-04-01"), 0);
}

#[test]
fn segments_say_the_same_whenever_they_are_made() {
    let account = assigned(&account(&[of_2020(&fax(), 4)]), &fax(), &[(1, 4)], "2020-05-01");
    assert_eq!(dated(&account, 1, "2020-05-01"), dated(&account, 1, "2020-11-30"));
}

#[test]
fn what_is_over_is_left_out() {
    let account = assigned(&account(&[of_2020(&fax(), 4)]), &fax(), &[(1, 4)], "2020-05-01");
    assert_eq!(dated(&account, 1, "2021-01-10").len(), 1);
    assert_eq!(dated(&account, 1, "2021-01-31T12:00:00Z"), []);
}

#[test]
fn a_nearer_horizon_makes_fewer_segments() {
    let account = assigned(&account(&[of_2020(&fax(), 4)]), &fax(), &[(1, 4)], "2020-05-01");
    let until = |horizon| {
        let mut all = segments(&account.pools, &account.servers, account.policy, at("2020-05-01"), at(horizon));
        all.remove(&server(1)).unwrap()
    };
    let all = dated(&account, 1, "2020-05-01");
    assert_eq!(until("2020-07-01"), all[..1], "the one that holds at the horizon keeps its end");
    assert_eq!(until("2021-01-01T12:00:00Z"), all[..1]);
    assert_eq!(until("2021-01-01T12:00:01Z"), all);
    assert_eq!(until("2020-01-01"), all[..1], "what holds now is never left out");
}

#[test]
fn a_disabled_server_runs_what_it_had_for_a_day() {
    let before = assigned(&account(&[of_2020(&fax(), 10)]), &fax(), &[(1, 6), (2, 4)], "2020-05-01");
    let off = disable(&before, &server(1), at("2020-05-01")).unwrap().account;
    let off = saved(&off, &[set(&fax(), 3, 6)], "2020-05-01").account;
    assert_eq!(dated(&off, 1, "2020-05-01").last().unwrap().until, Some(at("2020-05-02")));
    let all = |instant| [1, 2, 3].map(|number| running(&off, number, "2020-05-01", instant));
    assert_eq!(all("2020-05-02T11:59:59Z"), [6, 4, 6]);
    assert_eq!(all("2020-05-02T12:00:00Z"), [0, 4, 6]);
    assert_eq!(dated(&off, 1, "2020-05-02"), []);
}

#[test]
fn every_server_has_an_entry() {
    let account = account(&[of_2020(&fax(), 10)]);
    let all = segments(&account.pools, &account.servers, account.policy, at("2020-05-01"), Timestamp::MAX);
    assert_eq!(all.into_iter().collect::<Vec<_>>(), [1, 2, 3].map(|number| (server(number), vec![])));
}

#[test]
fn freed_capacity_changes_who_waited_for_it() {
    let short = grant(&fax(), vec![term(10, "2020-01-01", "2020-06-30")]);
    let account = account(&[of_2020(&fax(), 10), short]);
    let account = assigned(&account, &fax(), &[(1, 8), (2, 8), (3, 1)], "2020-02-01");
    let lowered = saved(&account, &[set(&fax(), 1, 7)], "2020-02-01");
    assert_eq!(lowered.changed_servers, [server(1), server(2)].into());
    assert_eq!(running(&lowered.account, 2, "2020-02-01", "2020-08-15"), 3);
}
