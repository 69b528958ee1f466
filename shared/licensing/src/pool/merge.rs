//! Grants enter and leave an account.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::Refusal;
use crate::account::Account;
use crate::grant::{Grant, Term, utc_day};
use crate::pool::{MergedGrant, Pool, PoolKey};

impl Account {
    /// Adds grants, making pools in order of key where there are none yet. The account's version is left to the
    /// caller, whose write holds more than the grants.
    ///
    /// # Errors
    /// [`Refusal::TooManyPools`], [`Refusal::AccountTooLarge`] where a pool would count beyond `u32`. The account is
    /// unchanged then.
    pub fn add_grants(&mut self, grants: &[Grant]) -> Result<(), Refusal> {
        let mut pools = self.pools.clone();
        for grant in grants {
            pool_of(&mut pools, grant).merge(grant)?;
        }
        if pools.len() > Self::POOLS_MAX {
            return Err(Refusal::TooManyPools(Self::POOLS_MAX));
        }
        self.pools = pools;
        Ok(())
    }

    /// Puts grants in the place of what they were; where there was none, it is added. A grant that is not in the account
    /// as it was changes nothing. The account's version is left to the caller.
    ///
    /// # Errors
    /// As [`Self::add_grants`].
    pub fn replace_grants(&mut self, changes: &[(Option<Grant>, Grant)]) -> Result<(), Refusal> {
        let mut pools = self.pools.clone();
        for (before, after) in changes {
            let pool = pool_of(&mut pools, after);
            if before.as_ref().is_none_or(|before| pool.unmerge(before)) {
                pool.merge(after)?;
            }
        }
        if pools.len() > Self::POOLS_MAX.max(self.pools.len()) {
            return Err(Refusal::TooManyPools(Self::POOLS_MAX));
        }
        self.pools = pools;
        Ok(())
    }

    /// Takes grants out again, as when their order is locked, and the pools that hold nothing then. A grant that is
    /// not in the account takes nothing. The account's version is left to the caller.
    ///
    /// # Errors
    /// [`Refusal::LockWouldUncover`] where the cells of a pool would exceed its total. The account is unchanged then.
    pub fn remove_grants(&mut self, grants: &[Grant], now: Timestamp) -> Result<(), Refusal> {
        let mut pools = self.pools.clone();
        for grant in grants {
            if let Some(pool) = pools.iter_mut().find(|pool| pool.key == grant.pool) {
                pool.unmerge(grant);
            }
        }
        let touched = |key: &PoolKey| grants.iter().any(|grant| grant.pool == *key);
        let uncovered = |pool: &&Pool| pool.used_with(&self.servers) > u64::from(pool.total(utc_day(now)));
        if let Some(pool) = pools.iter().filter(|pool| touched(&pool.key)).find(uncovered) {
            return Err(Refusal::LockWouldUncover(pool.key.clone()));
        }
        pools.retain(|pool| !(pool.grants.is_empty() && pool.cells.is_empty()));
        self.pools = pools;
        Ok(())
    }
}

/// The pool that a grant counts in, made where there is none.
fn pool_of<'a>(pools: &'a mut Vec<Pool>, grant: &Grant) -> &'a mut Pool {
    let index = match pools.binary_search_by(|pool| pool.key.cmp(&grant.pool)) {
        Ok(index) => index,
        Err(index) => {
            pools.insert(index, Pool::new(grant.pool.clone(), grant.unit));
            index
        }
    };
    &mut pools[index]
}

impl Pool {
    /// Adds a grant of this pool to the merged ones.
    ///
    /// # Errors
    /// [`Refusal::AccountTooLarge`] where the pool would count beyond `u32`; it is unchanged then.
    pub fn merge(&mut self, grant: &Grant) -> Result<(), Refusal> {
        let granted = self.grants.iter().map(MergedGrant::largest).sum::<u64>();
        let grant = MergedGrant { terms: grant.terms.clone(), care: grant.care.clone() };
        if u32::try_from(granted + grant.largest()).is_err() {
            return Err(Refusal::AccountTooLarge);
        }
        match self.grants.iter_mut().find(|merged| merged.is_like(&grant)) {
            Some(merged) => merged.add(&grant),
            None => self.grants.push(grant),
        }
        Ok(())
    }

    /// Takes a grant out of the merged ones. `false` where it is not among them; nothing changes then.
    pub fn unmerge(&mut self, grant: &Grant) -> bool {
        let grant = MergedGrant { terms: grant.terms.clone(), care: grant.care.clone() };
        let Some(index) = self.grants.iter().position(|merged| merged.is_like(&grant) && merged.contains(&grant))
        else {
            return false;
        };
        self.grants[index].subtract(&grant);
        if self.grants[index].largest() == 0 {
            self.grants.remove(index);
        }
        true
    }
}

impl MergedGrant {
    /// The largest capacity it ever has, in units. Bounding the sum of these bounds every level of the pool.
    fn largest(&self) -> u64 {
        self.terms.iter().map(|term| u64::from(term.capacity)).max().unwrap_or(0)
    }

    /// Whether two grants can be merged: see [`MergedGrant`].
    fn is_like(&self, other: &Self) -> bool {
        let dates = |terms: &[Term]| -> Vec<(Date, Option<Date>)> { terms.iter().map(|t| (t.start, t.term)).collect() };
        self.care == other.care
            && dates(&self.terms) == dates(&other.terms)
            && ranks(&self.terms).eq(ranks(&other.terms))
    }

    fn contains(&self, other: &Self) -> bool {
        self.terms.iter().zip(&other.terms).all(|(all, part)| all.capacity >= part.capacity)
    }

    fn add(&mut self, other: &Self) {
        for (all, part) in self.terms.iter_mut().zip(&other.terms) {
            all.capacity += part.capacity;
        }
    }

    fn subtract(&mut self, other: &Self) {
        for (all, part) in self.terms.iter_mut().zip(&other.terms) {
            all.capacity -= part.capacity;
        }
    }
}

/// For each term, how many of the terms are smaller: the same for grants that rise and fall alike.
fn ranks(terms: &[Term]) -> impl Iterator<Item = usize> {
    terms.iter().map(|term| terms.iter().filter(|other| other.capacity < term.capacity).count())
}
