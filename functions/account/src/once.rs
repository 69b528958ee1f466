//! What every write of people has in common: it is done once, and the audit trail tells who did it.

use http_api::{Idempotency, Reply};
use licensing::Refusal;
use table::{Recall, Remembered};

pub(crate) use http_api::change::{answer, entry};

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

/// The answer that something is done.
pub(crate) const fn done() -> table::Reply {
    table::Reply { status: 204, body: String::new() }
}
