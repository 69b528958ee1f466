//! The licence table.

use jiff::Timestamp;
use licensing::account::{Account, ActivationMode, Policy};
use licensing::grant::Grant;
use licensing::row::{Note, Row, rows as decide};
use licensing::service::services;

use crate::document::{GrantView, NoteView, RowView, TermView};
use crate::orders::cancellation;

/// The rows of an account; with the single licences behind them where `grants` has them.
pub(crate) fn rows(account: &Account, grants: Option<&[Grant]>, now: Timestamp) -> Vec<RowView> {
    decide(account, now).into_iter().map(|row| view(row, grants, account.policy)).collect()
}

fn view(row: Row, grants: Option<&[Grant]>, policy: Policy) -> RowView {
    let of_pool = |grants: &[Grant]| {
        let grants = grants.iter().filter(|grant| grant.pool == row.pool);
        grants.map(|grant| grant_view(grant, policy)).collect()
    };
    RowView {
        grants: grants.map(of_pool),
        application: row.pool.application.to_string(),
        unit: row.unit.into(),
        redundancy: row.pool.redundancy,
        license_type: row.pool.license.into(),
        used: row.used,
        total: row.total,
        care: row.care.map(Into::into),
        care_mixed: row.care_is_mixed,
        services: services(row.care, ActivationMode::Online).iter().map(|service| (*service).into()).collect(),
        start: row.start,
        term_date: row.term,
        servers: row.servers.iter().map(|(server, capacity)| (server.to_string(), *capacity)).collect(),
        notes: row.notes.into_iter().map(NoteView::from).collect(),
    }
}

impl From<Note> for NoteView {
    fn from(note: Note) -> Self {
        match note {
            Note::InGrace { capacity, until } => Self::InGrace { capacity, until },
            Note::OverAssigned { by } => Self::OverAssigned { by },
            Note::RedundancyBroken { server, redundant, primary } => {
                Self::RedundancyBroken { server_id: server.to_string(), redundant, primary }
            }
            Note::Spent { server, capacity, assigned } => {
                Self::Spent { server_id: server.to_string(), capacity, assigned }
            }
            Note::EndsSoon { last_day, capacity } => Self::EndsSoon { last_day, capacity },
        }
    }
}

fn grant_view(grant: &Grant, policy: Policy) -> GrantView {
    GrantView {
        license_code: grant.license_code.to_string(),
        order_id: grant.order_id.to_string(),
        sku: grant.sku.to_string(),
        product: grant.product.to_string(),
        terms: grant.terms.iter().filter(|term| term.holds_at_all()).map(TermView::from).collect(),
        care: grant.care.iter().map(Into::into).collect(),
        renewals: grant.renewals.iter().map(Into::into).collect(),
        cancelled: grant.cancelled.as_ref().map(|cancelled| cancellation(cancelled, Some(policy))),
    }
}
