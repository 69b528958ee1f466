use super::*;
use crate::Refusal;
use crate::fixture::{account, assigned, at, care, grant, label, of_2020, perpetual, subscription, term, unlimited};
use crate::grant::CareLevel;

#[test]
fn grants_with_the_same_terms_and_care_become_one() {
    let fax = subscription("IP Fax server");
    let account = account(&[of_2020(&fax, 4), of_2020(&fax, 8)]);
    assert_eq!(account.pools.len(), 1);
    assert_eq!(account.pools[0].grants.len(), 1);
    assert_eq!(account.pools[0].grants[0].terms, [term(12, "2020-01-01", "2020-12-31")]);
}

#[test]
fn grants_with_other_dates_care_or_course_stay_apart() {
    let fax = perpetual("IP Fax server");
    let gold = vec![care(CareLevel::Gold, "2020-01-01", "2020-12-31")];
    let rising = vec![term(5, "2020-01-01", "2020-06-30"), term(10, "2020-07-01", "2020-12-31")];
    let falling = vec![term(10, "2020-01-01", "2020-06-30"), term(5, "2020-07-01", "2020-12-31")];
    let grants = [unlimited(&fax, 1, vec![]), unlimited(&fax, 1, gold), grant(&fax, rising), grant(&fax, falling)];
    assert_eq!(account(&grants).pools[0].grants.len(), 4);
}

#[test]
fn removing_what_was_added_leaves_nothing_behind() {
    let (fax, queueing) = (subscription("IP Fax server"), subscription("Advanced Queueing"));
    let before = account(&[of_2020(&fax, 4)]);
    let mut after = before.clone();
    let order = [of_2020(&fax, 4), of_2020(&queueing, 20), grant(&fax, vec![term(2, "2020-03-01", "2020-04-01")])];
    after.add_grants(&order).unwrap();
    assert_eq!(after.pools.iter().map(|pool| &pool.key).collect::<Vec<_>>(), [&queueing, &fax], "in order of key");
    after.remove_grants(&order, at("2020-05-01")).unwrap();
    assert_eq!(after, before);
}

#[test]
fn removing_a_grant_that_is_not_there_takes_nothing() {
    let fax = subscription("IP Fax server");
    let before = account(&[of_2020(&fax, 4)]);
    let mut after = before.clone();
    after.remove_grants(&[of_2020(&fax, 5), of_2020(&subscription("Other"), 1)], at("2020-05-01")).unwrap();
    assert_eq!(after, before);
}

#[test]
fn a_lock_that_would_uncover_a_cell_is_refused_as_a_whole() {
    let (fax, queueing) = (subscription("IP Fax server"), subscription("Advanced Queueing"));
    let order = [of_2020(&queueing, 4), of_2020(&fax, 4)];
    let all = account(&[of_2020(&fax, 2), order[0].clone(), order[1].clone()]);
    let mut covered = assigned(&all, &fax, &[(1, 2)], "2020-02-01");
    covered.remove_grants(&order, at("2020-02-01")).unwrap();
    assert_eq!(covered.pools.len(), 1);

    let before = assigned(&all, &fax, &[(1, 3)], "2020-02-01");
    let mut after = before.clone();
    assert_eq!(after.remove_grants(&order, at("2020-02-01")), Err(Refusal::LockWouldUncover(fax)));
    assert_eq!(after, before);
}

#[test]
fn an_account_has_at_most_60_pools() {
    let grants = |count: usize| -> Vec<_> {
        (0..count).map(|number| of_2020(&subscription(&format!("Application {number}")), 1)).collect()
    };
    let before = account(&grants(60));
    let mut after = before.clone();
    assert_eq!(after.add_grants(&[of_2020(&subscription("One more"), 1)]), Err(Refusal::TooManyPools(60)));
    assert_eq!(after, before);
    after.add_grants(&grants(1)).unwrap();
}

#[test]
fn a_pool_never_counts_beyond_its_numbers() {
    let fax = subscription("IP Fax server");
    let before = account(&[of_2020(&fax, u32::MAX - 1)]);
    let mut after = before.clone();
    assert_eq!(after.add_grants(&[of_2020(&fax, 2)]), Err(Refusal::AccountTooLarge));
    let elsewhen = grant(&fax, vec![term(2, "2030-01-01", "2030-12-31")]);
    assert_eq!(after.add_grants(&[elsewhen]), Err(Refusal::AccountTooLarge));
    assert_eq!(after, before);
    after.add_grants(&[of_2020(&fax, 1)]).unwrap();
}

#[test]
fn rows_stand_with_the_primary_ones_first() {
    let keys = [subscription("B red."), subscription("A red."), subscription("B"), perpetual("B"), subscription("A")];
    let account = account(&keys.map(|key| of_2020(&key, 1)));
    let order: Vec<_> = account.pools.iter().map(|p| (p.key.redundancy, p.key.application.clone())).collect();
    let [a, b] = ["A", "B"].map(label);
    assert_eq!(order, [(false, a.clone()), (false, b.clone()), (false, b.clone()), (true, a), (true, b)]);
}

#[test]
fn taking_starts_with_what_is_served_last() {
    let increment = |day: &str, sequence, capacity| Increment { day: day.parse().unwrap(), sequence, capacity };
    let mut cell = Cell::default();
    for added in [increment("2020-03-01", 1, 5), increment("2020-01-01", 2, 3), increment("2020-01-01", 1, 2)] {
        cell.insert(added);
    }
    assert_eq!(cell.capacity(), 10);
    cell.take(6);
    assert_eq!(cell.increments, [increment("2020-01-01", 1, 2), increment("2020-01-01", 2, 2)]);
    cell.take(99);
    assert_eq!(cell, Cell::default());
}
