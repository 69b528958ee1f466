//! The request of a check-in.

use http_api::{Call, Failure, Rejection};
use lease::MacRing;
use lease::request::CheckInRequest;
use licensing::check_in::{AttemptId, CheckIn, LeaseId, PublicKey, Traits};
use licensing::id::ServerId;
use licensing::refusal::Fault;

/// Reads the body and lists every fault of its values.
pub(crate) fn request(call: &Call) -> Result<CheckInRequest, Failure> {
    let request: CheckInRequest = call.json()?;
    let faults: Vec<Fault> =
        request.validate().into_iter().map(|fault| invalid(fault.pointer, fault.message)).collect();
    if faults.is_empty() { Ok(request) } else { Err(Rejection::InvalidBody(faults).into()) }
}

/// What the rules need of a request. A lease id that no key of ours made for this server counts as nothing.
pub(crate) fn check_in(request: &CheckInRequest, server: &ServerId, ring: &MacRing) -> Result<CheckIn, Failure> {
    let named = request.lease.as_deref().and_then(|text| lease::LeaseId::decode(ring, server.as_str(), text));
    let wrong = |pointer: &str, fault: licensing::check_in::InvalidCheckIn| {
        Failure::from(Rejection::InvalidBody(vec![invalid(pointer.to_owned(), &fault.to_string())]))
    };
    Ok(CheckIn {
        attempt: AttemptId::parse(&request.attempt).map_err(|fault| wrong("/attempt", fault))?,
        lease: named.map(|id| LeaseId { epoch: id.epoch, serial: id.serial }),
        traits: Traits::parse(request.traits.iter().map(String::as_str)).map_err(|fault| wrong("/traits", fault))?,
        public_key: PublicKey::parse(&request.public_key).map_err(|fault| wrong("/publicKey", fault))?,
    })
}

fn invalid(pointer: String, what: &str) -> Fault {
    Fault { pointer, code: "invalid_value", detail: format!("The value {what}.") }
}
