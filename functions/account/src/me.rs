//! `GET /v1/me`.

use std::collections::BTreeMap;

use http_api::{Failure, Reply};
use lambda_http::http::StatusCode;
use licensing::access::Actor;
use licensing::id::{AccountId, BusinessNumber};
use licensing::member::Party;
use table::Table;

use crate::document::{MeView, MembershipView};
use crate::people::People;

/// Who has signed in. Somebody who is member of nothing is told so with an empty list.
pub(crate) async fn show(table: &Table, actor: &Actor) -> Result<Reply, Failure> {
    let Some(person) = table.person(actor.person).await? else {
        return Err(Failure::broken("show who has signed in", "the person is gone"));
    };
    let view = MeView {
        language: person.language.tag().to_owned(),
        person: People::from(person).view(actor.person),
        staff: actor.is_staff(),
        memberships: memberships(table, actor).await?,
    };
    Reply::json(StatusCode::OK, &view)
}

/// What somebody is member of, with the names of it.
pub(crate) async fn memberships(table: &Table, actor: &Actor) -> Result<Vec<MembershipView>, Failure> {
    let customers = customer_names(table, actor).await?;
    let mut memberships = Vec::with_capacity(actor.memberships.len());
    for (party, role) in &actor.memberships {
        let (of, name) = match party {
            Party::Vendor => (None, None),
            Party::Reseller(number) => (Some(number.to_string()), reseller_name(table, number).await?),
            Party::Account(account) => (Some(account.to_string()), customers.get(account).cloned()),
        };
        memberships.push(MembershipView { party: party.into(), of, name, role: (*role).into() });
    }
    Ok(memberships)
}

async fn customer_names(table: &Table, actor: &Actor) -> Result<BTreeMap<AccountId, String>, Failure> {
    let summaries = table.summaries_of(&actor.own_accounts().collect()).await?;
    Ok(summaries.into_iter().map(|summary| (summary.account, summary.customer.name.to_string())).collect())
}

/// The name of a reseller, as the first account that it has access to knows it.
async fn reseller_name(table: &Table, number: &BusinessNumber) -> Result<Option<String>, Failure> {
    let first = table.summaries(&Party::Reseller(number.clone()), None, 1).await?.items.into_iter().next();
    let Some(summary) = first else { return Ok(None) };
    let Some(account) = table.account(summary.account).await? else { return Ok(None) };
    let known = account.state.resellers.into_iter().find(|reseller| reseller.business.number == *number);
    Ok(known.map(|reseller| reseller.business.name.to_string()))
}
