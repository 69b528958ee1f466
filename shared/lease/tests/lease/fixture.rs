//! Fixed keys and documents. The seeds are public: they sign test vectors and nothing else.

use jiff::{SignedDuration, Timestamp};
use lease::document::{Binding, NextCheckIn, RefusalReason};
use lease::keyset::PreparedKey;
use lease::offline::{OfflineLease, RequestNonce};
use lease::segment::{CareLevel, License, Segment, SegmentStatus};
use lease::{Expected, KeySet, Lease, MacRing, Refusal, Root, Roots, SigningKey, Unchanged};

pub const SERVER: &str = "b000121893";
pub const ATTEMPT: &str = "01K9ZQ4Y7N3M8B2V5C6X1T0R9S";
pub const NOW: Timestamp = Timestamp::constant(1_795_500_000, 0);
pub const EXPECTED: Expected<'_> = Expected { server: SERVER, token_version: 1, attempt: ATTEMPT };

pub fn ring() -> MacRing {
    MacRing::single(1, [1; 32])
}

pub fn key(kid: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(kid, &[seed; 32]).unwrap()
}

pub fn current() -> SigningKey {
    key("2026-1", 2)
}

pub fn root() -> Root {
    Root::from_seed(&[4; 32]).unwrap()
}

pub fn spare() -> Root {
    Root::from_seed(&[5; 32]).unwrap()
}

pub fn roots() -> Roots {
    Roots { root: root().public(), spare: spare().public() }
}

pub fn prepared(key: &SigningKey, days: i64) -> PreparedKey {
    PreparedKey { kid: key.kid().to_owned(), x: key.public(), not_before: NOW + SignedDuration::from_hours(24 * days) }
}

pub fn key_set() -> KeySet {
    KeySet { serial: 1, issued_at: NOW, keys: vec![prepared(&current(), 0), prepared(&key("2027-1", 3), 365)] }
}

pub fn binding() -> Binding {
    Binding {
        issuer: "https://api.example.com".to_owned(),
        server: SERVER.to_owned(),
        token_version: 1,
        attempt: ATTEMPT.to_owned(),
        issued_at: NOW,
    }
}

fn next_check_in() -> NextCheckIn {
    NextCheckIn { earliest: NOW + SignedDuration::from_hours(23), latest: NOW + SignedDuration::from_hours(25) }
}

pub fn segment(application: &str, unit: &str, capacity: u32) -> Segment {
    Segment {
        application: application.to_owned(),
        redundancy: false,
        license: License::Subscription,
        unit: unit.to_owned(),
        capacity,
        from: "2026-08-07T10:00:00Z".parse().unwrap(),
        until: Some("2027-08-08T12:00:00Z".parse().unwrap()),
        status: SegmentStatus::Active,
        care: Some(CareLevel::Gold),
        start: "2026-08-08".parse().unwrap(),
        term: Some("2027-08-07".parse().unwrap()),
        services: ["support", "enhanced-support", "cloud-services"].map(str::to_owned).to_vec(),
    }
}

pub fn lease() -> Lease {
    let perpetual = Segment {
        license: License::Perpetual,
        until: None,
        care: None,
        term: None,
        services: vec![],
        ..segment("Accounting & Billing", "users", 2_500)
    };
    let grace = Segment { redundancy: true, status: SegmentStatus::InGrace, ..segment("IP Fax server", "channels", 4) };
    Lease {
        binding: binding(),
        expires_at: NOW + SignedDuration::from_hours(24 * 30),
        serial: 7,
        lease_id: lease::LeaseId { epoch: 1, serial: 7 }.encode(&ring(), SERVER),
        account: "Imagicle Final Customer 1".to_owned(),
        server_name: "Server 1".to_owned(),
        segments: vec![perpetual, segment("Advanced Queueing", "channels", 20), grace],
        next_check_in: next_check_in(),
    }
}

pub fn unchanged() -> Unchanged {
    Unchanged { binding: binding(), next_check_in: next_check_in() }
}

pub fn refusals() -> [Refusal; 5] {
    [
        RefusalReason::ServerDisabled { effective_at: NOW + SignedDuration::from_hours(24) },
        RefusalReason::TokenSuperseded,
        RefusalReason::Released,
        RefusalReason::Conflict,
        RefusalReason::Offline,
    ]
    .map(|reason| Refusal { binding: binding(), reason })
}

/// The key pair of an installation.
pub fn installation() -> SigningKey {
    key("installation", 7)
}

pub fn offline_lease() -> OfflineLease {
    let lease = lease();
    let perpetual = lease.segments.into_iter().filter(|segment| segment.license == License::Perpetual);
    OfflineLease {
        binding: Binding { attempt: RequestNonce([8; 16]).to_string(), ..binding() },
        serial: 8,
        public_key: installation().public(),
        account: lease.account,
        server_name: lease.server_name,
        segments: perpetual.collect(),
    }
}
