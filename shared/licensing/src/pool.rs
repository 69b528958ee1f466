//! Pools: one portal row each, with what was granted and what is assigned.

mod merge;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::{Account, Server};
use crate::grant::{Care, LicenseType, Term};
use crate::id::ServerId;
use crate::product::Unit;
use crate::text::Label;

/// What makes a pool one: application, redundancy and type. The order of keys is the order of rows: primary before
/// "red.", then by application.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PoolKey {
    /// "red." rows come after the primary ones.
    pub redundancy: bool,
    /// The application, such as "IP Fax server".
    pub application: Label,
    /// How the licences are sold.
    pub license: LicenseType,
}

/// Grants with the same terms and care, their capacities added, so that an account of a thousand grants is as small
/// as one of ten. What each single grant is, stands in its own item.
///
/// "The same terms" are the same dates with capacities that rise and fall alike from term to term. Only then is the
/// larger of two summed terms the sum of the larger ones, and merging changes nothing that anybody runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedGrant {
    /// The terms, in order of start; capacities are sums over the merged grants.
    pub terms: Vec<Term>,
    /// The care periods, in order of start.
    pub care: Vec<Care>,
}

/// A part of a cell, as it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "(Date, u64, u32)", from = "(Date, u64, u32)")]
pub struct Increment {
    /// The first day on which capacity in force covered it when it was saved.
    pub day: Date,
    /// When it was given, as a number that only rises within an account.
    pub sequence: u64,
    /// Capacity in units; never 0.
    pub capacity: u32,
}

impl From<(Date, u64, u32)> for Increment {
    fn from((day, sequence, capacity): (Date, u64, u32)) -> Self {
        Self { day, sequence, capacity }
    }
}

impl From<Increment> for (Date, u64, u32) {
    fn from(increment: Increment) -> Self {
        (increment.day, increment.sequence, increment.capacity)
    }
}

/// What one server has of one pool: its increments in order of day, then sequence; at most
/// [`Cell::INCREMENTS_MAX`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cell {
    /// The increments, ordered.
    pub increments: Vec<Increment>,
}

/// One portal row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// What makes it one.
    pub key: PoolKey,
    /// The unit of its application.
    pub unit: Unit,
    /// What was granted, merged.
    pub grants: Vec<MergedGrant>,
    /// What is assigned; a server with nothing has no entry.
    pub cells: BTreeMap<ServerId, Cell>,
}

impl Cell {
    /// Most increments of a cell; beyond it, its two oldest merge.
    pub const INCREMENTS_MAX: usize = 16;

    /// What the server has, in units.
    pub fn capacity(&self) -> u32 {
        self.increments.iter().map(|increment| increment.capacity).sum()
    }

    /// Takes units away, from the newest increment on: the one that is served last. Taking more than there is
    /// empties the cell.
    pub fn take(&mut self, mut units: u32) {
        while let Some(newest) = self.increments.last_mut() {
            if newest.capacity > units {
                newest.capacity -= units;
                return;
            }
            units -= newest.capacity;
            self.increments.pop();
        }
    }

    /// Puts an increment where it belongs.
    pub(crate) fn insert(&mut self, increment: Increment) {
        let place = self.increments.partition_point(|other| *other < increment);
        self.increments.insert(place, increment);
    }
}

impl Pool {
    /// A pool without grants and cells.
    pub const fn new(key: PoolKey, unit: Unit) -> Self {
        Self { key, unit, grants: Vec::new(), cells: BTreeMap::new() }
    }

    /// All cells together, in units.
    pub fn used(&self) -> u64 {
        self.cells.values().map(|cell| u64::from(cell.capacity())).sum()
    }

    /// The same, with what the installations of offline servers may still run beyond their cells.
    pub fn used_with(&self, servers: &[Server]) -> u64 {
        let beyond = |server: &Server| server.spent(&self.key).saturating_sub(self.assigned_to(&server.id));
        self.used() + servers.iter().map(|server| u64::from(beyond(server))).sum::<u64>()
    }

    /// What one server has, in units.
    pub fn assigned_to(&self, server: &ServerId) -> u32 {
        self.cells.get(server).map_or(0, Cell::capacity)
    }
}

impl Account {
    /// Most pools of an account.
    pub const POOLS_MAX: usize = 60;

    /// The pool with this key.
    pub fn pool(&self, key: &PoolKey) -> Option<&Pool> {
        self.pools.binary_search_by(|pool| pool.key.cmp(key)).ok().map(|index| &self.pools[index])
    }

    /// The same, to change.
    pub(crate) fn pool_mut(&mut self, key: &PoolKey) -> Option<&mut Pool> {
        self.pools.binary_search_by(|pool| pool.key.cmp(key)).ok().map(|index| &mut self.pools[index])
    }

    /// The same, beside the servers.
    pub(crate) fn pool_and_servers(&mut self, key: &PoolKey) -> Option<(&mut Pool, &[Server])> {
        let index = self.pools.binary_search_by(|pool| pool.key.cmp(key)).ok()?;
        Some((&mut self.pools[index], &self.servers))
    }

    /// The first number of USED LICENSES, in units: what is assigned, or what an offline server's installation may still
    /// run where that is more.
    pub fn used(&self, pool: &Pool) -> u64 {
        pool.used_with(&self.servers)
    }

    /// The server with this id.
    pub fn server(&self, id: &ServerId) -> Option<&Server> {
        self.servers.iter().find(|server| server.id == *id)
    }
}

#[cfg(test)]
mod tests;
