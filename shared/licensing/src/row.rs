//! What the portal shows: one row per pool, and the items of each server.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::account::{Account, Server};
use crate::assign::Redundancy;
use crate::capacity::Level;
use crate::grant::{CareLevel, utc_day};
use crate::id::ServerId;
use crate::pool::{Pool, PoolKey};
use crate::product::Unit;
use crate::queue::{Queue, Served, set_aside};

/// How many days ahead a row says that something ends.
pub const ENDS_SOON_DAYS: i64 = 60;

/// One row of the licence table: application, redundancy and type stand in the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Application, redundancy and type.
    pub pool: PoolKey,
    /// The unit of the application.
    pub unit: Unit,
    /// The first number of USED LICENSES, in units.
    pub used: u64,
    /// The second number of USED LICENSES, in units.
    pub total: u32,
    /// The lowest care level in force; `None` where none is.
    pub care: Option<CareLevel>,
    /// Whether care differs within the row.
    pub care_is_mixed: bool,
    /// The earliest first day; of the care for perpetual licences.
    pub start: Option<Date>,
    /// The earliest last day still to come, or the latest where all are over; of the care for perpetual licences.
    pub term: Option<Date>,
    /// What each server has, in units; a server with nothing has no entry.
    pub servers: BTreeMap<ServerId, u32>,
    /// What a person should know of the row.
    pub notes: Vec<Note>,
}

/// What a person should know of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A term is over and its capacity is served a while longer.
    InGrace {
        /// How much, in units.
        capacity: u32,
        /// When the first of it ends or is renewed, exclusive.
        until: Timestamp,
    },
    /// More is assigned than there is.
    OverAssigned {
        /// By how much, in units.
        by: u64,
    },
    /// An offline server's installation may run more than is assigned to it.
    Spent {
        /// Which server.
        server: ServerId,
        /// What it may run until it is returned or confirmed, in units.
        capacity: u32,
        /// What is assigned, in units.
        assigned: u32,
    },
    /// A server has more "red." capacity than other servers have of the primary.
    RedundancyBroken {
        /// Which server.
        server: ServerId,
        /// What it has, in units.
        redundant: u64,
        /// What others have of the primary, in units.
        primary: u64,
    },
    /// Capacity in force falls within [`ENDS_SOON_DAYS`]; a renewal without gap leaves no such note.
    EndsSoon {
        /// The last day with what there is now.
        last_day: Date,
        /// By how much it falls, in units.
        capacity: u32,
    },
}

/// The rows of an account, in order of key.
pub fn rows(account: &Account, now: Timestamp) -> Vec<Row> {
    account.pools.iter().map(|pool| row(account, pool, now)).collect()
}

fn row(account: &Account, pool: &Pool, now: Timestamp) -> Row {
    let shown = pool.shown_at(account.policy, now);
    Row {
        pool: pool.key.clone(),
        unit: pool.unit,
        used: account.used(pool),
        total: pool.total(utc_day(now)),
        care: shown.care,
        care_is_mixed: shown.mixed,
        start: shown.start,
        term: shown.term,
        servers: pool.cells.iter().map(|(server, cell)| (server.clone(), cell.capacity())).collect(),
        notes: notes(account, pool, now),
    }
}

fn notes(account: &Account, pool: &Pool, now: Timestamp) -> Vec<Note> {
    let mut notes = Vec::new();
    notes.extend(in_grace(account, pool, now));
    notes.extend(over_assigned(account, pool, now));
    notes.extend(account.servers.iter().filter_map(|server| spent(pool, server)));
    if pool.key.redundancy {
        notes.extend(pool.cells.keys().filter_map(|server| redundancy_broken(account, pool, server)));
    }
    notes.extend(ends_soon(pool, now));
    notes
}

fn in_grace(account: &Account, pool: &Pool, now: Timestamp) -> Option<Note> {
    let levels = pool.levels(account.policy);
    let capacity = levels.at(now).in_grace;
    let (until, _) = levels.from(now).find(|(_, level)| level.in_grace < capacity)?;
    Some(Note::InGrace { capacity, until })
}

fn spent(pool: &Pool, server: &Server) -> Option<Note> {
    let (capacity, assigned) = (server.spent(&pool.key), pool.assigned_to(&server.id));
    (capacity > assigned).then(|| Note::Spent { server: server.id.clone(), capacity, assigned })
}

fn over_assigned(account: &Account, pool: &Pool, now: Timestamp) -> Option<Note> {
    let by = account.used(pool).saturating_sub(u64::from(pool.total(utc_day(now))));
    (by > 0).then_some(Note::OverAssigned { by })
}

fn redundancy_broken(account: &Account, pool: &Pool, server: &ServerId) -> Option<Note> {
    let Redundancy { redundant, primary } = Redundancy::of(account, &pool.key.application, server);
    (redundant > primary).then(|| Note::RedundancyBroken { server: server.clone(), redundant, primary })
}

fn ends_soon(pool: &Pool, now: Timestamp) -> Option<Note> {
    let today = utc_day(now);
    let horizon = today.saturating_add(ENDS_SOON_DAYS.days());
    let steps: Vec<(Date, u32)> =
        pool.in_force_by_day().from(today).map(|(day, level)| (day, level.in_force)).collect();
    let fall = steps.windows(2).find(|pair| pair[1].1 < pair[0].1)?;
    let last_day = fall[1].0.yesterday().ok()?;
    (last_day <= horizon).then_some(Note::EndsSoon { last_day, capacity: fall[0].1 - fall[1].1 })
}

/// The licence's STATUS of an item in the server view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemStatus {
    /// What the server runs of it is in force.
    Active,
    /// What the server runs of it is in grace, at least in part.
    InGrace,
    /// The server runs nothing of it yet, but will on a known day.
    Upcoming,
    /// The server runs nothing of it and nothing is to come.
    Ended,
}

/// One item of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Application, redundancy and type.
    pub pool: PoolKey,
    /// The unit of the application.
    pub unit: Unit,
    /// What the server was given, in units.
    pub assigned: u32,
    /// What it may run now, in units: less than assigned where the pool holds too little.
    pub running: u32,
    /// Where the licence stands.
    pub status: ItemStatus,
    /// The lowest care level in force in the pool.
    pub care: Option<CareLevel>,
}

/// The items of every server, in order of key. A disabled server shows until its `effective_at` what it had.
pub fn items(account: &Account, now: Timestamp) -> BTreeMap<ServerId, Vec<Item>> {
    let mut all: BTreeMap<ServerId, Vec<Item>> =
        account.servers.iter().map(|server| (server.id.clone(), Vec::new())).collect();
    for pool in &account.pools {
        let levels: Vec<Level> = pool.levels(account.policy).from(now).map(|(_, level)| level).collect();
        let (care, _) = pool.care_at(account.policy, now);
        for (server, item) in items_of(&Queue::of(pool), pool, &levels, care) {
            all.entry(server.clone()).or_default().push(item);
        }
        let aside: BTreeSet<&ServerId> = set_aside(&account.servers, pool, now).map(|aside| aside.server).collect();
        let as_before = Queue::with(pool, set_aside(&account.servers, pool, now));
        for (server, item) in
            items_of(&as_before, pool, &levels, care).into_iter().filter(|(server, _)| aside.contains(server))
        {
            all.entry(server.clone()).or_default().push(item);
        }
    }
    all
}

/// One item for each server of the queue; the first level is that of now.
fn items_of<'a>(
    queue: &Queue<'a>,
    pool: &Pool,
    levels: &[Level],
    care: Option<CareLevel>,
) -> Vec<(&'a ServerId, Item)> {
    let served: Vec<Vec<Served>> = levels.iter().map(|level| queue.serve(*level)).collect();
    let item = |(index, server): (usize, &&'a ServerId)| {
        let now = served.first().map_or(Served::default(), |served| served[index]);
        let status = if now.is_graced() {
            ItemStatus::InGrace
        } else if now.capacity() > 0 {
            ItemStatus::Active
        } else if served.iter().any(|later| later[index].capacity() > 0) {
            ItemStatus::Upcoming
        } else {
            ItemStatus::Ended
        };
        let (assigned, running) = (queue.asked[index], now.capacity());
        (*server, Item { pool: pool.key.clone(), unit: pool.unit, assigned, running, status, care })
    };
    queue.servers.iter().enumerate().map(item).collect()
}

#[cfg(test)]
mod tests;
