//! `GET /v1/accounts/{accountId}/endings`: what ends on which day, and which server loses what by it.

use http_api::{Call, Failure, Reply};
use lambda_http::http::StatusCode;
use licensing::access::Actor;
use licensing::ending::{Ending, Loss, What, endings};
use table::Table;

use crate::document::{EndingListView, EndingView, EndingWhat, LossView};
use crate::{account_id, load};

/// Lists what is to come to whoever may read the account.
pub(crate) async fn list(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let account = load(table, account_id(call)?).await?.state;
    actor.may_read(&account)?;
    let endings = endings(&account, call.now).into_iter().map(EndingView::from).collect();
    Reply::json(StatusCode::OK, &EndingListView { endings })
}

impl From<Ending> for EndingView {
    fn from(ending: Ending) -> Self {
        let (what, capacity, care) = match ending.what {
            What::Term { capacity, .. } => (EndingWhat::Term, capacity, None),
            What::Served { capacity } => (EndingWhat::Grace, capacity, None),
            What::Care { level, capacity, .. } => (EndingWhat::Care, capacity, Some(level.into())),
        };
        Self {
            grace_last_day: ending.grace_last_day(),
            application: ending.pool.application.to_string(),
            unit: ending.unit.into(),
            redundancy: ending.pool.redundancy,
            license_type: ending.pool.license.into(),
            what,
            capacity,
            last_day: ending.last_day,
            at: ending.at,
            care,
            losses: ending.losses.into_iter().map(LossView::from).collect(),
        }
    }
}

impl From<Loss> for LossView {
    fn from(Loss { server, before, after }: Loss) -> Self {
        Self { server_id: server.to_string(), before, after }
    }
}
