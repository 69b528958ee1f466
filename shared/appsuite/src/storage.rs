//! Two files in one folder: who this installation is, and what it knows.
//!
//! Each is replaced atomically: written beside, flushed to the disk, renamed, and the folder flushed too. What can't
//! be read counts as absent, so a broken file leads to a check-in and never to a stop. What is held is verified again
//! when it is read: editing the file gives nobody a licence.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lease::offline::{self, OfflineLease};
use lease::{Document, KeySet, Lease, ParsedToken, PublicKey, Refusal, Roots, ServerToken, SigningKey, document};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::machine::Failure;
use crate::offline::Made;
use crate::state::{Held, State};

const IDENTITY: &str = "identity.json";
const STATE: &str = "state.json";
const LOCK: &str = "lock";

/// Another process is waited for so often and so long, together a fifth of a second.
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_WAIT: Duration = Duration::from_millis(10);

/// The folder of an installation.
#[derive(Debug, Clone)]
pub struct Storage(PathBuf);

/// Why something could not be stored; nothing is sent then.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The folder or a file in it can't be written.
    #[error("{} cannot be written: {source}. Nothing was sent. Give this user the right to write there, or free space.", path.display())]
    Write {
        /// Which file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Another process works in the folder.
    #[error("another appsuite process is checking in with {} at this moment; try again", .0.display())]
    Busy(PathBuf),
}

/// Who this installation is: the pasted token, where it was pasted for, and the key pair made at the first activation.
#[derive(Clone)]
pub struct Identity {
    /// The token.
    pub token: ParsedToken,
    /// The base URL of the service that the token was given to.
    pub url: String,
    seed: String,
    public_key: String,
}

impl Identity {
    /// An identity with a new key pair of these random bytes.
    ///
    /// # Panics
    /// Never: any 32 bytes are a seed.
    pub fn new(token: ParsedToken, url: &str, seed: [u8; 32]) -> Self {
        use base64::Engine as _;
        let seed = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(seed);
        Self::from_parts(token, url.to_owned(), seed).expect("any 32 bytes are an Ed25519 seed")
    }

    /// The same installation with another token, at this service.
    #[must_use]
    pub fn with_token(self, token: ParsedToken, url: &str) -> Self {
        Self { token, url: url.to_owned(), ..self }
    }

    /// The installation's own key.
    ///
    /// # Panics
    /// Never: the seed was read as a key before.
    pub fn key(&self) -> SigningKey {
        SigningKey::from_secret("installation", &self.seed).expect("the seed was read before")
    }

    /// The installation's public key as it is sent.
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    fn from_parts(token: ParsedToken, url: String, seed: String) -> Option<Self> {
        let public_key = SigningKey::from_secret("installation", &seed).ok()?.public().to_string();
        Some(Self { token, url, seed, public_key })
    }
}

/// Held while an installation checks in.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file releases the lock")] File);

/// What was read, and whether something of it had to be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// What could be read and proven.
    pub state: State,
    /// A file was there and it, or a part of it, was not readable or not authentic.
    pub damaged: bool,
}

impl Storage {
    /// The folder; it is made when something is first stored.
    pub const fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The folder's path.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Keeps other processes out until the lock is dropped.
    pub fn lock(&self) -> Result<Lock, StorageError> {
        let path = self.0.join(LOCK);
        let open = || {
            self.make_folder()?;
            File::options().write(true).create(true).truncate(false).open(&path)
        };
        let file = open().map_err(|source| StorageError::Write { path: path.clone(), source })?;
        // A program that this process starts has the lock too until it runs: that is no reason to give up.
        for _ in 0..LOCK_ATTEMPTS {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(fs::TryLockError::WouldBlock) => std::thread::sleep(LOCK_WAIT),
                Err(fs::TryLockError::Error(source)) => return Err(StorageError::Write { path, source }),
            }
        }
        Err(StorageError::Busy(self.0.clone()))
    }

    /// The identity, if there is a readable one.
    pub fn identity(&self) -> Option<Identity> {
        let file: IdentityFile = self.read(IDENTITY)?;
        Identity::from_parts(ServerToken::parse(&file.token).ok()?, file.url, file.key)
    }

    /// Stores the identity.
    pub fn store_identity(&self, identity: &Identity) -> Result<(), StorageError> {
        let token = identity.token.token().to_string();
        self.replace(IDENTITY, &IdentityFile { token, url: identity.url.clone(), key: identity.seed.clone() })
    }

    /// Reads the state and proves everything in it with the pinned roots and the server's id.
    pub fn state(&self, roots: &Roots, server: &str) -> Loaded {
        let Some(file) = self.read::<StateFile>(STATE) else {
            return Loaded { state: State::default(), damaged: self.0.join(STATE).exists() };
        };
        file.proven(roots, server, self.identity().map(|identity| identity.key().public()))
    }

    /// Stores the state.
    pub fn store_state(&self, state: &State) -> Result<(), StorageError> {
        self.replace(STATE, &StateFile::from(state))
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.0.join(name)).ok()?).ok()
    }

    fn replace<T: Serialize>(&self, name: &str, content: &T) -> Result<(), StorageError> {
        let path = self.0.join(name);
        let text = serde_json::to_vec_pretty(content).expect("files are structs of texts and numbers");
        self.replace_bytes(&path, &text).map_err(|source| StorageError::Write { path, source })
    }

    /// A crash at any point leaves either the old content or the new.
    fn replace_bytes(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.make_folder()?;
        let beside = path.with_extension("new");
        let mut file = private_file(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, path)?;
        flush_folder(&self.0)
    }

    fn make_folder(&self) -> io::Result<()> {
        if self.0.is_dir() { Ok(()) } else { fs::create_dir_all(&self.0) }
    }
}

/// Only the own user may read the token and the key.
#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<File> {
    File::create(path)
}

/// Elsewhere folders can't be flushed and needn't be.
#[cfg(unix)]
fn flush_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the signature is that of Unix")]
fn flush_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[derive(Serialize, Deserialize)]
struct IdentityFile {
    token: String,
    url: String,
    key: String,
}

/// A held document on disk: nothing but the texts that prove it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeldFile {
    document: String,
    key_set: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StateFile {
    attempt: Option<String>,
    lease: Option<HeldFile>,
    later_end: Option<HeldFile>,
    disabled: Option<HeldFile>,
    refusal: Option<HeldFile>,
    #[serde(default)]
    offline: Option<HeldFile>,
    #[serde(default)]
    request: Option<Made>,
    #[serde(default)]
    returned: Option<Made>,
    #[serde(default)]
    serial_floor: u64,
    key_set: Option<String>,
    last_contact: Option<Timestamp>,
    clock_behind_secs: i64,
    next_check_in: Option<Timestamp>,
    failures: u32,
    last_failure: Option<Failure>,
}

impl<T> From<&Held<T>> for HeldFile {
    fn from(held: &Held<T>) -> Self {
        Self { document: held.text.clone(), key_set: held.key_set.clone() }
    }
}

impl From<&State> for StateFile {
    fn from(state: &State) -> Self {
        Self {
            attempt: state.attempt.clone(),
            lease: state.lease.as_ref().map(HeldFile::from),
            later_end: state.later_end.as_ref().map(HeldFile::from),
            disabled: state.disabled.as_ref().map(HeldFile::from),
            refusal: state.refusal.as_ref().map(HeldFile::from),
            offline: state.offline.as_ref().map(HeldFile::from),
            request: state.request,
            returned: state.returned,
            serial_floor: state.serial_floor,
            key_set: state.key_set.as_ref().map(|(_, text)| text.clone()),
            last_contact: state.last_contact,
            clock_behind_secs: state.clock_behind.as_secs(),
            next_check_in: state.next_check_in,
            failures: state.failures,
            last_failure: state.last_failure,
        }
    }
}

impl StateFile {
    /// An offline lease is for one key: beside another installation's key it counts for nothing.
    fn proven(self, roots: &Roots, server: &str, key: Option<PublicKey>) -> Loaded {
        let mut damaged = false;
        let mut prove = |held: Option<HeldFile>| {
            let held = held?;
            let proven = proven(roots, server, &held);
            damaged |= proven.is_none();
            proven.map(|document| (document, held))
        };
        let lease = prove(self.lease).and_then(held_lease);
        let later_end = prove(self.later_end).and_then(held_lease);
        let disabled = prove(self.disabled).and_then(held_refusal);
        let refusal = prove(self.refusal).and_then(held_refusal);
        let had_offline = self.offline.is_some();
        let offline = self.offline.and_then(|held| held_offline(roots, server, key?, held));
        damaged |= had_offline && offline.is_none();
        let had_key_set = self.key_set.is_some();
        let key_set = self.key_set.and_then(|text| Some((KeySet::verify(roots, &text).ok()?, text)));
        damaged |= had_key_set && key_set.is_none();
        let had_attempt = self.attempt.is_some();
        let attempt = self.attempt.filter(|attempt| is_attempt(attempt));
        damaged |= had_attempt && attempt.is_none();
        let state = State {
            key_set,
            lease,
            later_end,
            attempt,
            disabled,
            refusal,
            offline,
            request: self.request,
            returned: self.returned,
            serial_floor: self.serial_floor,
            last_contact: self.last_contact,
            clock_behind: SignedDuration::from_secs(self.clock_behind_secs.clamp(-CALENDAR_SECS, CALENDAR_SECS)),
            next_check_in: self.next_check_in,
            failures: self.failures,
            last_failure: self.last_failure,
        };
        Loaded { state, damaged }
    }
}

/// The seconds of 20,000 years: no two instants are further apart.
const CALENDAR_SECS: i64 = 20_000 * 366 * 86_400;

/// Whether the service takes it. One that it does not take would be repeated for ever, because only an answer ends it.
fn is_attempt(text: &str) -> bool {
    (16..=36).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn proven(roots: &Roots, server: &str, held: &HeldFile) -> Option<Document> {
    let keys = KeySet::verify(roots, &held.key_set).ok()?;
    let document = document::open(&keys, &held.document).ok()?;
    (document.binding().server == server).then_some(document)
}

fn held_lease((document, file): (Document, HeldFile)) -> Option<Held<Lease>> {
    let Document::Lease(document) = document else { return None };
    Some(Held { document, text: file.document, key_set: file.key_set })
}

fn held_refusal((document, file): (Document, HeldFile)) -> Option<Held<Refusal>> {
    let Document::Refusal(document) = document else { return None };
    Some(Held { document, text: file.document, key_set: file.key_set })
}

fn held_offline(roots: &Roots, server: &str, key: PublicKey, file: HeldFile) -> Option<Held<OfflineLease>> {
    let keys = KeySet::verify(roots, &file.key_set).ok()?;
    let document = offline::open(&keys, &file.document).ok()?;
    let is_ours = document.binding.server == server && document.public_key == key;
    is_ours.then_some(Held { document, text: file.document, key_set: file.key_set })
}
