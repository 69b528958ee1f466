//! Servers come, change and go.

mod disable;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::Refusal;
use crate::account::{Account, ActivationMode, Server};
use crate::assign::Change;
use crate::grant::LicenseType;
use crate::id::ServerId;
use crate::pool::{Cell, Pool};
use crate::segment::changed_servers;
use crate::text::Label;

pub use disable::{DISABLE_DELAY_HOURS, Disabling, Enabled, GivenAway, disable, enable};

impl Account {
    /// Most servers that are not disabled.
    pub const ENABLED_SERVERS_MAX: usize = 50;
    /// Most servers in all.
    pub const SERVERS_MAX: usize = 200;
}

/// Adds a server without capacity, online. Its `id` is fresh: the caller makes it by a condition on the write. Without
/// a name it gets the first free one of "Server 1", "Server 2" and so on. Returns the account with the server last.
///
/// # Errors
/// [`Refusal::TooManyServers`], [`Refusal::ServerNameTaken`].
pub fn add_server(account: &Account, id: ServerId, name: Option<Label>) -> Result<Account, Refusal> {
    check_room(account)?;
    if account.servers.len() >= Account::SERVERS_MAX {
        return Err(Refusal::TooManyServers(Account::SERVERS_MAX));
    }
    let taken: BTreeSet<String> = account.servers.iter().map(|server| folded(&server.name)).collect();
    let name = match name {
        Some(name) if taken.contains(&folded(&name)) => return Err(Refusal::ServerNameTaken),
        Some(name) => name,
        None => free_name(&taken),
    };
    let mut after = account.clone();
    after.servers.push(Server { id, name, mode: ActivationMode::Online, disabled: None, offline: None });
    after.version += 1;
    Ok(after)
}

/// Renames a server. The version stays where the name is the one it has.
///
/// # Errors
/// [`Refusal::ServerNotFound`], [`Refusal::ServerNameTaken`].
pub fn rename(account: &Account, id: &ServerId, name: Label) -> Result<Account, Refusal> {
    let server = find(account, id)?;
    let taken = |other: &Server| other.id != *id && folded(&other.name) == folded(&name);
    if account.servers.iter().any(taken) {
        return Err(Refusal::ServerNameTaken);
    }
    let mut after = account.clone();
    if server.name != name {
        find_mut(&mut after, id)?.name = name;
        after.version += 1;
    }
    Ok(after)
}

/// Sets how a server stays current. Offline is for perpetual licences: what the server has, and what would return to it
/// if it were enabled. A server goes online again when what its strings let it run is returned.
///
/// # Errors
/// [`Refusal::ServerNotFound`], [`Refusal::OfflineNotAllowed`], [`Refusal::OfflineNotReturned`].
pub fn set_mode(account: &Account, id: &ServerId, mode: ActivationMode) -> Result<Account, Refusal> {
    let server = find(account, id)?;
    match mode {
        ActivationMode::Offline => only_perpetual(account, server)?,
        ActivationMode::Online if server.offline.is_some() => return Err(Refusal::OfflineNotReturned),
        ActivationMode::Online => {}
    }
    let mut after = account.clone();
    if server.mode != mode {
        find_mut(&mut after, id)?.mode = mode;
        after.version += 1;
    }
    Ok(after)
}

fn only_perpetual(account: &Account, server: &Server) -> Result<(), Refusal> {
    let aside = server.disabled.iter().flat_map(|disabled| &disabled.set_aside).map(|aside| &aside.pool);
    let assigned = account.pools.iter().filter(|pool| pool.cells.contains_key(&server.id)).map(|pool| &pool.key);
    match assigned.chain(aside).find(|pool| pool.license == LicenseType::Subscription) {
        Some(pool) => Err(Refusal::OfflineNotAllowed(pool.clone())),
        None => Ok(()),
    }
}

/// A server was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// The account without it.
    pub account: Account,
    /// Other servers that run something else now, because its cells went back to their pools.
    pub changed_servers: BTreeSet<ServerId>,
    /// The cells that went back.
    pub changes: Vec<Change>,
}

/// Deletes a server; its cells go back to their pools. `was_activated` says whether an AppSuite was ever bound to it.
///
/// # Errors
/// [`Refusal::ServerNotFound`], [`Refusal::ServerWasActivated`].
pub fn delete(account: &Account, id: &ServerId, was_activated: bool, now: Timestamp) -> Result<Deleted, Refusal> {
    find(account, id)?;
    if was_activated {
        return Err(Refusal::ServerWasActivated);
    }
    let mut after = account.clone();
    let changes = take_cells(&mut after, id).into_iter().map(|(change, _)| change).collect();
    after.servers.retain(|server| server.id != *id);
    after.version += 1;
    Ok(Deleted { changed_servers: changed_servers(account, &after, now), account: after, changes })
}

/// Takes all cells of a server out of their pools.
fn take_cells(account: &mut Account, id: &ServerId) -> Vec<(Change, Cell)> {
    let take = |pool: &mut Pool| {
        let cell = pool.cells.remove(id)?;
        Some((Change { pool: pool.key.clone(), server: id.clone(), from: cell.capacity(), to: 0 }, cell))
    };
    account.pools.iter_mut().filter_map(take).collect()
}

/// Whether one more server may be enabled.
fn check_room(account: &Account) -> Result<(), Refusal> {
    let enabled = account.servers.iter().filter(|server| server.disabled.is_none()).count();
    if enabled < Account::ENABLED_SERVERS_MAX {
        Ok(())
    } else {
        Err(Refusal::TooManyServers(Account::ENABLED_SERVERS_MAX))
    }
}

pub(crate) fn find<'a>(account: &'a Account, id: &ServerId) -> Result<&'a Server, Refusal> {
    account.server(id).ok_or(Refusal::ServerNotFound)
}

pub(crate) fn find_mut<'a>(account: &'a mut Account, id: &ServerId) -> Result<&'a mut Server, Refusal> {
    account.servers.iter_mut().find(|server| server.id == *id).ok_or(Refusal::ServerNotFound)
}

fn free_name(taken: &BTreeSet<String>) -> Label {
    let names = (1..).map(|number| format!("Server {number}"));
    let free = names.filter_map(|name| Label::parse(&name).ok()).find(|name| !taken.contains(&folded(name)));
    free.expect("there are more numbers than servers")
}

/// The form in which names are compared.
fn folded(name: &Label) -> String {
    name.as_str().to_lowercase()
}

#[cfg(test)]
mod tests;
