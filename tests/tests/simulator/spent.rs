//! The model of offline servers: what strings let an installation run, until it is returned.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lease::PublicKey;
use lease::offline::{OfflineLease, RequestNonce, Statement};

use crate::catalogue::Row;
use crate::model::{Account, Server};
use crate::suites::row_of;

/// Losses that an account can declare within [`LOSSES_COUNT_FOR`].
const LOSSES_MAX: usize = 2;
const LOSSES_COUNT_FOR: SignedDuration = SignedDuration::from_hours(365 * 24);
/// So many answered requests are told apart from new ones.
const ANSWERED_MAX: usize = 4;

/// What one installation was given by strings.
#[derive(Debug, Clone)]
pub struct Strings {
    pub key: PublicKey,
    pub serial: u64,
    answered: Vec<RequestNonce>,
    is_confirmed: bool,
    /// The serial of the last response that it has shown that it holds.
    shown: u64,
    /// What the last response gives, what those before it gave, and the most since the last return.
    given: BTreeMap<Row, u32>,
    before: BTreeMap<Row, u32>,
    most: BTreeMap<Row, u32>,
}

/// What a request must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The same response again.
    Again,
    /// A new response, or, where nothing has changed since, that it is confirmed.
    News {
        confirms: bool,
    },
    Refused(&'static str),
}

impl Server {
    /// What strings let its installation run of a row, whatever is decided later.
    pub fn spent(&self, row: Row) -> u32 {
        let of = |given: &BTreeMap<Row, u32>| given.get(&row).copied().unwrap_or(0);
        self.strings.as_ref().map_or(0, |strings| of(&strings.given).max(of(&strings.before)))
    }

    /// The most that any string since the last return gave of a row.
    pub fn most(&self, row: Row) -> u32 {
        self.strings.as_ref().and_then(|strings| strings.most.get(&row).copied()).unwrap_or(0)
    }

    /// How the portal shows the exchange.
    pub fn exchange(&self) -> &'static str {
        match &self.strings {
            Some(strings) if strings.is_confirmed => "confirmed",
            Some(_) => "responseReady",
            None if self.is_offline => "waitsForRequest",
            None => "online",
        }
    }

    /// The rows of which something is spent.
    pub fn spent_rows(&self) -> BTreeMap<Row, u32> {
        let given = self.strings.as_ref().map(|strings| larger(&strings.given, &strings.before)).unwrap_or_default();
        given.into_iter().filter(|(_, capacity)| *capacity > 0).collect()
    }

    /// What the row counts for it: the larger of what it has and what is spent.
    pub fn counts(&self, row: Row) -> u32 {
        self.cells.get(&row).copied().unwrap_or(0).max(self.spent(row))
    }

    /// What a request is answered, its token being current.
    pub fn due(&self, asked: &Statement, bound: Option<PublicKey>) -> Due {
        if self.disabled.is_some() {
            return Due::Refused("server_disabled");
        }
        if !self.is_offline {
            return Due::Refused("server_not_offline");
        }
        let Some(strings) = &self.strings else {
            let is_other = bound.is_some_and(|key| key != asked.public_key);
            return if is_other { Due::Refused("offline_other_installation") } else { Due::News { confirms: false } };
        };
        if strings.key != asked.public_key {
            return Due::Refused("offline_other_installation");
        }
        match strings.answered.iter().rposition(|nonce| *nonce == asked.nonce) {
            Some(last) if last + 1 == strings.answered.len() => Due::Again,
            Some(_) => Due::Refused("offline_request_outdated"),
            None => Due::News { confirms: asked.serial >= strings.serial },
        }
    }

    /// A new response was given.
    pub fn give(&mut self, asked: &Statement, response: &OfflineLease, now: Timestamp) {
        let mut given = BTreeMap::new();
        for segment in response.segments.iter().filter(|segment| segment.until.is_none_or(|until| until > now)) {
            let most: &mut u32 = given.entry(row_of(segment)).or_default();
            *most = segment.capacity.max(*most);
        }
        let known = self.strings.take();
        let before = match &known {
            None => BTreeMap::new(),
            Some(known) if asked.serial >= known.serial => known.given.clone(),
            // It names less than it has shown: it was restored from a backup.
            Some(known) if asked.serial < known.shown => known.most.clone(),
            Some(known) => larger(&known.given, &known.before),
        };
        let shown =
            known.as_ref().map_or(0, |known| if asked.serial >= known.serial { known.serial } else { known.shown });
        let most = larger(&given, &known.as_ref().map(|known| known.most.clone()).unwrap_or_default());
        let mut answered = known.map(|known| known.answered).unwrap_or_default();
        answered.push(asked.nonce);
        answered.drain(..answered.len().saturating_sub(ANSWERED_MAX));
        let (key, serial) = (asked.public_key, response.serial);
        self.strings = Some(Strings { key, serial, answered, is_confirmed: false, shown, given, before, most });
    }

    /// The installation has what was given last; whether that is news.
    pub fn confirm(&mut self) -> bool {
        let strings = self.strings.as_mut().unwrap();
        strings.before.clear();
        strings.shown = strings.serial;
        !std::mem::replace(&mut strings.is_confirmed, true)
    }

    /// Why a return does not count.
    pub fn refuses_return(&self, returned: &Statement) -> Option<&'static str> {
        let Some(strings) = &self.strings else { return Some("nothing_to_return") };
        if strings.key != returned.public_key {
            return Some("offline_other_installation");
        }
        let is_old = returned.serial < strings.serial && strings.answered.last() != Some(&returned.nonce);
        is_old.then_some("offline_return_outdated")
    }
}

impl Account {
    /// Why a loss can't be declared.
    pub fn refuses_loss(&self, id: &str, by_staff: bool, now: Timestamp) -> Option<&'static str> {
        if self.servers[id].strings.is_none() {
            return Some("nothing_to_return");
        }
        (!by_staff && self.losses_left(now) == 0).then_some("too_many_losses")
    }

    /// How many losses can be declared without asking.
    pub fn losses_left(&self, now: Timestamp) -> usize {
        let recent = self.losses.iter().filter(|at| now.duration_since(**at) < LOSSES_COUNT_FOR).count();
        LOSSES_MAX.saturating_sub(recent)
    }
}

fn larger(one: &BTreeMap<Row, u32>, other: &BTreeMap<Row, u32>) -> BTreeMap<Row, u32> {
    let mut most = one.clone();
    for (row, capacity) in other {
        let largest = most.entry(*row).or_default();
        *largest = (*capacity).max(*largest);
    }
    most
}
