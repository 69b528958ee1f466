//! The part of Secrets Manager that the functions use: `GetSecretValue`, in its JSON 1.1 protocol.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};

/// Secrets by name.
pub(crate) type Secrets = BTreeMap<String, String>;

/// The secrets as the endpoint gives them now; a clone is another handle on the same ones.
pub(crate) type SharedSecrets = Arc<RwLock<Secrets>>;

/// The endpoint's routes.
pub(crate) fn router(secrets: SharedSecrets) -> Router {
    Router::new().route("/", post(answer)).with_state(secrets)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetSecretValue {
    secret_id: String,
}

async fn answer(State(secrets): State<SharedSecrets>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    if target != Some("secretsmanager.GetSecretValue") {
        return fault("UnknownOperationException", "Only GetSecretValue is offered here.");
    }
    let Ok(request) = serde_json::from_slice::<GetSecretValue>(&body) else {
        return fault("ValidationException", "SecretId is missing.");
    };
    let secrets = secrets.read().unwrap_or_else(PoisonError::into_inner);
    match secrets.get(name(&request.secret_id)) {
        Some(value) => reply(StatusCode::OK, &found(name(&request.secret_id), value)),
        None => fault("ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
    }
}

/// An ARN names a secret in its last part.
fn name(id: &str) -> &str {
    if id.starts_with("arn:") { id.rsplit(':').next().unwrap_or(id) } else { id }
}

fn found(name: &str, value: &str) -> Value {
    json!({
        "ARN": format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}"),
        "Name": name,
        "VersionId": "00000000-0000-0000-0000-000000000001",
        "VersionStages": ["AWSCURRENT"],
        "SecretString": value,
    })
}

fn fault(kind: &str, message: &str) -> Response {
    reply(StatusCode::BAD_REQUEST, &json!({ "__type": kind, "Message": message }))
}

fn reply(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.1")], body.to_string()).into_response()
}
