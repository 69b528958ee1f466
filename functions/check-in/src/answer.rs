//! The signed answer.

use http_api::{Call, Failure, Reply};
use lambda_http::http::StatusCode;
use lease::document::{Binding, Lease, NextCheckIn, Refusal, RefusalReason, Unchanged};
use lease::request::{CheckInRequest, CheckInResponse};
use lease::segment::{CareLevel, License, Segment, SegmentStatus};
use lease::{LeaseSecret, ParsedToken, sign};
use licensing::account::ActivationMode;
use licensing::check_in::{Answer, CheckInRefusal, next_check_in};
use licensing::grant;
use licensing::id::ServerId;
use licensing::segment;
use licensing::service::services;
use table::ServerItem;

use crate::Outcome;

/// Everything that an answer is bound to.
pub(crate) struct Signer<'a> {
    pub(crate) call: &'a Call,
    pub(crate) secret: &'a LeaseSecret,
    pub(crate) token: &'a ParsedToken,
    pub(crate) server: &'a ServerId,
    pub(crate) request: &'a CheckInRequest,
}

impl Signer<'_> {
    /// Signs the answer, and adds the key set where the client's is older.
    pub(crate) fn reply(&self, outcome: &Outcome) -> Result<Reply, Failure> {
        let key = self.secret.signing_key();
        let document = match outcome.answer() {
            Answer::Lease { id, expires_at } => {
                let id = lease::LeaseId { epoch: id.epoch, serial: id.serial };
                sign(key, &self.lease(&outcome.sheet.server, id, expires_at)?)
            }
            Answer::Unchanged => sign(key, &Unchanged { binding: self.binding(), next_check_in: self.next() }),
            Answer::Refused(refusal) => sign(key, &Refusal { binding: self.binding(), reason: reason(refusal) }),
        };
        let key_set =
            (self.request.key_set < self.secret.key_set().serial).then(|| self.secret.key_set_text().to_owned());
        Reply::json(StatusCode::OK, &CheckInResponse { document, key_set })
    }

    fn lease(&self, server: &ServerItem, id: lease::LeaseId, expires_at: jiff::Timestamp) -> Result<Lease, Failure> {
        let ended = |segment: &&segment::Segment| segment.is_over(self.call.now);
        let segments = server.segments()?;
        Ok(Lease {
            binding: self.binding(),
            expires_at,
            serial: id.serial,
            lease_id: id.encode(self.secret.lease_id_ring(), self.server.as_str()),
            account: server.account_name.to_string(),
            server_name: server.server_name.to_string(),
            segments: segments
                .iter()
                .filter(|segment| !ended(segment))
                .map(|it| on_the_wire(it, server.mode))
                .collect(),
            next_check_in: self.next(),
        })
    }

    fn binding(&self) -> Binding {
        Binding {
            issuer: self.call.base_url.clone(),
            server: self.server.to_string(),
            token_version: self.token.version(),
            attempt: self.request.attempt.clone(),
            issued_at: self.call.now,
        }
    }

    fn next(&self) -> NextCheckIn {
        let window = next_check_in(self.server, self.call.now);
        NextCheckIn { earliest: window.earliest, latest: window.latest }
    }
}

fn reason(refusal: CheckInRefusal) -> RefusalReason {
    match refusal {
        CheckInRefusal::ServerDisabled { effective_at } => RefusalReason::ServerDisabled { effective_at },
        CheckInRefusal::TokenSuperseded => RefusalReason::TokenSuperseded,
        CheckInRefusal::Released => RefusalReason::Released,
        CheckInRefusal::Conflict => RefusalReason::Conflict,
        CheckInRefusal::Offline => RefusalReason::Offline,
    }
}

pub(crate) fn on_the_wire(segment: &segment::Segment, mode: ActivationMode) -> Segment {
    Segment {
        application: segment.pool.application.to_string(),
        redundancy: segment.pool.redundancy,
        license: match segment.pool.license {
            grant::LicenseType::Perpetual => License::Perpetual,
            grant::LicenseType::Subscription => License::Subscription,
        },
        unit: segment.unit.as_str().to_owned(),
        capacity: segment.capacity,
        from: segment.from,
        until: segment.until,
        status: match segment.status {
            segment::SegmentStatus::Active => SegmentStatus::Active,
            segment::SegmentStatus::InGrace => SegmentStatus::InGrace,
        },
        care: segment.care.map(|care| match care {
            grant::CareLevel::Basic => CareLevel::Basic,
            grant::CareLevel::Gold => CareLevel::Gold,
            grant::CareLevel::Platinum => CareLevel::Platinum,
        }),
        start: segment.start,
        term: segment.term,
        services: services(segment.care, mode).iter().map(|service| service.name().to_owned()).collect(),
    }
}
