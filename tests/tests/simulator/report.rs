//! What the histories covered.

use std::collections::BTreeMap;
use std::fmt;

use crate::commands::COMMANDS;
use crate::faults::FAULTS;

/// Days of a simulated year.
const YEAR_DAYS: i64 = 365;

/// What happened in histories, added up.
#[derive(Debug, Default)]
pub struct Report {
    histories: u64,
    days: i64,
    commands: BTreeMap<&'static str, Counts>,
    refusals: BTreeMap<String, u64>,
    faults: BTreeMap<&'static str, u64>,
    mails: u64,
    events: u64,
    entries: u64,
}

/// How often a command was done and refused.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    done: u64,
    refused: u64,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused with a code, as the model had said.
    Refused(String),
    /// There was nothing to do it with.
    Idle,
}

/// What of a command must have been seen in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covered {
    /// That it was done.
    Done,
    /// That it was refused: it is always wrong.
    Refused,
}

/// What arrived in one history.
#[derive(Debug, Clone, Copy)]
pub struct Arrived {
    pub days: i64,
    pub mails: usize,
    pub events: usize,
    pub entries: usize,
}

impl Report {
    pub fn note(&mut self, command: &'static str, outcome: &Outcome) {
        let counts = self.commands.entry(command).or_default();
        match outcome {
            Outcome::Done => counts.done += 1,
            Outcome::Refused(code) => {
                counts.refused += 1;
                *self.refusals.entry(code.clone()).or_default() += 1;
            }
            Outcome::Idle => {}
        }
    }

    /// Something went wrong so often.
    pub fn had(&mut self, fault: &'static str, times: u64) {
        assert!(FAULTS.contains(&fault), "{fault} is not in the list of faults");
        *self.faults.entry(fault).or_default() += times;
    }

    /// The history is over.
    pub fn close(&mut self, arrived: Arrived) {
        let count = |number: usize| u64::try_from(number).unwrap();
        (self.histories, self.days) = (1, arrived.days);
        (self.mails, self.events, self.entries) = (count(arrived.mails), count(arrived.events), count(arrived.entries));
    }

    pub fn add(&mut self, other: Self) {
        self.histories += other.histories;
        self.days += other.days;
        self.mails += other.mails;
        self.events += other.events;
        self.entries += other.entries;
        for (command, counts) in other.commands {
            let all = self.commands.entry(command).or_default();
            *all = Counts { done: all.done + counts.done, refused: all.refused + counts.refused };
        }
        for (code, count) in other.refusals {
            *self.refusals.entry(code).or_default() += count;
        }
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }

    /// Commands and faults that were never seen as they must be.
    pub fn missing(&self) -> Vec<&'static str> {
        let seen = |command: &str, covered: Covered| {
            let counts = self.commands.get(command).copied().unwrap_or_default();
            if covered == Covered::Done { counts.done > 0 } else { counts.refused > 0 }
        };
        let commands = COMMANDS.iter().filter(|(command, _, covered)| !seen(command, *covered));
        let faults = FAULTS.iter().filter(|fault| self.faults.get(*fault).is_none_or(|count| *count == 0));
        commands.map(|(command, ..)| *command).chain(faults.copied()).collect()
    }

    fn commands_in_all(&self) -> u64 {
        self.commands.values().map(|counts| counts.done + counts.refused).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let years = format!("{}.{}", self.days / YEAR_DAYS, self.days % YEAR_DAYS * 10 / YEAR_DAYS);
        let (histories, commands) = (self.histories, self.commands_in_all());
        writeln!(f, "simulated: {histories} histories, {years} years, {commands} commands")?;
        writeln!(f, "arrived: {} mails, {} events, {} audit entries", self.mails, self.events, self.entries)?;
        let cells: Vec<String> = self
            .commands
            .iter()
            .map(|(command, counts)| format!("{command:25}{:5} done{:5} refused", counts.done, counts.refused))
            .collect();
        for pair in cells.chunks(2) {
            writeln!(f, "  {}", pair.join("   |  "))?;
        }
        list(f, "faults:", self.faults.iter().map(|(fault, count)| (*fault, *count)))?;
        list(f, "refusals:", self.refusals.iter().map(|(code, count)| (code.as_str(), *count)))
    }
}

/// A few on each line.
fn list<'a>(f: &mut fmt::Formatter<'_>, title: &str, counts: impl Iterator<Item = (&'a str, u64)>) -> fmt::Result {
    writeln!(f, "{title}")?;
    let cells: Vec<String> = counts.map(|(name, count)| format!("{name:28}{count:6}")).collect();
    cells.chunks(3).try_for_each(|cells| writeln!(f, "  {}", cells.join("   ")))
}
