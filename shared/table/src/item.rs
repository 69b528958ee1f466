//! Items and how our types become them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::TableError;
use crate::key::Key;

/// An item as the SDK has it.
pub type Item = HashMap<String, AttributeValue>;

/// Something that is stored as an item. Its fields become attributes of the same names, beside `pk`, `sk` and `kind`.
pub trait Entity: Serialize + DeserializeOwned {
    /// What it is, for people who look at the table and for the stream's filter.
    const KIND: &'static str;
}

pub(crate) fn to_item<E: Entity>(key: Key, entity: &E) -> Result<Item, serde_dynamo::Error> {
    let mut item: Item = serde_dynamo::to_item(entity)?;
    item.insert("pk".to_owned(), AttributeValue::S(key.pk));
    item.insert("sk".to_owned(), AttributeValue::S(key.sk));
    item.insert("kind".to_owned(), AttributeValue::S(E::KIND.to_owned()));
    Ok(item)
}

/// Reads an item that this release or an earlier one wrote.
pub fn from_item<E: Entity>(item: Item) -> Result<E, TableError> {
    serde_dynamo::from_item(item).map_err(TableError::malformed(E::KIND))
}

/// The sort key of an item.
pub(crate) fn sort_key(item: &Item) -> &str {
    item.get("sk").and_then(|sk| sk.as_s().ok()).map_or("", String::as_str)
}

/// The primary key of an item.
pub(crate) fn key_of(item: &Item) -> Option<Key> {
    let text = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Some(Key { pk: text("pk")?, sk: text("sk")? })
}
