//! Short ways to say what a test is about.

use jiff::Timestamp;
use jiff::civil::Date;
use ulid::Ulid;

use crate::account::{Account, Customer, Policy};
use crate::advance::Advanced;
use crate::assign::{Assignment, Saved, save};
use crate::grant::{Care, CareLevel, Grant, LicenseType, Term};
use crate::id::{AccountId, BusinessNumber, LicenseCode, OrderId, ServerId, Sku};
use crate::pool::PoolKey;
use crate::product::Unit;
use crate::segment::{Segment, segments};
use crate::server::add_server;
use crate::text::{Country, Label};

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Noon of a day, or an instant as written.
pub fn at(text: &str) -> Timestamp {
    if text.len() > 10 { text.parse().unwrap() } else { format!("{text}T12:00:00Z").parse().unwrap() }
}

pub fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

/// A subscription pool; "… red." is a redundant one.
pub fn subscription(application: &str) -> PoolKey {
    let primary = application.strip_suffix(" red.");
    PoolKey {
        redundancy: primary.is_some(),
        application: label(primary.unwrap_or(application)),
        license: LicenseType::Subscription,
    }
}

pub fn perpetual(application: &str) -> PoolKey {
    PoolKey { license: LicenseType::Perpetual, ..subscription(application) }
}

/// Server 1, 2, …
pub fn server(number: u32) -> ServerId {
    ServerId::from_number(number)
}

pub fn term(capacity: u32, start: &str, term: &str) -> Term {
    Term { capacity, start: day(start), term: Some(day(term)) }
}

pub fn care(level: CareLevel, start: &str, term: &str) -> Care {
    Care { level, start: day(start), term: day(term) }
}

pub fn grant(pool: &PoolKey, terms: Vec<Term>) -> Grant {
    Grant {
        license_code: LicenseCode::parse("LICUNCK001").unwrap(),
        order_id: OrderId::new(Ulid::nil()),
        sku: Sku::parse("IM120-4L").unwrap(),
        product: label("Imagicle Stonefax 4 chan."),
        pool: pool.clone(),
        unit: Unit::Channels,
        piece: 4,
        terms,
        care: Vec::new(),
        renewals: Vec::new(),
        cancelled: None,
    }
}

/// A grant of 2020, a leap year.
pub fn of_2020(pool: &PoolKey, capacity: u32) -> Grant {
    grant(pool, vec![term(capacity, "2020-01-01", "2020-12-31")])
}

pub fn unlimited(pool: &PoolKey, capacity: u32, care: Vec<Care>) -> Grant {
    let terms = vec![Term { capacity, start: day("2020-01-01"), term: None }];
    Grant { care, ..grant(pool, terms) }
}

/// An account of these grants with servers 1 to 3.
pub fn account(grants: &[Grant]) -> Account {
    let mut account = Account {
        id: AccountId::new(Ulid::nil()),
        version: 7,
        customer: Customer {
            number: BusinessNumber::parse("C1").unwrap(),
            name: label("Imagicle Final Customer 1"),
            country: Country::parse("IT").unwrap(),
        },
        resellers: Vec::new(),
        pools: Vec::new(),
        servers: Vec::new(),
        policy: Policy::default(),
        next_sequence: 1,
        losses: Vec::new(),
        advanced: Advanced::default(),
    };
    account.add_grants(grants).unwrap();
    for number in 1..=3 {
        account = add_server(&account, server(number), None).unwrap();
    }
    account
}

pub fn set(pool: &PoolKey, number: u32, capacity: u32) -> Assignment {
    Assignment { pool: pool.clone(), server: server(number), capacity }
}

/// A save that must be accepted.
pub fn saved(account: &Account, command: &[Assignment], now: &str) -> Saved {
    save(account, command, account.version, at(now)).unwrap()
}

/// The account after the saves of one pool, each `(server, capacity)` a save of its own.
pub fn assigned(account: &Account, pool: &PoolKey, saves: &[(u32, u32)], now: &str) -> Account {
    saves.iter().fold(account.clone(), |account, (number, capacity)| {
        saved(&account, &[set(pool, *number, *capacity)], now).account
    })
}

/// All segments of a server from an instant on.
pub fn dated(account: &Account, number: u32, now: &str) -> Vec<Segment> {
    segments(&account.pools, &account.servers, account.policy, at(now), Timestamp::MAX)
        .remove(&server(number))
        .unwrap_or_default()
}

/// What a server runs of everything at an instant, decided at `now`.
pub fn running(account: &Account, number: u32, now: &str, instant: &str) -> u32 {
    dated(account, number, now).iter().filter(|segment| segment.holds(at(instant))).map(|s| s.capacity).sum()
}
