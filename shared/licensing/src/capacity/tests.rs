use super::*;
use crate::fixture::{at, day, grant, subscription, term};

fn pool(grants: Vec<Vec<Term>>) -> Pool {
    let key = subscription("IP Fax server");
    let mut pool = Pool::new(key.clone(), crate::product::Unit::Channels);
    for terms in grants {
        pool.merge(&grant(&key, terms)).unwrap();
    }
    pool
}

/// In force and in grace at an instant.
fn level(pool: &Pool, instant: &str) -> (u32, u32) {
    let Level { in_force, in_grace } = pool.level_at(Policy::default(), at(instant));
    (in_force, in_grace)
}

#[test]
fn a_term_holds_from_the_first_to_the_last_corner_of_the_earth() {
    let pool = pool(vec![vec![term(4, "2019-08-08", "2020-08-07")]]);
    assert_eq!(level(&pool, "2019-08-07T09:59:59Z"), (0, 0));
    assert_eq!(level(&pool, "2019-08-07T10:00:00Z"), (4, 0));
    assert_eq!(level(&pool, "2020-08-08T11:59:59Z"), (4, 0));
    assert_eq!(level(&pool, "2020-08-08T12:00:00Z"), (0, 4));
}

#[test]
fn grace_lasts_as_many_days_as_the_policy_says() {
    let pool = pool(vec![vec![term(4, "2019-08-08", "2020-08-07")]]);
    assert_eq!(level(&pool, "2020-09-07T11:59:59Z"), (0, 4));
    assert_eq!(level(&pool, "2020-09-07T12:00:00Z"), (0, 0));
    let strict = Policy { term_grace_days: 0, ..Policy::default() };
    assert_eq!(pool.level_at(strict, at("2020-08-08T12:00:00Z")), Level::default());
}

#[test]
fn a_renewal_succeeds_its_grant_and_never_adds_to_it() {
    let pool = pool(vec![vec![term(4, "2019-08-08", "2020-08-07"), term(6, "2020-08-08", "2021-08-07")]]);
    assert_eq!(level(&pool, "2020-08-07T09:00:00Z"), (4, 0));
    assert_eq!(level(&pool, "2020-08-07T10:00:00Z"), (6, 0), "the larger counts while both hold");
    assert_eq!(level(&pool, "2020-08-08T12:00:00Z"), (6, 0), "no grace beside the renewal");
    assert_eq!(pool.total(day("2020-01-01")), 6);
}

#[test]
fn a_reduction_takes_effect_when_the_old_term_has_ended() {
    let pool = pool(vec![vec![term(20, "2019-08-08", "2020-08-07"), term(8, "2020-08-08", "2021-08-07")]]);
    assert_eq!(level(&pool, "2020-08-08T11:59:59Z"), (20, 0));
    assert_eq!(level(&pool, "2020-08-08T12:00:00Z"), (8, 0));
}

#[test]
fn the_start_of_a_late_renewal_ends_the_grace_before_it() {
    let pool = pool(vec![vec![term(4, "2019-08-08", "2020-08-07"), term(1, "2020-08-20", "2021-08-07")]]);
    assert_eq!(level(&pool, "2020-08-19T09:59:59Z"), (0, 4));
    assert_eq!(level(&pool, "2020-08-19T10:00:00Z"), (1, 0));
}

#[test]
fn a_short_term_inside_a_long_one_leaves_only_the_difference_in_grace() {
    let pool = pool(vec![vec![term(4, "2020-01-01", "2020-12-31"), term(10, "2020-03-01", "2020-03-31")]]);
    assert_eq!(level(&pool, "2020-03-15"), (10, 0));
    assert_eq!(level(&pool, "2020-04-15"), (4, 6));
    assert_eq!(level(&pool, "2021-01-15"), (0, 0), "a later term has started, so the first one has no grace");
}

#[test]
fn a_term_that_ends_before_it_starts_holds_on_no_day() {
    let cancelled = pool(vec![vec![term(4, "2020-08-08", "2020-08-07")]]);
    assert_eq!(level(&cancelled, "2020-08-08T11:00:00Z"), (0, 0));
    assert_eq!(level(&cancelled, "2020-08-20"), (0, 0));
    assert_eq!(cancelled.total(day("2020-08-01")), 0);
    let kept = pool(vec![vec![term(4, "2019-08-08", "2020-08-07"), term(9, "2020-08-20", "2020-08-10")]]);
    assert_eq!(level(&kept, "2020-08-25"), (0, 4), "and ends no grace");
}

#[test]
fn the_total_is_the_largest_capacity_in_force_on_a_day_to_come() {
    let pool = pool(vec![
        vec![term(4, "2020-01-01", "2020-06-30")],
        vec![term(10, "2020-07-01", "2020-07-31")],
        vec![term(2, "2020-07-31", "2020-12-31")],
    ]);
    assert_eq!(pool.total(day("2019-01-01")), 12);
    assert_eq!(pool.total(day("2020-08-01")), 2);
    assert_eq!(pool.total(day("2021-01-01")), 0);
    let on = |text| pool.in_force_on(day(text));
    assert_eq!((on("2020-06-30"), on("2020-07-01"), on("2020-07-31"), on("2020-08-01")), (4, 10, 12, 2));
}

#[test]
fn the_calendar_may_end() {
    let pool = pool(vec![vec![term(4, "9999-12-30", "9999-12-31")]]);
    assert_eq!(pool.total(day("9999-12-31")), 4);
    assert_eq!(level(&pool, "9999-12-30T12:00:00Z"), (4, 0));
}
