//! What the histories covered.

use std::collections::BTreeMap;
use std::fmt;

use local::Trouble;

/// What happened in histories, added up.
#[derive(Debug, Default)]
pub struct Report {
    seeds: u64,
    days: i64,
    commands: BTreeMap<&'static str, [u64; 3]>,
    refusals: BTreeMap<String, u64>,
    troubles: BTreeMap<Trouble, u64>,
    mail_faults: u64,
    mails: usize,
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

impl Report {
    pub fn note(&mut self, command: &'static str, outcome: &Outcome) {
        let counts = self.commands.entry(command).or_default();
        match outcome {
            Outcome::Done => counts[0] += 1,
            Outcome::Refused(code) => {
                counts[1] += 1;
                *self.refusals.entry(code.clone()).or_default() += 1;
            }
            Outcome::Idle => counts[2] += 1,
        }
    }

    pub fn close(&mut self, days: i64, troubles: BTreeMap<Trouble, u64>, mail_faults: u64, mails: usize) {
        (self.seeds, self.days, self.troubles) = (1, days, troubles);
        (self.mail_faults, self.mails) = (mail_faults, mails);
    }

    pub fn add(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.days += other.days;
        self.mail_faults += other.mail_faults;
        self.mails += other.mails;
        for (command, counts) in other.commands {
            let all = self.commands.entry(command).or_default();
            for (sum, count) in all.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        for (code, count) in other.refusals {
            *self.refusals.entry(code).or_default() += count;
        }
        for (trouble, count) in other.troubles {
            *self.troubles.entry(trouble).or_default() += count;
        }
    }

    pub fn steps(&self) -> u64 {
        self.commands.values().map(|counts| counts[0] + counts[1]).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seeds, steps, days) = (self.seeds, self.steps(), self.days);
        writeln!(f, "{seeds} histories, {steps} commands, {days} simulated days, {} mails", self.mails)?;
        for (command, [done, refused, _]) in &self.commands {
            writeln!(f, "  {command:22} {done:6} done {refused:6} refused")?;
        }
        write!(f, "refusals:")?;
        for (code, count) in &self.refusals {
            write!(f, " {code} {count}")?;
        }
        write!(f, "\ntrouble:")?;
        for (trouble, count) in &self.troubles {
            write!(f, " {trouble:?} {count}")?;
        }
        write!(f, " mail service {}", self.mail_faults)
    }
}
