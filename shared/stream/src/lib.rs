#![doc = include_str!("../README.md")]

use aws_lambda_events::dynamodb::{Event, EventRecord};
use serde::{Deserialize, Serialize};

/// The key of an item that is new, with the number of its record in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
    /// The record's sequence number.
    pub sequence_number: String,
}

/// The items that a batch shows as new, in its order.
pub fn new_items(event: Event) -> Vec<NewItem> {
    event.records.into_iter().filter_map(new_item).collect()
}

fn new_item(record: EventRecord) -> Option<NewItem> {
    if record.event_name != "INSERT" {
        return None;
    }
    let Keys { pk, sk } = serde_dynamo::from_item(record.change.keys).ok()?;
    Some(NewItem { pk, sk, sequence_number: record.change.sequence_number.unwrap_or_default() })
}

#[derive(Deserialize)]
struct Keys {
    pk: String,
    sk: String,
}

/// What Lambda learns of a batch: the records to send again (`ReportBatchItemFailures`).
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    batch_item_failures: Vec<ItemFailure>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure {
    item_identifier: String,
}

impl BatchAnswer {
    /// The answer that names the sequence numbers that failed.
    pub fn of(failed: Vec<String>) -> Self {
        let failure = |item_identifier| ItemFailure { item_identifier };
        Self { batch_item_failures: failed.into_iter().map(failure).collect() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(name: &str, keys: &serde_json::Value) -> serde_json::Value {
        json!({
            "eventID": "1",
            "eventName": name,
            "awsRegion": "eu-south-1",
            "dynamodb": { "Keys": keys, "SequenceNumber": "7", "SizeBytes": 1, "ApproximateCreationDateTime": 0 },
        })
    }

    #[test]
    fn only_new_items_with_the_tables_keys_are_shown() {
        let keys = json!({ "pk": { "S": "OUTBOX#1" }, "sk": { "S": "EVENT" } });
        let other = json!({ "id": { "S": "x" } });
        let records = [record("INSERT", &keys), record("MODIFY", &keys), record("INSERT", &other)];
        let event = serde_json::from_value(json!({ "Records": records })).unwrap();
        let expected = NewItem { pk: "OUTBOX#1".into(), sk: "EVENT".into(), sequence_number: "7".into() };
        assert_eq!(new_items(event), [expected]);
    }

    #[test]
    fn a_batch_is_answered_as_lambda_reads_it() {
        let answer = serde_json::to_value(BatchAnswer::of(vec!["7".to_owned()])).unwrap();
        assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "7" }] }));
    }
}
