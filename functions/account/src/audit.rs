//! `GET /v1/accounts/{accountId}/audit`: pages for the portal, or the whole trail as a table for a spreadsheet.

mod table_text;

use http_api::{Call, Failure, Reply};
use lambda_http::http::StatusCode;
use lambda_http::http::header::{CONTENT_DISPOSITION, LINK};
use licensing::access::Actor;
use licensing::id::{AccountId, PersonId};
use table::{Actor as AuditActor, AuditEntry, Page, Table, key};
use ulid::Ulid;

use crate::document::{ActorKind, ActorView, AuditPage, EntryView, NameView};
use crate::people::People;
use crate::{account_id, load};

/// Most entries of a page.
const PAGE_LEN: i32 = 50;
/// Most entries of a table: what fits into one answer of a function. The next table begins where `Link` says.
const TABLE_LEN_MAX: usize = 5_000;
/// Entries of one Query for a table.
const TABLE_READ_LEN: i32 = 500;

/// Lists the audit trail of an account, newest first.
pub(crate) async fn list(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let id = account_id(call)?;
    let before = call.query_as("cursor", cursor)?;
    actor.may_read(&load(table, id).await?.state)?;
    if call.accepts("text/csv") { whole(table, call, id, before).await } else { page(table, id, before).await }
}

async fn page(table: &Table, account: AccountId, before: Option<Ulid>) -> Result<Reply, Failure> {
    let Page { items, next } = table.audit(key::account_partition(account), before, PAGE_LEN).await?;
    let people = People::load(table, &people_of(&items)).await?;
    let entries = items.iter().map(|entry| view(entry, &people)).collect();
    Reply::json(StatusCode::OK, &AuditPage { entries, next_cursor: next.as_deref().map(after) })
}

async fn whole(table: &Table, call: &Call, account: AccountId, before: Option<Ulid>) -> Result<Reply, Failure> {
    let mut entries: Vec<AuditEntry> = Vec::new();
    let mut before = before;
    let next = loop {
        let page = table.audit(key::account_partition(account), before, TABLE_READ_LEN).await?;
        entries.extend(page.items);
        before = entries.last().map(|entry| entry.id);
        if page.next.is_none() || entries.len() >= TABLE_LEN_MAX {
            break page.next;
        }
    };
    let people = People::load(table, &people_of(&entries)).await?;
    let text = table_text::write(entries.iter().map(|entry| view(entry, &people)))?;
    let reply = Reply::text(StatusCode::OK, "text/csv; charset=utf-8", text)
        .with(CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\"");
    Ok(match next.as_deref().map(after) {
        Some(cursor) => {
            let link = format!("<{}/v1/accounts/{account}/audit?cursor={cursor}>; rel=\"next\"", call.base_url);
            reply.with(LINK, &link)
        }
        None => reply,
    })
}

fn cursor(text: &str) -> Result<Ulid, &'static str> {
    Ulid::from_string(text).map_err(|_| "is not a cursor that this list has given")
}

/// The cursor of the entries after a sort key.
fn after(sort_key: &str) -> String {
    sort_key.strip_prefix(key::AUDIT_PREFIX).unwrap_or(sort_key).to_owned()
}

/// The people that entries name: who did it, and to whom.
pub(crate) fn people_of(entries: &[AuditEntry]) -> Vec<PersonId> {
    let actors = entries.iter().filter_map(|entry| match entry.actor {
        AuditActor::Person(person) => Some(person),
        _ => None,
    });
    actors.chain(entries.iter().filter_map(object)).collect()
}

/// The person that it was done to.
fn object(entry: &AuditEntry) -> Option<PersonId> {
    PersonId::parse(entry.details.get("person")?.as_str()?).ok()
}

/// An entry as it is shown.
pub(crate) fn view(entry: &AuditEntry, people: &People) -> EntryView {
    EntryView {
        id: entry.id.to_string(),
        at: entry.at,
        actor: actor(&entry.actor, people),
        action: entry.action.clone(),
        person: object(entry).map(|person| NameView { person_id: person.to_string(), name: people.name(person) }),
        details: entry.details.clone(),
        version: entry.version,
    }
}

fn actor(actor: &AuditActor, people: &People) -> ActorView {
    let named = |kind, id| ActorView { kind, id: Some(id), name: None };
    let unnamed = |kind| ActorView { kind, id: None, name: None };
    match actor {
        AuditActor::Person(person) => {
            ActorView { name: people.name(*person), ..named(ActorKind::Person, person.to_string()) }
        }
        AuditActor::LinkHolder(order) => named(ActorKind::LinkHolder, order.to_string()),
        AuditActor::Server(server) => named(ActorKind::Server, server.to_string()),
        AuditActor::Erp => unnamed(ActorKind::Erp),
        AuditActor::Service => unnamed(ActorKind::Service),
    }
}
