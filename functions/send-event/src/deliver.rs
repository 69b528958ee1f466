//! One event: claimed, then delivered, put off, parked or dismissed.

use http_api::metric::{self, Metric};
use jiff::{SignedDuration, Timestamp};
use table::{Delivery, EventState, TableError, Transaction, VendorEvent};

use crate::SendEvent;
use crate::message::{body, id};
use crate::receiver::{Answer, Receiver};

/// How long a claim lasts: longer than this function may run.
const CLAIM: SignedDuration = SignedDuration::from_secs(120);
/// How long an event is tried before it is parked, from the first try on: over a weekend.
const PATIENCE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// The longest pause between two tries that this function chooses.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(4);
/// The longest pause that a receiver may ask for.
pub(crate) const PAUSE_LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The receiver took it.
    Taken,
    /// The receiver is there, but did not take it; or there was nothing to send.
    Other,
    /// The receiver is not there.
    Down,
}

/// Takes an event one step further. Somebody else who has claimed it, or has been faster, is left alone.
pub(crate) async fn deliver(function: &SendEvent, event: VendorEvent) -> Result<Ending, TableError> {
    let now = function.clock.now();
    let free = match event.state {
        EventState::Waiting => true,
        EventState::Claimed { until } => until <= now,
        _ => false,
    };
    if !free {
        return Ok(Ending::Other);
    }
    let Some(receiver) = &function.receiver else {
        return settle(function, event.moved(EventState::Dismissed { at: now }, now)).await.map(|()| Ending::Other);
    };
    let until = now.checked_add(CLAIM).unwrap_or(now);
    let claimed = event.first_tried(now).moved(EventState::Claimed { until }, now);
    match function.table.move_vendor_event(&claimed).await {
        Err(error) if error.is_lost() => return Ok(Ending::Other),
        other => other?,
    }
    send(function, receiver, claimed).await
}

async fn send(function: &SendEvent, receiver: &Receiver, event: VendorEvent) -> Result<Ending, TableError> {
    let answer = match body(&event) {
        Ok(body) => receiver.post(&id(&event), body, function.clock.now()).await,
        Err(error) => Answer::Refused { reason: error.to_string(), retry_after: None },
    };
    let now = function.clock.now();
    match answer {
        Answer::Taken => {
            settle(function, event.moved(EventState::Delivered { at: now }, now)).await?;
            metric::count(Metric::EventsSent, now);
            Ok(Ending::Taken)
        }
        Answer::Gone => park(function, event, "status 410: the receiver wants no more events".to_owned(), now).await,
        Answer::Refused { reason, retry_after } => {
            put_off(function, event, reason, retry_after, now).await.map(|()| Ending::Other)
        }
        Answer::Down { reason, retry_after } => {
            put_off(function, event, reason, retry_after, now).await.map(|()| Ending::Down)
        }
    }
}

/// Lets an event wait, or parks it when its time is over.
async fn put_off(
    function: &SendEvent,
    event: VendorEvent,
    reason: String,
    retry_after: Option<SignedDuration>,
    now: Timestamp,
) -> Result<(), TableError> {
    if now.duration_since(event.tried_since) >= PATIENCE {
        return park(function, event, reason, now).await.map(|_| ());
    }
    tracing::warn!(event = %event.id, attempts = event.attempts, reason, "event waits");
    let asked = retry_after.unwrap_or_default().min(PAUSE_LONGEST);
    let at = now.checked_add(pause(event.attempts).max(asked)).unwrap_or(now);
    settle(function, event.moved(EventState::Waiting, now).due(at)).await
}

/// Gives an event up, where staff see it, and tells them, once a day.
async fn park(function: &SendEvent, event: VendorEvent, reason: String, now: Timestamp) -> Result<Ending, TableError> {
    tracing::error!(event = %event.id, attempts = event.attempts, reason, "event parked");
    let event = event.moved(EventState::Parked { at: now, reason }, now);
    let notice = Delivery::event_parked(event.id, &function.base_url, now);
    let mut transaction = Transaction::new();
    transaction.move_vendor_event(&event).put_delivery(&notice);
    match transaction.commit(&function.table, "park event").await {
        // Most often staff has been told today.
        Err(error) if error.is_lost() => settle(function, event).await?,
        other => other?,
    }
    metric::count(Metric::EventsParked, now);
    Ok(Ending::Other)
}

/// Writes how an attempt ended. Who lost the claim meanwhile leaves the end to whoever has it.
async fn settle(function: &SendEvent, event: VendorEvent) -> Result<(), TableError> {
    match function.table.move_vendor_event(&event).await {
        Err(error) if error.is_lost() => Ok(()),
        other => other,
    }
}

/// A minute, doubled with each try.
fn pause(attempts: u32) -> SignedDuration {
    PAUSE_MAX.min(SignedDuration::from_secs(30 << attempts.min(10)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_four_hours() {
        assert_eq!(pause(1), SignedDuration::from_mins(1));
        assert_eq!(pause(4), SignedDuration::from_mins(8));
        assert_eq!(pause(30), PAUSE_MAX);
    }
}
