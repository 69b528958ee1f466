//! What a save may not do.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::Refusal;
use crate::account::{Account, ActivationMode, Server};
use crate::assign::Change;
use crate::grant::LicenseType;
use crate::id::ServerId;
use crate::pool::{Pool, PoolKey};
use crate::text::Label;

/// A disabled server gets nothing, an offline one no subscription.
pub(super) fn server(server: &Server, change: &Change) -> Result<(), Refusal> {
    if !change.is_raise() {
        return Ok(());
    }
    if server.disabled.is_some() {
        return Err(Refusal::ServerDisabled);
    }
    if server.mode == ActivationMode::Offline && change.pool.license == LicenseType::Subscription {
        return Err(Refusal::OfflineNotAllowed(change.pool.clone()));
    }
    Ok(())
}

/// No pool may come to be used beyond both its total and its use before: one that is over-assigned may be lowered or
/// shifted.
pub(super) fn totals(account: &Account, changes: &[Change], today: Date) -> Result<(), Refusal> {
    let mut by_pool: BTreeMap<&PoolKey, (u64, u64)> = BTreeMap::new();
    for change in changes {
        let (lowered, raised) = by_pool.entry(&change.pool).or_default();
        let spent = account.server(&change.server).map_or(0, |server| server.spent(&change.pool));
        *lowered += u64::from(change.from.max(spent));
        *raised += u64::from(change.to.max(spent));
    }
    for (key, (lowered, raised)) in by_pool {
        let pool = account.pool(key).ok_or(Refusal::PoolNotFound)?;
        let (total, used_before) = (pool.total(today), account.used(pool));
        let used = used_before - lowered + raised;
        if used > used_before && used > u64::from(total) {
            return Err(Refusal::OverAssigned { pool: key.clone(), total, used });
        }
    }
    Ok(())
}

/// Where "red." capacity of an application is raised on a server, other servers must have as much of the primary.
pub(super) fn redundancy(before: &Account, after: &Account, changes: &[Change]) -> Result<(), Refusal> {
    for change in changes.iter().filter(|change| change.pool.redundancy && change.is_raise()) {
        let application = &change.pool.application;
        let Redundancy { redundant, primary } = Redundancy::of(after, application, &change.server);
        let raised = Redundancy::of(before, application, &change.server).redundant < redundant;
        if raised && redundant > primary {
            let (pool, server) = (change.pool.clone(), change.server.clone());
            return Err(Refusal::RedundancyExceedsPrimary { pool, server, redundant, primary });
        }
    }
    Ok(())
}

/// How an application on a server is backed by other servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redundancy {
    /// "red." capacity on the server, of either licence type, in units.
    pub redundant: u64,
    /// Primary capacity on all other servers, of either licence type, in units.
    pub primary: u64,
}

impl Redundancy {
    /// The numbers of one application on one server.
    pub fn of(account: &Account, application: &Label, server: &ServerId) -> Self {
        let sum = |redundancy, units: &dyn Fn(&Pool) -> u64| {
            let same = |pool: &&Pool| pool.key.redundancy == redundancy && pool.key.application == *application;
            account.pools.iter().filter(same).map(units).sum()
        };
        let here = |pool: &Pool| u64::from(pool.assigned_to(server));
        Self { redundant: sum(true, &here), primary: sum(false, &|pool| pool.used() - here(pool)) }
    }
}
