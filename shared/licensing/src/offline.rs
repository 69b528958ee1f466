//! Servers that stay current by strings that people carry.
//!
//! What a string lets an installation run it runs for ever, whatever is decided later: it is *spent*. A pool counts for
//! such a server what is assigned or what is spent, whichever is more. A request that names the last response confirms
//! it: only what that response gives is spent from then on. A return ends it all; so does a declared loss, for which
//! there is a yearly budget, because nobody can know whether a lost installation runs.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::account::{Account, ActivationMode, Server};
use crate::check_in::{AttemptId, PublicKey};
use crate::id::ServerId;
use crate::pool::PoolKey;
use crate::segment::Segment;
use crate::server::{find, find_mut};

/// How many losses an account can declare in a year without asking.
pub const LOSSES_MAX: usize = 2;
/// How long a declared loss counts.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);
/// How many answered requests are remembered, so that one that comes again late is told apart from a new one.
const ANSWERED_MAX: usize = 4;

/// What strings let an installation run of one pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Of which pool.
    pub pool: PoolKey,
    /// How much, in units; never 0.
    pub capacity: u32,
}

/// The installation that holds an offline server's strings, and what they let it run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offline {
    /// The installation's key.
    pub key: PublicKey,
    /// The last requests that were answered, the newest last.
    pub answered: Vec<AttemptId>,
    /// When the last one was answered.
    pub answered_at: Timestamp,
    /// The serial of the last response.
    pub serial: u64,
    /// Which state of the server it carries.
    pub revision: u64,
    /// Whether the installation has shown that it holds it.
    pub confirmed: bool,
    /// The serial of the last response that the installation has shown that it holds; 0 is none.
    #[serde(default)]
    pub shown: u64,
    /// What the last response gives.
    pub given: Vec<Spent>,
    /// What responses before it give; they count until it is confirmed.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub before: Vec<Spent>,
    /// The most that any response since the last return gave: an installation that was restored from a backup may
    /// hold it again.
    pub most: Vec<Spent>,
}

impl Offline {
    /// What the installation may run of a pool at the most, in units.
    pub fn spent(&self, pool: &PoolKey) -> u32 {
        capacity_of(&self.given, pool).max(capacity_of(&self.before, pool))
    }

    /// The same of all pools, in order of key.
    pub fn spent_of_all(&self) -> Vec<Spent> {
        larger(&self.given, &self.before)
    }
}

impl Server {
    /// What strings let its installation run of a pool, in units.
    pub fn spent(&self, pool: &PoolKey) -> u32 {
        self.offline.as_ref().map_or(0, |offline| offline.spent(pool))
    }
}

/// What an installation asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Its key.
    pub key: PublicKey,
    /// The request's own number.
    pub nonce: AttemptId,
    /// The serial of the lease that it holds; 0 is none.
    pub serial: u64,
}

/// What a response would give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giving {
    /// Its serial.
    pub serial: u64,
    /// Which state of the server it carries.
    pub revision: u64,
    /// What may run.
    pub given: Vec<Spent>,
}

impl Giving {
    /// The most of each pool that these segments give from `now` on.
    pub fn of(serial: u64, revision: u64, segments: &[Segment], now: Timestamp) -> Self {
        let mut given = BTreeMap::new();
        for segment in segments.iter().filter(|segment| !segment.is_over(now)) {
            let most: &mut u32 = given.entry(segment.pool.clone()).or_default();
            *most = segment.capacity.max(*most);
        }
        Self { serial, revision, given: listed(given) }
    }
}

/// What a request is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// It was answered before: the same response is shown. Nothing changes.
    Again,
    /// It confirms the last response, and there is nothing new to give.
    Confirmed(Account),
    /// A new response.
    Given(Account),
}

/// Answers a request of the installation of an offline server. That it is authentic is known.
///
/// # Errors
/// [`Refusal::ServerNotFound`], [`Refusal::ServerDisabled`], [`Refusal::ServerNotOffline`],
/// [`Refusal::OfflineOtherInstallation`], [`Refusal::OfflineRequestOutdated`].
pub fn answer(
    account: &Account,
    id: &ServerId,
    asking: &Asking,
    giving: &Giving,
    now: Timestamp,
) -> Result<Answered, Refusal> {
    let server = find(account, id)?;
    if server.disabled.is_some() {
        return Err(Refusal::ServerDisabled);
    }
    if server.mode != ActivationMode::Offline {
        return Err(Refusal::ServerNotOffline);
    }
    let Some(held) = &server.offline else { return Ok(Answered::Given(with(account, id, first(asking, giving, now)))) };
    if held.key != asking.key {
        return Err(Refusal::OfflineOtherInstallation);
    }
    match held.answered.iter().rposition(|nonce| *nonce == asking.nonce) {
        Some(last) if last + 1 == held.answered.len() => return Ok(Answered::Again),
        Some(_) => return Err(Refusal::OfflineRequestOutdated),
        None => {}
    }
    let confirms = asking.serial >= held.serial;
    if confirms && held.revision == giving.revision {
        return Ok(if held.confirmed {
            Answered::Confirmed(account.clone())
        } else {
            let confirmed = Offline { confirmed: true, shown: held.serial, before: Vec::new(), ..held.clone() };
            Answered::Confirmed(with(account, id, confirmed))
        });
    }
    // Who names less than it has shown was restored from a backup, and may hold whatever it ever held.
    let before = if confirms {
        held.given.clone()
    } else if held.confirmed || asking.serial < held.shown {
        held.most.clone()
    } else {
        larger(&held.given, &held.before)
    };
    let shown = if confirms { held.serial } else { held.shown };
    let mut answered = held.answered.clone();
    answered.push(asking.nonce.clone());
    answered.drain(..answered.len().saturating_sub(ANSWERED_MAX));
    let most = larger(&held.most, &giving.given);
    let next = Offline { answered, shown, before, most, ..first(asking, giving, now) };
    Ok(Answered::Given(with(account, id, next)))
}

fn first(asking: &Asking, giving: &Giving, now: Timestamp) -> Offline {
    Offline {
        key: asking.key.clone(),
        answered: vec![asking.nonce.clone()],
        answered_at: now,
        serial: giving.serial,
        revision: giving.revision,
        confirmed: false,
        shown: 0,
        given: giving.given.clone(),
        before: Vec::new(),
        most: giving.given.clone(),
    }
}

/// The installation runs nothing any more: what it had is free again as far as it is not assigned. That the return is
/// signed by the key that it names is known. It counts if it names the last response or the request that this answered,
/// so that an older return changes nothing.
///
/// # Errors
/// [`Refusal::ServerNotFound`], [`Refusal::NothingToReturn`], [`Refusal::OfflineOtherInstallation`],
/// [`Refusal::OfflineReturnOutdated`].
pub fn give_back(account: &Account, id: &ServerId, returned: &Asking) -> Result<Account, Refusal> {
    let held = find(account, id)?.offline.as_ref().ok_or(Refusal::NothingToReturn)?;
    if held.key != returned.key {
        return Err(Refusal::OfflineOtherInstallation);
    }
    if returned.serial < held.serial && held.answered.last() != Some(&returned.nonce) {
        return Err(Refusal::OfflineReturnOutdated);
    }
    Ok(without(account, id))
}

/// The installation is lost: what it had is free again as far as it is not assigned, although it may still run.
/// `limited` is false for the vendor's staff, whose declarations count all the same.
///
/// # Errors
/// [`Refusal::ServerNotFound`], [`Refusal::NothingToReturn`], [`Refusal::TooManyLosses`].
pub fn declare_lost(account: &Account, id: &ServerId, limited: bool, now: Timestamp) -> Result<Account, Refusal> {
    if find(account, id)?.offline.is_none() {
        return Err(Refusal::NothingToReturn);
    }
    if limited && losses_left(account, now) == 0 {
        return Err(Refusal::TooManyLosses(LOSSES_MAX));
    }
    let mut after = without(account, id);
    after.losses.retain(|at| counts(*at, now));
    after.losses.push(now);
    Ok(after)
}

/// How many losses can be declared without asking.
pub fn losses_left(account: &Account, now: Timestamp) -> usize {
    LOSSES_MAX.saturating_sub(account.losses.iter().filter(|at| counts(**at, now)).count())
}

fn counts(declared_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(declared_at) < YEAR
}

fn with(account: &Account, id: &ServerId, offline: Offline) -> Account {
    changed(account, id, Some(offline))
}

fn without(account: &Account, id: &ServerId) -> Account {
    changed(account, id, None)
}

fn changed(account: &Account, id: &ServerId, offline: Option<Offline>) -> Account {
    let mut after = account.clone();
    if let Ok(server) = find_mut(&mut after, id) {
        server.offline = offline;
        after.version += 1;
    }
    after
}

fn capacity_of(list: &[Spent], pool: &PoolKey) -> u32 {
    list.iter().find(|spent| spent.pool == *pool).map_or(0, |spent| spent.capacity)
}

/// The larger of two lists, pool by pool.
fn larger(one: &[Spent], other: &[Spent]) -> Vec<Spent> {
    let mut most = BTreeMap::new();
    for spent in one.iter().chain(other) {
        let largest: &mut u32 = most.entry(spent.pool.clone()).or_default();
        *largest = spent.capacity.max(*largest);
    }
    listed(most)
}

fn listed(capacities: BTreeMap<PoolKey, u32>) -> Vec<Spent> {
    capacities
        .into_iter()
        .filter(|(_, capacity)| *capacity > 0)
        .map(|(pool, capacity)| Spent { pool, capacity })
        .collect()
}

#[cfg(test)]
mod histories;
#[cfg(test)]
mod tests;
