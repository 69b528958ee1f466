//! Who is served in which order.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::account::Server;
use crate::capacity::Level;
use crate::id::ServerId;
use crate::pool::{Cell, Pool};

/// The increments of all cells of a pool, in the order of day, then sequence.
pub(crate) struct Queue<'a> {
    /// Whose cells stand in the queue.
    pub servers: Vec<&'a ServerId>,
    /// What each of them would have, in units.
    pub asked: Vec<u32>,
    claims: Vec<Claim>,
}

/// One increment in the queue.
struct Claim {
    day: Date,
    sequence: u64,
    /// Index of its server.
    server: usize,
    capacity: u32,
}

/// What one server gets at one level, in units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Served {
    /// Of what is in force.
    pub in_force: u32,
    /// Of what is in grace.
    pub in_grace: u32,
}

impl Served {
    /// All of it, in units.
    pub const fn capacity(self) -> u32 {
        self.in_force + self.in_grace
    }

    /// Whether it is wholly or in part in grace.
    pub const fn is_graced(self) -> bool {
        self.in_grace > 0
    }
}

impl<'a> Queue<'a> {
    /// The queue of a pool.
    pub fn of(pool: &'a Pool) -> Self {
        Self::with(pool, std::iter::empty())
    }

    /// The queue of a pool and of cells that were set aside from it, each in its old place.
    pub fn with(pool: &'a Pool, set_aside: impl Iterator<Item = Aside<'a>>) -> Self {
        let mut queue = Self { servers: Vec::new(), asked: Vec::new(), claims: Vec::new() };
        for (server, cell) in pool.cells.iter().chain(set_aside.map(|aside| (aside.server, aside.cell))) {
            let index = queue.servers.len();
            queue.servers.push(server);
            queue.asked.push(cell.capacity());
            queue.claims.extend(cell.increments.iter().map(|increment| Claim {
                day: increment.day,
                sequence: increment.sequence,
                server: index,
                capacity: increment.capacity,
            }));
        }
        queue.claims.sort_unstable_by_key(|claim| (claim.day, claim.sequence));
        queue
    }

    /// Serves the queue from what is in force, then from what is in grace, until it is used up. One entry per server.
    pub fn serve(&self, level: Level) -> Vec<Served> {
        let mut served = vec![Served::default(); self.servers.len()];
        let Level { mut in_force, mut in_grace } = level;
        for claim in &self.claims {
            let from_force = claim.capacity.min(in_force);
            let from_grace = (claim.capacity - from_force).min(in_grace);
            in_force -= from_force;
            in_grace -= from_grace;
            served[claim.server].in_force += from_force;
            served[claim.server].in_grace += from_grace;
            if in_force == 0 && in_grace == 0 {
                break;
            }
        }
        served
    }
}

/// A cell that a disabled server still runs, and that returns if the server is enabled in time.
pub(crate) struct Aside<'a> {
    pub server: &'a ServerId,
    pub cell: &'a Cell,
    /// When it is over.
    pub effective_at: Timestamp,
}

/// The cells that were set aside from a pool and are not over yet.
pub(crate) fn set_aside<'a>(servers: &'a [Server], pool: &'a Pool, now: Timestamp) -> impl Iterator<Item = Aside<'a>> {
    servers.iter().filter_map(move |server| {
        let disabled = server.disabled.as_ref().filter(|disabled| now < disabled.effective_at)?;
        let cell = disabled.cell_of(&pool.key)?;
        Some(Aside { server: &server.id, cell, effective_at: disabled.effective_at })
    })
}
