//! What every write of people has in common: it is done once, and the audit trail tells who did it.

use http_api::{Call, Failure, Idempotency, Reply};
use licensing::Refusal;
use licensing::access::Actor;
use serde::Serialize;
use serde_json::Value;
use table::{AuditEntry, Recall, Remembered};

/// The answer of the first request, where this one repeats it. Only who sent the first one can repeat it, so this may
/// be asked before authority: somebody who has left an account gets the answer to their leaving again.
pub(crate) fn repeated(remembered: &Remembered, request: &Idempotency) -> Option<Reply> {
    match remembered.recall(&request.key, &request.hash) {
        Recall::Same(first) => Some(Reply::remembered(&first)),
        Recall::New | Recall::Other => None,
    }
}

/// Refuses a key that another request has used.
pub(crate) fn refuse_reused(remembered: &Remembered, request: &Idempotency) -> Result<(), Refusal> {
    match remembered.recall(&request.key, &request.hash) {
        Recall::Other => Err(Refusal::IdempotencyKeyReused),
        Recall::New | Recall::Same(_) => Ok(()),
    }
}

/// Remembers an answer in the item that the request changes. The answer holds no name and no address: those stand in
/// the person's item alone.
pub(crate) fn remember(remembered: &mut Remembered, request: &Idempotency, answer: &table::Reply) {
    remembered.remember(&request.key, &request.hash, answer.clone());
}

/// An answer with a document.
pub(crate) fn answer(status: u16, document: &impl Serialize) -> Result<table::Reply, Failure> {
    let body = serde_json::to_string(document).map_err(|error| Failure::broken("serialize the answer", error))?;
    Ok(table::Reply { status, body })
}

/// The answer that something is done.
pub(crate) const fn done() -> table::Reply {
    table::Reply { status: 204, body: String::new() }
}

/// An entry of the audit trail; `details` refer to people by id.
pub(crate) fn entry(call: &Call, actor: &Actor, details: Value, version: Option<u64>) -> AuditEntry {
    AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: table::Actor::Person(actor.person),
        action: call.operation.to_owned(),
        details,
        version,
    }
}
