//! Every mail that was sent, kept for people and tests to read.

mod message;
pub(crate) mod pages;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_api::Clock;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use ulid::Ulid;

use crate::store::Store;

pub use message::{Mail, MailPart};

const FOLDER: &str = "mail";

/// A mail as the sender hands it over.
pub(crate) struct Delivery {
    /// The sender of the envelope; where it is missing, the message's.
    pub(crate) sender: Option<String>,
    /// The recipients of the envelope; where there are none, the message's.
    pub(crate) recipients: Vec<String>,
    /// SES's configuration set.
    pub(crate) configuration_set: Option<String>,
    /// Names and values that the sender gave it, which SES repeats in whatever it says of the mail.
    pub(crate) tags: Vec<(String, String)>,
    /// The message.
    pub(crate) source: Vec<u8>,
}

/// What is kept beside a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// SES's message id.
    pub id: String,
    /// When it arrived.
    pub received: Timestamp,
    /// Who it comes from.
    pub sender: String,
    /// Whom it goes to.
    pub recipients: Vec<String>,
    /// SES's configuration set.
    pub configuration_set: Option<String>,
}

/// The mailbox; a clone is another handle on the same one.
#[derive(Clone)]
pub struct Mailbox(Arc<Inner>);

struct Inner {
    clock: Clock,
    store: Store,
    mails: Mutex<Vec<Arc<Mail>>>,
    count: watch::Sender<usize>,
}

impl Mailbox {
    /// Opens the mailbox with what it had.
    pub(crate) fn open(store: Store, clock: Clock) -> io::Result<Self> {
        let mails = load(&store)?;
        let (count, _) = watch::channel(mails.len());
        Ok(Self(Arc::new(Inner { clock, store, mails: Mutex::new(mails), count })))
    }

    /// All mails, newest last.
    pub fn all(&self) -> Vec<Arc<Mail>> {
        self.0.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All mails to an address, newest last.
    pub fn to(&self, address: &str) -> Vec<Arc<Mail>> {
        self.all().into_iter().filter(|mail| mail.is_to(address)).collect()
    }

    /// The mail with this id.
    pub fn get(&self, id: &str) -> Option<Arc<Mail>> {
        self.all().into_iter().find(|mail| mail.envelope.id == id)
    }

    /// Waits until a mail is as wanted, and gives the newest such; `None` where none has come after `patience`.
    pub async fn wait_for(&self, patience: Duration, wanted: impl Fn(&Mail) -> bool) -> Option<Arc<Mail>> {
        let mut count = self.0.count.subscribe();
        let arrived = async {
            loop {
                let found = self.all().into_iter().rev().find(|mail| wanted(mail));
                if found.is_some() || count.changed().await.is_err() {
                    return found;
                }
            }
        };
        tokio::time::timeout(patience, arrived).await.unwrap_or(None)
    }

    /// Keeps a mail; the answer is its id.
    pub(crate) fn deliver(&self, delivery: &Delivery) -> io::Result<String> {
        let mut mails = self.0.mails.lock().unwrap_or_else(PoisonError::into_inner);
        let mail = Arc::new(Mail::new(Ulid::generate().to_string(), self.0.clock.now(), delivery));
        let id = mail.envelope.id.clone();
        // The envelope is written last: a message without one does not exist.
        self.0.store.write(&format!("{FOLDER}/{id}.eml"), &mail.source)?;
        self.0.store.write_json(&format!("{FOLDER}/{id}.json"), &mail.envelope)?;
        mails.push(mail);
        self.0.count.send_replace(mails.len());
        Ok(id)
    }
}

fn load(store: &Store) -> io::Result<Vec<Arc<Mail>>> {
    let mut mails = Vec::new();
    for name in store.names(FOLDER)? {
        let Some(id) = name.strip_suffix(".json") else { continue };
        let envelope = store.read_json(&format!("{FOLDER}/{name}"))?;
        let source = store.read(&format!("{FOLDER}/{id}.eml"))?;
        if let (Some(envelope), Some(source)) = (envelope, source) {
            mails.push(Arc::new(Mail { envelope, source }));
        }
    }
    mails.sort_by(|a, b| a.envelope.id.cmp(&b.envelope.id));
    Ok(mails)
}
