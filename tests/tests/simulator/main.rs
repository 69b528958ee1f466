//! Random years of fleets through the whole stack, compared with a plain model, while things go wrong. One seed is one
//! history; a seed that fails is printed with its last commands and can be told again.

mod audit;
mod catalogue;
mod changes;
mod commands;
mod diary;
mod dice;
mod digests;
mod events;
mod faults;
mod history;
mod imports;
mod mail;
mod model;
mod offline;
mod orders;
mod outage;
mod people;
mod promises;
mod report;
mod rivals;
mod servers;
mod spent;
mod staff;
mod suites;
mod time;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use diary::Diary;
use history::History;
use report::Report;

/// Commands of one history.
const STEPS: usize = 250;
/// For how long new histories are begun, in seconds; `SIMULATE_SECONDS` says otherwise.
const SECONDS: u64 = 110;
/// So many are told however slow the machine is: together they cover everything.
const SEEDS_MIN: u64 = 10;

#[test]
#[ignore = "takes minutes: `cargo xtask test --only simulate` runs it"]
fn random_histories_keep_every_promise() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("SIMULATE_SEED") {
        println!("{}", tell(seed, true));
        return;
    }
    let time = number("SIMULATE_SECONDS").map_or(Duration::from_secs(SECONDS), Duration::from_secs);
    let report = match number("SIMULATE_SEEDS") {
        Some(seeds) => tell_while(|seed, _| seed <= seeds),
        None => tell_while(|seed, elapsed| seed <= SEEDS_MIN || elapsed < time),
    };
    println!("{report}");
    let missing = report.missing();
    assert!(missing.is_empty(), "never seen as they must be: {missing:?}");
}

/// Histories of one seed after another on every core, until it is enough or one has failed.
fn tell_while(goes_on: impl Fn(u64, Duration) -> bool + Sync) -> Report {
    let (begin, seeds, has_failed) = (Instant::now(), AtomicU64::new(1), AtomicBool::new(false));
    let total = Mutex::new(Report::default());
    let tell_on = || {
        let fails = Fails(&has_failed);
        while !has_failed.load(Ordering::Relaxed) {
            let seed = seeds.fetch_add(1, Ordering::Relaxed);
            if !goes_on(seed, begin.elapsed()) {
                break;
            }
            let report = tell(seed, false);
            total.lock().unwrap_or_else(PoisonError::into_inner).add(report);
        }
        drop(fails);
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(tell_on);
        }
    });
    total.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Tells the other threads when one has failed.
struct Fails<'a>(&'a AtomicBool);

impl Drop for Fails<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

/// One history, on a thread of its own, so that a seed decides in which order things happen.
fn tell(seed: u64, aloud: bool) -> Report {
    let diary = Diary::of(seed, aloud);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut history = History::begin(seed, diary).await;
        history.open_accounts().await;
        for _ in 0..STEPS {
            history.step().await;
        }
        history.end().await
    })
}
