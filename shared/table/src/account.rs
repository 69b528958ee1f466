//! Accounts, their servers' rows and their grants.

use jiff::Timestamp;
use licensing::account::Account;
use licensing::grant::Grant;
use licensing::id::{AccountId, BusinessNumber, LicenseCode, ServerId};
use licensing::text::Label;
use serde::{Deserialize, Serialize};

use crate::key::{self, GRANT_PREFIX, PORTAL_PREFIX};
use crate::{Entity, Remembered, Stored, Table, TableError, Transaction, from_item};

/// Finds the account of a customer number; made with the account, so that a customer has one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CustomerAccount {
    /// The account.
    pub account: AccountId,
}

impl Entity for CustomerAccount {
    const KIND: &'static str = "customer";
}

/// Activation status of a server, as the portal shows it. "Disabled" is not stored here: it follows from the account
/// and the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServerStatus {
    /// No AppSuite is bound.
    #[default]
    Available,
    /// An AppSuite is bound and current.
    Active,
    /// Two installations use the same token.
    Conflict,
}

/// A server's row in its account: what changes seldom and by other functions than a save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerRow {
    /// Which server.
    pub id: ServerId,
    /// Rises by one with each write.
    pub version: u64,
    /// Its activation status.
    pub status: ServerStatus,
    /// Whether it was ever activated: then it can't be deleted.
    #[serde(default)]
    pub activated_once: bool,
    /// When it was activated last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub activated_at: Option<Timestamp>,
    /// Version of the AppSuite that is bound.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub app_suite_version: Option<Label>,
    /// Answers to server commands.
    #[serde(default)]
    pub remembered: Remembered,
}

impl ServerRow {
    /// The row of a server that was just added.
    pub fn new(id: ServerId) -> Self {
        Self {
            id,
            version: 1,
            status: ServerStatus::Available,
            activated_once: false,
            activated_at: None,
            app_suite_version: None,
            remembered: Remembered::default(),
        }
    }
}

impl Entity for ServerRow {
    const KIND: &'static str = "serverRow";
}

impl Entity for Grant {
    const KIND: &'static str = "grant";
}

impl Stored<Account> {
    /// The largest account item that is written, in bytes of JSON, which is about what DynamoDB counts; its own limit is
    /// 400 KB.
    const LEN_MAX: usize = 360_000;

    /// Whether the item is small enough to be written.
    pub fn fits(&self) -> bool {
        len(self) <= Self::LEN_MAX
    }

    /// As [`Self::fits`], or the account is no larger than before: a full account can be tidied up. What it remembers of
    /// answers has room beyond the limit.
    pub fn fits_after(&self, before: &Account) -> bool {
        self.fits() || len(&self.state) <= len(before)
    }
}

fn len(item: &impl Serialize) -> usize {
    serde_json::to_vec(item).map_or(usize::MAX, |json| json.len())
}

/// What one Query of the portal reads.
#[derive(Debug, Clone)]
pub struct PortalView {
    /// The account.
    pub account: Stored<Account>,
    /// A row for each server, ordered by id.
    pub rows: Vec<ServerRow>,
}

impl PortalView {
    /// The row of a server.
    pub fn row(&self, server: &ServerId) -> Option<&ServerRow> {
        self.rows.iter().find(|row| row.id == *server)
    }
}

impl Table {
    /// The account item alone.
    pub async fn account(&self, account: AccountId) -> Result<Option<Stored<Account>>, TableError> {
        self.get(key::account(account)).await
    }

    /// The account of a customer number.
    pub async fn account_of(&self, customer: &BusinessNumber) -> Result<Option<Stored<Account>>, TableError> {
        match self.get::<CustomerAccount>(key::customer(customer)).await? {
            Some(found) => self.account(found.account).await,
            None => Ok(None),
        }
    }

    /// The account with its servers' rows, in one Query.
    pub async fn portal_view(&self, account: AccountId) -> Result<Option<PortalView>, TableError> {
        let items = self.query_all("portal view", key::account_partition(account), PORTAL_PREFIX).await?;
        let mut found = None;
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            if crate::item::sort_key(&item).ends_with("#ACCOUNT") {
                found = Some(from_item(item)?);
            } else {
                rows.push(from_item(item)?);
            }
        }
        Ok(found.map(|account| PortalView { account, rows }))
    }

    /// One server's row.
    pub async fn server_row(&self, account: AccountId, server: &ServerId) -> Result<Option<ServerRow>, TableError> {
        self.get(key::server_row(account, server)).await
    }

    /// All grants of an account, ordered by licence code.
    pub async fn grants(&self, account: AccountId) -> Result<Vec<Grant>, TableError> {
        let items = self.query_all("grants", key::account_partition(account), GRANT_PREFIX).await?;
        items.into_iter().map(from_item).collect()
    }

    /// The grants that an account has of these licences.
    pub async fn grants_of(&self, account: AccountId, codes: &[LicenseCode]) -> Result<Vec<Grant>, TableError> {
        self.get_many(codes.iter().map(|code| key::grant(account, code)).collect()).await
    }
}

impl Transaction {
    /// Puts a grant: a new one, because its licence code is unique.
    pub fn put_grant(&mut self, account: AccountId, grant: &Grant) -> &mut Self {
        self.put_new(key::grant(account, &grant.license_code), grant)
    }

    /// Puts a grant that was renewed or cancelled, or that its renewal has made: the account that the same transaction
    /// writes guards it.
    pub fn put_changed_grant(&mut self, account: AccountId, grant: &Grant) -> &mut Self {
        self.put(key::grant(account, &grant.license_code), grant)
    }

    /// Takes a grant away, with the account's capacity of it; its licence code stays taken.
    pub fn delete_grant(&mut self, account: AccountId, grant: &Grant) -> &mut Self {
        self.delete(Grant::KIND, key::grant(account, &grant.license_code))
    }

    /// Makes an account the one of its customer number.
    pub fn put_customer(&mut self, customer: &BusinessNumber, account: AccountId) -> &mut Self {
        self.put_new(key::customer(customer), &CustomerAccount { account })
    }

    /// Takes a server's row away, with the server.
    pub fn delete_server_row(&mut self, account: AccountId, server: &ServerId) -> &mut Self {
        self.delete(ServerRow::KIND, key::server_row(account, server))
    }

    /// Replaces a server's row that was read at `version_read`; the row's own version must be one more.
    pub fn put_server_row(&mut self, account: AccountId, row: &ServerRow, version_read: u64) -> &mut Self {
        self.put_at(key::server_row(account, &row.id), row, version_read)
    }
}
