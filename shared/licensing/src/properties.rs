//! The rules against a model that counts single units day by day, over random grants, commands and days.

mod calendar;
mod model;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::account::Account;
use crate::assign::{Assignment, save};
use crate::fixture;
use crate::grant::{Grant, Term, utc_day};
use crate::id::ServerId;
use crate::pool::{Cell, MergedGrant, PoolKey};
use crate::segment::{Segment, SegmentStatus, changed_servers, segments};
use crate::server::{disable, enable};
use model::{Model, ModelTerm};

const SERVERS: usize = 3;
const GRACE_DAYS: u16 = 5;
/// 2020-01-01T00:00:00Z in Unix time.
const DAY_0_SECOND: i64 = 1_577_836_800;

#[derive(Debug, Clone)]
enum Step {
    /// Capacities by pool and server.
    Save(BTreeMap<(usize, usize), u32>),
    Disable(usize),
    Enable(usize),
    WaitHours(i64),
}

fn pools() -> [PoolKey; 2] {
    [fixture::subscription("IP Fax server"), fixture::perpetual("Advanced Queueing")]
}

fn server(index: usize) -> ServerId {
    ServerId::from_number(u32::try_from(index).unwrap() + 1)
}

/// The day with this number; day 0 is 2020-01-01.
fn day(number: i64) -> jiff::civil::Date {
    utc_day(instant(24 * number))
}

/// The instant this many hours after the begin of day 0 in UTC.
fn instant(hour: i64) -> Timestamp {
    Timestamp::from_second(DAY_0_SECOND + hour * 3600).unwrap()
}

/// One to three terms, with gaps and overlaps; now and then one that holds on no day.
fn terms() -> impl Strategy<Value = Vec<ModelTerm>> {
    let later = prop::collection::vec((-5..20i64, -1..50i64, 1..30u32), 0..3);
    (-40..60i64, 0..60i64, 5..30u32, later).prop_map(|(start, days, capacity, later)| {
        let mut terms = vec![ModelTerm { capacity, start, last: Some(start + days) }];
        for (gap, days, capacity) in later {
            let start = terms.last().and_then(|term| term.last).unwrap_or(start) + 1 + gap;
            let start = start.max(terms.last().unwrap().start);
            terms.push(ModelTerm { capacity, start, last: Some(start + days) });
        }
        terms
    })
}

fn grants() -> impl Strategy<Value = Vec<(usize, Vec<ModelTerm>)>> {
    let perpetual = (-40..40i64, 1..12u32).prop_map(|(start, capacity)| {
        let terms = vec![ModelTerm { capacity, start, last: None }];
        (1, terms)
    });
    let dated = (0..2usize, terms());
    prop::collection::vec(prop_oneof![3 => dated, 1 => perpetual], 1..7)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let cells = prop::collection::btree_map((0..2usize, 0..SERVERS), 0..16u32, 1..3);
    let step = prop_oneof![
        12 => cells.prop_map(Step::Save),
        1 => (0..SERVERS).prop_map(Step::Disable),
        1 => (0..SERVERS).prop_map(Step::Enable),
        2 => (1..20 * 24i64).prop_map(Step::WaitHours),
        1 => (1..24i64).prop_map(Step::WaitHours),
    ];
    prop::collection::vec(step, 1..24)
}

fn grant_of(pool: usize, terms: &[ModelTerm]) -> Grant {
    let term = |term: &ModelTerm| Term { capacity: term.capacity, start: day(term.start), term: term.last.map(day) };
    fixture::grant(&pools()[pool], terms.iter().map(term).collect())
}

fn account_of(grants: &[(usize, Vec<ModelTerm>)]) -> Account {
    let grants: Vec<Grant> = grants.iter().map(|(pool, terms)| grant_of(*pool, terms)).collect();
    let mut account = fixture::account(&grants);
    account.policy.term_grace_days = GRACE_DAYS;
    account
}

fn segments_at(account: &Account, hour: i64) -> BTreeMap<ServerId, Vec<Segment>> {
    segments(&account.pools, &account.servers, account.policy, instant(hour), Timestamp::MAX)
}

/// The account after a step, or as it was where the step was refused.
fn after(account: &Account, step: &Step, hour: i64) -> (Account, bool) {
    let now = instant(hour);
    let done = match step {
        Step::Save(cells) => save(account, &command(cells), account.version, now).map(|saved| saved.account),
        Step::Disable(index) => disable(account, &server(*index), now).map(|disabling| disabling.account),
        Step::Enable(index) => enable(account, &server(*index), now).map(|enabled| enabled.account),
        Step::WaitHours(_) => Ok(account.clone()),
    };
    done.map_or_else(|_| (account.clone(), false), |after| (after, true))
}

fn command(cells: &BTreeMap<(usize, usize), u32>) -> Vec<Assignment> {
    let assignment = |((pool, index), capacity): (&(usize, usize), &u32)| Assignment {
        pool: pools()[*pool].clone(),
        server: server(*index),
        capacity: *capacity,
    };
    cells.iter().map(assignment).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rules_and_model_agree_on_who_runs_what(grants in grants(), steps in steps()) {
        let mut account = account_of(&grants);
        let mut model = Model::new(grants, SERVERS, i64::from(GRACE_DAYS));
        let mut hour = 12;
        for step in steps {
            if let Step::WaitHours(hours) = step {
                hour += hours;
            }
            let (next, accepted) = after(&account, &step, hour);
            let expected = match &step {
                Step::Save(cells) => model.save(cells, hour),
                Step::Disable(server) => model.disable(*server, hour),
                Step::Enable(server) => model.enable(*server, hour),
                Step::WaitHours(_) => true,
            };
            prop_assert_eq!(accepted, expected, "{:?}", step);
            check_use(&account, &next, &step, hour)?;
            check_changed(&account, &next, hour)?;
            account = next;
            check_order(&account)?;
            check_segments(&account, &model, hour)?;
            check_wrong_click(&account, hour)?;
        }
    }

    #[test]
    fn merging_grants_changes_nothing(
        grants in grants(),
        copies in prop::collection::vec((0..7usize, prop::collection::vec(1..12u32, 3)), 0..7),
        steps in steps(),
    ) {
        let mut grants = grants;
        for (of, capacities) in copies {
            let mut copy = grants[of % grants.len()].clone();
            copy.1.iter_mut().zip(capacities).for_each(|(term, capacity)| term.capacity = capacity);
            grants.push(copy);
        }
        let mut merged = account_of(&grants);
        let mut apart = merged.clone();
        for (pool, key) in pools().iter().enumerate() {
            let Some(pool_apart) = apart.pool_mut(key) else { continue };
            let own = grants.iter().filter(|(of, _)| *of == pool).map(|(of, terms)| grant_of(*of, terms));
            pool_apart.grants = own.map(|grant| MergedGrant { terms: grant.terms, care: grant.care }).collect();
        }
        let mut hour = 12;
        for step in &steps {
            if let Step::WaitHours(hours) = step {
                hour += hours;
            }
            let accepted;
            (merged, accepted) = after(&merged, step, hour);
            let (next, accepted_apart) = after(&apart, step, hour);
            apart = next;
            prop_assert_eq!(accepted, accepted_apart);
            prop_assert_eq!(segments_at(&merged, hour), segments_at(&apart, hour));
        }
    }

    #[test]
    fn adding_and_removing_grants_leaves_nothing_behind(first in grants(), second in grants()) {
        let before = account_of(&first);
        let more: Vec<Grant> = second.iter().map(|(pool, terms)| grant_of(*pool, terms)).collect();
        let mut account = before.clone();
        account.add_grants(&more).unwrap();
        account.remove_grants(&more, instant(0)).unwrap();
        prop_assert_eq!(account, before);
    }

    #[test]
    fn a_renewal_heals_with_no_new_assignment(
        capacities in prop::collection::vec(1..20u32, 1..5),
        shares in prop::collection::vec(0..20u32, SERVERS),
    ) {
        let short = |capacity: u32| vec![ModelTerm { capacity, start: -10, last: Some(30) }];
        let grants: Vec<_> = capacities.iter().map(|capacity| (0, short(*capacity))).collect();
        let mut account = account_of(&grants);
        for (index, share) in shares.iter().enumerate() {
            account = after(&account, &Step::Save([((0, index), *share)].into()), 12).0;
        }
        let cells = account.pools[0].cells.clone();
        for (pool, terms) in grants {
            let mut renewed = terms.clone();
            renewed.push(ModelTerm { start: 31, last: Some(90), ..terms[0] });
            account.pools[0].unmerge(&grant_of(pool, &terms));
            account.pools[0].merge(&grant_of(pool, &renewed)).unwrap();
        }
        let dated = segments_at(&account, 24 * 50);
        for (server, cell) in cells {
            let runs = dated[&server].iter().find(|segment| segment.holds(instant(24 * 60))).map(|s| s.capacity);
            prop_assert_eq!(runs, Some(cell.capacity()));
        }
    }
}

/// A step never raises the use of a pool above its total; taking a wrong click back at most restores it.
fn check_use(before: &Account, after: &Account, step: &Step, hour: i64) -> Result<(), TestCaseError> {
    for pool in &after.pools {
        let earlier = before.pool(&pool.key).map_or(0, crate::pool::Pool::used);
        let aside = before.servers.iter().filter_map(|server| server.disabled.as_ref()).flat_map(|d| &d.set_aside);
        let claimed = aside.filter(|aside| aside.pool == pool.key).map(|aside| aside.claimed).max();
        let claimed = claimed.filter(|_| matches!(step, Step::Enable(_))).unwrap_or(0);
        let allowed = u64::from(pool.total(utc_day(instant(hour)))).max(earlier).max(claimed);
        prop_assert!(pool.used() <= allowed);
    }
    Ok(())
}

/// The servers said to run something else are those whose segments differ.
fn check_changed(before: &Account, after: &Account, hour: i64) -> Result<(), TestCaseError> {
    let (earlier, later) = (segments_at(before, hour), segments_at(after, hour));
    let differing: BTreeSet<ServerId> =
        later.iter().filter(|(id, segments)| earlier[*id] != **segments).map(|(id, _)| id.clone()).collect();
    prop_assert_eq!(changed_servers(before, after, instant(hour)), differing);
    Ok(())
}

/// Cells hold ordered increments, none empty and not too many, and all sequence numbers were given.
fn check_order(account: &Account) -> Result<(), TestCaseError> {
    for cell in account.pools.iter().flat_map(|pool| pool.cells.values()) {
        prop_assert!((1..=Cell::INCREMENTS_MAX).contains(&cell.increments.len()));
        prop_assert!(cell.increments.is_sorted());
        prop_assert!(cell.increments.iter().all(|one| one.capacity > 0 && one.sequence < account.next_sequence));
    }
    Ok(())
}

/// Segments are ordered without overlap, say what the model says, and add up to no more than there is.
fn check_segments(account: &Account, model: &Model, hour: i64) -> Result<(), TestCaseError> {
    let dated = segments_at(account, hour);
    for segments in dated.values() {
        for pair in segments.windows(2).filter(|pair| pair[0].pool == pair[1].pool) {
            prop_assert!(pair[0].until.is_some_and(|until| until <= pair[1].from));
        }
        prop_assert!(segments.iter().all(|one| one.capacity > 0 && one.until.is_none_or(|until| one.from < until)));
    }
    for (pool, key) in pools().iter().enumerate() {
        let Some(pool_held) = account.pool(key) else { continue };
        prop_assert_eq!(pool_held.total(utc_day(instant(hour))), model.total(pool, hour));
        let of_pool = |index| dated[&server(index)].iter().filter(|segment| segment.pool == *key).collect();
        let own: Vec<Vec<&Segment>> = (0..SERVERS).map(of_pool).collect();
        let (levels, lines) = (pool_held.levels(account.policy), model.lines(pool, hour));
        for then in model::hours_to_look_at(hour) {
            let level = levels.at(instant(then));
            prop_assert_eq!((level.in_force, level.in_grace), model.level(pool, then));
            let runs = model.runs(&lines, model.level(pool, then), then);
            let mut together = 0;
            for (index, expected) in runs.iter().enumerate() {
                let segment = own[index].iter().find(|segment| segment.holds(instant(then)));
                let found = segment.map_or((0, false), |s| (s.capacity, s.status == SegmentStatus::InGrace));
                prop_assert_eq!(found, *expected, "pool {} server {} hour {}", pool, index, then);
                together += if model.is_disabled(index) { 0 } else { found.0 };
            }
            prop_assert!(together <= level.in_force + level.in_grace);
        }
    }
    Ok(())
}

/// Disabling a server and enabling it at once leaves everything as it was.
fn check_wrong_click(account: &Account, hour: i64) -> Result<(), TestCaseError> {
    for enabled in account.servers.iter().filter(|server| server.disabled.is_none()) {
        let off = disable(account, &enabled.id, instant(hour)).unwrap().account;
        let on = enable(&off, &enabled.id, instant(hour)).unwrap();
        prop_assert_eq!(&on.account.pools, &account.pools);
        prop_assert_eq!(&on.account.servers, &account.servers);
        prop_assert!(on.given_away.is_empty());
    }
    Ok(())
}
