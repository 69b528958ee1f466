//! The audit trail: who changed what, written in the transaction of the change.

use jiff::Timestamp;
use licensing::id::{OrderId, PersonId, ServerId};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::key::{self, AUDIT_PREFIX};
use crate::{Entity, Page, Select, Table, TableError, Transaction, from_item};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "actor", content = "actorId")]
pub enum Actor {
    /// Somebody who had signed in; for `changeSubscription`, the reader of a mail by the link in it.
    Person(PersonId),
    /// The holder of an order's link, without a login.
    LinkHolder(OrderId),
    /// The vendor's ERP.
    Erp,
    /// An AppSuite.
    Server(ServerId),
    /// This service, because of the time.
    Service,
}

/// One entry: the difference that a change made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its id; entries are in order of it.
    pub id: Ulid,
    /// When.
    pub at: Timestamp,
    /// Who.
    #[serde(flatten)]
    pub actor: Actor,
    /// What was done: the operation's name, such as `saveAssignments`.
    pub action: String,
    /// What it changed, as JSON; refers to people by id.
    pub details: serde_json::Value,
    /// The account's version after it, where it changed the account item.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<u64>,
}

impl Entity for AuditEntry {
    const KIND: &'static str = "audit";
}

impl Table {
    /// One page of a partition's audit trail, newest first.
    pub async fn audit(
        &self,
        partition: String,
        before: Option<Ulid>,
        limit: i32,
    ) -> Result<Page<AuditEntry>, TableError> {
        let select = Select {
            after: before.map(|id| key::audit(&partition, id).sk),
            limit: Some(limit),
            newest_first: true,
            ..Select::all(partition, AUDIT_PREFIX)
        };
        let page = self.query_page("audit", select).await?;
        let items = page.items.into_iter().map(from_item).collect::<Result<_, _>>()?;
        Ok(Page { items, next: page.next })
    }
}

impl Transaction {
    /// Puts an entry into the partition of what it is about.
    pub fn put_audit(&mut self, partition: &str, entry: &AuditEntry) -> &mut Self {
        self.put_new(key::audit(partition, entry.id), entry)
    }
}
