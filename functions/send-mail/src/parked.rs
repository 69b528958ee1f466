//! The mail about events that the vendor's receiver did not take.

use brand::Name;
use mail::{EventParkedMail, Message};
use table::{EventState, TableError, key};
use ulid::Ulid;

use crate::compose::Composer;

impl Composer<'_> {
    /// `None` where staff has dealt with it since.
    pub(crate) async fn event_parked(&self, parked: Ulid) -> Result<Option<Message>, TableError> {
        let Some(event) = self.table.vendor_event(key::vendor_event(parked)).await? else { return Ok(None) };
        let EventState::Parked { reason, .. } = &event.state else { return Ok(None) };
        Ok(Some(Message::EventParked(EventParkedMail {
            kind: Name::new(event.happening.name()),
            recorded_at: event.recorded_at,
            attempts: event.attempts,
            reason: Name::new(reason),
            portal_link: format!("{}events", self.portal()),
        })))
    }
}
