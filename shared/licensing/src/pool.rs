//! Pools: one portal row each, with what was granted and what is assigned.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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

/// What one server has of one pool: its increments in order of day, then sequence. At most
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
