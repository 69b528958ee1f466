//! The table's stream, pumped into a function that it triggers, as Lambda's event source mapping does it.

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
use crate::functions::StreamSource;
use crate::store::Store;

/// How long a record waits at most until it is seen.
const POLL: Duration = Duration::from_millis(100);
/// Records of one batch.
const BATCH_MAX: usize = 10;
/// How often a batch is tried; after that the sweep has to find what is left.
const ATTEMPTS_MAX: u32 = 3;
/// Pause before the first repetition; it doubles each time.
const RETRY_PAUSE: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 20 });

/// Reads the stream and calls the function.
pub(crate) struct Pump {
    database: Database,
    store: Store,
    source: StreamSource,
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
        source: StreamSource,
        wake: Arc<Notify>,
    ) -> Result<Self, PumpError> {
        let (stream_arn, shard_id) = shard(&database)?;
        let position = store.read_json(&position_of(&source))?;
        Ok(Self { database, store, source, wake, stream_arn, shard_id, position })
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

    /// Shows the function every record that it has not seen.
    pub(crate) async fn drain(&mut self) -> Result<(), PumpError> {
        loop {
            let batch = self.next_batch()?;
            let Some(last) = batch.last() else { return Ok(()) };
            self.deliver(&batch).await?;
            self.position = Some(last.dynamodb.sequence_number.clone());
            self.store.write_json(&position_of(&self.source), &self.position)?;
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
        let mut left: Vec<&Record> = batch.iter().filter(|record| passes_filter(record, self.source.prefix)).collect();
        let mut pause = RETRY_PAUSE;
        for attempt in 1..=ATTEMPTS_MAX {
            if left.is_empty() {
                return Ok(());
            }
            let failed = self.source.function.handle(event(&left)?).await;
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

/// The document with the number of the last record that a function has dealt with.
fn position_of(source: &StreamSource) -> String {
    format!("stream/{}.json", source.name)
}

/// The filter that the template gives the event source.
fn passes_filter(record: &Record, prefix: &str) -> bool {
    let key = record.dynamodb.keys.get("pk").map(|value| json!(value));
    let wanted = key.as_ref().and_then(|key| key["S"].as_str()).is_some_and(|pk| pk.starts_with(prefix));
    record.event_name == "INSERT" && wanted
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use aws_sdk_dynamodb::Client;
    use aws_sdk_dynamodb::types::AttributeValue::S;
    use http_api::Clock;

    use super::*;
    use crate::endpoint::{Endpoint, listen};
    use crate::functions::{BoxFuture, StreamFunction};
    use crate::sdk::{Services, config};
    use crate::trouble::Troubles;
    use crate::{Data, dynamodb};

    /// Notes the partitions of each batch; fails with the first item of the first calls.
    #[derive(Default)]
    struct Noting {
        batches: Mutex<Vec<Vec<String>>>,
        failures: Mutex<u32>,
    }

    impl StreamFunction for Noting {
        fn handle(&self, event: Event) -> BoxFuture<Vec<String>> {
            let batch =
                event.records.iter().map(|record| json!(record.change.keys)["pk"]["S"].as_str().unwrap().to_owned());
            self.batches.lock().unwrap().push(batch.collect());
            let mut failures = self.failures.lock().unwrap();
            let failed = if *failures > 0 { event.records[0].change.sequence_number.clone() } else { None };
            *failures = failures.saturating_sub(1);
            Box::pin(async move { failed.into_iter().collect() })
        }

        fn sweep(&self) -> BoxFuture<()> {
            Box::pin(async {})
        }
    }

    /// A table with a stream.
    struct Bench {
        database: Database,
        client: Client,
        store: Store,
        function: Arc<Noting>,
        _endpoint: Endpoint,
    }

    impl Bench {
        async fn set_up() -> Self {
            let store = Store::open(&Data::Memory).unwrap();
            let database = dynamodb::open(&store).unwrap();
            let endpoint = Endpoint::serve_database(listen(0).await.unwrap(), database.clone()).unwrap();
            let dynamodb = endpoint.url().to_owned();
            let services = Services { dynamodb, secrets: String::new(), ses: String::new() };
            let sdk = config(services, &Troubles::new(Clock::system()));
            dynamodb::create_table(&sdk).await.unwrap();
            Self { database, client: Client::new(&sdk), store, function: Arc::default(), _endpoint: endpoint }
        }

        fn pump(&self) -> Pump {
            let source = StreamSource { name: "noting", prefix: "OUTBOX#", function: self.function.clone() };
            Pump::new(self.database.clone(), self.store.clone(), source, Arc::default()).unwrap()
        }

        async fn put(&self, pk: &str) {
            let item = [("pk", pk), ("sk", "OUTBOX")].map(|(name, value)| (name.to_owned(), S(value.to_owned())));
            self.client.put_item().table_name(TABLE).set_item(Some(item.into())).send().await.unwrap();
        }

        fn batches(&self) -> Vec<Vec<String>> {
            std::mem::take(&mut self.function.batches.lock().unwrap())
        }
    }

    #[tokio::test]
    async fn only_new_items_of_the_outbox_wake_the_function() {
        let bench = Bench::set_up().await;
        for pk in ["OUTBOX#1", "ORDER#1", "OUTBOX#2", "OUTBOX#1"] {
            bench.put(pk).await;
        }
        bench.pump().drain().await.unwrap();
        assert_eq!(bench.batches(), [["OUTBOX#1", "OUTBOX#2"]], "an item that was replaced is not new");
    }

    #[tokio::test]
    async fn a_pump_goes_on_where_the_last_one_stopped() {
        let bench = Bench::set_up().await;
        bench.put("OUTBOX#1").await;
        bench.pump().drain().await.unwrap();
        bench.put("OUTBOX#2").await;
        bench.pump().drain().await.unwrap();
        assert_eq!(bench.batches(), [["OUTBOX#1"], ["OUTBOX#2"]]);
    }

    #[tokio::test]
    async fn a_batch_is_repeated_from_its_first_failure_and_then_given_up() {
        let bench = Bench::set_up().await;
        let first = |batches: Vec<Vec<String>>| batches.into_iter().map(|batch| batch[0].clone()).collect::<Vec<_>>();
        *bench.function.failures.lock().unwrap() = 1;
        bench.put("OUTBOX#1").await;
        bench.pump().drain().await.unwrap();
        assert_eq!(first(bench.batches()), ["OUTBOX#1", "OUTBOX#1"]);

        *bench.function.failures.lock().unwrap() = ATTEMPTS_MAX;
        bench.put("OUTBOX#2").await;
        bench.put("OUTBOX#3").await;
        bench.pump().drain().await.unwrap();
        bench.put("OUTBOX#4").await;
        bench.pump().drain().await.unwrap();
        assert_eq!(first(bench.batches()), ["OUTBOX#2", "OUTBOX#2", "OUTBOX#2", "OUTBOX#4"]);
    }
}
