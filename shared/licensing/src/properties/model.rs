//! The rules once more, as slow and plain as possible: days are numbers, instants are hours, and every single unit
//! stands in the line by itself.

use std::collections::BTreeMap;

/// Days that are looked at; no dated term ends later.
const DAYS: i64 = 500;

#[derive(Debug, Clone, Copy)]
pub struct ModelTerm {
    pub capacity: u32,
    pub start: i64,
    /// Last day; `None` for ever.
    pub last: Option<i64>,
}

impl ModelTerm {
    fn is_void(&self) -> bool {
        self.last.is_some_and(|last| last < self.start)
    }

    fn begins(&self) -> i64 {
        24 * (self.start - 1) + 10
    }

    fn is_on(&self, day: i64) -> bool {
        self.start <= day && self.last.is_none_or(|last| day <= last)
    }
}

fn has_ended(last: i64) -> i64 {
    24 * (last + 1) + 12
}

/// One unit in the line of its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Unit {
    day: i64,
    sequence: u64,
    pool: usize,
    server: usize,
}

struct Disabled {
    effective: i64,
    units: Vec<Unit>,
    /// By pool: used and set aside before the click.
    claimed: [usize; 2],
}

pub struct Model {
    grants: Vec<(usize, Vec<ModelTerm>)>,
    units: Vec<Unit>,
    disabled: BTreeMap<usize, Disabled>,
    servers: usize,
    grace_days: i64,
    sequence: u64,
}

impl Model {
    pub fn new(grants: Vec<(usize, Vec<ModelTerm>)>, servers: usize, grace_days: i64) -> Self {
        Self { grants, units: Vec::new(), disabled: BTreeMap::new(), servers, grace_days, sequence: 0 }
    }

    fn grants_of(&self, pool: usize) -> impl Iterator<Item = &Vec<ModelTerm>> {
        self.grants.iter().filter(move |(of, _)| *of == pool).map(|(_, terms)| terms)
    }

    fn in_force_on(&self, pool: usize, day: i64) -> usize {
        let of_grant = |terms: &Vec<ModelTerm>| {
            terms.iter().filter(|term| term.is_on(day)).map(|term| term.capacity as usize).max().unwrap_or(0)
        };
        self.grants_of(pool).map(of_grant).sum()
    }

    pub fn total(&self, pool: usize, hour: i64) -> u32 {
        let today = hour.div_euclid(24);
        let largest = (today..DAYS).map(|day| self.in_force_on(pool, day)).max().unwrap_or(0);
        u32::try_from(largest).unwrap()
    }

    /// In force and in grace at an hour.
    pub fn level(&self, pool: usize, hour: i64) -> (u32, u32) {
        let (mut in_force, mut in_grace) = (0, 0);
        for terms in self.grants_of(pool) {
            let (mut force, mut grace) = (0, 0);
            for (index, term) in terms.iter().enumerate().filter(|(_, term)| !term.is_void()) {
                let ended = term.last.map(has_ended);
                if term.begins() <= hour && ended.is_none_or(|ended| hour < ended) {
                    force = force.max(term.capacity);
                }
                let renewed = terms[index + 1..].iter().any(|later| !later.is_void() && later.begins() <= hour);
                let graced = term.last.is_some_and(|last| hour < has_ended(last + self.grace_days));
                if ended.is_some_and(|ended| ended <= hour) && graced && !renewed {
                    grace = grace.max(term.capacity);
                }
            }
            in_force += force;
            in_grace += grace.saturating_sub(force);
        }
        (in_force, in_grace)
    }

    fn used(&self, pool: usize) -> usize {
        self.units.iter().filter(|unit| unit.pool == pool).count()
    }

    fn cell(&self, pool: usize, server: usize) -> usize {
        self.units.iter().filter(|unit| unit.pool == pool && unit.server == server).count()
    }

    pub fn is_disabled(&self, server: usize) -> bool {
        self.disabled.contains_key(&server)
    }

    pub fn save(&mut self, cells: &BTreeMap<(usize, usize), u32>, hour: i64) -> bool {
        let pool_exists = |pool: usize| self.grants.iter().any(|(of, _)| *of == pool);
        if cells.keys().any(|(pool, _)| !pool_exists(*pool)) {
            return false;
        }
        if cells.iter().any(|((pool, server), capacity)| {
            *capacity as usize > self.cell(*pool, *server) && self.is_disabled(*server)
        }) {
            return false;
        }
        for pool in 0..2 {
            let own = || cells.iter().filter(move |((of, _), _)| *of == pool);
            let before: usize = own().map(|((pool, server), _)| self.cell(*pool, *server)).sum();
            let after: usize = own().map(|(_, capacity)| *capacity as usize).sum();
            let used = self.used(pool) - before + after;
            if used > self.used(pool) && used > self.total(pool, hour) as usize {
                return false;
            }
        }
        for ((pool, server), capacity) in cells {
            self.lower(*pool, *server, *capacity as usize);
        }
        for ((pool, server), capacity) in cells {
            while self.cell(*pool, *server) < *capacity as usize {
                self.give(*pool, *server, hour.div_euclid(24));
            }
        }
        true
    }

    fn lower(&mut self, pool: usize, server: usize, capacity: usize) {
        while self.cell(pool, server) > capacity {
            let own = self.units.iter().filter(|unit| unit.pool == pool && unit.server == server);
            let last = *own.max().unwrap();
            self.units.retain(|unit| *unit != last);
        }
    }

    fn give(&mut self, pool: usize, server: usize, today: i64) {
        let days = || self.units.iter().filter(|unit| unit.pool == pool).map(|unit| unit.day);
        let covers = |day: &i64| self.in_force_on(pool, *day) > days().filter(|given| given <= day).count();
        let end_of_line = days().max().map_or(today, |last| last.max(today));
        let day = (today..DAYS).find(covers).unwrap_or(end_of_line);
        self.units.push(Unit { day, sequence: self.sequence, pool, server });
        self.sequence += 1;
    }

    /// Units of disabled servers that may still return.
    fn pending(&self, hour: i64) -> impl Iterator<Item = Unit> {
        self.disabled.values().filter(move |disabled| hour < disabled.effective).flat_map(|d| d.units.iter().copied())
    }

    pub fn disable(&mut self, server: usize, hour: i64) -> bool {
        if self.is_disabled(server) {
            return false;
        }
        let claimed = [0, 1].map(|pool| self.used(pool) + self.pending(hour).filter(|unit| unit.pool == pool).count());
        let units: Vec<Unit> = self.units.iter().filter(|unit| unit.server == server).copied().collect();
        self.units.retain(|unit| unit.server != server);
        self.disabled.insert(server, Disabled { effective: hour + 24, units, claimed });
        true
    }

    pub fn enable(&mut self, server: usize, hour: i64) -> bool {
        let Some(mut disabled) = self.disabled.remove(&server) else { return false };
        disabled.units.sort_unstable();
        for unit in disabled.units.into_iter().filter(|_| hour < disabled.effective) {
            let used = self.used(unit.pool);
            if used < self.total(unit.pool, hour) as usize || used < disabled.claimed[unit.pool] {
                self.units.push(unit);
            }
        }
        true
    }

    /// Who stands in the line of a pool, and who would if no server were disabled.
    pub fn lines(&self, pool: usize, now: i64) -> Lines {
        let sorted = |line: Vec<Unit>| {
            let mut line: Vec<Unit> = line.into_iter().filter(|unit| unit.pool == pool).collect();
            line.sort_unstable();
            line.into_iter().map(|unit| unit.server).collect()
        };
        Lines {
            now: sorted(self.units.clone()),
            as_before: sorted(self.units.iter().copied().chain(self.pending(now)).collect()),
        }
    }

    /// What each server runs of a pool at an hour, and whether a part is in grace.
    pub fn runs(&self, lines: &Lines, (in_force, in_grace): (u32, u32), hour: i64) -> Vec<(u32, bool)> {
        let serve = |line: &[usize]| {
            let mut runs = vec![(0, false); self.servers];
            for (place, server) in line.iter().take((in_force + in_grace) as usize).enumerate() {
                runs[*server].0 += 1;
                runs[*server].1 |= place >= in_force as usize;
            }
            runs
        };
        let mut runs = serve(&lines.now);
        for (server, disabled) in &self.disabled {
            let still = hour < disabled.effective;
            runs[*server] = if still { serve(&lines.as_before)[*server] } else { (0, false) };
        }
        runs
    }
}

/// The servers of the units of a pool, in the order in which they are served.
pub struct Lines {
    now: Vec<usize>,
    as_before: Vec<usize>,
}

/// Hours around the times of day at which something can change, a while ahead.
pub fn hours_to_look_at(now: i64) -> impl Iterator<Item = i64> {
    let today = now.div_euclid(24);
    let days = (today..today + 130).step_by(3).chain(today..today + 3);
    days.flat_map(|day| [9, 10, 11, 12].map(|hour| 24 * day + hour)).filter(move |hour| *hour >= now)
}
