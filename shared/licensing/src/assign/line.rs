//! Where new increments stand in the line of a pool, and how the line is kept short.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::capacity::Level;
use crate::id::ServerId;
use crate::pool::{Cell, Increment, Pool};

/// How far the line of a pool reaches on each day from today on.
pub(super) struct Line {
    /// Today and each later day on which capacity in force changes, in order.
    days: Vec<Day>,
    /// The last day in the line, or today where all are earlier.
    last_day: Date,
}

struct Day {
    date: Date,
    /// Capacity in force from this day until the next one of the line.
    in_force: u64,
    /// What increments of this day or an earlier one hold.
    given: u64,
}

impl Line {
    /// The line of a pool as it is.
    pub fn of(pool: &Pool, today: Date) -> Self {
        let increments = || pool.cells.values().flat_map(|cell| &cell.increments);
        let given = |day: Date| {
            increments().filter(|increment| increment.day <= day).map(|increment| u64::from(increment.capacity)).sum()
        };
        let steps = pool.in_force_by_day();
        let day = |(date, level): (Date, Level)| Day { date, in_force: u64::from(level.in_force), given: given(date) };
        let last_day = increments().map(|increment| increment.day).max().map_or(today, |last| last.max(today));
        Self { days: steps.from(today).map(day).collect(), last_day }
    }

    /// Gives units to a cell, each on the first day on which capacity in force covers it. What no day covers, as in
    /// a pool that is over-assigned and only shifted, goes to the end of the line.
    pub fn give(&mut self, cell: &mut Cell, units: u32, sequence: &mut u64) {
        let mut left = units;
        for index in 0..self.days.len() {
            let Day { date, in_force, given } = self.days[index];
            let room = u32::try_from(in_force.saturating_sub(given)).unwrap_or(u32::MAX);
            left -= self.put(cell, date, left.min(room), sequence);
        }
        self.put(cell, self.last_day, left, sequence);
    }

    fn put(&mut self, cell: &mut Cell, day: Date, capacity: u32, sequence: &mut u64) -> u32 {
        if capacity == 0 {
            return 0;
        }
        cell.insert(Increment { day, sequence: *sequence, capacity });
        *sequence += 1;
        self.last_day = self.last_day.max(day);
        for later in self.days.iter_mut().filter(|later| day <= later.date) {
            later.given += u64::from(capacity);
        }
        capacity
    }
}

/// Joins increments of one cell that stand next to each other, then the two oldest of a cell that has too many, and
/// drops empty cells.
///
/// Two neighbours may join when they have the same day, or when both days have come: later increments stand behind
/// either way, so nobody is served earlier or later than before. An increment that may return to its place keeps
/// others apart.
pub(super) fn join_neighbours(pool: &mut Pool, set_aside: &[Increment], today: Date) {
    let owners: Vec<ServerId> = pool.cells.keys().cloned().collect();
    let cells = std::mem::take(&mut pool.cells).into_values().enumerate();
    let mut line: Vec<(Increment, Option<usize>)> = cells
        .flat_map(|(owner, cell)| cell.increments.into_iter().map(move |increment| (increment, Some(owner))))
        .chain(set_aside.iter().map(|increment| (*increment, None)))
        .collect();
    line.sort_unstable();

    let mut joined: BTreeMap<usize, Cell> = BTreeMap::new();
    let mut previous = None;
    for (increment, owner) in line {
        if let Some(owner) = owner {
            let increments = &mut joined.entry(owner).or_default().increments;
            match increments.last_mut() {
                Some(last) if previous == Some(owner) && may_join(*last, increment, today) => {
                    last.capacity += increment.capacity;
                }
                _ => increments.push(increment),
            }
        }
        previous = owner;
    }
    for (owner, mut cell) in joined {
        join_oldest(&mut cell);
        pool.cells.insert(owners[owner].clone(), cell);
    }
}

fn may_join(earlier: Increment, later: Increment, today: Date) -> bool {
    earlier.day == later.day || later.day <= today
}

/// The one place where an increment moves forward in the line.
fn join_oldest(cell: &mut Cell) {
    while cell.increments.len() > Cell::INCREMENTS_MAX {
        let second = cell.increments.remove(1);
        cell.increments[0].capacity += second.capacity;
    }
}
