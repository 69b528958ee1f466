//! What the template tells functions is what they read, and the table it declares is the one that they use.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use table::{definition, key};
use ulid::Ulid;

use crate::template::Template;
use crate::workspace;

#[test]
fn the_template_sets_exactly_the_variables_that_functions_read() {
    let declared: BTreeSet<String> = Template::read().variables().into_iter().collect();
    let read: BTreeSet<String> =
        ["settings", "metric"].iter().flat_map(|name| variables(&format!("shared/http/src/{name}.rs"))).collect();
    assert_eq!(declared, read);
}

/// The names of variables that stand in a source before its tests.
fn variables(path: &str) -> Vec<String> {
    let source = workspace::read(path);
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let quoted = code.split('"').skip(1).step_by(2);
    let variable = |text: &&str| text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    quoted.filter(variable).map(str::to_owned).collect()
}

#[test]
fn the_declared_table_is_the_one_that_the_code_uses() {
    let table = serde_json::to_value(Template::read().properties("Table")).expect("the table needs no references");
    let keys =
        |hash, range| json!([{"AttributeName": hash, "KeyType": "HASH"}, {"AttributeName": range, "KeyType": "RANGE"}]);
    assert_eq!(table["KeySchema"], keys("pk", "sk"));
    let due = json!([{
        "IndexName": definition::DUE_INDEX,
        "KeySchema": keys(definition::DUE_SHARD, definition::DUE_AT),
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }]);
    assert_eq!(table["GlobalSecondaryIndexes"], due);
    assert_eq!(table["TimeToLiveSpecification"], json!({"AttributeName": definition::EXPIRES, "Enabled": true}));
    assert_eq!(table["StreamSpecification"], json!({"StreamViewType": "NEW_IMAGE"}));
}

/// Check-ins write a lease item a day for each server: the filter keeps them from waking anybody.
#[test]
fn the_stream_wakes_a_function_for_its_own_new_items_only() {
    assert_eq!(key::outbox(Ulid::nil(), None).pk, format!("{}{}", woken_by("SendMailFunction", "Outbox"), Ulid::nil()));
    assert_eq!(
        key::vendor_event(Ulid::nil()).pk,
        format!("{}{}", woken_by("SendEventFunction", "Events"), Ulid::nil())
    );
}

/// How partitions begin whose new items wake a function.
fn woken_by(function: &str, event: &str) -> String {
    let template = Template::read();
    let stream = &template.properties(function)["Events"][event]["Properties"];
    let pattern = stream["FilterCriteria"]["Filters"][0]["Pattern"].as_str().expect("a filter");
    let pattern: Value = serde_json::from_str(pattern).expect("a pattern is JSON");
    assert_eq!(pattern["eventName"], json!(["INSERT"]));
    pattern["dynamodb"]["Keys"]["pk"]["S"][0]["prefix"].as_str().expect("a prefix").to_owned()
}
