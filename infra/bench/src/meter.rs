//! Measuring a step, and the table of all steps.

use std::fmt;
use std::time::{Duration, Instant};

use local::{Bill, Stack};

use crate::Outcome;
use crate::thread::FunctionThread;

/// How often a step is done while its units are counted.
const BILLED: u32 = 10;

/// Times of one kind.
#[derive(Default, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time that this share of all stays below, in microseconds.
    pub fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let index = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e6)
    }
}

/// A step's figures.
struct Row {
    name: &'static str,
    bill: Bill,
    cpu: Times,
    wall: Times,
}

/// Every step's figures.
pub struct Table(Vec<Row>);

impl Table {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Does a step again and again: some times for its units, then for its times. `step` gets the number of the
    /// repetition.
    pub async fn measure(
        &mut self,
        name: &'static str,
        (stack, functions): (&Stack, &FunctionThread),
        repetitions: u32,
        step: impl AsyncFnMut(u32) -> Outcome,
    ) -> Outcome {
        self.measure_prepared(name, (stack, functions), repetitions, async || Ok(()), step).await
    }

    /// The same, with something before each step that does not count.
    pub async fn measure_prepared(
        &mut self,
        name: &'static str,
        (stack, functions): (&Stack, &FunctionThread),
        repetitions: u32,
        mut prepare: impl AsyncFnMut() -> Outcome,
        mut step: impl AsyncFnMut(u32) -> Outcome,
    ) -> Outcome {
        let mut bill = Bill::default();
        for number in 0..BILLED {
            prepare().await?;
            stack.troubles.bill();
            step(number).await?;
            bill = bill + stack.troubles.bill();
        }
        stack.troubles.stop_billing();
        let (mut cpu, mut wall) = (Times::default(), Times::default());
        for number in BILLED..BILLED + repetitions {
            prepare().await?;
            let (used, begin) = (functions.cpu().await, Instant::now());
            step(number).await?;
            wall.push(begin.elapsed());
            cpu.push(functions.cpu().await.saturating_sub(used));
        }
        self.0.push(Row { name, bill, cpu, wall });
        Ok(())
    }

    /// How many numbers [`Self::measure`] gives to its step.
    pub const fn numbers(repetitions: u32) -> u32 {
        BILLED + repetitions
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["step", "calls", "read units", "write units", "CPU p50", "CPU p99", "wall p50", "wall p99"];
        writeln!(
            f,
            "{:44} {:>6} {:>10} {:>11} {:>8} {:>8} {:>9} {:>9}",
            heads[0], heads[1], heads[2], heads[3], heads[4], heads[5], heads[6], heads[7]
        )?;
        for Row { name, bill, cpu, wall } in &self.0 {
            let each = |sum: f64| sum / f64::from(BILLED);
            let mut times = [cpu.clone(), wall.clone()];
            writeln!(
                f,
                "{name:44} {:6.1} {:10.1} {:11.1} {:8.0} {:8.0} {:9.0} {:9.0}",
                each(f64::from(bill.calls)),
                each(bill.reads),
                each(bill.writes),
                times[0].percentile(50),
                times[0].percentile(99),
                times[1].percentile(50),
                times[1].percentile(99),
            )?;
        }
        Ok(())
    }
}
