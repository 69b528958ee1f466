//! SAVE CONFIG: the numbers that a person typed become cells, or the save is refused as a whole.

mod check;
mod line;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::Refusal;
use crate::account::Account;
use crate::grant::utc_day;
use crate::id::ServerId;
use crate::pool::{Increment, PoolKey};
use crate::queue::set_aside;
use crate::segment::changed_servers;

pub use check::Redundancy;
use line::Line;

/// What one server shall have of one pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Of which pool.
    pub pool: PoolKey,
    /// Which server.
    pub server: ServerId,
    /// The new capacity, in units; 0 takes everything away.
    pub capacity: u32,
}

/// How a decision changed one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of which pool.
    pub pool: PoolKey,
    /// Which server.
    pub server: ServerId,
    /// What it had, in units.
    pub from: u32,
    /// What it has now, in units.
    pub to: u32,
}

impl Change {
    /// Whether the server got more.
    pub const fn is_raise(&self) -> bool {
        self.from < self.to
    }
}

/// An accepted save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The account as it is now, its version risen by one; the account as it was where nothing changed.
    pub account: Account,
    /// Servers whose cells changed or that run something else now or later, by a cell of another server.
    pub changed_servers: BTreeSet<ServerId>,
    /// The cells that changed, in the order of the command. Empty where the save changed nothing.
    pub changes: Vec<Change>,
}

/// Sets cells, all or none. What the command doesn't name stays; where it names a cell twice, the last one counts.
///
/// Decreases come first and take from the newest increment of their cell. Increases are then given in the order of
/// the command: each unit gets the first day on which capacity in force covers it.
///
/// # Errors
/// In this order: [`Refusal::VersionMismatch`], [`Refusal::PoolNotFound`], [`Refusal::ServerNotFound`],
/// [`Refusal::ServerDisabled`] and [`Refusal::OfflineNotAllowed`] for a cell that is raised,
/// [`Refusal::OverAssigned`], [`Refusal::RedundancyExceedsPrimary`].
pub fn save(
    account: &Account,
    command: &[Assignment],
    expected_version: u64,
    now: Timestamp,
) -> Result<Saved, Refusal> {
    if account.version != expected_version {
        return Err(Refusal::VersionMismatch);
    }
    let changes = changes(account, command)?;
    let mut after = account.clone();
    if changes.is_empty() {
        return Ok(Saved { account: after, changed_servers: BTreeSet::new(), changes });
    }
    check::totals(account, &changes, utc_day(now))?;
    apply(&mut after, &changes, now);
    check::redundancy(account, &after, &changes)?;
    after.version += 1;
    let mut changed_servers = changed_servers(account, &after, now);
    changed_servers.extend(changes.iter().map(|change| change.server.clone()));
    Ok(Saved { account: after, changed_servers, changes })
}

/// The cells that the command changes.
fn changes(account: &Account, command: &[Assignment]) -> Result<Vec<Change>, Refusal> {
    let last: BTreeMap<(&PoolKey, &ServerId), usize> =
        command.iter().enumerate().map(|(index, set)| ((&set.pool, &set.server), index)).collect();
    let mut changes = Vec::new();
    for (index, set) in command.iter().enumerate() {
        let pool = account.pool(&set.pool).ok_or(Refusal::PoolNotFound)?;
        let server = account.server(&set.server).ok_or(Refusal::ServerNotFound)?;
        let (from, to) = (pool.assigned_to(&set.server), set.capacity);
        if from == to || last[&(&set.pool, &set.server)] != index {
            continue;
        }
        let change = Change { pool: set.pool.clone(), server: set.server.clone(), from, to };
        check::server(server, &change)?;
        changes.push(change);
    }
    Ok(changes)
}

/// Changes the cells, pool by pool.
fn apply(account: &mut Account, changes: &[Change], now: Timestamp) {
    let mut by_pool: BTreeMap<&PoolKey, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        by_pool.entry(&change.pool).or_default().push(change);
    }
    for (key, changes) in by_pool {
        apply_to_pool(account, key, &changes, now);
    }
}

fn apply_to_pool(account: &mut Account, key: &PoolKey, changes: &[&Change], now: Timestamp) {
    let mut sequence = account.next_sequence;
    let Some((pool, servers)) = account.pool_and_servers(key) else { return };
    let may_return: Vec<Increment> =
        set_aside(servers, pool, now).flat_map(|aside| aside.cell.increments.iter().copied()).collect();
    for change in changes {
        if let Some(cell) = pool.cells.get_mut(&change.server) {
            cell.take(change.from.saturating_sub(change.to));
        }
    }
    let mut line = Line::of(pool, utc_day(now));
    for change in changes.iter().filter(|change| change.is_raise()) {
        let cell = pool.cells.entry(change.server.clone()).or_default();
        line.give(cell, change.to - change.from, &mut sequence);
    }
    line::join_neighbours(pool, &may_return, utc_day(now));
    account.next_sequence = sequence;
}

#[cfg(test)]
mod tests;
