#![doc = include_str!("../README.md")]

mod deliver;
mod message;
mod receiver;
mod webhooks;

use aws_config::SdkConfig;
use aws_lambda_events::dynamodb::Event;
use futures::future::join_all;
use http_api::lambda::warm_table;
use http_api::metric::{Measurement, Metric};
use http_api::{Clock, Settings, SettingsError, telemetry};
use jiff::{SignedDuration, Timestamp};
use keys::{KeysError, Secret};
use serde::Deserialize;
use stream::NewItem;
use table::{Table, TableError, VendorEvent};

pub use receiver::UrlFault;

use crate::deliver::{Ending, deliver};
use crate::receiver::Receiver;

pub use webhooks::{Webhooks, webhooks};

/// How many events of each shard are read at once.
const SWEEP_LIMIT: i32 = 100;
/// How many events are sent at the same time.
const TOGETHER: usize = 10;
/// When a sweep stops to begin with further events; what is left waits for the next one.
const SWEEP_TIME: SignedDuration = SignedDuration::from_secs(40);

/// The function with its connections.
pub struct SendEvent {
    clock: Clock,
    table: Table,
    receiver: Option<Receiver>,
    base_url: String,
}

/// Why the function can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The event ring can't be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The deployment names a receiver that events can't be sent to.
    #[error("EVENTS_URL {0}")]
    Url(#[from] UrlFault),
    /// The deployment does not say where the service is.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The HTTP client does not start.
    #[error("the HTTP client does not start")]
    Client(#[from] reqwest::Error),
}

/// What invokes this function.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Invocation {
    /// New events.
    Stream(Event),
    /// The schedule.
    Schedule {},
}

impl SendEvent {
    /// Opens the connections and reads the event ring, where the deployment names a receiver.
    ///
    /// # Errors
    ///
    /// When the base URL is missing, the receiver's address can't be used, or the ring can't be read.
    pub async fn connect(settings: &Settings, sdk: &SdkConfig, clock: Clock) -> Result<Self, StartError> {
        let base_url = settings.own_base_url()?;
        let receiver = async {
            let Some(url) = &settings.events_url else { return Ok(None) };
            let secrets = aws_sdk_secretsmanager::Client::new(sdk);
            let ring = Secret::load(&secrets, &settings.event_keys, clock.now()).await?;
            Ok::<_, StartError>(Some(Receiver::new(url, ring)?))
        };
        let (receiver, table) = tokio::join!(receiver, warm_table(settings, sdk));
        Ok(Self { receiver: receiver?, table, clock, base_url })
    }

    /// Sends what a batch of the stream shows; the answer names the sequence numbers of what could not be dealt with
    /// because of the table. What the receiver does not take is not among them: its event waits for its time.
    pub async fn handle_stream(&self, event: Event) -> Vec<String> {
        let items = stream::new_items(event);
        let handled = items.into_iter().map(async |item| match self.handle_item(&item).await {
            Ok(()) => None,
            Err(error) => {
                tracing::error!(cause = telemetry::causes(&error), "event failed");
                Some(item.sequence_number)
            }
        });
        join_all(handled).await.into_iter().flatten().collect()
    }

    async fn handle_item(&self, item: &NewItem) -> Result<(), TableError> {
        let Some(key) = table::key::parse_vendor_event(&item.pk, &item.sk) else { return Ok(()) };
        match self.table.vendor_event(key).await? {
            Some(event) => deliver(self, event).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// Sends whatever is due: what the stream missed, what waits for another try, what somebody claimed and left.
    ///
    /// # Errors
    ///
    /// When the table can't be read; single events that fail are logged and tried at the next sweep.
    pub async fn sweep(&self) -> Result<(), TableError> {
        let begun = self.clock.now();
        // No pause is longer, so these are all that wait: those who are due first, and the others are counted.
        let horizon = begun.checked_add(deliver::PAUSE_LONGEST).unwrap_or(begun);
        let mut waiting = self.table.vendor_events_due(horizon, SWEEP_LIMIT).await?;
        measure(&waiting, begun);
        while self.send_due(waiting, begun).await {
            waiting = self.table.vendor_events_due(self.clock.now(), SWEEP_LIMIT).await?;
        }
        Ok(())
    }

    /// Sends those of a page that are due; whether there may be more to do in this sweep.
    async fn send_due(&self, page: Vec<VendorEvent>, begun: Timestamp) -> bool {
        let mut due: Vec<VendorEvent> = page.into_iter().filter(|event| event.is_due(begun)).collect();
        let mut taken = false;
        while !due.is_empty() {
            if self.clock.now().duration_since(begun) > SWEEP_TIME {
                return false;
            }
            let together = due.split_off(due.len().saturating_sub(TOGETHER));
            let endings = join_all(together.into_iter().map(|event| deliver(self, event))).await;
            for error in endings.iter().filter_map(|ending| ending.as_ref().err()) {
                tracing::error!(cause = telemetry::causes(error), "event failed");
            }
            if endings.iter().all(|ending| matches!(ending, Ok(Ending::Down))) {
                tracing::warn!(waiting = due.len(), "the receiver is down: the others wait for the next sweep");
                return false;
            }
            taken |= endings.iter().any(|ending| matches!(ending, Ok(Ending::Taken)));
        }
        taken
    }
}

fn measure(waiting: &[VendorEvent], now: Timestamp) {
    let oldest = waiting.iter().map(|event| now.duration_since(event.recorded_at).as_secs()).max();
    let number = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    let measured = Measurement::at(now).with(Metric::EventsWaiting, number);
    measured.with(Metric::OldestEventSeconds, oldest.unwrap_or_default()).log();
}
