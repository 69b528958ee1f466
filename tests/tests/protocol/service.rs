//! The service: its real decisions and real signatures over a table that can be restored to yesterday.

use appsuite::{Failure, Question};
use jiff::{SignedDuration, Timestamp};
use lease::document::{Binding, Claims, NextCheckIn, RefusalReason};
use lease::keyset::PreparedKey;
use lease::request::CheckInResponse;
use lease::segment::{License, Segment, SegmentStatus};
use lease::{KeySet, Lease, MacRing, Refusal, Root, Roots, SigningKey, Unchanged, sign};
use licensing::account::ActivationMode;
use licensing::check_in::{
    Answer, AttemptId, CheckIn, CheckInRefusal, LeaseId, LeaseState, PublicKey, ServerState, TokenState, TokenVerdict,
    Traits, decide, judge_token,
};

pub const SERVER: &str = "b000121893";
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What a restored table forgets.
#[derive(Clone)]
pub struct Table {
    pub server: ServerState,
    pub token: TokenState,
    pub lease: LeaseState,
    pub capacity: u32,
}

pub struct Service {
    pub now: Timestamp,
    pub table: Table,
    /// The table as it was at each instant at which time passed.
    past: Vec<(Timestamp, Table)>,
    /// The key that signs, and the serial of the set that has it and the next two.
    key: u8,
    key_set: u64,
    first_of_set: u8,
    /// Every lease ever signed for the server.
    pub signed: Vec<Lease>,
}

pub fn root(seed: u8) -> Root {
    Root::from_seed(&[seed; 32]).unwrap()
}

pub fn roots() -> Roots {
    Roots { root: root(254).public(), spare: root(253).public() }
}

pub fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&format!("key-{number}"), &[number; 32]).unwrap()
}

/// A set of three keys from this number on.
pub fn key_set(serial: u64, first: u8, root_seed: u8) -> String {
    let keys = (first..first + 3).map(|number| PreparedKey {
        kid: key(number).kid().to_owned(),
        x: key(number).public(),
        not_before: Timestamp::UNIX_EPOCH,
    });
    root(root_seed).sign(&KeySet { serial, issued_at: Timestamp::UNIX_EPOCH, keys: keys.collect() })
}

fn ring() -> MacRing {
    MacRing::single(1, [1; 32])
}

impl Service {
    pub fn new() -> Self {
        let now: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let server = ServerState { disabled_from: None, mode: ActivationMode::Online, revision: 1, lease_days: 30 };
        let token = TokenState { version: 1, key_id: 1 };
        let table = Table { server, token, lease: LeaseState::default(), capacity: 20 };
        let past = vec![(now, table.clone())];
        Self { now, table, past, key: 1, key_set: 1, first_of_set: 1, signed: Vec::new() }
    }

    pub fn wait(&mut self, hours: i64) {
        self.now += SignedDuration::from_hours(hours);
        self.past.push((self.now, self.table.clone()));
    }

    pub fn change(&mut self, capacity: u32) {
        self.table.capacity = capacity;
        self.table.server.revision += 1;
    }

    pub fn disable(&mut self) {
        self.table.server.disabled_from.get_or_insert(self.now + DAY);
    }

    pub fn enable(&mut self) {
        let Some(from) = self.table.server.disabled_from.take() else { return };
        if let Some(next) = self.table.lease.enabled(from, self.now) {
            self.table.lease = next;
        }
    }

    /// The next key of the set signs; the root signs another set where that was the last one.
    pub fn rotate(&mut self) {
        self.key += 1;
        if self.key == self.first_of_set + 2 {
            self.renew_key_set();
        }
    }

    /// A set without the keys before the current one.
    pub fn renew_key_set(&mut self) {
        self.key_set += 1;
        self.first_of_set = self.key;
    }

    /// The key that signs.
    pub const fn key(&self) -> u8 {
        self.key
    }

    pub const fn key_set_serial(&self) -> u64 {
        self.key_set
    }

    pub fn restore_yesterday(&mut self) {
        let yesterday = self.now - DAY;
        if let Some((_, table)) = self.past.iter().rev().find(|(at, _)| *at <= yesterday) {
            self.table = table.clone();
            self.past.retain(|(at, _)| *at <= yesterday);
        }
    }

    /// Answers as the function does: the token first, then the rows; what is decided is stored.
    pub fn answer(&mut self, token: u16, question: &Question) -> Result<CheckInResponse, Failure> {
        let presented = TokenState { version: token, key_id: 1 };
        let binding = Binding {
            issuer: "https://portal.example.com".to_owned(),
            server: SERVER.to_owned(),
            token_version: token,
            attempt: question.attempt.clone(),
            issued_at: self.now,
        };
        match judge_token(Some(self.table.token), presented) {
            TokenVerdict::Current => {}
            TokenVerdict::Superseded => {
                let reason = RefusalReason::TokenSuperseded;
                return Ok(self.signed(&Refusal { binding, reason }, question));
            }
            TokenVerdict::Unauthentic => return Err(Failure::TokenRejected),
            TokenVerdict::Unknown => return Err(Failure::Status(503)),
        }
        let attempt = AttemptId::parse(&question.attempt).map_err(|_| Failure::Status(422))?;
        let named = question.lease.as_ref().and_then(|text| lease::LeaseId::decode(&ring(), SERVER, text));
        let request = CheckIn {
            attempt,
            lease: named.map(|id| LeaseId { epoch: id.epoch, serial: id.serial }),
            traits: Traits::parse(["disk", "board", "uuid"]).unwrap(),
            public_key: PublicKey::parse(&"A".repeat(43)).unwrap(),
        };
        let decision = decide(&self.table.server, &self.table.lease, &request, self.now);
        if let Some(next) = decision.store {
            self.table.lease = next;
        }
        Ok(match decision.answer {
            Answer::Lease { id, expires_at } => {
                let lease = self.lease(binding, id, expires_at);
                self.signed.push(lease.clone());
                self.signed(&lease, question)
            }
            Answer::Unchanged => self.signed(&Unchanged { binding, next_check_in: self.next_check_in() }, question),
            Answer::Refused(refusal) => self.signed(&Refusal { binding, reason: reason(refusal) }, question),
        })
    }

    fn signed<T: Claims>(&self, claims: &T, question: &Question) -> CheckInResponse {
        let older = question.key_set < self.key_set;
        let key_set = older.then(|| key_set(self.key_set, self.first_of_set, 254));
        CheckInResponse { document: sign(&key(self.key), claims), key_set }
    }

    /// Twenty days from now on half of the capacity ends, so that leases say different things for different instants.
    fn lease(&self, binding: Binding, id: LeaseId, expires_at: Timestamp) -> Lease {
        let segment = |capacity, from, until| Segment {
            application: "Advanced Queueing".to_owned(),
            redundancy: false,
            license: License::Subscription,
            unit: "channels".to_owned(),
            capacity,
            from,
            until: Some(until),
            status: SegmentStatus::Active,
            care: None,
            start: "2026-01-01".parse().unwrap(),
            term: Some("2027-12-31".parse().unwrap()),
            services: Vec::new(),
        };
        let half = self.now + DAY * 20;
        let capacity = self.table.capacity;
        Lease {
            binding,
            expires_at,
            serial: id.serial,
            lease_id: lease::LeaseId { epoch: id.epoch, serial: id.serial }.encode(&ring(), SERVER),
            account: "Imagicle Final Customer 1".to_owned(),
            server_name: "Server 1".to_owned(),
            segments: vec![segment(capacity, self.now - DAY, half), segment(capacity / 2, half, half + DAY * 300)],
            next_check_in: self.next_check_in(),
        }
    }

    fn next_check_in(&self) -> NextCheckIn {
        let hours = SignedDuration::from_hours;
        NextCheckIn { earliest: self.now + hours(23), latest: self.now + hours(25) }
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

/// What a lease says for an instant.
pub fn capacity_of(lease: &Lease, at: Timestamp) -> u32 {
    lease.segments.iter().filter(|segment| segment.holds_at(at)).map(|segment| segment.capacity).sum()
}
