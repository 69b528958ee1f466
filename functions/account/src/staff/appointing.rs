//! `POST /v1/accounts/{accountId}/manager` and `POST /v1/resellers/{resellerNumber}/manager`: a manager where nobody who
//! could invite one is left.

use http_api::{Call, Failure, Reply, until_won};
use licensing::access::Actor;
use licensing::id::BusinessNumber;
use licensing::member::Party;
use serde_json::json;
use table::{Delivery, Event, Table, Transaction, key};

use super::reason;
use crate::document::{Appointing, MemberReceipt};
use crate::once::{answer, entry, refuse_reused, remember, repeated};
use crate::people::{Found, contact, find_or_make};
use crate::{account_id, load};

/// Makes a manager of an account.
pub(crate) async fn of_account(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_act_as_staff()?;
    let id = account_id(call)?;
    load(table, id).await?;
    appoint(table, call, actor, Party::Account(id)).await
}

/// Makes a manager of a reseller.
pub(crate) async fn of_reseller(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_act_as_staff()?;
    let number = call.path("resellerNumber", "reseller", BusinessNumber::parse)?;
    appoint(table, call, actor, Party::Reseller(number)).await
}

async fn appoint(table: &Table, call: &Call, actor: &Actor, party: Party) -> Result<Reply, Failure> {
    let request = call.idempotency()?;
    let wanted: Appointing = call.json()?;
    let contact = contact(&wanted.email, wanted.name.as_deref(), wanted.language.as_deref())?;
    let why = reason(&wanted.reason)?;
    until_won(async || {
        let mut roster = table.roster(&party).await?;
        if let Some(reply) = repeated(&roster.remembered, &request) {
            return Ok(reply);
        }
        refuse_reused(&roster.remembered, &request)?;
        let Found { person, is_new } = find_or_make(table, call, &contact).await?;
        let change = roster.state.appoint_manager(person.id, call.now)?;
        let Some(member) = change.roster.member(person.id).cloned() else {
            return Err(Failure::broken("appoint manager", "the roster has not got them"));
        };
        let receipt = MemberReceipt {
            person_id: person.id.to_string(),
            role: member.role.into(),
            why: member.why.into(),
            since: member.since,
        };
        let answer = answer(201, &receipt)?;
        remember(&mut roster.remembered, &request, &answer);
        let mut transaction = Transaction::new();
        if is_new {
            transaction.put_new_person(&person);
        }
        transaction.put_roster_change(&party, roster, change, &person.email);
        let details = json!({ "person": person.id, "role": member.role, "reason": why });
        transaction.put_audit(&key::party_partition(&party), &entry(call, actor, details, None));
        let mail = |what| Delivery::record(call.ulid(), what, &call.base_url, call.now);
        let invited = Event::Invited { to: party.clone(), person: person.id, by: Some(actor.person), order: None };
        transaction.put_delivery(&mail(invited).to(person.id));
        let told = Event::ManagerAppointed { to: party.clone(), person: person.id };
        transaction.put_delivery(&mail(told).by(Some(actor.person)));
        transaction.commit(table, "appoint manager").await?;
        Ok(Reply::remembered(&answer))
    })
    .await
}
