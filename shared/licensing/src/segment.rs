//! Who runs what from when until when.
//!
//! A pool is looked at only at its boundaries, the instants at which one of its terms or care periods begins, ends or
//! leaves its grace. Between two of them nothing changes, so each boundary begins a piece, every server is served once
//! per piece, and pieces that look the same to a server become one segment.

mod changed;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::{Policy, Server};
use crate::capacity::{Held, Level};
use crate::grant::{CareLevel, day_begins, day_ended};
use crate::id::ServerId;
use crate::pool::{Pool, PoolKey};
use crate::product::Unit;
use crate::queue::{Queue, Served, set_aside};
use crate::shown::Shown;

pub use changed::changed_servers;

/// Whether what a segment gives is within its term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SegmentStatus {
    /// All of it is in force.
    Active,
    /// All or a part of it is in grace.
    InGrace,
}

/// One dated piece of what a server may run. Segments of one pool of one server never overlap: where a part is in
/// force and a part in grace, the segment holds both and is [`SegmentStatus::InGrace`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// Of which pool.
    pub pool: PoolKey,
    /// The unit of the pool's application.
    pub unit: Unit,
    /// What the server may run, in units; never 0.
    pub capacity: u32,
    /// From this instant on. It is the instant at which the pool last changed, so it may lie before the assignment;
    /// a lease says the same whenever it is made, and a client whose clock is slow isn't kept waiting.
    pub from: Timestamp,
    /// Up to this instant, exclusive; `None` where nothing that is known today ends it.
    pub until: Option<Timestamp>,
    /// Whether it is within its term.
    pub status: SegmentStatus,
    /// The lowest care level in force in the pool.
    pub care: Option<CareLevel>,
    /// First day to show.
    pub start: Date,
    /// Last day to show; `None` where nothing ends.
    pub term: Option<Date>,
}

impl Segment {
    /// Whether it has ended at an instant.
    pub fn is_over(&self, at: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= at)
    }

    /// Whether it holds at an instant.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && !self.is_over(at)
    }
}

/// The segments of every server, in order of pool, then `from`; a server that runs nothing has an empty list.
///
/// The first segments are those that hold at `now`, the last ones begin before `horizon`. A segment ends where it
/// ends, be it after `horizon`; but where more is to come after `horizon`, it may be cut at the pool's next boundary
/// after it. The caller shortens a lease by choosing an earlier `horizon`.
///
/// A disabled server runs what it had until its `effective_at`, and nothing from then on. Its cells were set aside
/// and are free for others at once, so until then more may run than there is.
pub fn segments(
    pools: &[Pool],
    servers: &[Server],
    policy: Policy,
    now: Timestamp,
    horizon: Timestamp,
) -> BTreeMap<ServerId, Vec<Segment>> {
    segments_of(pools.iter(), servers, policy, now, horizon)
}

fn segments_of<'a>(
    pools: impl Iterator<Item = &'a Pool>,
    servers: &[Server],
    policy: Policy,
    now: Timestamp,
    horizon: Timestamp,
) -> BTreeMap<ServerId, Vec<Segment>> {
    let mut all: BTreeMap<ServerId, Vec<Segment>> = servers.iter().map(|s| (s.id.clone(), Vec::new())).collect();
    for pool in pools {
        let pieces = pieces(pool, policy, now, horizon);
        for (server, segments) in served(&Queue::of(pool), pool, &pieces) {
            all.entry(server.clone()).or_default().extend(segments);
        }
        for (server, segments) in served_until_disabled(pool, &pieces, servers, now) {
            all.entry(server.clone()).or_default().extend(segments);
        }
    }
    all
}

/// A stretch of time in which nothing of a pool changes.
struct Piece {
    from: Timestamp,
    until: Option<Timestamp>,
    level: Level,
    shown: Shown,
}

/// The piece that `now` is in and those that begin before `horizon`.
fn pieces(pool: &Pool, policy: Policy, now: Timestamp, horizon: Timestamp) -> Vec<Piece> {
    let boundaries = boundaries(pool, policy);
    let first = boundaries.partition_point(|at| *at <= now).saturating_sub(1);
    let end = boundaries.partition_point(|at| *at <= now || *at < horizon);
    let levels = pool.levels(policy);
    let piece = |index: usize| Piece {
        from: boundaries[index],
        until: boundaries.get(index + 1).copied(),
        level: levels.at(boundaries[index]),
        shown: pool.shown_at(policy, boundaries[index]),
    };
    (first..end).map(piece).collect()
}

/// Every instant at which something of the pool begins or ends, in order.
fn boundaries(pool: &Pool, policy: Policy) -> Vec<Timestamp> {
    let stretches = pool.grants.iter().flat_map(|grant| grant.held(policy)).flat_map(Held::stretches);
    let terms = stretches.flat_map(|stretch| std::iter::once(stretch.from).chain(stretch.until));
    let care = pool.grants.iter().flat_map(|grant| &grant.care);
    let mut boundaries: Vec<Timestamp> =
        terms.chain(care.flat_map(|care| [day_begins(care.start), day_ended(care.term)])).collect();
    boundaries.sort_unstable();
    boundaries.dedup();
    boundaries
}

/// What each server of the queue runs in the pieces.
fn served<'a>(queue: &Queue<'a>, pool: &Pool, pieces: &[Piece]) -> Vec<(&'a ServerId, Vec<Segment>)> {
    let mut all: Vec<_> = queue.servers.iter().map(|server| (*server, Vec::new())).collect();
    for piece in pieces {
        for ((_, segments), served) in all.iter_mut().zip(queue.serve(piece.level)) {
            append(segments, pool, piece, served);
        }
    }
    all
}

/// What disabled servers still run: what they had, as if nobody had been given their cells.
fn served_until_disabled<'a>(
    pool: &'a Pool,
    pieces: &[Piece],
    servers: &'a [Server],
    now: Timestamp,
) -> Vec<(&'a ServerId, Vec<Segment>)> {
    let ends: BTreeMap<&ServerId, Timestamp> =
        set_aside(servers, pool, now).map(|aside| (aside.server, aside.effective_at)).collect();
    if ends.is_empty() {
        return Vec::new();
    }
    let queue = Queue::with(pool, set_aside(servers, pool, now));
    let mut all = served(&queue, pool, pieces);
    all.retain_mut(|(server, segments)| ends.get(server).map(|end| cut(segments, *end)).is_some());
    all
}

/// Ends segments at an instant.
fn cut(segments: &mut Vec<Segment>, end: Timestamp) {
    segments.retain(|segment| segment.from < end);
    if let Some(last) = segments.last_mut() {
        last.until = Some(last.until.map_or(end, |until| until.min(end)));
    }
}

/// Adds what a server gets in a piece; what looks as before becomes longer.
fn append(segments: &mut Vec<Segment>, pool: &Pool, piece: &Piece, served: Served) {
    let capacity = served.capacity();
    let Some(start) = piece.shown.start else { return };
    if capacity == 0 {
        return;
    }
    let status = if served.is_graced() { SegmentStatus::InGrace } else { SegmentStatus::Active };
    let Shown { care, term, .. } = piece.shown;
    if let Some(last) = segments.last_mut() {
        let same =
            (last.capacity, last.status, last.care, last.start, last.term) == (capacity, status, care, start, term);
        if same && last.until == Some(piece.from) {
            last.until = piece.until;
            return;
        }
    }
    let (pool, unit) = (pool.key.clone(), pool.unit);
    segments.push(Segment { pool, unit, capacity, from: piece.from, until: piece.until, status, care, start, term });
}

#[cfg(test)]
mod tests;
