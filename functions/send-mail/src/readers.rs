//! Who is told of an event.

use http_api::ulid_at;
use jiff::Timestamp;
use licensing::id::{AccountId, OrderId, PersonId};
use licensing::member::{Party, Person, Role};
use licensing::text::{EmailAddress, Language};
use table::{Event, Table, TableError, Transaction};

use crate::SendMail;

/// Everybody an event concerns, each once.
pub(crate) async fn readers(function: &SendMail, event: &Event, now: Timestamp) -> Result<Vec<PersonId>, TableError> {
    let table = &function.table;
    match event {
        Event::OrderReceived { order, .. }
        | Event::OrderRevised { order, .. }
        | Event::LinkResent { order, .. }
        | Event::OrderCancelled { order } => {
            let order = table.order(*order).await?;
            Ok(order.map(|order| order.state.head.recipient.person).into_iter().collect())
        }
        Event::OrderUnlocked { order, account } => match table.order(*order).await? {
            Some(order) => table.readers_of_unlock(&order.state, *account).await,
            None => Ok(Vec::new()),
        },
        Event::OrderRenewed { order, account } => renewal(table, *order, *account).await,
        Event::LicensesCancelled { order, account, .. } => match table.order(*order).await? {
            Some(order) => table.readers_of(*account, &order.state.head.reseller.business.number, None).await,
            None => Ok(Vec::new()),
        },
        Event::Invited { person, .. } => Ok(vec![*person]),
        Event::AccessRequested { to, .. } => managers(table, to).await,
        Event::ConflictBegun { account, .. } => managers(table, &Party::Account(*account)).await,
        Event::GraceSet { account, .. } => members(table, &Party::Account(*account)).await,
        Event::ResellerMoved { account, from, to } => {
            let mut readers = members(table, &Party::Account(*account)).await?;
            for reseller in [&from.number, to] {
                readers.extend(members(table, &Party::Reseller(reseller.clone())).await?);
            }
            readers.sort_unstable();
            readers.dedup();
            Ok(readers)
        }
        Event::ManagerAppointed { to, person } => {
            let members = members(table, to).await?;
            Ok(members.into_iter().filter(|member| member != person).collect())
        }
        // Its readers' digests stand beside it, and a digest has its reader.
        Event::EndingsNear { .. } | Event::EndingsDigest { .. } => Ok(Vec::new()),
        Event::DeliveryFailed { .. } | Event::EventParked { .. } => staff(table, &function.vendor_staff, now).await,
    }
}

/// The members, and the recipient of the renewal: they have nothing to unlock, and this says so.
async fn renewal(table: &Table, order: OrderId, account: AccountId) -> Result<Vec<PersonId>, TableError> {
    let Some(order) = table.order(order).await?.map(|stored| stored.state) else { return Ok(Vec::new()) };
    let mut readers = table.readers_of_unlock(&order, account).await?;
    let recipient = order.head.recipient.person;
    if !readers.contains(&recipient) {
        readers.push(recipient);
    }
    Ok(readers)
}

/// The vendor's managers; before the first of them has signed in, whom the deployment names.
async fn staff(table: &Table, named: &[EmailAddress], now: Timestamp) -> Result<Vec<PersonId>, TableError> {
    let mut people = managers(table, &Party::Vendor).await?;
    if people.is_empty() {
        for address in named {
            people.push(person_at(table, address, now).await?);
        }
    }
    Ok(people)
}

/// The person of an address, made where nobody knew it.
async fn person_at(table: &Table, address: &EmailAddress, now: Timestamp) -> Result<PersonId, TableError> {
    if let Some(owner) = table.address_owner(address).await? {
        return Ok(owner.person);
    }
    let id = PersonId::new(ulid_at(now));
    let person = Person { id, email: address.clone(), name: None, language: Language::default() };
    let mut transaction = Transaction::new();
    transaction.put_new_person(&person);
    // Who loses a race leaves the delivery claimed: it is due again when the claim ends, and finds the person then.
    transaction.commit(table, "make vendor staff").await.map(|()| id)
}

async fn members(table: &Table, party: &Party) -> Result<Vec<PersonId>, TableError> {
    Ok(table.roster(party).await?.state.members.into_iter().map(|member| member.person).collect())
}

async fn managers(table: &Table, party: &Party) -> Result<Vec<PersonId>, TableError> {
    let roster = table.roster(party).await?.state;
    let managers = roster.members.into_iter().filter(|member| member.role == Role::Manager);
    Ok(managers.map(|member| member.person).collect())
}
