//! The OpenAPI document: `openapi.json` is what the functions declare, and no route is missing or differs.
//!
//! `cargo xtask openapi` writes the file; without it, a difference fails.

use std::collections::BTreeMap;
use std::{env, fs};

use http_api::{Authorization, Route};
use send_event::Webhooks;
use serde_json::{Value, json};

use crate::functions::DECLARED;
use crate::workspace;

const FILE: &str = "openapi.json";
const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];

#[test]
fn the_committed_document_is_what_the_functions_declare() {
    let document = serde_json::to_string_pretty(&document()).expect("a document is JSON") + "\n";
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(workspace::root().join(FILE), &document).expect("the clone is writable");
    }
    let committed = fs::read_to_string(workspace::root().join(FILE)).unwrap_or_default();
    assert!(committed == document, "{FILE} is not what the functions declare: run `cargo xtask openapi`, look, commit");
}

#[test]
fn every_route_is_described_once_and_nothing_else_is() {
    let mut described = operations();
    for route in routes() {
        let operation = described.remove(&(route.method.to_lowercase(), route.path.to_owned()));
        let operation = operation.unwrap_or_else(|| panic!("{} is not described", route.operation));
        assert_eq!(operation["operationId"], route.operation);
    }
    assert!(described.is_empty(), "described, but no route: {:?}", described.keys());
}

#[test]
fn every_operation_has_exactly_the_authorization_of_its_route() {
    let operations = operations();
    let schemes = &document()["components"]["securitySchemes"];
    for route in routes() {
        let security = &operations[&(route.method.to_lowercase(), route.path.to_owned())]["security"];
        let expected = scheme(route.authorization).map_or(Value::Null, |name| json!([{ name: [] }]));
        assert_eq!(*security, expected, "{}", route.operation);
        assert!(scheme(route.authorization).is_none_or(|name| schemes[name].is_object()), "{}", route.operation);
    }
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = document();
    for reference in references(&document) {
        let pointer = reference.strip_prefix('#').expect("references stay in the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

/// Each type of event stands in the handbook with every name that its data have.
#[test]
fn every_event_to_the_vendor_is_described_and_explained() {
    let (document, handbook) = (document(), workspace::read("infra/README.md"));
    let webhooks = document["webhooks"].as_object().expect("a document has webhooks");
    assert!(webhooks.len() > 5, "{:?}", webhooks.keys());
    for (name, webhook) in webhooks {
        let content = &webhook["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(content["properties"]["type"]["enum"], json!([name]));
        let reference = content["properties"]["data"]["$ref"].as_str().expect("data have a schema of their own");
        let data = document.pointer(reference.trim_start_matches('#')).expect("it leads somewhere");
        let row = handbook.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("infra/README.md does not explain {name}"));
        for field in data["properties"].as_object().expect("data are an object").keys() {
            assert!(row.contains(&format!("`{field}`")) || row.contains("the same"), "{name} has {field}: {row}");
        }
    }
}

/// The merged document with what no single function can say.
fn document() -> Value {
    let parts = DECLARED.iter().filter_map(|function| function.openapi.map(|openapi| openapi()));
    let mut document = serde_json::to_value(http_api::openapi::merge(parts)).expect("a document is JSON");
    document["info"]["title"] = "Cloud Licensing".into();
    document["info"]["description"] = "Orders, smart accounts, assignments, tokens and check-ins.".into();
    let Webhooks { webhooks, schemas } = send_event::webhooks();
    document["webhooks"] = webhooks.into();
    document["components"]["schemas"].as_object_mut().expect("a document has schemas").extend(schemas);
    document["components"]["securitySchemes"] = json!({
        "erpSignature": {
            "type": "apiKey", "in": "header", "name": "webhook-signature",
            "description": "Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature over the body.",
        },
        "portal": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An ID token of the configured OpenID provider with a verified address.",
        },
        "serverToken": {
            "type": "http", "scheme": "bearer",
            "description": "A server token as the portal shows it: server id, bar, secret.",
        },
    });
    document
}

fn scheme(authorization: Authorization) -> Option<&'static str> {
    match authorization {
        Authorization::Erp => Some("erpSignature"),
        Authorization::Portal => Some("portal"),
        Authorization::ServerToken => Some("serverToken"),
        Authorization::Link | Authorization::None => None,
    }
}

/// Every route of the API; the portal's `$default` serves pages and files, which the document doesn't describe.
fn routes() -> impl Iterator<Item = &'static Route> {
    DECLARED.iter().filter(|function| function.openapi.is_some()).flat_map(|function| function.routes)
}

/// Operations by method and path.
fn operations() -> BTreeMap<(String, String), Value> {
    let document = document();
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("a document has paths") {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                operations.insert((method.to_owned(), path.clone()), operation.clone());
            }
        }
    }
    operations
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(entries) => {
            let own = entries.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(entries.values().flat_map(references)).collect()
        }
        Value::Array(entries) => entries.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
