//! Who runs something else after a change.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::segments_of;
use crate::account::{Account, Policy};
use crate::id::ServerId;
use crate::pool::{Pool, PoolKey};
use crate::queue::{Queue, Served, set_aside};

/// The servers of `after` that run something else than in `before`, at any time from `now` on. Only pools that differ
/// are looked at.
pub fn changed_servers(before: &Account, after: &Account, now: Timestamp) -> BTreeSet<ServerId> {
    let mut changed = BTreeSet::new();
    let mut otherwise = BTreeSet::new();
    for key in changed_pools(before, after) {
        match (before.pool(key), after.pool(key)) {
            (Some(earlier), Some(later)) if only_cells_differ((before, earlier), (after, later), now) => {
                changed.extend(served_differently(earlier, later, after.policy, now).into_iter().cloned());
            }
            _ => _ = otherwise.insert(key),
        }
    }
    changed.extend(dated_differently(before, after, &otherwise, now));
    changed.retain(|server| after.server(server).is_some());
    changed
}

/// Keys of the pools that may serve somebody differently.
fn changed_pools<'a>(before: &'a Account, after: &'a Account) -> BTreeSet<&'a PoolKey> {
    let mut changed = BTreeSet::new();
    for (one, other) in [(before, after), (after, before)] {
        let differs = |pool: &&Pool| one.policy != other.policy || other.pool(&pool.key) != Some(*pool);
        changed.extend(one.pools.iter().filter(differs).map(|pool| &pool.key));
        for disabled in one.servers.iter().filter_map(|server| server.disabled.as_ref()) {
            changed.extend(disabled.set_aside.iter().map(|aside| &aside.pool));
        }
    }
    changed
}

/// Whether the pool holds the same on the same days, as in every save.
fn only_cells_differ(before: (&Account, &Pool), after: (&Account, &Pool), now: Timestamp) -> bool {
    let nothing_set_aside =
        |(account, pool): (&Account, &Pool)| set_aside(&account.servers, pool, now).next().is_none();
    before.0.policy == after.0.policy
        && before.1.grants == after.1.grants
        && nothing_set_aside(before)
        && nothing_set_aside(after)
}

/// Compares what each server gets at each level; the dates are the same.
fn served_differently<'a>(before: &'a Pool, after: &'a Pool, policy: Policy, now: Timestamp) -> BTreeSet<&'a ServerId> {
    let (earlier, later) = (Queue::of(before), Queue::of(after));
    let servers: BTreeSet<&ServerId> = earlier.servers.iter().chain(&later.servers).copied().collect();
    // Nothing is set aside, so the servers of a queue are in order of id.
    let place = |queue: &Queue, server| queue.servers.binary_search(&server).ok();
    let mut waiting: Vec<_> = servers.into_iter().map(|id| (id, place(&earlier, id), place(&later, id))).collect();
    let mut changed = BTreeSet::new();
    for (_, level) in after.levels(policy).from(now) {
        let (had, has) = (earlier.serve(level), later.serve(level));
        let of = |served: &[Served], place: Option<usize>| {
            let served = place.map_or(Served::default(), |place| served[place]);
            (served.capacity(), served.is_graced())
        };
        waiting.retain(|(server, earlier, later)| {
            let same = of(&had, *earlier) == of(&has, *later);
            same || !changed.insert(*server)
        });
    }
    changed
}

/// Compares the segments themselves.
fn dated_differently(
    before: &Account,
    after: &Account,
    pools: &BTreeSet<&PoolKey>,
    now: Timestamp,
) -> impl Iterator<Item = ServerId> {
    let run = |account: &Account| {
        let pools = account.pools.iter().filter(|pool| pools.contains(&pool.key));
        segments_of(pools, &account.servers, account.policy, now, Timestamp::MAX)
    };
    let earlier = run(before);
    run(after).into_iter().filter_map(move |(id, segments)| {
        let same = earlier.get(&id).map_or(segments.is_empty(), |earlier| *earlier == segments);
        (!same).then_some(id)
    })
}
