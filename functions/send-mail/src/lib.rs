#![doc = include_str!("../README.md")]

mod changed;
mod compose;
mod deliver;
mod digest;
mod feedback;
mod gather;
mod parked;
mod readers;
mod tag;

use aws_config::SdkConfig;
use aws_lambda_events::dynamodb::Event;
use aws_lambda_events::sns::SnsEvent;
use brand::Brand;
use futures::StreamExt;
use futures::stream::iter;
use http_api::lambda::warm_table;
use http_api::metric::{Measurement, Metric};
use http_api::{Clock, Settings};
use jiff::{SignedDuration, Timestamp};
use keys::{KeysError, Secret};
use lease::MacRing;
use licensing::text::EmailAddress;
use mail::Sender;
use serde::Deserialize;
use stream::NewItem;
use table::{Delivery, Table, TableError};

/// How many deliveries of each shard are read at once.
const SWEEP_LIMIT: i32 = 100;
/// How many mails a sweep sends at the same time: about as many a second as SES lets a new account send.
const TOGETHER: usize = 3;
/// When a sweep stops to begin with further deliveries; what is left waits for the next one. Most of a vendor's terms
/// end on the same day, so that thousands of digests fall due together.
const SWEEP_TIME: SignedDuration = SignedDuration::from_secs(200);

/// The function with its connections.
pub struct SendMail {
    clock: Clock,
    table: Table,
    brand: Brand,
    from: EmailAddress,
    vendor_staff: Vec<EmailAddress>,
    link_ring: Secret<MacRing>,
    sender: Sender,
}

/// Why the function can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The link ring can't be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The deployment names no sender.
    #[error("MAIL_FROM is missing: the address that mails come from")]
    NoSender,
}

/// What invokes this function.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Invocation {
    /// What the mail service says of mails that it took.
    Feedback(SnsEvent),
    /// New items of the outbox.
    Stream(Event),
    /// The schedule.
    Schedule {
        /// To sweep, which is all that it asks for.
        sweep: bool,
    },
}

impl SendMail {
    /// Opens the connections and reads the link ring.
    ///
    /// # Errors
    ///
    /// When the ring can't be read or the sender is missing.
    pub async fn connect(settings: &Settings, sdk: &SdkConfig, clock: Clock) -> Result<Self, StartError> {
        let secrets = aws_sdk_secretsmanager::Client::new(sdk);
        let ring = Secret::load(&secrets, &settings.link_keys, clock.now());
        let (link_ring, table) = tokio::join!(ring, warm_table(settings, sdk));
        Ok(Self {
            link_ring: link_ring?,
            table,
            brand: settings.brand.clone(),
            from: settings.mail_from.clone().ok_or(StartError::NoSender)?,
            vendor_staff: settings.vendor_staff.clone(),
            sender: Sender::new(aws_sdk_ses::Client::new(sdk), settings.mail_configuration_set.clone()),
            clock,
        })
    }

    /// Delivers what a batch of the stream shows; the answer names the sequence numbers of what could not be dealt with
    /// because of the table. What the mail service does not take is not among them: its delivery waits for its time.
    pub async fn handle_stream(&self, event: Event) -> Vec<String> {
        let mut failed = Vec::new();
        for item in stream::new_items(event) {
            if let Err(error) = self.handle_item(&item).await {
                tracing::error!(cause = http_api::telemetry::causes(&error), "delivery failed");
                failed.push(item.sequence_number);
            }
        }
        failed
    }

    /// Delivers whatever is due: what the stream missed, what waits for another try, what somebody claimed and left.
    ///
    /// # Errors
    ///
    /// When the table can't be read; single deliveries that fail are logged and tried at the next sweep.
    pub async fn sweep(&self) -> Result<(), TableError> {
        let begun = self.clock.now();
        // No pause is longer, so these are all that wait: those who are due first, and the others are counted.
        let horizon = begun.checked_add(deliver::PAUSE_MAX).unwrap_or(begun);
        let mut waiting = self.table.deliveries_due(horizon, SWEEP_LIMIT).await?;
        measure(&waiting, begun);
        while self.send_due(waiting, begun).await {
            waiting = self.table.deliveries_due(self.clock.now(), SWEEP_LIMIT).await?;
        }
        Ok(())
    }

    /// Takes those of a page that are due further; whether there may be more to do in this sweep.
    async fn send_due(&self, page: Vec<Delivery>, begun: Timestamp) -> bool {
        let has_time = || self.clock.now().duration_since(begun) < SWEEP_TIME;
        let due = page.into_iter().filter(|delivery| delivery.is_due(begun)).take_while(|_| has_time());
        let outcomes = iter(due.map(|delivery| self.deliver(delivery))).buffer_unordered(TOGETHER);
        let delivered = outcomes.fold(0, async |delivered, outcome| match outcome {
            Ok(()) => delivered + 1,
            Err(error) => {
                tracing::error!(cause = http_api::telemetry::causes(&error), "delivery failed");
                delivered
            }
        });
        delivered.await > 0 && has_time()
    }

    async fn handle_item(&self, item: &NewItem) -> Result<(), TableError> {
        let Some(key) = table::key::parse_outbox(&item.pk, &item.sk) else { return Ok(()) };
        match self.table.delivery(key).await? {
            Some(delivery) if !delivery.is_ahead(self.clock.now()) => self.deliver(delivery).await,
            _ => Ok(()),
        }
    }

    async fn deliver(&self, delivery: Delivery) -> Result<(), TableError> {
        deliver::deliver(self, delivery).await
    }
}

fn measure(waiting: &[Delivery], now: Timestamp) {
    let oldest = waiting.iter().map(|delivery| now.duration_since(delivery.recorded_at).as_secs()).max();
    let number = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    let measured = Measurement::at(now).with(Metric::MailsWaiting, number);
    // A digest is recorded for the hour at which it is to be sent.
    measured.with(Metric::OldestMailSeconds, oldest.unwrap_or_default().max(0)).log();
}
