//! `/unsubscribe/{link}`: a reader does without a kind of mail, or takes it up again.

use std::collections::HashMap;

use http_api::{Call, Failure, Reply, until_won};
use lambda_http::http::StatusCode;
use lease::{MacRing, Nonce, UnsubscribeLink};
use licensing::id::PersonId;
use licensing::member::Person;
use licensing::topic::Topic;
use serde_json::json;
use table::{Actor, AuditEntry, Preferences, Table, Transaction};

use crate::page::{Look, Notice, SubscriptionPage, UnknownSubscriptionPage};
use crate::press::{Press, SUBSCRIBE, UNSUBSCRIBE, fields};
use crate::{Unlock, reply};

/// A subscription opened by its link.
struct Subscription<'a> {
    look: Look<'a>,
    ring: &'a MacRing,
    link: UnsubscribeLink,
    path: String,
    person: Person,
    topic: Topic,
}

/// Shows the page; changes something where a person pressed its button, or a mail program did so for its reader.
pub(crate) async fn answer(function: &Unlock, call: &Call, ring: &MacRing, text: &str) -> Result<Reply, Failure> {
    let table = &function.table;
    let look = function.look(call);
    let unknown = || Ok(reply(StatusCode::NOT_FOUND, UnknownSubscriptionPage { look }.render()));
    let Ok(link) = UnsubscribeLink::open(ring, text) else { return unknown() };
    let Some(topic) = Topic::of_number(link.topic) else { return unknown() };
    let Some(person) = table.person(PersonId::new(link.person)).await? else { return unknown() };
    let look = Look { language: call.language().unwrap_or(person.language), ..look };
    let opened = Subscription { look, ring, link, path: format!("/unsubscribe/{text}"), person, topic };
    let preferences = table.preferences(opened.person.id).await?;
    if call.operation == "changeSubscription" {
        change(table, call, &opened, &preferences).await
    } else {
        Ok(opened.page(call, preferences.wants(topic), false, None))
    }
}

async fn change(
    table: &Table,
    call: &Call,
    opened: &Subscription<'_>,
    preferences: &Preferences,
) -> Result<Reply, Failure> {
    let subscribed = preferences.wants(opened.topic);
    let fields = fields(call);
    if is_one_click(call, &fields) {
        put(table, call, opened, false).await?;
        return Ok(opened.page(call, false, false, None));
    }
    let button = if subscribed { UNSUBSCRIBE } else { SUBSCRIBE };
    Ok(match button.judge_form(call, (opened.ring, &opened.link), &fields) {
        Press::Counts => {
            put(table, call, opened, !subscribed).await?;
            opened.page(call, !subscribed, false, None)
        }
        Press::Confirm => opened.page(call, subscribed, true, None),
        Press::NotTicked => opened.page(call, subscribed, true, Some(Notice::BoxNotTicked)),
        Press::Expired => opened.page(call, subscribed, false, Some(Notice::NonceExpired)),
        Press::NotPressed => opened.page(call, subscribed, false, None),
    })
}

/// Whether a mail program ends the subscription because its reader pressed its own button: RFC 8058 names the field and
/// allows both encodings of a form. The page has no such field, so nobody sends it by submitting the page.
fn is_one_click(call: &Call, fields: &HashMap<String, String>) -> bool {
    let multipart = call.header("content-type").is_some_and(|media| media.starts_with("multipart/form-data"));
    let body = String::from_utf8_lossy(call.body());
    fields.get("List-Unsubscribe").is_some_and(|value| value == "One-Click")
        || (multipart && body.contains("name=\"List-Unsubscribe\"") && body.contains("One-Click"))
}

async fn put(table: &Table, call: &Call, opened: &Subscription<'_>, subscribed: bool) -> Result<(), Failure> {
    until_won(async || {
        let before = table.preferences(opened.person.id).await?;
        let Some(after) = before.with(opened.topic, subscribed) else { return Ok(()) };
        let entry = AuditEntry {
            id: call.ulid(),
            at: call.now,
            actor: Actor::Person(opened.person.id),
            action: call.operation.to_owned(),
            details: json!({ "topic": opened.topic, "wanted": subscribed }),
            version: None,
        };
        let mut transaction = Transaction::new();
        transaction.put_preferences(opened.person.id, &after, &entry);
        Ok(transaction.commit(table, "change subscription").await?)
    })
    .await
}

impl Subscription<'_> {
    fn page(&self, call: &Call, subscribed: bool, confirm: bool, notice: Option<Notice>) -> Reply {
        let button = if subscribed { UNSUBSCRIBE } else { SUBSCRIBE };
        let purpose = if confirm { button.confirmation } else { button.page };
        let page = SubscriptionPage {
            look: self.look,
            topic: self.topic,
            address: &self.person.email.masked(),
            subscribed,
            action: &self.path,
            nonce: &Nonce::sign(self.ring, purpose, &self.link, call.now),
            confirm,
            notice,
        };
        reply(StatusCode::OK, page.render())
    }
}
