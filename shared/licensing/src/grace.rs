//! How long capacity of one account is served after its term: vendor staff may lengthen it, and take that back.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::Timestamp;

use crate::account::{Account, Policy};
use crate::id::ServerId;
use crate::segment::changed_servers;

/// The days that staff may choose: the usual ones at least, a year at most.
pub const GRACE_DAYS: RangeInclusive<u16> = 30..=365;

/// An account with another term grace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraceSetting {
    /// The account, its version risen by one.
    pub account: Account,
    /// Servers that run something else, now or later.
    pub changed_servers: BTreeSet<ServerId>,
}

/// Gives an account another term grace, in days. It holds for every term of the account, also for one that has ended
/// within these days, until it is set again: the usual 30 days take it back. `None` where it is so already.
pub fn set_grace(account: &Account, days: u16, now: Timestamp) -> Option<GraceSetting> {
    if account.policy.term_grace_days == days {
        return None;
    }
    let mut after = account.clone();
    after.policy = Policy { term_grace_days: days, ..account.policy };
    after.version += 1;
    let changed_servers = changed_servers(account, &after, now);
    Some(GraceSetting { account: after, changed_servers })
}
