#![doc = include_str!("../README.md")]

mod erp;
mod event;

use std::error::Error;
use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use jiff::{SignedDuration, Timestamp};
use lease::LeaseSecret;
use lease::ring::MacRing;
use tokio::sync::Mutex;

pub use erp::{ErpKeys, SignatureFault};
pub use event::EventKeys;

/// How long a ring is used before it is read again; a rotation is complete after this time everywhere.
const MAX_AGE: SignedDuration = SignedDuration::from_mins(5);
/// How long a ring is used at least, whatever it does not know: strangers must not make us read again and again.
const MIN_AGE: SignedDuration = SignedDuration::from_secs(10);

/// Why a ring could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Secrets Manager did not give it.
    #[error("secret {id} could not be read")]
    Read {
        /// The secret's name or ARN.
        id: String,
        /// What the SDK said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It is not a ring.
    #[error("secret {id} is not a key ring")]
    Parse {
        /// The secret's name or ARN.
        id: String,
        /// What the parser said, without the secret.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// What can stand in a secret.
pub trait Ring: Sized + Send + Sync {
    /// Reads the secret's text.
    ///
    /// # Errors
    ///
    /// When it is not one; the error must not repeat the text.
    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>>;
}

impl Ring for MacRing {
    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        // serde_json's message would quote the secret.
        serde_json::from_str(text).map_err(|_| "expected {\"current\": …, \"keys\": {…}}".into())
    }
}

impl Ring for LeaseSecret {
    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self::parse(text)?)
    }
}

/// One secret, read again when it is old.
#[derive(Debug)]
pub struct Secret<R> {
    client: Client,
    id: String,
    held: Mutex<Held<R>>,
}

#[derive(Debug)]
struct Held<R> {
    ring: Arc<R>,
    read_at: Timestamp,
}

impl<R: Ring> Secret<R> {
    /// Reads a secret by name or ARN.
    ///
    /// # Errors
    ///
    /// When it can't be read or is not a ring.
    pub async fn load(client: &Client, id: &str, now: Timestamp) -> Result<Self, KeysError> {
        let ring = Arc::new(read(client, id).await?);
        Ok(Self { client: client.clone(), id: id.to_owned(), held: Mutex::new(Held { ring, read_at: now }) })
    }

    /// The ring; the one read before where a new one can't be had.
    pub async fn get(&self, now: Timestamp) -> Arc<R> {
        self.at_most(MAX_AGE, now).await
    }

    /// The ring, read again where it does not know what was made with a key: another instance may have read a rotated
    /// ring before this one did.
    pub async fn that_knows(&self, now: Timestamp, knows: impl Fn(&R) -> bool) -> Arc<R> {
        let ring = self.get(now).await;
        if knows(&ring) { ring } else { self.at_most(MIN_AGE, now).await }
    }

    async fn at_most(&self, age: SignedDuration, now: Timestamp) -> Arc<R> {
        let mut held = self.held.lock().await;
        if now.duration_since(held.read_at) > age {
            match read(&self.client, &self.id).await {
                Ok(ring) => held.ring = Arc::new(ring),
                Err(error) => tracing::warn!(error = %error, "the key ring read before goes on"),
            }
            held.read_at = now;
        }
        held.ring.clone()
    }
}

async fn read<R: Ring>(client: &Client, id: &str) -> Result<R, KeysError> {
    let output = client.get_secret_value().secret_id(id).send().await;
    let output = output.map_err(|source| KeysError::Read { id: id.to_owned(), source: source.into() })?;
    R::parse(output.secret_string().unwrap_or_default())
        .map_err(|source| KeysError::Parse { id: id.to_owned(), source })
}
