//! One account is taken to today.

use http_api::{Failure, ulid_at, until_won};
use jiff::Timestamp;
use licensing::advance::{Advancing, Near, advance};
use licensing::grant::utc_day;
use licensing::id::AccountId;
use licensing::pool::PoolKey;
use serde_json::{Value, json};
use table::{Actor, AuditEntry, Delivery, Event, Passed, Transaction, VendorEvent, key, told_of_days};

use crate::Advance;

impl Advance {
    /// Decides and commits; an account for which there is nothing to do any more is left as it is.
    pub(crate) async fn advance_account(&self, id: AccountId, now: Timestamp) -> Result<(), Failure> {
        until_won(async || {
            let Some(stored) = self.table.account(id).await? else { return Ok(()) };
            let Some(advancing) = advance(&stored.state, utc_day(now)) else { return Ok(()) };
            let mut transaction = Transaction::new();
            transaction.put_audit(&key::account_partition(id), &entry(&advancing, now));
            if let Some(event) = reminder(&advancing) {
                transaction.put_delivery(&Delivery::record(ulid_at(now), event, &self.base_url, now));
            }
            for happening in told_of_days(&advancing) {
                transaction.put_vendor_event(&VendorEvent::record(ulid_at(now), happening, now));
            }
            let version_read = stored.state.version;
            transaction.put_account(&stored.with(advancing.account), version_read, now);
            Ok(transaction.commit(&self.table, "advance account").await?)
        })
        .await
    }
}

/// What `send-mail` tells people, where there is something to tell.
fn reminder(advancing: &Advancing) -> Option<Event> {
    let through = advancing.account.advanced.through?;
    let passed = Passed { account: advancing.account.id, since: advancing.since, through };
    (!advancing.near.is_empty()).then_some(Event::EndingsNear { passed })
}

fn entry(advancing: &Advancing, now: Timestamp) -> AuditEntry {
    AuditEntry {
        id: ulid_at(now),
        at: now,
        actor: Actor::Service,
        action: "advanceAccount".to_owned(),
        details: json!({
            "through": advancing.account.advanced.through,
            "near": advancing.near.iter().map(near).collect::<Vec<_>>(),
            "short": advancing.short.iter().map(pool).collect::<Vec<_>>(),
            "covered": advancing.covered.iter().map(pool).collect::<Vec<_>>(),
        }),
        version: Some(advancing.account.version),
    }
}

fn near(Near { ending, stage }: &Near) -> Value {
    let mut near = pool(&ending.pool);
    near["lastDay"] = json!(ending.last_day);
    near["stage"] = json!(stage);
    near
}

fn pool(pool: &PoolKey) -> Value {
    json!({ "application": pool.application, "redundancy": pool.redundancy, "licenseType": pool.license })
}
