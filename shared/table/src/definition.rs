//! The table itself, as `template.yaml` declares it; for stacks that have no CloudFormation.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType, TimeToLiveSpecification,
};

use crate::TableError;
use crate::error::sdk;

/// The sparse index of what falls due: only items with both its attributes are in it.
pub const DUE_INDEX: &str = "due";
/// Partition key of [`DUE_INDEX`]: what is due, and a shard.
pub const DUE_SHARD: &str = "dueShard";
/// Sort key of [`DUE_INDEX`]: when, as RFC 3339.
pub const DUE_AT: &str = "dueAt";
/// The attribute after whose instant (in seconds since 1970) DynamoDB deletes an item.
pub const EXPIRES: &str = "expires";

/// Creates the table; one that exists is left as it is.
///
/// # Errors
///
/// When DynamoDB can't be reached or refuses.
pub async fn create(client: &Client, name: &str) -> Result<(), TableError> {
    let operation = "create table";
    let created = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(["pk", "sk", DUE_SHARD, DUE_AT].map(string_attribute).to_vec()))
        .set_key_schema(Some(key_schema("pk", "sk")))
        .global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(DUE_INDEX)
                .set_key_schema(Some(key_schema(DUE_SHARD, DUE_AT)))
                .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
                .build()
                .expect("name and keys are set"),
        )
        .stream_specification(
            StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(StreamViewType::NewImage)
                .build()
                .expect("enabled is set"),
        )
        .send()
        .await;
    match created {
        Err(error) if error.code() == Some("ResourceInUseException") => return Ok(()),
        other => other.map_err(sdk(operation))?,
    };
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name(EXPIRES).build().expect("both are set");
    client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(ttl)
        .send()
        .await
        .map_err(sdk(operation))?;
    Ok(())
}

fn string_attribute(name: &str) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
        .expect("name and type are set")
}

fn key_schema(hash: &str, range: &str) -> Vec<KeySchemaElement> {
    [(hash, KeyType::Hash), (range, KeyType::Range)]
        .map(|(name, kind)| {
            KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("name and type are set")
        })
        .to_vec()
}
