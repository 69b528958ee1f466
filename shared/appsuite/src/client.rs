//! The shell around the rules: it loads, asks the machine what to do, stores, and only then sends.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lease::offline::{Kind, RequestNonce, Statement};
use lease::request::{CheckInRequest, InUse};
use lease::{ParsedToken, Roots, ServerToken, TokenFault};

use crate::clock::Clock;
use crate::machine::{Effect, Event, Outcome, Question, Trust, step};
use crate::marks::Marks;
use crate::offline::{self, InstallFault, Made, NothingToReturn};
use crate::randomness::Randomness;
use crate::schedule::{WAIT_MAX, at_start};
use crate::state::State;
use crate::status::Status;
use crate::storage::{Identity, Loaded, Storage, StorageError};
use crate::transport::{HttpOptions, Reply, Transport, TransportError};

/// The longest time between two looks at the clock, so that a machine that slept wakes up to its duty.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// What a client needs.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The service's base URL, such as `https://api.example.com`.
    pub url: String,
    /// The folder of this installation.
    pub state_dir: PathBuf,
    /// The pinned roots.
    pub roots: Roots,
    /// How to reach the service.
    pub http: HttpOptions,
    /// What marks this machine.
    pub marks: Marks,
    /// Where randomness comes from.
    pub randomness: Randomness,
    /// The AppSuite's version to tell the service: 1 to 40 characters.
    pub app_suite_version: String,
}

impl ClientConfig {
    /// A configuration with the defaults of a real machine.
    pub fn new(url: impl Into<String>, state_dir: impl Into<PathBuf>, roots: Roots) -> Self {
        Self {
            url: url.into(),
            state_dir: state_dir.into(),
            roots,
            http: HttpOptions::default(),
            marks: Marks::of_this_machine(),
            randomness: Randomness::system(),
            app_suite_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// An installation of the AppSuite.
#[derive(Debug, Clone)]
pub struct Client {
    storage: Storage,
    transport: Transport,
    roots: Roots,
    marks: Marks,
    randomness: Randomness,
    app_suite_version: String,
    clock: Clock,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The token has a typing error or is not complete.
    #[error(transparent)]
    Token(#[from] TokenFault),
    /// There is no token yet.
    #[error("Not activated. Copy the server token from the License Portal: appsuite activate --token …")]
    NotActivated,
    /// The response was not installed; what runs, runs on.
    #[error("not installed: {0}")]
    Install(#[from] InstallFault),
    /// There is nothing to return.
    #[error(transparent)]
    NothingToReturn(#[from] NothingToReturn),
    /// What must be stored before it is sent could not be stored; or, after an answer, the answer could not be.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Client {
    /// A client; nothing is read or sent yet.
    pub fn new(config: ClientConfig, clock: Clock) -> Result<Self, TransportError> {
        Ok(Self {
            storage: Storage::new(config.state_dir),
            transport: Transport::new(&config.url, &config.http)?,
            roots: config.roots,
            marks: config.marks,
            randomness: config.randomness,
            app_suite_version: config.app_suite_version,
            clock,
        })
    }

    /// Takes a token as it was pasted, stores it together with the service's URL, and checks in. A token of another
    /// server begins anew; a new token of the same server keeps the lease.
    pub async fn activate(&self, token: &str) -> Result<Outcome, ClientError> {
        let token = ServerToken::parse(token)?;
        let _lock = self.storage.lock()?;
        self.store_token(token)?;
        self.check_in_locked(&[]).await
    }

    /// Checks in now.
    pub async fn check_in(&self) -> Result<Outcome, ClientError> {
        self.check_in_with(&[]).await
    }

    /// Checks in now and tells what is in use.
    pub async fn check_in_with(&self, in_use: &[InUse]) -> Result<Outcome, ClientError> {
        let _lock = self.storage.lock()?;
        self.check_in_locked(in_use).await
    }

    /// The request string of this installation: the open one, or a new one. With a token it is activated first, without
    /// network.
    pub fn offline_request(&self, token: Option<&str>) -> Result<String, ClientError> {
        let token = token.map(ServerToken::parse).transpose()?;
        let _lock = self.storage.lock()?;
        if let Some(token) = token {
            self.store_token(token)?;
        }
        let (identity, mut state) = self.activated()?;
        let made = offline::ask(&mut state, RequestNonce(self.randomness.bytes()), self.clock.now());
        self.storage.store_state(&state)?;
        Ok(statement(Kind::Request, &identity, made))
    }

    /// Installs a response string; returns its serial.
    pub fn offline_install(&self, text: &str) -> Result<u64, ClientError> {
        let _lock = self.storage.lock()?;
        let (identity, mut state) = self.activated()?;
        let (server, key) = (identity.token.server(), identity.key().public());
        let serial = offline::install(&self.roots, server, key, &mut state, text)?;
        self.storage.store_state(&state)?;
        Ok(serial)
    }

    /// Gives up what runs, for ever, and returns the string that says so.
    pub fn offline_return(&self) -> Result<String, ClientError> {
        let _lock = self.storage.lock()?;
        let (identity, mut state) = self.activated()?;
        let made = offline::give_back(&mut state, RequestNonce(self.randomness.bytes()), self.clock.now())?;
        self.storage.store_state(&state)?;
        Ok(statement(Kind::Return, &identity, made))
    }

    fn activated(&self) -> Result<(Identity, State), ClientError> {
        let identity = self.storage.identity().ok_or(ClientError::NotActivated)?;
        let state = self.storage.state(&self.roots, identity.token.server()).state;
        Ok((identity, state))
    }

    /// What is known and what runs, without network.
    pub fn status(&self) -> Status {
        let Some(identity) = self.storage.identity() else { return Status::not_activated() };
        let server = identity.token.server();
        let Loaded { state, damaged } = self.storage.state(&self.roots, server);
        Status::of(Some(server), &state, self.clock.now(), damaged)
    }

    /// Stays current until `stop` is done: checks in when it is time and tells each outcome.
    pub async fn run(
        &self,
        stop: impl Future<Output = ()>,
        mut tell: impl FnMut(Result<Outcome, ClientError>),
    ) -> Result<(), ClientError> {
        let mut stop = std::pin::pin!(stop);
        let mut due = self.first_check_in()?;
        loop {
            let wait = due.duration_since(self.clock.now());
            // A longer wait means that the clock was set back in the middle of it.
            if wait.is_positive() && wait <= WAIT_MAX {
                let nap = Duration::try_from(wait.min(LOOK_EVERY)).unwrap_or(Duration::from_secs(1));
                tokio::select! {
                    () = &mut stop => return Ok(()),
                    () = tokio::time::sleep(nap) => continue,
                }
            }
            if self.state().offline.is_none() {
                tokio::select! {
                    () = &mut stop => return Ok(()),
                    outcome = self.check_in() => tell(outcome),
                }
            }
            due = self.next_check_in();
        }
    }

    /// The service's base URL.
    pub fn url(&self) -> &str {
        self.transport.url()
    }

    /// The folder of this installation.
    pub const fn storage(&self) -> &Storage {
        &self.storage
    }

    pub(crate) const fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Everything known, proven; a state of nothing before the activation.
    pub fn state(&self) -> State {
        let identity = self.storage.identity();
        identity.map(|identity| self.storage.state(&self.roots, identity.token.server()).state).unwrap_or_default()
    }

    fn store_token(&self, token: ParsedToken) -> Result<(), StorageError> {
        let identity = match self.storage.identity() {
            Some(identity) => identity.with_token(token, self.url()),
            None => Identity::new(token, self.url(), self.randomness.bytes()),
        };
        self.storage.store_identity(&identity)
    }

    async fn check_in_locked(&self, in_use: &[InUse]) -> Result<Outcome, ClientError> {
        let identity = self.storage.identity().ok_or(ClientError::NotActivated)?;
        let trust = Trust {
            roots: self.roots,
            server: identity.token.server().to_owned(),
            token_version: identity.token.version(),
        };
        let state = self.storage.state(&trust.roots, &trust.server).state;
        let due = Event::CheckInDue { fresh_attempt: self.randomness.attempt() };
        let (state, effects) = step(&trust, state, due, self.clock.now());
        let mut outcome = None;
        for effect in effects {
            match effect {
                Effect::Store => self.storage.store_state(&state)?,
                Effect::Send(question) => {
                    let reply = self.send(&identity, question, in_use).await;
                    outcome = Some(self.receive(&trust, &state, reply)?);
                }
                Effect::Tell(told) => outcome = Some(told),
            }
        }
        Ok(outcome.expect("a check-in that is due is sent"))
    }

    async fn send(&self, identity: &Identity, question: Question, in_use: &[InUse]) -> Reply {
        let now = self.clock.now();
        let request = CheckInRequest {
            attempt: question.attempt,
            lease: question.lease,
            traits: self.marks.hashed(identity.token.server()),
            public_key: identity.public_key().to_owned(),
            app_suite_version: self.app_suite_version.clone(),
            clock: now,
            key_set: question.key_set,
            in_use: in_use.to_vec(),
        };
        self.transport.check_in(identity.token.token().as_str(), &request, now).await
    }

    fn receive(&self, trust: &Trust, state: &State, reply: Reply) -> Result<Outcome, ClientError> {
        let jitter = self.randomness.jitter();
        let event = match reply {
            Reply::Answer(response) => Event::Answered { response, jitter },
            Reply::None { failure, retry_after } => Event::Failed { failure, retry_after, jitter },
        };
        let (state, effects) = step(trust, state.clone(), event, self.clock.now());
        let mut outcome = Outcome::LeaseKept;
        for effect in effects {
            match effect {
                Effect::Store => self.storage.store_state(&state)?,
                Effect::Tell(told) => outcome = told,
                Effect::Send(_) => {}
            }
        }
        Ok(outcome)
    }

    /// At the start an overdue check-in is spread, unless nothing runs yet.
    fn first_check_in(&self) -> Result<Timestamp, ClientError> {
        if self.storage.identity().is_none() {
            return Err(ClientError::NotActivated);
        }
        let (state, now) = (self.state(), self.clock.now());
        let due = state.due_at(now);
        if due > now || state.running_at(now).is_empty() {
            return Ok(due);
        }
        Ok(now.checked_add(at_start(self.randomness.jitter())).unwrap_or(now))
    }

    /// Never sooner than in a minute, even where nothing could be stored.
    fn next_check_in(&self) -> Timestamp {
        let now = self.clock.now();
        self.state().due_at(now).max(now.checked_add(LOOK_EVERY).unwrap_or(Timestamp::MAX))
    }
}

fn statement(kind: Kind, identity: &Identity, made: Made) -> String {
    let token = identity.token.token();
    Statement::make(kind, token, &identity.key(), made.serial, RequestNonce(made.nonce), made.made_at)
}
