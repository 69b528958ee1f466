//! What goes wrong between the unchanged SDKs and their services, where a test wants it: DynamoDB on this machine never
//! throttles, never collides, never reads stale and never loses an answer by itself.

mod client;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use http_api::Clock;
use jiff::Timestamp;
use serde_json::Value;

/// What goes wrong with one request of an SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Trouble {
    /// Another transaction touches an item at the same moment: nothing happens. Only writes collide.
    Conflict,
    /// The service is asked too often: nothing happens.
    Throttled,
    /// A read that did not ask for consistency answers as it did a moment ago.
    Stale,
    /// The request is lost: nothing happens, and the client can't know.
    LostRequest,
    /// The answer is lost: it happened, and the client can't know.
    LostAnswer,
}

/// A request that trouble may come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The operation, such as `TransactWriteItems` or `GetSecretValue`; empty for SES.
    pub operation: String,
    /// Whether it reads without asking for consistency, and what it read a moment ago is known.
    pub may_be_stale: bool,
}

impl Asked {
    /// Whether it writes to the table.
    pub fn writes(&self) -> bool {
        ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"].contains(&self.operation.as_str())
    }

    /// Whether this can go wrong with it.
    fn may_have(&self, trouble: Trouble) -> bool {
        match trouble {
            Trouble::Conflict => self.writes(),
            Trouble::Stale => self.may_be_stale,
            Trouble::Throttled => !self.operation.is_empty(),
            Trouble::LostRequest | Trouble::LostAnswer => true,
        }
    }
}

type Choice = Box<dyn FnMut(&Asked) -> Option<Trouble> + Send>;

impl std::ops::Add for Bill {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { calls: self.calls + other.calls, reads: self.reads + other.reads, writes: self.writes + other.writes }
    }
}

/// A switch for trouble; a clone is another handle on the same one. Without [`Self::choose`] there is none.
#[derive(Clone)]
pub struct Troubles {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    choice: Option<Choice>,
    had: BTreeMap<Trouble, u64>,
    seen: BTreeMap<Vec<u8>, (Timestamp, Vec<u8>)>,
    bill: Option<Bill>,
}

/// What DynamoDB charges for, by its own answers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bill {
    /// Requests made.
    pub calls: u32,
    /// Read units.
    pub reads: f64,
    /// Write units.
    pub writes: f64,
}

impl fmt::Debug for Troubles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Troubles").finish_non_exhaustive()
    }
}

impl Troubles {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, state: Arc::default() }
    }

    /// Asks for each request from now on what goes wrong with it; what can't go wrong with it does not.
    pub fn choose(&self, choice: impl FnMut(&Asked) -> Option<Trouble> + Send + 'static) {
        self.state().choice = Some(Box::new(choice));
    }

    /// This goes wrong with the next request of an operation, and with no other.
    pub fn next(&self, operation: &'static str, trouble: Trouble) {
        let mut left = Some(trouble);
        self.choose(move |asked| if asked.operation == operation { left.take() } else { None });
    }

    /// Nothing goes wrong any more.
    pub fn clear(&self) {
        self.state().choice = None;
    }

    /// How often what went wrong.
    pub fn had(&self) -> BTreeMap<Trouble, u64> {
        self.state().had.clone()
    }

    /// Begins to count what DynamoDB charges, and gives what it has charged since this was asked before.
    pub fn bill(&self) -> Bill {
        self.state().bill.replace(Bill::default()).unwrap_or_default()
    }

    /// Counts no more.
    pub fn stop_billing(&self) {
        self.state().bill = None;
    }

    /// The client that the SDKs take.
    pub(crate) fn client(&self) -> SharedHttpClient {
        client::client(self.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn comes_to(&self, asked: &Asked) -> Option<Trouble> {
        let mut state = self.state();
        let trouble = state.choice.as_mut()?(asked).filter(|trouble| asked.may_have(*trouble))?;
        *state.had.entry(trouble).or_default() += 1;
        Some(trouble)
    }

    /// What a read answered within this moment of the stack's clock.
    fn stale(&self, body: &[u8]) -> Option<Vec<u8>> {
        let now = self.clock.now();
        self.state().seen.get(body).filter(|(at, _)| *at == now).map(|(_, answer)| answer.clone())
    }

    fn counts(&self) -> bool {
        self.state().bill.is_some()
    }

    fn charge(&self, asked: &Asked, answer: &[u8]) {
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let consumed = &answer["ConsumedCapacity"];
        let tables = consumed.as_array().map_or_else(|| std::slice::from_ref(consumed), Vec::as_slice);
        let units: f64 = tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum();
        if let Some(bill) = &mut self.state().bill {
            bill.calls += 1;
            *if asked.writes() { &mut bill.writes } else { &mut bill.reads } += units;
        }
    }

    /// Keeps an answer of a read, so that it can be given again when it is stale; nothing is kept where nobody chooses.
    fn saw(&self, body: Vec<u8>, answer: &[u8]) {
        let now = self.clock.now();
        let mut state = self.state();
        if state.choice.is_some() {
            state.seen.retain(|_, (at, _)| *at == now);
            state.seen.entry(body).or_insert_with(|| (now, answer.to_vec()));
        }
    }
}
