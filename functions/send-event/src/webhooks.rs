//! The messages as the OpenAPI document describes them, from the types that are sent.

use serde_json::{Map, Value, json};
use table::Happening;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

/// What the document says of messages: its `webhooks`, one for each type, and the schemas that these refer to.
#[derive(Debug)]
pub struct Webhooks {
    /// By type, such as `order.unlocked`.
    pub webhooks: Map<String, Value>,
    /// By name.
    pub schemas: Map<String, Value>,
}

/// What the document says of messages.
pub fn webhooks() -> Webhooks {
    let mut referred: Vec<(String, RefOr<Schema>)> = Vec::new();
    Happening::schemas(&mut referred);
    let schemas = referred.into_iter().map(|(name, schema)| (name, json!(schema)));
    let happenings = json!(Happening::schema());
    let variants = happenings["oneOf"].as_array().into_iter().flatten();
    let webhook =
        |variant: &Value| Some((variant["properties"]["type"]["enum"][0].as_str()?.to_owned(), post(variant)));
    Webhooks { webhooks: variants.filter_map(webhook).collect(), schemas: schemas.collect() }
}

/// One type of message, with its own `type` and `data`.
fn post(happening: &Value) -> Value {
    let summary = happening["description"].as_str().unwrap_or_default().lines().next().unwrap_or_default();
    let when = json!({ "type": "string", "format": "date-time", "description": "When it happened." });
    json!({ "post": {
        "tags": ["events"],
        "summary": summary.trim_end_matches('.'),
        "parameters": [
            header("webhook-id", "The same whenever the event is sent."),
            header("webhook-timestamp", "When it was sent, in seconds since 1970; at most five minutes off."),
            header("webhook-signature", "Standard Webhooks: one signature, or two while keys rotate."),
        ],
        "requestBody": { "required": true, "content": { "application/json": { "schema": {
            "type": "object",
            "required": ["timestamp", "type", "data"],
            "properties": {
                "timestamp": when,
                "type": happening["properties"]["type"],
                "data": happening["properties"]["data"],
            },
        } } } },
        "responses": {
            "2XX": { "description": "Taken" },
            "410": { "description": "No more events are wanted: it is parked until staff replay it" },
            "default": { "description": "Sent again, at growing intervals for three days, then parked" },
        },
    } })
}

fn header(name: &str, description: &str) -> Value {
    json!({ "name": name, "in": "header", "required": true, "description": description,
        "schema": { "type": "string" } })
}
