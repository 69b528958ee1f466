//! What ends in an account is gathered into one digest for each reader and day.

use jiff::{SignedDuration, Timestamp};
use licensing::account::{Account, ResellerAccess};
use licensing::advance::near;
use licensing::grant::{utc_day, utc_midnight};
use licensing::id::PersonId;
use licensing::member::Party;
use licensing::topic::Topic;
use table::{Delivery, Passed, Table, TableError};

/// When in the day (UTC) digests are sent: before people in Europe begin to work.
const SENT_AT: SignedDuration = SignedDuration::from_hours(5);
/// How long accounts that are found at the same time have to come into one digest.
const GATHERED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Puts it into the digest of everybody it concerns. What was put before is not put again.
pub(crate) async fn gather(table: &Table, found: &Delivery, passed: Passed) -> Result<(), TableError> {
    let Some(account) = table.account(passed.account).await?.map(|stored| stored.state) else { return Ok(()) };
    let near = near(&account, passed.since, passed.through);
    for topic in Topic::ALL.into_iter().filter(|topic| near.iter().any(|near| topic.tells(near.stage))) {
        for reader in readers(table, &account, topic).await? {
            add(table, found, topic, reader, passed).await?;
        }
    }
    Ok(())
}

async fn readers(table: &Table, account: &Account, topic: Topic) -> Result<Vec<PersonId>, TableError> {
    let parties = match topic {
        Topic::OwnEndings => vec![Party::Account(account.id)],
        Topic::CustomersEndings => {
            let granted = account.resellers.iter().filter(|reseller| reseller.access == ResellerAccess::Granted);
            granted.map(|reseller| Party::Reseller(reseller.business.number.clone())).collect()
        }
    };
    let mut readers = Vec::new();
    for party in parties {
        readers.extend(table.roster(&party).await?.state.members.into_iter().map(|member| member.person));
    }
    readers.sort_unstable();
    readers.dedup();
    Ok(readers)
}

/// Adds to the reader's digest of the day, or of the first day after it whose digest is not on its way yet.
async fn add(
    table: &Table,
    found: &Delivery,
    topic: Topic,
    reader: PersonId,
    passed: Passed,
) -> Result<(), TableError> {
    let mut day = topic.day_of(utc_day(found.recorded_at));
    loop {
        let at = utc_midnight(day) + SENT_AT;
        let fresh = Delivery::digest(topic, day, passed, reader, &found.base_url, at.max(gathered_at(found)));
        let put = match table.delivery(fresh.key()).await? {
            None => table.put_new_delivery(&fresh).await,
            Some(there) if there.tells(passed) => return Ok(()),
            Some(there) => {
                let Some(more) = there.with_passed(passed) else {
                    day = topic.day_after(day);
                    continue;
                };
                table.move_delivery(&more).await
            }
        };
        match put {
            // Somebody else has put or sent it: look again.
            Err(error) if error.is_lost() => {}
            other => return other,
        }
    }
}

fn gathered_at(found: &Delivery) -> Timestamp {
    found.recorded_at + GATHERED_FOR
}
