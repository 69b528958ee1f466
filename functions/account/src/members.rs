//! Members of an account, and those who ask to become one.

use http_api::{Call, Failure, Reply, until_won};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::access::{Action, Actor};
use licensing::account::Account;
use licensing::id::{AccountId, PersonId};
use licensing::member::{MemberEvent, Party, Person, Role, Roster, RosterChange, Why};
use licensing::order::Contact;
use serde_json::{Value, json};
use table::{Delivery, Event, Stored, Table, Transaction, key};

use crate::document::{Invitation, MemberReceipt, MemberView, MembersView, RequestView, RoleChange};
use crate::once::{answer, done, entry, refuse_reused, remember, repeated};
use crate::people::{Found, People, contact, find_or_make};
use crate::{account_id, load};

/// Lists members and open requests.
pub(crate) async fn list(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let id = account_id(call)?;
    actor.may_read(&load(table, id).await?.state)?;
    let roster = table.roster(&Party::Account(id)).await?.state;
    let mut people: Vec<PersonId> = roster.members.iter().map(|member| member.person).collect();
    people.extend(roster.requests.iter().map(|request| request.person));
    let people = People::load(table, &people).await?;
    Reply::json(StatusCode::OK, &view(&roster, &people))
}

fn view(roster: &Roster, people: &People) -> MembersView {
    let members = roster.members.iter().map(|member| MemberView {
        person: people.view(member.person),
        role: member.role.into(),
        why: member.why.into(),
        since: member.since,
        seen: member.seen,
    });
    let requests = roster.requests.iter().map(|request| RequestView {
        person: people.view(request.person),
        role: request.role.into(),
        why: request.why.into(),
        since: request.since,
    });
    MembersView { members: members.collect(), requests: requests.collect() }
}

/// What somebody wants to do with a roster.
enum Command {
    Invite(Contact, Role),
    ChangeRole(PersonId, Role),
    Remove(PersonId),
    Accept(PersonId),
    Decline(PersonId),
}

/// Makes a member of an address.
pub(crate) async fn invite(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let invitation: Invitation = call.json()?;
    let contact = contact(&invitation.email, invitation.name.as_deref(), invitation.language.as_deref())?;
    change(table, call, actor, &Command::Invite(contact, invitation.role.into())).await
}

/// Gives a member another role.
pub(crate) async fn change_role(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    let wanted: RoleChange = call.json()?;
    change(table, call, actor, &Command::ChangeRole(person_id(call, "member")?, wanted.role.into())).await
}

/// Takes a member out.
pub(crate) async fn remove(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    change(table, call, actor, &Command::Remove(person_id(call, "member")?)).await
}

/// Makes a member of somebody who asked.
pub(crate) async fn accept(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    change(table, call, actor, &Command::Accept(person_id(call, "request")?)).await
}

/// Says no to somebody who asked.
pub(crate) async fn decline(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    change(table, call, actor, &Command::Decline(person_id(call, "request")?)).await
}

fn person_id(call: &Call, what: &'static str) -> Result<PersonId, Failure> {
    call.path("personId", what, PersonId::parse)
}

/// Loads, decides and commits a command.
async fn change(table: &Table, call: &Call, actor: &Actor, command: &Command) -> Result<Reply, Failure> {
    let id = account_id(call)?;
    let request = call.idempotency()?;
    let party = Party::Account(id);
    until_won(async || {
        let account = load(table, id).await?.state;
        let mut roster = table.roster(&party).await?;
        if let Some(reply) = repeated(&roster.remembered, &request) {
            return Ok(reply);
        }
        command.may(actor, &account, &roster.state)?;
        refuse_reused(&roster.remembered, &request)?;
        let Found { person, is_new } = command.person(table, call).await?;
        let change = command.decide(&roster.state, person.id, call)?;
        let answer = command.answer(&change.roster, person.id)?;
        let Some(event) = change.event else { return Ok(Reply::remembered(&answer)) };
        remember(&mut roster.remembered, &request, &answer);
        let mut transaction = Transaction::new();
        if is_new {
            transaction.put_new_person(&person);
        }
        commit(table, call, actor, transaction, id, (roster, change, event), &person).await?;
        Ok(Reply::remembered(&answer))
    })
    .await
}

impl Command {
    fn may(&self, actor: &Actor, account: &Account, roster: &Roster) -> Result<(), Refusal> {
        match self {
            Self::Invite(..) => actor.may_invite(account, roster),
            Self::ChangeRole(..) => actor.may(Action::ManageMembers, account),
            Self::Remove(person) => actor.may_remove(account, *person),
            Self::Accept(_) | Self::Decline(_) => actor.may(Action::DecideRequests, account),
        }
    }

    async fn person(&self, table: &Table, call: &Call) -> Result<Found, Failure> {
        let (person, missing) = match self {
            Self::Invite(contact, _) => return find_or_make(table, call, contact).await,
            Self::ChangeRole(person, _) | Self::Remove(person) => (person, Refusal::MemberNotFound),
            Self::Accept(person) | Self::Decline(person) => (person, Refusal::RequestNotFound),
        };
        let person = table.person(*person).await?.ok_or(missing)?;
        Ok(Found { person, is_new: false })
    }

    fn decide(&self, roster: &Roster, person: PersonId, call: &Call) -> Result<RosterChange, Refusal> {
        match self {
            Self::Invite(_, role) => roster.invite(person, *role, Why::Invited, call.now),
            Self::ChangeRole(_, role) => roster.change_role(person, *role),
            Self::Remove(_) => roster.remove(person),
            Self::Accept(_) => roster.accept_request(person, call.now),
            Self::Decline(_) => roster.decline_request(person),
        }
    }

    /// The member as they are after it; nothing where they are none.
    fn answer(&self, roster: &Roster, person: PersonId) -> Result<table::Reply, Failure> {
        let Some(member) = roster.member(person) else { return Ok(done()) };
        let status = if matches!(self, Self::Invite(..)) { 201 } else { 200 };
        let receipt = MemberReceipt {
            person_id: person.to_string(),
            role: member.role.into(),
            why: member.why.into(),
            since: member.since,
        };
        answer(status, &receipt)
    }
}

async fn commit(
    table: &Table,
    call: &Call,
    actor: &Actor,
    mut transaction: Transaction,
    account: AccountId,
    (roster, change, event): (Stored<Roster>, RosterChange, MemberEvent),
    person: &Person,
) -> Result<(), Failure> {
    let party = Party::Account(account);
    transaction.put_roster_change(&party, roster, change, &person.email);
    transaction.put_audit(&key::account_partition(account), &entry(call, actor, details(event), None));
    if matches!(event, MemberEvent::Invited { .. } | MemberEvent::RequestAccepted { .. }) {
        let what = Event::Invited { to: party, person: person.id, by: Some(actor.person), order: None };
        transaction.put_delivery(&Delivery::record(call.ulid(), what, &call.base_url, call.now).to(person.id));
    }
    Ok(transaction.commit(table, "change member").await?)
}

/// The difference, for the audit trail.
fn details(event: MemberEvent) -> Value {
    match event {
        MemberEvent::RoleChanged { person, from, to } => json!({ "person": person, "from": from, "to": to }),
        MemberEvent::Invited { person, role, .. }
        | MemberEvent::Removed { person, role }
        | MemberEvent::RequestFiled { person, role, .. }
        | MemberEvent::RequestAccepted { person, role } => json!({ "person": person, "role": role }),
        MemberEvent::RequestDeclined { person }
        | MemberEvent::RequestWithdrawn { person }
        | MemberEvent::SignedIn { person } => json!({ "person": person }),
    }
}
