//! Random histories through the whole stack, compared with a plain model, with trouble between the SDKs and their
//! services. One seed is one history; a seed that fails is printed and can be told again.

mod catalogue;
mod changes;
mod dice;
mod digests;
mod history;
mod mail;
mod model;
mod orders;
mod people;
mod promises;
mod report;
mod servers;
mod suites;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use history::History;
use report::Report;

/// Commands of one history.
const STEPS: usize = 150;
/// For how long new histories are begun, in seconds; `SIMULATE_SECONDS` says otherwise.
const SECONDS: u64 = 120;

#[test]
#[ignore = "takes minutes: `cargo xtask test --only simulate` runs it"]
fn random_histories_keep_every_promise() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let report = match number("SIMULATE_SEED") {
        Some(seed) => tell(seed, true),
        None => tell_for(Duration::from_secs(number("SIMULATE_SECONDS").unwrap_or(SECONDS))),
    };
    println!("{report}");
    assert!(report.steps() > 0);
}

/// Histories of one seed after another on every core, until the time is over.
fn tell_for(time: Duration) -> Report {
    let (begin, seeds) = (Instant::now(), AtomicU64::new(1));
    let total = Mutex::new(Report::default());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while begin.elapsed() < time {
                    let report = tell(seeds.fetch_add(1, Ordering::Relaxed), false);
                    total.lock().unwrap_or_else(PoisonError::into_inner).add(report);
                }
            });
        }
    });
    total.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// One history, on a thread of its own, so that a seed decides in which order things happen.
fn tell(seed: u64, aloud: bool) -> Report {
    let _told = Told(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut history = History::begin(seed, aloud).await;
        history.open_accounts().await;
        for _ in 0..STEPS {
            history.step().await;
        }
        history.end().await
    })
}

/// Says which seed it was, when a history fails.
struct Told(u64);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {0} failed; tell it again with SIMULATE_SEED={0} cargo xtask test --only simulate", self.0);
        }
    }
}
