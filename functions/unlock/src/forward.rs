//! `POST /unlock/{link}/forward` and `/withdraw`.

use std::collections::HashMap;

use http_api::{Call, Failure, Reply, until_won};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::id::PersonId;
use licensing::member::{self, ForwardChange, MemberEvent, Party, Person, Roster};
use licensing::order::Order;
use licensing::text::EmailAddress;
use serde_json::json;
use table::{Actor, AuditEntry, Delivery, Event, Table, Transaction, key};

use crate::opened::Opened;
use crate::page::{Confirm, ConfirmPage, Notice, OrderView, form};
use crate::press::{Button, FORWARD, Press, WITHDRAW, fields, nonce};
use crate::show::show;
use crate::{Unlock, reply};

/// Forwards the order to the address that was typed.
pub(crate) async fn forward(function: &Unlock, call: &Call, opened: &Opened<'_>) -> Result<Reply, Failure> {
    let fields = fields(call);
    let typed = fields.get(form::ADDRESS).map_or("", String::as_str);
    let Ok(address) = EmailAddress::parse(typed) else {
        return show(function, call, opened, Some(Notice::NotAnAddress), typed).await;
    };
    let about = Confirm::Forward(&address);
    if let Some(reply) = not_pressed(function, call, opened, FORWARD, &fields, about, "forward").await? {
        return Ok(reply);
    }
    let outcome = until_won(async || {
        let person = find_or_make(&function.table, call, &address, opened).await?;
        let id = person.person.id;
        let decide = move |order: &Order, roster: &Roster| member::forward(order, roster, id, call.now);
        change(&function.table, call, opened, person, decide).await
    })
    .await;
    tell(function, call, opened, outcome, &address.masked(), typed).await
}

/// Takes a forward back.
pub(crate) async fn withdraw(function: &Unlock, call: &Call, opened: &Opened<'_>) -> Result<Reply, Failure> {
    let fields = fields(call);
    let named = fields.get(form::FORWARD_ID).and_then(|id| PersonId::parse(id).ok());
    let person = match named {
        Some(id) => function.table.person(id).await?,
        None => None,
    };
    let Some(person) = person else {
        return show(function, call, opened, Some(Notice::of(&Refusal::ForwardNotOpen)), "").await;
    };
    let (id, masked) = (person.id.to_string(), person.email.masked());
    let about = Confirm::Withdraw { id: &id, address: &masked };
    if let Some(reply) = not_pressed(function, call, opened, WITHDRAW, &fields, about, "withdraw").await? {
        return Ok(reply);
    }
    let outcome = until_won(async || {
        let decide = |order: &Order, roster: &Roster| member::withdraw(order, roster, person.id);
        change(&function.table, call, opened, Found { person: person.clone(), is_new: false }, decide).await
    })
    .await;
    tell(function, call, opened, outcome, &masked, "").await
}

/// The page to show where the button was not pressed by a person; `None` where it was.
async fn not_pressed(
    function: &Unlock,
    call: &Call,
    opened: &Opened<'_>,
    button: Button,
    fields: &HashMap<String, String>,
    confirm: Confirm<'_>,
    action: &str,
) -> Result<Option<Reply>, Failure> {
    let typed = fields.get(form::ADDRESS).map_or("", String::as_str);
    let notice = match button.judge(call, opened, fields) {
        Press::Counts => return Ok(None),
        Press::Confirm => None,
        Press::NotTicked => Some(Notice::BoxNotTicked),
        Press::Expired => return show(function, call, opened, Some(Notice::NonceExpired), typed).await.map(Some),
        Press::NotPressed => return show(function, call, opened, None, typed).await.map(Some),
    };
    let page = ConfirmPage {
        look: opened.look,
        order: &OrderView::of(&opened.order.state, &[]),
        confirm,
        action: &format!("{}/{action}", opened.path),
        nonce: &nonce(call, opened, button.confirmation),
        back: &opened.path,
        notice,
    };
    Ok(Some(reply(StatusCode::OK, page.render())))
}

struct Found {
    person: Person,
    is_new: bool,
}

async fn find_or_make(
    table: &Table,
    call: &Call,
    address: &EmailAddress,
    opened: &Opened<'_>,
) -> Result<Found, Failure> {
    let known = match table.address_owner(address).await? {
        Some(owner) => table.person(owner.person).await?,
        None => None,
    };
    Ok(if let Some(person) = known {
        Found { person, is_new: false }
    } else {
        let id = PersonId::new(call.ulid());
        let person = Person { id, email: address.clone(), name: None, language: opened.look.language };
        Found { person, is_new: true }
    })
}

/// Loads, decides and commits a forward or a withdrawal.
async fn change(
    table: &Table,
    call: &Call,
    opened: &Opened<'_>,
    Found { person, is_new }: Found,
    decide: impl Fn(&Order, &Roster) -> Result<ForwardChange, Refusal>,
) -> Result<Option<MemberEvent>, Failure> {
    let Some(order) = table.order(opened.order.state.id).await? else {
        return Err(Failure::broken("forward order", "the order is gone"));
    };
    let unlocked = order.state.unlocked.ok_or(Refusal::OrderLocked)?;
    let party = Party::Account(unlocked.account);
    let roster = table.roster(&party).await?;
    let ForwardChange { order: after, roster: change } = decide(&order.state, &roster.state)?;
    let Some(event) = change.event else { return Ok(None) };
    let order_read = order.state.version;
    let mut transaction = Transaction::new();
    if is_new {
        transaction.put_new_person(&person);
    }
    transaction.put_order(&order.with(after), order_read);
    transaction.put_roster_change(&party, roster, change, &person.email);
    transaction.put_audit(&key::account_partition(unlocked.account), &entry(call, opened, person.id));
    if let Some(delivery) = mail(call, opened, party, &event) {
        transaction.put_delivery(&delivery);
    }
    transaction.commit(table, "forward order").await?;
    Ok(Some(event))
}

fn mail(call: &Call, opened: &Opened<'_>, to: Party, event: &MemberEvent) -> Option<Delivery> {
    let order = opened.order.state.id;
    let record = |what| Delivery::record(call.ulid(), what, &call.base_url, call.now);
    match *event {
        MemberEvent::Invited { person, .. } => {
            Some(record(Event::Invited { to, person, by: None, order: Some(order) }).to(person))
        }
        MemberEvent::RequestFiled { person, .. } => Some(record(Event::AccessRequested { to, person, order })),
        _ => None,
    }
}

fn entry(call: &Call, opened: &Opened<'_>, person: PersonId) -> AuditEntry {
    AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: Actor::LinkHolder(opened.order.state.id),
        action: call.operation.to_owned(),
        details: json!({ "person": person, "order": opened.order.state.id }),
        version: None,
    }
}

/// Shows the page as it is after a change, with what happened or why nothing did.
async fn tell(
    function: &Unlock,
    call: &Call,
    opened: &Opened<'_>,
    outcome: Result<Option<MemberEvent>, Failure>,
    address: &str,
    typed: &str,
) -> Result<Reply, Failure> {
    let address = address.to_owned();
    let notice = match outcome {
        Ok(Some(MemberEvent::RequestFiled { .. })) => Notice::Requested(address),
        // Where it waits already, say the same as the first time.
        Ok(None | Some(MemberEvent::Invited { .. })) => Notice::Forwarded(address),
        Ok(Some(_)) => Notice::Withdrawn(address),
        Err(Failure::Refused(refusal)) => return show(function, call, opened, Some(Notice::of(&refusal)), typed).await,
        Err(failure) => return Err(failure),
    };
    let order = function.table.order(opened.order.state.id).await?;
    let order = order.ok_or_else(|| Failure::broken("forward order", "the order is gone"))?;
    let now = Opened { order, path: opened.path.clone(), link: opened.link, ..*opened };
    show(function, call, &now, Some(notice), "").await
}
