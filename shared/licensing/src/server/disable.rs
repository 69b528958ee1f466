//! DISABLE SERVER and its way back.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan};

use crate::Refusal;
use crate::account::{Account, Disabled, SetAside};
use crate::assign::Change;
use crate::grant::utc_day;
use crate::id::ServerId;
use crate::pool::{Pool, PoolKey};
use crate::queue::set_aside;
use crate::segment::changed_servers;

use super::{check_room, find, find_mut, take_cells};

/// Hours between the click and the silence, so that a wrong click can be taken back.
pub const DISABLE_DELAY_HOURS: i64 = 24;

/// A server was disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disabling {
    /// The account as it is now.
    pub account: Account,
    /// When the server stops.
    pub effective_at: Timestamp,
    /// The server and others that run something else now, because its cells are free.
    pub changed_servers: BTreeSet<ServerId>,
    /// The cells that were set aside.
    pub changes: Vec<Change>,
}

/// Disables a server from 24 hours after `now` on. Its cells are set aside with their order and free for others at
/// once; until then it runs what it had.
///
/// # Errors
/// [`Refusal::ServerNotFound`], [`Refusal::ServerDisabled`].
pub fn disable(account: &Account, id: &ServerId, now: Timestamp) -> Result<Disabling, Refusal> {
    if find(account, id)?.disabled.is_some() {
        return Err(Refusal::ServerDisabled);
    }
    let effective_at = now.saturating_add(DISABLE_DELAY_HOURS.hours()).unwrap_or(Timestamp::MAX);
    let mut after = account.clone();
    let mut disabled = Disabled { effective_at, set_aside: Vec::new() };
    let mut changes = Vec::new();
    for (change, cell) in take_cells(&mut after, id) {
        let claimed = account.pool(&change.pool).map_or(0, |pool| account.used(pool) + pending(account, pool, now));
        disabled.set_aside.push(SetAside { pool: change.pool.clone(), cell, claimed });
        changes.push(change);
    }
    find_mut(&mut after, id)?.disabled = Some(disabled);
    after.version += 1;
    let mut changed_servers = changed_servers(account, &after, now);
    changed_servers.insert(id.clone());
    Ok(Disabling { account: after, effective_at, changed_servers, changes })
}

/// What did not come back, because it was given away meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAway {
    /// Of which pool.
    pub pool: PoolKey,
    /// How much, in units.
    pub capacity: u32,
}

/// A server was enabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enabled {
    /// The account as it is now.
    pub account: Account,
    /// Whether this was in time: the binding is untouched. Otherwise the server is *Available*, without capacity.
    pub in_time: bool,
    /// The server and others that run something else now.
    pub changed_servers: BTreeSet<ServerId>,
    /// The cells that came back.
    pub changes: Vec<Change>,
    /// What did not come back; empty where it came too late for anything to return.
    pub given_away: Vec<GivenAway>,
}

/// Enables a server. Before its `effective_at` its cells return to their old places, as far as the totals allow; what
/// is missing is lacking at the end of each cell. From `effective_at` on nothing returns.
///
/// # Errors
/// [`Refusal::ServerNotFound`], [`Refusal::ServerNotDisabled`], [`Refusal::TooManyServers`].
pub fn enable(account: &Account, id: &ServerId, now: Timestamp) -> Result<Enabled, Refusal> {
    let disabled = find(account, id)?.disabled.as_ref().ok_or(Refusal::ServerNotDisabled)?;
    check_room(account)?;
    let in_time = now < disabled.effective_at;
    let mut after = account.clone();
    find_mut(&mut after, id)?.disabled = None;
    after.version += 1;
    let (mut changes, mut given_away) = (Vec::new(), Vec::new());
    for aside in disabled.set_aside.iter().filter(|_| in_time) {
        let (had, returned) = (aside.cell.capacity(), put_back(&mut after, id, aside, now));
        let pool = || aside.pool.clone();
        if returned > 0 {
            changes.push(Change { pool: pool(), server: id.clone(), from: 0, to: returned });
        }
        if returned < had {
            given_away.push(GivenAway { pool: pool(), capacity: had - returned });
        }
    }
    let mut changed_servers = changed_servers(account, &after, now);
    changed_servers.insert(id.clone());
    Ok(Enabled { account: after, in_time, changed_servers, changes, given_away })
}

/// Puts a cell back as far as there is room; returns how much, in units.
fn put_back(account: &mut Account, id: &ServerId, aside: &SetAside, now: Timestamp) -> u32 {
    let Some(pool) = account.pool(&aside.pool) else { return 0 };
    // What an offline server's own installation may still run is no hindrance to its own cell.
    let own = account.server(id).map_or(0, |server| u64::from(server.spent(&aside.pool)));
    let used = account.used(pool) - own;
    let within_total = u64::from(pool.total(utc_day(now))).saturating_sub(used);
    // Where the pool was over-assigned before the click, what was not given away meanwhile returns all the same.
    let within_claims = aside.claimed.saturating_sub(used);
    let room = u32::try_from(within_total.max(within_claims)).unwrap_or(u32::MAX);
    let mut cell = aside.cell.clone();
    cell.take(cell.capacity().saturating_sub(room));
    let returned = cell.capacity();
    if returned > 0
        && let Some(pool) = account.pool_mut(&aside.pool)
    {
        pool.cells.insert(id.clone(), cell);
    }
    returned
}

/// What may still return to a pool from servers that are disabled, in units.
fn pending(account: &Account, pool: &Pool, now: Timestamp) -> u64 {
    set_aside(&account.servers, pool, now).map(|aside| u64::from(aside.cell.capacity())).sum()
}
