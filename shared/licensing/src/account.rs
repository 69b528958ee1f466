//! A Smart Account: everything that a save must see at once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::advance::Advanced;
use crate::id::{AccountId, BusinessNumber, ServerId};
use crate::offline::Offline;
use crate::pool::{Cell, Pool, PoolKey};
use crate::text::{Country, Label};

/// A business by the ERP's number, with its latest name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Business {
    /// Its identity.
    pub number: BusinessNumber,
    /// Its label; the latest order wins.
    pub name: Label,
}

/// The final customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Its identity.
    pub number: BusinessNumber,
    /// Its label; the latest order wins.
    pub name: Label,
    /// Where it is.
    pub country: Country,
}

/// Whether a reseller may manage the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResellerAccess {
    /// It manages the account.
    Granted,
    /// An order came through it; a manager of the customer or vendor staff has not accepted yet.
    Requested,
}

/// A reseller that has to do with the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountReseller {
    /// Who.
    #[serde(flatten)]
    pub business: Business,
    /// What it may do.
    pub access: ResellerAccess,
    /// Since when.
    pub since: Timestamp,
}

/// How a server stays current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActivationMode {
    /// By check-in.
    #[default]
    Online,
    /// By request and response strings.
    Offline,
}

/// What a disabled server had of one pool. It is free for others at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetAside {
    /// Of which pool.
    pub pool: PoolKey,
    /// The cell with its order.
    pub cell: Cell,
    /// What all cells of the pool and all cells set aside from it had together when the server was disabled, in
    /// units: up to here the cell may return even where the total is lower, as it is during a term grace.
    pub claimed: u64,
}

/// A disabled server: from `effective_at` on it runs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Disabled {
    /// When the AppSuite stops; 24 hours after the click, so that a wrong click can be taken back.
    pub effective_at: Timestamp,
    /// The cells it had, with their order.
    pub set_aside: Vec<SetAside>,
}

impl Disabled {
    /// What it had of a pool.
    pub fn cell_of(&self, pool: &PoolKey) -> Option<&Cell> {
        self.set_aside.iter().find(|aside| aside.pool == *pool).map(|aside| &aside.cell)
    }
}

/// A server as the account knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// Its id.
    pub id: ServerId,
    /// Its label, unique in the account without regard to case.
    pub name: Label,
    /// How it stays current.
    pub mode: ActivationMode,
    /// Set while it is disabled.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub disabled: Option<Disabled>,
    /// Set while an installation holds strings that let it run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offline: Option<Offline>,
}

/// What the vendor allows an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Days after a term during which capacity is still served.
    pub term_grace_days: u16,
    /// Days a lease lives without another check-in.
    pub lease_days: u16,
}

impl Default for Policy {
    fn default() -> Self {
        Self { term_grace_days: 30, lease_days: 30 }
    }
}

/// A Smart Account under one version. Every change of it is one write on condition that the version is the one read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Rises by one with each write.
    pub version: u64,
    /// Whose it is.
    pub customer: Customer,
    /// Resellers with access, or that ask for it.
    pub resellers: Vec<AccountReseller>,
    /// The rows, ordered by key.
    pub pools: Vec<Pool>,
    /// The servers in the order they were added.
    pub servers: Vec<Server>,
    /// What the vendor allows.
    pub policy: Policy,
    /// The sequence number of the next increment.
    pub next_sequence: u64,
    /// When offline installations were declared lost, as far as it counts still.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub losses: Vec<Timestamp>,
    /// Through which day time has done its part.
    #[serde(default)]
    pub advanced: Advanced,
}
