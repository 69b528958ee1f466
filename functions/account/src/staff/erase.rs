//! `POST /v1/people/find` and `POST /v1/people/{personId}/erase`: what is stored of a person, and its end.

use http_api::{Call, Failure, Idempotency, Reply, until_won};
use lambda_http::http::StatusCode;
use licensing::Refusal;
use licensing::access::Actor;
use licensing::id::PersonId;
use licensing::member::{Party, Person};
use licensing::text::{EmailAddress, Label};
use serde_json::json;
use table::{AddressBook, DeliveryState, Erasure, Table, Transaction, key};

use super::reason;
use crate::document::{Erasing, ErasureView, PartyView, PersonFileView, PersonQuestion, SignInView};
use crate::me::memberships;
use crate::once::{answer, entry, refuse_reused, remember, repeated};
use crate::people::{People, contact};

/// How many rosters one transaction takes a person out of: each is written with its audit entry, and the lookup of the
/// membership and of the request are deleted.
const PARTIES_MAX: usize = 24;

/// Shows what is stored of the person of an address.
pub(crate) async fn find(table: &Table, call: &Call, actor: &Actor) -> Result<Reply, Failure> {
    actor.may_read_as_staff()?;
    let wanted: PersonQuestion = call.json()?;
    let address = contact(&wanted.email, None, None)?.email;
    let book = table.address_book(&address).await?;
    let owner = book.owner.ok_or(Refusal::NotFound("person"))?;
    let person = table.person(owner.person).await?.ok_or(Refusal::NotFound("person"))?;
    let of = |parties| Actor { person: person.id, memberships: parties };
    let members = book.memberships.into_iter().map(|membership| (membership.party, membership.role)).collect();
    let requests = book.requests.into_iter().map(|request| (request.party, request.role)).collect();
    let preferences = table.preferences(person.id).await?;
    let file = PersonFileView {
        language: person.language.tag().to_owned(),
        memberships: memberships(table, &of(members)).await?,
        requests: memberships(table, &of(requests)).await?,
        sign_in: owner.binding.map(|binding| SignInView { issuer: binding.issuer, subject: binding.subject }),
        unsubscribed: preferences.unsubscribed.into_iter().map(Into::into).collect(),
        person: People::from(person.clone()).view(person.id),
    };
    Reply::json(StatusCode::OK, &file)
}

/// Erases a person, step by step: what one call leaves undone the next one finishes.
pub(crate) async fn erase(table: &Table, call: &Call, actor: &Actor, named: &[EmailAddress]) -> Result<Reply, Failure> {
    actor.may_act_as_staff()?;
    let id = call.path("personId", "person", PersonId::parse)?;
    let request = call.idempotency()?;
    let Erasing { reason: why } = call.json()?;
    let why = reason(&why)?;
    let step = Step { table, call, actor, named, request: &request, why: &why };
    loop {
        if let Some(reply) = until_won(async || step.take(id).await).await? {
            return Ok(reply);
        }
    }
}

struct Step<'a> {
    table: &'a Table,
    call: &'a Call,
    actor: &'a Actor,
    named: &'a [EmailAddress],
    request: &'a Idempotency,
    why: &'a Label,
}

impl Step<'_> {
    /// Marks the person, takes them out of some rosters, or erases what is left; the answer where it is done.
    async fn take(&self, id: PersonId) -> Result<Option<Reply>, Failure> {
        let erasure = self.table.erasure(id).await?;
        if let Some(erasure) = &erasure {
            if let Some(reply) = repeated(&erasure.remembered, self.request) {
                return Ok(Some(reply));
            }
            refuse_reused(&erasure.remembered, self.request)?;
            if let Some(view) = ErasureView::of(erasure) {
                return Reply::json(StatusCode::OK, &view).map(Some);
            }
        }
        let person = self.table.person(id).await?.ok_or(Refusal::NotFound("person"))?;
        self.actor.may_erase(id, self.named.contains(&person.email))?;
        let Some(erasure) = erasure else { return self.begin(id).await };
        let parties = parties(self.table.address_book(&person.email).await?);
        if parties.is_empty() {
            self.dismiss_mails(id).await?;
            self.finish(person, erasure).await
        } else {
            self.leave(&person, erasure, &parties).await
        }
    }

    async fn begin(&self, person: PersonId) -> Result<Option<Reply>, Failure> {
        let erasure = Erasure::begin(person, self.why.clone(), self.call.now);
        let mut transaction = Transaction::new();
        transaction.mark_person(person);
        transaction.put_erasure(&erasure);
        transaction.commit(self.table, "begin erasure").await?;
        Ok(None)
    }

    /// Takes the person out of rosters, with what leads there from their address.
    async fn leave(&self, person: &Person, mut erasure: Erasure, parties: &[Party]) -> Result<Option<Reply>, Failure> {
        let mut transaction = Transaction::new();
        for party in parties {
            transaction.delete_membership(&person.email, party);
            transaction.delete_request(&person.email, party);
            let stored = self.table.roster(party).await?;
            let Some(erased) = stored.state.erase(person.id) else { continue };
            if erased.without_manager {
                erasure.without_manager.push(party.clone());
            }
            let version_read = stored.state.version;
            transaction.put_roster(party, &stored.with(erased.roster), version_read);
            let details = match erased.was {
                Some(role) => json!({ "person": person.id, "role": role, "reason": self.why }),
                None => json!({ "person": person.id, "reason": self.why }),
            };
            let entry = entry(self.call, self.actor, details, None);
            transaction.put_audit(&key::party_partition(party), &entry);
        }
        transaction.put_erasure(&erasure.next());
        transaction.commit(self.table, "leave rosters").await?;
        Ok(None)
    }

    /// What waits for the person is not sent any more. A mail that is on its way at this moment may arrive.
    async fn dismiss_mails(&self, person: PersonId) -> Result<(), Failure> {
        for delivery in self.table.deliveries_to(person, self.call.now).await? {
            if matches!(delivery.state, DeliveryState::Claimed { .. }) {
                continue;
            }
            let dismissed = delivery.moved(DeliveryState::Dismissed { at: self.call.now }, self.call.now);
            let mut transaction = Transaction::new();
            transaction.move_delivery(&dismissed);
            transaction.put_receipt(&dismissed);
            match transaction.commit(self.table, "dismiss mail").await {
                // Who sends it at this moment finds nobody to send it to.
                Err(error) if !error.is_lost() => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    async fn finish(&self, person: Person, mut erasure: Erasure) -> Result<Option<Reply>, Failure> {
        erasure.erased_at = Some(self.call.now);
        let Some(view) = ErasureView::of(&erasure) else { return Ok(None) };
        let answer = answer(200, &view)?;
        remember(&mut erasure.remembered, self.request, &answer);
        let details = json!({ "person": person.id, "reason": self.why });
        let mut transaction = Transaction::new();
        transaction.delete_person(&person);
        transaction.put_erasure(&erasure.next());
        let entry = entry(self.call, self.actor, details, None);
        transaction.put_audit(&key::party_partition(&Party::Vendor), &entry);
        transaction.commit(self.table, "erase person").await?;
        Ok(Some(Reply::remembered(&answer)))
    }
}

/// The first rosters that have the person in them.
fn parties(book: AddressBook) -> Vec<Party> {
    let members = book.memberships.into_iter().map(|membership| membership.party);
    let mut parties: Vec<Party> = members.chain(book.requests.into_iter().map(|request| request.party)).collect();
    parties.sort_unstable();
    parties.dedup();
    parties.truncate(PARTIES_MAX);
    parties
}

impl ErasureView {
    /// The end of an erasure; `None` where it has not come to it.
    fn of(erasure: &Erasure) -> Option<Self> {
        Some(Self {
            person_id: erasure.person.to_string(),
            erased_at: erasure.erased_at?,
            without_manager: erasure.without_manager.iter().map(PartyView::from).collect(),
        })
    }
}

impl From<&Party> for PartyView {
    fn from(party: &Party) -> Self {
        let of = match party {
            Party::Vendor => None,
            Party::Reseller(number) => Some(number.to_string()),
            Party::Account(account) => Some(account.to_string()),
        };
        Self { party: party.into(), of }
    }
}
