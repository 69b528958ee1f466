//! The table's stream, pumped into the function that it triggers, as Lambda's event source mapping does it.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::dynamodb::Event;
use dynoxide::Database;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::{GetRecordsRequest, Record};
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use serde_json::json;
use tokio::sync::Notify;

use crate::dynamodb::TABLE;
use crate::functions::StreamFunction;
use crate::store::Store;

/// How long a record waits at most until it is seen.
const POLL: Duration = Duration::from_millis(100);
/// Records of one batch.
const BATCH_MAX: usize = 10;
/// How often a batch is tried; after that the sweep has to find what is left.
const ATTEMPTS_MAX: u32 = 3;
/// Pause before the first repetition; it doubles each time.
const RETRY_PAUSE: Duration = Duration::from_millis(200);
/// The document with the number of the last record that was dealt with.
const POSITION: &str = "stream.json";

/// Reads the stream and calls the function.
pub(crate) struct Pump {
    database: Database,
    store: Store,
    function: Arc<dyn StreamFunction>,
    wake: Arc<Notify>,
    stream_arn: String,
    shard_id: String,
    position: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum PumpError {
    #[error("the stream can't be read: {0}")]
    Stream(#[from] dynoxide::DynoxideError),
    #[error("the table has no stream")]
    NoStream,
    #[error("the position can't be kept: {0}")]
    Position(#[from] std::io::Error),
    #[error("a record is not what Lambda takes: {0}")]
    Record(#[from] serde_json::Error),
}

impl Pump {
    /// A pump that goes on after the last record that was dealt with.
    pub(crate) fn new(
        database: Database,
        store: Store,
        function: Arc<dyn StreamFunction>,
        wake: Arc<Notify>,
    ) -> Result<Self, PumpError> {
        let (stream_arn, shard_id) = shard(&database)?;
        let position = store.read_json(POSITION)?;
        Ok(Self { database, store, function, wake, stream_arn, shard_id, position })
    }

    /// Pumps until it is dropped.
    pub(crate) async fn run(mut self) {
        loop {
            if let Err(error) = self.drain().await {
                tracing::error!(%error, "the stream pump failed");
            }
            // Whichever comes first; both only mean "look again".
            drop(tokio::time::timeout(POLL, self.wake.notified()).await);
        }
    }

    async fn drain(&mut self) -> Result<(), PumpError> {
        loop {
            let batch = self.next_batch()?;
            let Some(last) = batch.last() else { return Ok(()) };
            self.deliver(&batch).await?;
            self.position = Some(last.dynamodb.sequence_number.clone());
            self.store.write_json(POSITION, &self.position)?;
        }
    }

    fn next_batch(&self) -> Result<Vec<Record>, PumpError> {
        let iterator = self.database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: self.stream_arn.clone(),
            shard_id: self.shard_id.clone(),
            shard_iterator_type: self.position.as_ref().map_or("TRIM_HORIZON", |_| "AFTER_SEQUENCE_NUMBER").to_owned(),
            sequence_number: self.position.clone(),
        })?;
        let shard_iterator = iterator.shard_iterator.unwrap_or_default();
        Ok(self.database.get_records(GetRecordsRequest { shard_iterator, limit: Some(BATCH_MAX) })?.records)
    }
    /// Calls the function with the records that pass its filter, again from the first that failed.
    async fn deliver(&self, batch: &[Record]) -> Result<(), PumpError> {
        let mut left: Vec<&Record> = batch.iter().filter(|record| passes_filter(record)).collect();
        let mut pause = RETRY_PAUSE;
        for attempt in 1..=ATTEMPTS_MAX {
            if left.is_empty() {
                return Ok(());
            }
            let failed = self.function.handle(event(&left)?).await;
            left = from_first_failed(left, &failed);
            if !left.is_empty() && attempt < ATTEMPTS_MAX {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
        }
        if !left.is_empty() {
            tracing::warn!(records = left.len(), "stream records given up; the sweep finds what they were for");
        }
        Ok(())
    }
}

fn shard(database: &Database) -> Result<(String, String), PumpError> {
    let request = ListStreamsRequest { table_name: Some(TABLE.to_owned()), ..ListStreamsRequest::default() };
    let stream = database.list_streams(request)?.streams.into_iter().next().ok_or(PumpError::NoStream)?;
    let request = DescribeStreamRequest { stream_arn: stream.stream_arn.clone(), ..DescribeStreamRequest::default() };
    let shards = database.describe_stream(request)?.stream_description.shards;
    let shard = shards.into_iter().next().ok_or(PumpError::NoStream)?;
    Ok((stream.stream_arn, shard.shard_id))
}

/// The filter that the template gives the event source: new items of the outbox.
fn passes_filter(record: &Record) -> bool {
    let key = record.dynamodb.keys.get("pk").map(|value| json!(value));
    let outbox = key.as_ref().and_then(|key| key["S"].as_str()).is_some_and(|pk| pk.starts_with("OUTBOX#"));
    record.event_name == "INSERT" && outbox
}

fn event(records: &[&Record]) -> Result<Event, serde_json::Error> {
    serde_json::from_value(json!({ "Records": records }))
}

/// Lambda repeats a batch from the lowest sequence number reported, and all of it where a number is unknown.
fn from_first_failed<'a>(records: Vec<&'a Record>, failed: &[String]) -> Vec<&'a Record> {
    if failed.is_empty() {
        return Vec::new();
    }
    let first = records.iter().position(|record| failed.contains(&record.dynamodb.sequence_number)).unwrap_or(0);
    records.into_iter().skip(first).collect()
}
