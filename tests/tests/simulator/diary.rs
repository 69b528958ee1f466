//! The last commands of a history, told when it fails.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::report::Outcome;

/// So many commands are told.
const TOLD_MAX: usize = 15;

/// What happened last; a clone is another handle on the same one.
#[derive(Clone)]
pub struct Diary(Arc<Inner>);

struct Inner {
    seed: u64,
    aloud: bool,
    last: Mutex<VecDeque<String>>,
}

impl Diary {
    /// The diary of a seed; aloud, every line is printed as it is written.
    pub fn of(seed: u64, aloud: bool) -> Self {
        Self(Arc::new(Inner { seed, aloud, last: Mutex::default() }))
    }

    pub fn began(&self, now: Timestamp, command: &str) {
        self.write(format!("{now} {command} …"));
    }

    pub fn ended(&self, now: Timestamp, command: &str, outcome: &Outcome) {
        let line = format!("{now} {command}: {outcome:?}");
        if self.0.aloud {
            println!("{line}");
        }
        let mut last = self.last();
        last.pop_back();
        if *outcome != Outcome::Idle {
            last.push_back(line);
        }
    }

    fn write(&self, line: String) {
        let mut last = self.last();
        last.push_back(line);
        if last.len() > TOLD_MAX {
            last.pop_front();
        }
    }

    fn last(&self) -> std::sync::MutexGuard<'_, VecDeque<String>> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            let lines: Vec<&str> = last.iter().map(String::as_str).collect();
            let seed = self.seed;
            eprintln!(
                "seed {seed} failed after\n  {}\ntell it again with SIMULATE_SEED={seed} cargo xtask test --only simulate",
                lines.join("\n  ")
            );
        }
    }
}
