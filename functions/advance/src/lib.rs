#![doc = include_str!("../README.md")]

mod account;
mod server;

use std::sync::atomic::{AtomicU32, Ordering};

use aws_config::SdkConfig;
use futures::StreamExt;
use futures::stream;
use http_api::lambda::warm_table;
use http_api::telemetry::causes;
use http_api::{Clock, Failure, Settings, SettingsError};
use jiff::{SignedDuration, Timestamp};
use table::{ADVANCE_SHARDS, DueCursor, DuePage, Table, TableError};

/// How many shards are worked on at once.
const SHARDS_AT_ONCE: usize = 8;
/// How many of each shard are worked on at once.
const AT_ONCE: usize = 4;
/// How many keys of the due index are read at once.
const PAGE_LEN: i32 = 250;
/// Nothing new is begun when less than this is left of the function's time; what is left is due at the next run.
const RESERVE: SignedDuration = SignedDuration::from_secs(20);

/// The function with its connections.
pub struct Advance {
    clock: Clock,
    table: Table,
    base_url: String,
}

/// Some could not be taken further; they are due at the next run.
#[derive(Debug, thiserror::Error)]
#[error("{0} of those that are due could not be advanced")]
pub struct Unfinished(u32);

/// One run.
struct Run {
    now: Timestamp,
    /// When nothing new is begun any more.
    end: Timestamp,
    failed: AtomicU32,
}

impl Advance {
    /// Opens the connections.
    ///
    /// # Errors
    ///
    /// When the base URL is missing.
    pub async fn connect(settings: &Settings, sdk: &SdkConfig, clock: Clock) -> Result<Self, SettingsError> {
        let base_url = settings.own_base_url()?;
        Ok(Self { clock, table: warm_table(settings, sdk).await, base_url })
    }

    /// Takes every account and server that is due to today, or as many as there is time for before the deadline.
    ///
    /// # Errors
    ///
    /// [`Unfinished`] after everything else was done.
    pub async fn run(&self, deadline: Option<Timestamp>) -> Result<(), Unfinished> {
        let end = deadline.and_then(|deadline| deadline.checked_sub(RESERVE).ok()).unwrap_or(Timestamp::MAX);
        let run = Run { now: self.clock.now(), end, failed: AtomicU32::new(0) };
        stream::iter(0..ADVANCE_SHARDS).for_each_concurrent(SHARDS_AT_ONCE, |shard| self.take_shard(&run, shard)).await;
        match run.failed.into_inner() {
            0 => Ok(()),
            failed => Err(Unfinished(failed)),
        }
    }

    async fn take_shard(&self, run: &Run, shard: u8) {
        let page = |after| self.table.accounts_due(shard, run.now, after, PAGE_LEN);
        self.take(run, page, |account| self.advance_account(account, run.now)).await;
        let page = |after| self.table.servers_due(shard, run.now, after, PAGE_LEN);
        self.take(run, page, |server| self.date_server(server, run.now)).await;
    }

    /// Everything of a kind that is due in one shard. A page that can't be read counts as one that failed.
    async fn take<T, P, F>(&self, run: &Run, page: impl Fn(Option<DueCursor>) -> P, step: impl Fn(T) -> F)
    where
        P: Future<Output = Result<DuePage<T>, TableError>>,
        F: Future<Output = Result<(), Failure>>,
    {
        let mut after = None;
        loop {
            let DuePage { items, next } = match page(after).await {
                Ok(page) => page,
                Err(error) => return run.note(&error),
            };
            let begun = items.into_iter().take_while(|_| self.clock.now() < run.end).map(&step);
            let note = |outcome: Result<(), Failure>| async move {
                if let Err(failure) = outcome {
                    run.note(&failure);
                }
            };
            stream::iter(begun).buffer_unordered(AT_ONCE).for_each(note).await;
            after = next;
            if after.is_none() || self.clock.now() >= run.end {
                return;
            }
        }
    }
}

impl Run {
    fn note(&self, error: &(dyn std::error::Error + 'static)) {
        tracing::error!(operation = "advance", cause = causes(error), "failed");
        self.failed.fetch_add(1, Ordering::Relaxed);
    }
}
