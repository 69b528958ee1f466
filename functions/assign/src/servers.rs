//! Servers come, change and go.

use http_api::change::{Changed, Loaded};
use http_api::{Call, Failure, Rejection, Reply};
use jiff::Timestamp;
use licensing::account::ActivationMode;
use licensing::id::ServerId;
use licensing::refusal::Fault;
use licensing::server::{self, Disabling};
use licensing::text::Label;
use serde_json::json;
use table::{ServerItem, ServerRow, Table, Transaction};

use crate::change::{cells, change as change_account, version};
use crate::document::{Disabled, Enabled, Mode, NewServer, PoolCapacity, ServerAdded, ServerChange};
use crate::{answer, server_id};

/// Adds a server; its id is fresh by a condition of the write, so an id that is taken only costs another try.
pub(crate) async fn add(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let document: NewServer = if call.body().is_empty() { NewServer::default() } else { call.json()? };
    let name = document.name.as_deref().map(name).transpose()?;
    change_account(table, call, None, |loaded| {
        let id = ServerId::from_number(rand::random_range(0..ServerId::COUNT));
        let account = server::add_server(&loaded.view.account.state, id.clone(), name.clone())?;
        let name = account.servers.last().map(|server| server.name.clone());
        let name = name.ok_or_else(|| Failure::broken("add server", "the rule added none"))?;
        let mut also = Transaction::new();
        also.put_new_server(&ServerItem::new(id.clone(), &account, name.clone()));
        also.put_server_row(account.id, &ServerRow::new(id.clone()), 0);
        let added = ServerAdded { server_id: id.to_string(), name: name.to_string(), version: account.version };
        Ok(Changed {
            details: json!({ "server": id, "name": name }),
            reply: answer(201, &added)?,
            account,
            servers: [].into(),
            also,
        })
    })
    .await
}

/// Renames a server, or changes its mode.
pub(crate) async fn change(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let id = server_id(call)?;
    let document: ServerChange = call.json()?;
    let name = document.name.as_deref().map(name).transpose()?;
    change_account(table, call, None, |loaded| {
        let mut account = loaded.view.account.state.clone();
        if let Some(name) = &name {
            account = server::rename(&account, &id, name.clone())?;
        }
        if let Some(mode) = document.mode {
            let mode = match mode {
                Mode::Online => ActivationMode::Online,
                Mode::Offline => ActivationMode::Offline,
            };
            account = server::set_mode(&account, &id, mode)?;
        }
        // Two changes are still one write.
        account.version = account.version.min(loaded.view.account.state.version + 1);
        Ok(Changed {
            details: json!({ "server": id, "name": name, "mode": document.mode }),
            reply: version(&account)?,
            account,
            servers: [id.clone()].into(),
            also: Transaction::new(),
        })
    })
    .await
}

/// Deletes a server that was never activated, and leaves a tombstone.
pub(crate) async fn delete(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let id = server_id(call)?;
    change_account(table, call, Some(&id), |loaded| {
        let was_activated = loaded.sheet.as_ref().is_some_and(|sheet| sheet.lease.state.was_activated());
        let deleted = server::delete(&loaded.view.account.state, &id, was_activated, call.now)?;
        let mut also = Transaction::new();
        also.bury_server(&id, call.now)?;
        also.delete_server_row(deleted.account.id, &id);
        Ok(Changed {
            details: json!({ "server": id, "cells": cells(&deleted.changes) }),
            reply: table::Reply { status: 204, body: String::new() },
            account: deleted.account,
            servers: deleted.changed_servers,
            also,
        })
    })
    .await
}

/// Disables a server, 24 hours from now.
pub(crate) async fn disable(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let id = server_id(call)?;
    change_account(table, call, None, |loaded| {
        let Disabling { account, effective_at, changed_servers, changes } =
            server::disable(&loaded.view.account.state, &id, call.now)?;
        Ok(Changed {
            details: json!({ "server": id, "effectiveAt": effective_at, "cells": cells(&changes) }),
            reply: answer(200, &Disabled { version: account.version, effective_at })?,
            account,
            servers: changed_servers,
            also: Transaction::new(),
        })
    })
    .await
}

/// Enables a server: as it was where it is in time, otherwise without capacity and with its binding cleared.
pub(crate) async fn enable(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let id = server_id(call)?;
    change_account(table, call, Some(&id), |loaded| {
        let disabled_from = loaded.view.account.state.server(&id).and_then(|server| server.disabled.as_ref());
        let disabled_from = disabled_from.map(|disabled| disabled.effective_at);
        let enabled = server::enable(&loaded.view.account.state, &id, call.now)?;
        let mut also = Transaction::new();
        if let Some(from) = disabled_from.filter(|_| !enabled.in_time) {
            unbind(call, loaded, &id, from, &mut also);
        }
        let given_away: Vec<_> =
            enabled.given_away.iter().map(|given| PoolCapacity::of(&given.pool, given.capacity)).collect();
        let version = enabled.account.version;
        Ok(Changed {
            details: json!({ "server": id, "inTime": enabled.in_time, "cells": cells(&enabled.changes) }),
            reply: answer(200, &Enabled { version, in_time: enabled.in_time, given_away })?,
            account: enabled.account,
            servers: enabled.changed_servers,
            also,
        })
    })
    .await
}

/// The binding counts as cleared since the disabling took effect; now it is.
fn unbind(call: &Call, loaded: &Loaded, id: &ServerId, disabled_from: Timestamp, also: &mut Transaction) {
    let Some(sheet) = &loaded.sheet else { return };
    let read = sheet.lease.state.version();
    if let Some(state) = sheet.lease.state.enabled(disabled_from, call.now) {
        also.put_lease(id, &table::LeaseItem { state, ..sheet.lease.clone() }, read);
    }
    if let Some(row) = loaded.view.row(id) {
        let row = ServerRow { version: row.version + 1, status: table::ServerStatus::Available, ..row.clone() };
        also.put_server_row(loaded.view.account.state.id, &row, row.version - 1);
    }
}

fn name(text: &str) -> Result<Label, Failure> {
    Label::parse(text).map_err(|fault| {
        let detail = format!("The value {fault}.");
        Rejection::InvalidBody(vec![Fault { pointer: "/name".to_owned(), code: "invalid_value", detail }]).into()
    })
}
