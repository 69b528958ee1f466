//! An event as the receiver reads it.

use jiff::Timestamp;
use serde::Serialize;
use table::{Happening, VendorEvent};

/// The body of a message (Standard Webhooks, "Payload structure").
#[derive(Debug, Serialize)]
struct Message<'a> {
    /// When it happened, not when it is sent.
    timestamp: Timestamp,
    #[serde(flatten)]
    happening: &'a Happening,
}

/// The id of an event's message, the same whenever it is sent.
pub(crate) fn id(event: &VendorEvent) -> String {
    format!("evt_{}", event.id)
}

/// The body of an event's message, the same whenever it is sent.
pub(crate) fn body(event: &VendorEvent) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Message { timestamp: event.recorded_at, happening: &event.happening })
}
