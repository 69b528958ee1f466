//! `/unsubscribe/{link}`: a reader does without a kind of mail, or takes it up again.

use std::collections::HashMap;

use http_api::{Call, Failure, Reply, until_won};
use lambda_http::http::StatusCode;
use lease::{MacRing, Nonce, UnsubscribeLink};
use licensing::id::PersonId;
use licensing::member::Person;
use licensing::topic::Topic;
use table::{Preferences, Table};

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
        Ok(opened.page(call, is_subscribed(&preferences, topic), false, None))
    }
}

async fn change(
    table: &Table,
    call: &Call,
    opened: &Subscription<'_>,
    preferences: &Preferences,
) -> Result<Reply, Failure> {
    let subscribed = is_subscribed(preferences, opened.topic);
    let fields = fields(call);
    if is_one_click(call, &fields) {
        put(table, opened, false).await?;
        return Ok(opened.page(call, false, false, None));
    }
    let button = if subscribed { UNSUBSCRIBE } else { SUBSCRIBE };
    Ok(match button.judge_form(call, (opened.ring, &opened.link), &fields) {
        Press::Counts => {
            put(table, opened, !subscribed).await?;
            opened.page(call, !subscribed, false, None)
        }
        Press::Confirm => opened.page(call, subscribed, true, None),
        Press::NotTicked => opened.page(call, subscribed, true, Some(Notice::BoxNotTicked)),
        Press::Expired => opened.page(call, subscribed, false, Some(Notice::NonceExpired)),
        Press::NotPressed => opened.page(call, subscribed, false, None),
    })
}

fn is_subscribed(preferences: &Preferences, topic: Topic) -> bool {
    !preferences.unsubscribed.contains(&topic)
}

/// Whether a mail program ends the subscription because its reader pressed its own button: RFC 8058 names the field and
/// allows both encodings of a form. The page has no such field, so nobody sends it by submitting the page.
fn is_one_click(call: &Call, fields: &HashMap<String, String>) -> bool {
    let multipart = call.header("content-type").is_some_and(|media| media.starts_with("multipart/form-data"));
    let body = String::from_utf8_lossy(call.body());
    fields.get("List-Unsubscribe").is_some_and(|value| value == "One-Click")
        || (multipart && body.contains("name=\"List-Unsubscribe\"") && body.contains("One-Click"))
}

async fn put(table: &Table, opened: &Subscription<'_>, subscribed: bool) -> Result<(), Failure> {
    until_won(async || {
        let before = table.preferences(opened.person.id).await?;
        if is_subscribed(&before, opened.topic) == subscribed {
            return Ok(());
        }
        let mut after = Preferences { version: before.version + 1, ..before };
        if subscribed {
            after.unsubscribed.remove(&opened.topic);
        } else {
            after.unsubscribed.insert(opened.topic);
        }
        Ok(table.put_preferences(opened.person.id, &after).await?)
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
