//! Who is told of an event.

use licensing::id::PersonId;
use licensing::member::{Party, Role};
use table::{Event, Table, TableError};

/// Everybody an event concerns, each once.
pub(crate) async fn readers(table: &Table, event: &Event) -> Result<Vec<PersonId>, TableError> {
    match event {
        Event::OrderReceived { order, .. } | Event::OrderRevised { order, .. } | Event::LinkResent { order, .. } => {
            let order = table.order(*order).await?;
            Ok(order.map(|order| order.state.head.recipient.person).into_iter().collect())
        }
        Event::OrderUnlocked { order, account } => match table.order(*order).await? {
            Some(order) => table.readers_of_unlock(&order.state, *account).await,
            None => Ok(Vec::new()),
        },
        Event::Invited { person, .. } => Ok(vec![*person]),
        Event::AccessRequested { to, .. } => managers(table, to).await,
        Event::ConflictBegun { account, .. } => managers(table, &Party::Account(*account)).await,
        Event::DeliveryFailed { .. } => managers(table, &Party::Vendor).await,
    }
}

async fn managers(table: &Table, party: &Party) -> Result<Vec<PersonId>, TableError> {
    let roster = table.roster(party).await?.state;
    let managers = roster.members.into_iter().filter(|member| member.role == Role::Manager);
    Ok(managers.map(|member| member.person).collect())
}
