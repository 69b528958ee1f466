//! `PUT /v1/accounts/{accountId}/assignments`: SAVE CONFIG.

use http_api::change::Changed;
use http_api::{Call, Failure, Rejection, Reply};
use licensing::assign::{Assignment, save as decide};
use licensing::id::ServerId;
use licensing::pool::PoolKey;
use licensing::refusal::Fault;
use licensing::text::Label;
use serde_json::json;
use table::{Table, Transaction};

use crate::change::{cells, change, version};
use crate::document::{self, Assignments};

/// Most cells of one save: 60 rows of 50 servers.
const CELLS_MAX: usize = 3_000;

/// Saves numbers, all or none.
pub(crate) async fn save(table: &Table, call: &Call) -> Result<Reply, Failure> {
    let command = parse(&call.json::<Assignments>()?)?;
    let expected = call.if_match()?;
    change(table, call, None, |loaded| {
        let saved = decide(&loaded.view.account.state, &command, expected, call.now)?;
        Ok(Changed {
            details: json!({ "cells": cells(&saved.changes) }),
            reply: version(&saved.account)?,
            account: saved.account,
            servers: saved.changed_servers,
            also: Transaction::new(),
        })
    })
    .await
}

fn parse(document: &Assignments) -> Result<Vec<Assignment>, Failure> {
    if document.assignments.len() > CELLS_MAX {
        let detail = format!("Send at most {CELLS_MAX} cells.");
        let fault = Fault { pointer: "/assignments".to_owned(), code: "wrong_length", detail };
        return Err(Rejection::InvalidBody(vec![fault]).into());
    }
    let mut faults = Vec::new();
    let cell = |(index, cell): (usize, &document::Assignment)| {
        let mut fault = |name: &str, what: &str| {
            let detail = format!("The value {what}.");
            faults.push(Fault { pointer: format!("/assignments/{index}/{name}"), code: "invalid_value", detail });
        };
        let application = Label::parse(&cell.application).map_err(|error| fault("application", &error.to_string()));
        let server = ServerId::parse(&cell.server_id).map_err(|error| fault("serverId", &error.to_string()));
        let (application, server) = (application.ok()?, server.ok()?);
        let pool = PoolKey { redundancy: cell.redundancy, application, license: cell.license_type };
        Some(Assignment { pool, server, capacity: cell.capacity })
    };
    let cells: Vec<Option<Assignment>> = document.assignments.iter().enumerate().map(cell).collect();
    let cells: Vec<Assignment> = cells.into_iter().flatten().collect();
    if faults.is_empty() { Ok(cells) } else { Err(Rejection::InvalidBody(faults).into()) }
}
