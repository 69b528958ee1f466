//! Step functions over days or instants: how the capacities of many grants add up, without visiting every day.

use crate::capacity::Level;

/// A stretch during which one term counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch<T> {
    /// From here on.
    pub from: T,
    /// Up to here, exclusive; `None` for ever.
    pub until: Option<T>,
    /// Capacity in units.
    pub capacity: u32,
    /// Whether the capacity is in grace; otherwise it is in force.
    pub grace: bool,
}

impl<T: Ord + Copy> Stretch<T> {
    /// Whether it counts at a point.
    pub fn covers(&self, at: T) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// The summed level from each point on at which it changes, in order.
#[derive(Debug)]
pub(crate) struct Steps<T>(Vec<(T, Level)>);

impl<T: Ord + Copy> Steps<T> {
    /// Adds up the grants; the stretches of one grant never add, the largest counts.
    pub fn sum(grants: impl IntoIterator<Item = Vec<Stretch<T>>>) -> Self {
        let mut deltas = Vec::new();
        for stretches in grants {
            push_deltas(&stretches, &mut deltas);
        }
        deltas.sort_unstable_by_key(|(at, ..)| *at);
        let mut steps: Vec<(T, Level)> = Vec::with_capacity(deltas.len());
        let (mut in_force, mut in_grace) = (0, 0);
        for (at, force_delta, grace_delta) in deltas {
            in_force += force_delta;
            in_grace += grace_delta;
            let level = Level { in_force: units(in_force), in_grace: units(in_grace) };
            match steps.last_mut() {
                Some((last, slot)) if *last == at => *slot = level,
                _ => steps.push((at, level)),
            }
        }
        steps.dedup_by_key(|(_, level)| *level);
        Self(steps)
    }

    /// The level at a point.
    pub fn at(&self, at: T) -> Level {
        let after = self.0.partition_point(|(from, _)| *from <= at);
        after.checked_sub(1).map_or(Level::default(), |index| self.0[index].1)
    }

    /// The level at a point, then every change after it.
    pub fn from(&self, at: T) -> impl Iterator<Item = (T, Level)> + '_ {
        let after = self.0.partition_point(|(from, _)| *from <= at);
        std::iter::once((at, self.at(at))).chain(self.0[after..].iter().copied())
    }
}

/// The changes of one grant: at every end of a stretch, the difference to the level before it.
fn push_deltas<T: Ord + Copy>(stretches: &[Stretch<T>], deltas: &mut Vec<(T, i64, i64)>) {
    let mut points: Vec<T> = stretches.iter().flat_map(|s| std::iter::once(s.from).chain(s.until)).collect();
    points.sort_unstable();
    points.dedup();
    let (mut force_before, mut grace_before) = (0, 0);
    for at in points {
        let largest = |grace| {
            let covering = stretches.iter().filter(|stretch| stretch.grace == grace && stretch.covers(at));
            covering.map(|stretch| i64::from(stretch.capacity)).max().unwrap_or(0)
        };
        let in_force = largest(false);
        let in_grace = (largest(true) - in_force).max(0);
        deltas.push((at, in_force - force_before, in_grace - grace_before));
        (force_before, grace_before) = (in_force, in_grace);
    }
}

/// A sum that [`crate::account::Account::add_grants`] has kept within `u32`.
fn units(sum: i64) -> u32 {
    u32::try_from(sum).unwrap_or(u32::MAX)
}
