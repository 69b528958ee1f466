//! `GET /v1/me` and `PUT /v1/me/reminders/{topic}`: who has signed in, and which reminders they want.

use std::collections::BTreeMap;

use http_api::{Call, Failure, Reply, until_won};
use lambda_http::http::StatusCode;
use licensing::access::Actor;
use licensing::id::{AccountId, BusinessNumber};
use licensing::member::Party;
use licensing::topic::Topic;
use serde_json::json;
use table::{Table, Transaction};

use crate::document::{MeView, MembershipView, ReminderChange, ReminderTopic, ReminderView};
use crate::once::{answer, entry, refuse_reused, remember, repeated};
use crate::people::People;

/// Who has signed in. Somebody who is member of nothing is told so with an empty list.
pub(crate) async fn show(table: &Table, actor: &Actor) -> Result<Reply, Failure> {
    let Some(person) = table.person(actor.person).await? else {
        return Err(Failure::broken("show who has signed in", "the person is gone"));
    };
    let preferences = table.preferences(actor.person).await?;
    let reminder = |topic| ReminderView { topic: ReminderTopic::from(topic), wanted: preferences.wants(topic) };
    let view = MeView {
        reminders: Topic::ALL.into_iter().map(reminder).collect(),
        language: person.language.tag().to_owned(),
        person: People::from(person).view(actor.person),
        staff: actor.is_staff(),
        memberships: memberships(table, actor).await?,
    };
    Reply::json(StatusCode::OK, &view)
}

/// Takes up a kind of reminder, or does without it.
pub(crate) async fn change_reminder(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let word = |text: &str| serde_json::from_value::<ReminderTopic>(text.into());
    let topic = call.path("topic", "reminder", word)?;
    let request = call.idempotency()?;
    let ReminderChange { wanted } = call.json()?;
    let answer = answer(200, &ReminderView { topic, wanted })?;
    until_won(async || {
        let before = table.preferences(actor.person).await?;
        if let Some(reply) = repeated(&before.remembered, &request) {
            return Ok(reply);
        }
        refuse_reused(&before.remembered, &request)?;
        let Some(mut after) = before.with(topic.into(), wanted) else { return Ok(Reply::remembered(&answer)) };
        remember(&mut after.remembered, &request, &answer);
        let entry = entry(call, actor, json!({ "topic": topic, "wanted": wanted }), None);
        let mut transaction = Transaction::new();
        transaction.put_preferences(actor.person, &after, &entry);
        transaction.commit(table, "change reminder").await?;
        Ok(Reply::remembered(&answer))
    })
    .await
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
