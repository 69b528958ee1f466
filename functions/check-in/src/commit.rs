//! What a check-in leaves behind: most often nothing, or one write of the lease item.

use http_api::metric::{self, Metric};
use http_api::{Call, Failure};
use lease::request::CheckInRequest;
use licensing::check_in::Event;
use licensing::text::Label;
use serde_json::json;
use table::{
    Actor, AuditEntry, Delivery, Happening, LeaseItem, ServerFacts, ServerRow, ServerStatus, Table, Transaction,
    VendorEvent, key,
};

use crate::{Decided, Outcome};

/// Stores what was decided, on condition that the lease item is still the one read.
pub(crate) async fn commit(
    table: &Table,
    call: &Call,
    request: &CheckInRequest,
    outcome: &Outcome,
) -> Result<(), Failure> {
    let Decided::Rules(decision) = &outcome.decided else { return Ok(()) };
    let Some(state) = &decision.store else { return Ok(()) };
    let read = &outcome.sheet.lease;
    let version = Label::parse(&request.app_suite_version).ok();
    let lease = LeaseItem { state: state.clone(), app_suite_version: version.clone() };
    let server = &outcome.sheet.server;
    if decision.event.is_none() && version == read.app_suite_version {
        return Ok(table.put_lease(&server.id, &lease, read.state.version()).await?);
    }
    let stored = table.server_row(server.account, &server.id).await?;
    let version_read = stored.as_ref().map_or(0, |row| row.version);
    let row = stored.unwrap_or_else(|| ServerRow { version: 0, ..ServerRow::new(server.id.clone()) });
    let row = ServerRow { version: version_read + 1, app_suite_version: version, ..row };
    let row = decision.event.map_or(row.clone(), |event| after(row, event, call));
    let mut transaction = Transaction::new();
    transaction.put_lease(&server.id, &lease, read.state.version());
    transaction.put_server_row(server.account, &row, version_read);
    if let Some(event) = decision.event {
        transaction.put_audit(&key::account_partition(server.account), &entry(call, outcome, event));
        if let Some(happening) = told_to_vendor(table, request, outcome, event).await? {
            transaction.put_vendor_event(&VendorEvent::record(call.ulid(), happening, call.now));
        }
        if event == Event::ConflictBegun {
            let what = table::Event::ConflictBegun { account: server.account, server: server.id.clone() };
            transaction.put_delivery(&Delivery::record(call.ulid(), what, &call.base_url, call.now));
        }
    }
    transaction.commit(table, "store check-in").await?;
    if decision.event == Some(Event::ConflictBegun) {
        metric::count(Metric::Conflicts, call.now);
    }
    Ok(())
}

/// What the vendor's systems are told of an event.
async fn told_to_vendor(
    table: &Table,
    request: &CheckInRequest,
    outcome: &Outcome,
    event: Event,
) -> Result<Option<Happening>, Failure> {
    let happening = match event {
        Event::Activated { .. } => Happening::ServerActivated,
        Event::ConflictBegun => Happening::ServerConflict,
        Event::Adopted | Event::Reseeded | Event::ConflictResolved => return Ok(None),
    };
    let server = &outcome.sheet.server;
    let account = table.account(server.account).await?;
    Ok(account.map(|account| {
        happening(ServerFacts {
            server_id: server.id.clone(),
            server_name: server.server_name.clone(),
            account_id: server.account,
            customer_number: account.state.customer.number,
            app_suite_version: Label::parse(&request.app_suite_version).ok(),
        })
    }))
}

fn after(row: ServerRow, event: Event, call: &Call) -> ServerRow {
    match event {
        Event::ConflictBegun => ServerRow { status: ServerStatus::Conflict, ..row },
        Event::Activated { .. } | Event::Adopted | Event::ConflictResolved => ServerRow {
            status: ServerStatus::Active,
            activated_once: true,
            activated_at: Some(row.activated_at.filter(|_| row.status == ServerStatus::Active).unwrap_or(call.now)),
            ..row
        },
        Event::Reseeded => row,
    }
}

fn entry(call: &Call, outcome: &Outcome, event: Event) -> AuditEntry {
    let action = match event {
        Event::Activated { .. } => "serverActivated",
        Event::Adopted => "leaseAdopted",
        Event::Reseeded => "serverReseeded",
        Event::ConflictBegun => "conflictBegun",
        Event::ConflictResolved => "conflictResolved",
    };
    if event == Event::Adopted {
        tracing::error!(request_id = call.request_id, "a lease is ahead of the table: was it restored?");
    }
    AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: Actor::Server(outcome.sheet.server.id.clone()),
        action: action.to_owned(),
        details: json!({ "server": outcome.sheet.server.id }),
        version: None,
    }
}
