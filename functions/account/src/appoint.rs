//! The first members of the vendor: whom the deployment names.

use http_api::{Call, Failure, until_won};
use jiff::Timestamp;
use licensing::access::Actor;
use licensing::id::PersonId;
use licensing::member::{Party, Role, Roster, Why};
use licensing::text::EmailAddress;
use serde_json::json;
use table::{Appointment, AuditEntry, Membership, Stored, Table, Transaction, key};

/// Makes a manager of the vendor of somebody whose verified address the deployment names, once for each person: a
/// record of it stays, so that who is removed afterwards does not come back by themselves. Costs nothing for everybody
/// else, and one read for who was removed.
pub(crate) async fn appoint(
    table: &Table,
    call: &Call,
    named: &[EmailAddress],
    actor: Actor,
) -> Result<Actor, Failure> {
    if actor.is_staff() || !named.contains(&call.signed_in()?.email) {
        return Ok(actor);
    }
    let role = until_won(async || {
        let before = table.appointment(actor.person).await?;
        let roster = table.roster(&Party::Vendor).await?;
        match appointed(&roster.state, before.as_ref(), actor.person, call.now) {
            Some(after) => commit(table, call, actor.person, roster, after).await.map(Some),
            // Another request of theirs may have done it a moment ago.
            None => Ok(roster.state.member(actor.person).map(|member| member.role)),
        }
    })
    .await?;
    let mut actor = actor;
    actor.memberships.extend(role.map(|role| (Party::Vendor, role)));
    Ok(actor)
}

/// The vendor's roster with the person; `None` where the deployment was followed before, or there is no room.
fn appointed(roster: &Roster, before: Option<&Appointment>, person: PersonId, now: Timestamp) -> Option<Roster> {
    if before.is_some() {
        return None;
    }
    let invited = roster.invite(person, Role::Manager, Why::Deployment, now).ok()?.roster;
    Some(Roster { version: invited.version, ..invited.mark_seen(person).roster })
}

async fn commit(
    table: &Table,
    call: &Call,
    person: PersonId,
    stored: Stored<Roster>,
    after: Roster,
) -> Result<Role, Failure> {
    let version_read = stored.state.version;
    let membership = Membership { party: Party::Vendor, role: Role::Manager };
    let entry = AuditEntry {
        id: call.ulid(),
        at: call.now,
        actor: table::Actor::Service,
        action: "appointStaff".to_owned(),
        details: json!({ "person": person, "role": membership.role }),
        version: None,
    };
    let mut transaction = Transaction::new();
    transaction.put_appointment(&Appointment { person, at: call.now });
    transaction.put_roster(&Party::Vendor, &stored.with(after), version_read);
    transaction.put_membership(person, &call.signed_in()?.email, &membership);
    transaction.put_audit(&key::party_partition(&Party::Vendor), &entry);
    transaction.commit(table, "appoint staff").await?;
    Ok(Role::Manager)
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    fn person(number: u128) -> PersonId {
        PersonId::new(Ulid(number))
    }

    #[test]
    fn whom_the_deployment_names_becomes_a_manager_who_was_seen() {
        let roster = appointed(&Roster::default(), None, person(1), now()).unwrap();
        let member = roster.member(person(1)).unwrap();
        assert_eq!((roster.version, member.role, member.why, member.seen), (1, Role::Manager, Why::Deployment, true));
    }

    #[test]
    fn a_second_name_of_the_deployment_comes_in_whatever_happened_before() {
        let first = appointed(&Roster::default(), None, person(1), now()).unwrap();
        let invited = first.invite(person(3), Role::Viewer, Why::Invited, now()).unwrap().roster;
        assert!(appointed(&invited, None, person(2), now()).unwrap().member(person(2)).is_some());
    }

    #[test]
    fn who_was_removed_does_not_come_back_by_themselves() {
        let first = appointed(&Roster::default(), None, person(1), now()).unwrap();
        let both = appointed(&first, None, person(2), now()).unwrap();
        let removed = both.remove(person(2)).unwrap().roster;
        let before = Appointment { person: person(2), at: now() };
        assert_eq!(appointed(&removed, Some(&before), person(2), now()), None);
    }
}
