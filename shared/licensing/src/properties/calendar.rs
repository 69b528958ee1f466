//! The calendar ahead against what servers run: over random grants and saves.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::model::ModelTerm;
use super::{Step, account_of, after, day, grants, instant, segments_at, steps};
use crate::account::Account;
use crate::advance::{Advanced, Stage, advance, next_due};
use crate::ending::{What, endings};
use crate::grant::{Term, utc_day};
use crate::id::ServerId;
use crate::pool::{Pool, PoolKey};
use crate::segment::Segment;

/// An account after its steps, and the hour that it is then. Disabled servers run on for a day, as no calendar says.
fn lived(grants: &[(usize, Vec<ModelTerm>)], steps: &[Step]) -> (Account, i64) {
    let mut hour = 12;
    let mut account = account_of(grants);
    for step in steps {
        match step {
            Step::WaitHours(hours) => hour += hours,
            Step::Save(_) => account = after(&account, step, hour).0,
            Step::Disable(_) | Step::Enable(_) => {}
        }
    }
    (account, hour)
}

/// What runs at an instant, by server and pool.
fn running(segments: &BTreeMap<ServerId, Vec<Segment>>, at: jiff::Timestamp) -> BTreeMap<(ServerId, PoolKey), u32> {
    let held = segments.iter().flat_map(|(server, segments)| segments.iter().map(move |segment| (server, segment)));
    held.filter(|(_, segment)| segment.holds(at))
        .map(|(id, one)| ((id.clone(), one.pool.clone()), one.capacity))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_calendars_losses_are_the_differences_between_neighbouring_segments(grants in grants(), steps in steps()) {
        let (account, hour) = lived(&grants, &steps);
        let segments = segments_at(&account, hour);
        let mut said = BTreeMap::new();
        for ending in endings(&account, instant(hour)) {
            for loss in &ending.losses {
                let key = (ending.at, loss.server.clone(), ending.pool.clone());
                prop_assert_eq!(said.insert(key, (loss.before, loss.after)), None, "said twice");
            }
        }
        let mut found = BTreeMap::new();
        // Terms begin and end on full hours.
        for hour in hour + 1..hour + 24 * 320 {
            let (before, now) = (running(&segments, instant(hour - 1)), running(&segments, instant(hour)));
            for ((server, pool), was) in before {
                let is = now.get(&(server.clone(), pool.clone())).copied().unwrap_or(0);
                if is < was {
                    found.insert((instant(hour), server, pool), (was, is));
                }
            }
        }
        prop_assert_eq!(said, found);
    }

    #[test]
    fn a_renewal_of_everything_takes_everything_off_the_calendar(grants in grants(), steps in steps()) {
        let (mut account, hour) = lived(&grants, &steps);
        let far = day(2_000);
        for grant in account.pools.iter_mut().flat_map(|pool| &mut pool.grants) {
            let capacity = grant.terms.iter().map(|term| term.capacity).max().unwrap();
            let start = grant.terms[0].start;
            grant.terms.push(Term { capacity, start, term: Some(far) });
        }
        let early = endings(&account, instant(hour)).into_iter().filter(|ending| ending.last_day < far);
        prop_assert_eq!(early.collect::<Vec<_>>(), Vec::new());
    }

    #[test]
    fn no_pools_used_rises_by_time_and_nothing_is_said_twice(grants in grants(), steps in steps(), outage in 1..9_usize) {
        let (mut account, hour) = lived(&grants, &steps);
        account.advanced = Advanced::since(utc_day(instant(hour)));
        let used: Vec<u64> = account.pools.iter().map(Pool::used).collect();
        let mut told: BTreeMap<_, Stage> = BTreeMap::new();
        for number in (hour / 24..hour / 24 + 400).step_by(outage) {
            let today = day(number);
            let Some(advancing) = advance(&account, today) else { continue };
            prop_assert_eq!(advancing.account.version, account.version + 1);
            for near in &advancing.near {
                let key = (near.ending.pool.clone(), near.ending.last_day, matches!(near.ending.what, What::Care { .. }));
                let before = told.insert(key, near.stage);
                prop_assert!(before.is_none_or(|before| before < near.stage), "{:?} after {before:?}", near);
            }
            account = advancing.account;
            prop_assert!(next_due(&account).is_none_or(|due| due > today), "it is due again at once");
            prop_assert_eq!(advance(&account, today), None);
        }
        prop_assert_eq!(used, account.pools.iter().map(Pool::used).collect::<Vec<_>>());
    }
}
