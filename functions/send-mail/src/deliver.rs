//! One delivery: claimed, then expanded into one per reader, or sent, put off, parked or dismissed.

use http_api::metric::{self, Metric};
use http_api::ulid_at;
use jiff::{SignedDuration, Timestamp};
use licensing::member::Person;
use mail::{Envelope, Mailbox, mime, render};
use table::{Delivery, DeliveryState, Event, Happening, ReturnedMail, Table, TableError, Transaction, VendorEvent};

use crate::SendMail;
use crate::compose::compose;
use crate::gather::gather;
use crate::readers::readers;
use crate::tag;

/// How long a claim lasts: longer than this function may run.
const CLAIM: SignedDuration = SignedDuration::from_secs(300);
/// After this many tries a delivery is parked; with the pauses between them that is about half a day.
const ATTEMPTS_MAX: u32 = 12;
/// The longest pause between two tries.
pub(crate) const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(60);

/// Takes a delivery one step further. Somebody else who has claimed it, or has been faster, is left alone.
pub(crate) async fn deliver(function: &SendMail, delivery: Delivery) -> Result<(), TableError> {
    let now = function.clock.now();
    let free = match delivery.state {
        DeliveryState::Waiting => true,
        DeliveryState::Claimed { until } => until <= now,
        _ => false,
    };
    if !free {
        return Ok(());
    }
    let until = now.checked_add(CLAIM).unwrap_or(now);
    let claimed = delivery.moved(DeliveryState::Claimed { until }, now);
    match function.table.move_delivery(&claimed).await {
        Err(error) if error.is_lost() => return Ok(()),
        other => other?,
    }
    match claimed.reader {
        None => expand(function, claimed, now).await,
        Some(_) => send(function, claimed, now).await,
    }
}

/// Puts one delivery for each reader beside the event's.
async fn expand(function: &SendMail, delivery: Delivery, now: Timestamp) -> Result<(), TableError> {
    let table = &function.table;
    if let Event::EndingsNear { passed } = &delivery.event {
        gather(table, &delivery, *passed).await?;
    }
    for reader in readers(function, &delivery.event, now).await? {
        if delivery.by != Some(reader) {
            let event = delivery.event.clone();
            let child = Delivery::record(delivery.id, event, &delivery.base_url, delivery.recorded_at).to(reader);
            table.put_delivery_once(&child).await?;
        }
    }
    table.move_delivery(&delivery.moved(DeliveryState::Expanded { at: now }, now)).await
}

async fn send(function: &SendMail, delivery: Delivery, now: Timestamp) -> Result<(), TableError> {
    let reader = match delivery.reader {
        Some(reader) => function.table.person(reader).await?,
        None => None,
    };
    let ring = function.link_ring.get(now).await;
    let composed = match &reader {
        Some(reader) => compose(&function.table, &ring, &delivery, reader).await?,
        None => None,
    };
    let (Some(reader), Some(message)) = (reader, composed) else {
        return settle(&function.table, delivery.moved(DeliveryState::Dismissed { at: now }, now)).await;
    };
    let rendered = render(&message, &function.brand, reader.language);
    // The same for every try, so that a mail that was sent twice shows once.
    let id = format!("{}.{}", delivery.id, reader.id);
    let unsubscribe = message.unsubscribe_link();
    let mime = mime(&rendered, &Envelope { unsubscribe, ..envelope(function, &delivery, &reader, &id) });
    let tags = [(tag::DELIVERY, delivery.id.to_string()), (tag::READER, reader.id.to_string())];
    match function.sender.send(&function.from, &reader.email, mime, tags).await {
        Ok(sent) => {
            metric::count(Metric::MailsSent, now);
            let state = DeliveryState::Sent { at: now, message_id: sent.0, note: None };
            match settle(&function.table, delivery.moved(state, now)).await {
                // That it came back was heard before this could be written, and is newer.
                Err(error) if error.is_lost() => Ok(()),
                other => other,
            }
        }
        Err(fault) if fault.may_retry() && delivery.attempts < ATTEMPTS_MAX => {
            tracing::warn!(delivery = %delivery.id, attempts = delivery.attempts, %fault, "delivery waits");
            let at = now.checked_add(pause(delivery.attempts)).unwrap_or(now);
            function.table.move_delivery(&delivery.moved(DeliveryState::Waiting, now).due(at)).await
        }
        Err(fault) => {
            let state = DeliveryState::Parked { at: now, reason: fault.to_string() };
            give_up(&function.table, delivery, state, now).await
        }
    }
}

fn envelope<'a>(function: &'a SendMail, delivery: &Delivery, reader: &'a Person, id: &'a str) -> Envelope<'a> {
    let domain = function.from.as_str().split_once('@').map_or("localhost", |(_, domain)| domain);
    Envelope {
        from: Mailbox { name: Some(&function.brand.sender_name), email: &function.from },
        to: Mailbox { name: reader.name.as_ref().map(licensing::text::Label::as_str), email: &reader.email },
        reply_to: &function.brand.reply_to,
        id,
        id_domain: domain,
        date: delivery.recorded_at,
        language: reader.language,
        unsubscribe: None,
    }
}

/// Leaves a delivery that did not reach its reader where staff see it, and tells them; a mail to staff itself is only
/// left there.
pub(crate) async fn give_up(
    table: &Table,
    delivery: Delivery,
    state: DeliveryState,
    now: Timestamp,
) -> Result<(), TableError> {
    let reason = state.given_up().map(|given_up| given_up.reason.to_owned());
    let id = delivery.id;
    let is_parked = matches!(state, DeliveryState::Parked { .. });
    let tells_staff = matches!(delivery.event, Event::DeliveryFailed { .. } | Event::EventParked { .. });
    let failed = delivery.reader.map(|reader| Event::DeliveryFailed { delivery: delivery.id, reader });
    let base_url = delivery.base_url.clone();
    let notice = failed.filter(|_| !tells_staff).map(|what| Delivery::record(ulid_at(now), what, &base_url, now));
    let returned = returned(table, &delivery, &state).await?;
    let event = returned.map(|it| VendorEvent::record(ulid_at(now), Happening::MailBounced(it), now));
    settle_and_tell(table, delivery.moved(state, now), notice.as_ref(), event.as_ref()).await?;
    if is_parked {
        tracing::error!(delivery = %id, reason, "delivery parked");
        metric::count(Metric::MailsParked, now);
    } else {
        tracing::warn!(delivery = %id, reason, "mail came back");
        metric::count(Metric::MailsReturned, now);
    }
    Ok(())
}

/// What the vendor's systems are told of a mail of an order that came back.
async fn returned(
    table: &Table,
    delivery: &Delivery,
    state: &DeliveryState,
) -> Result<Option<ReturnedMail>, TableError> {
    let Some(order) = delivery.event.order() else { return Ok(None) };
    let order = table.order(order).await?;
    Ok(order.and_then(|order| ReturnedMail::of(delivery, state, &order.state)))
}

/// Writes how a delivery ended, and the receipt that its order keeps.
pub(crate) async fn settle(table: &Table, delivery: Delivery) -> Result<(), TableError> {
    settle_and_tell(table, delivery, None, None).await
}

/// The same with what staff and the vendor's systems are told because of it.
async fn settle_and_tell(
    table: &Table,
    delivery: Delivery,
    notice: Option<&Delivery>,
    event: Option<&VendorEvent>,
) -> Result<(), TableError> {
    let mut transaction = Transaction::new();
    transaction.move_delivery(&delivery);
    if let Some(notice) = notice {
        transaction.put_delivery(notice);
    }
    if let Some(event) = event {
        transaction.put_vendor_event(event);
    }
    transaction.put_receipt(&delivery);
    transaction.commit(table, "settle delivery").await
}

/// Half a minute, doubled with each try.
fn pause(attempts: u32) -> SignedDuration {
    PAUSE_MAX.min(SignedDuration::from_secs(30 << attempts.min(10)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        assert_eq!(pause(0), SignedDuration::from_secs(30));
        assert_eq!(pause(3), SignedDuration::from_secs(240));
        assert_eq!(pause(12), PAUSE_MAX);
    }
}
