//! An installation: the client's real rules over a disk that fills up and a clock that is wrong, and beside it an
//! account of what it has rightly been told, from which alone follows what it may run.

use appsuite::{Effect, Event, Failure, Jitter, Question, State, Trust, step};
use jiff::{SignedDuration, Timestamp};
use lease::document::RefusalReason;
use lease::request::CheckInResponse;
use lease::{Document, KeySet, Lease, document};

use crate::service::{SERVER, capacity_of, roots};

pub struct Installation {
    pub disk: State,
    pub disk_full: bool,
    pub token: u16,
    pub clock_ahead: SignedDuration,
    attempts: u64,
    /// Sent, and its answer not stored yet.
    outstanding: Option<String>,
    told: Told,
}

/// What authentic answers, once stored, have said.
#[derive(Default)]
struct Told {
    lease: Option<Lease>,
    until: Option<Timestamp>,
    /// From when on, and when that was said.
    disabled: Option<(Timestamp, Timestamp)>,
}

impl Installation {
    pub fn new() -> Self {
        Self {
            disk: State::default(),
            disk_full: false,
            token: 1,
            clock_ahead: SignedDuration::ZERO,
            attempts: 0,
            outstanding: None,
            told: Told::default(),
        }
    }

    pub fn clock(&self, now: Timestamp) -> Timestamp {
        now + self.clock_ahead
    }

    /// Asks; nothing where the attempt could not be stored.
    pub fn ask(&mut self, now: Timestamp) -> Option<Question> {
        self.attempts += 1;
        let fresh = format!("attempt-{:012}", self.attempts);
        let (next, effects) =
            step(&self.trust(), self.disk.clone(), Event::CheckInDue { fresh_attempt: fresh }, self.clock(now));
        let [Effect::Store, Effect::Send(question)] = &effects[..] else {
            panic!("stored before it is sent: {effects:?}")
        };
        if !self.store(next) {
            return None;
        }
        assert_eq!(self.disk.attempt.as_deref(), Some(question.attempt.as_str()), "what is sent is stored");
        let outstanding = self.outstanding.get_or_insert_with(|| question.attempt.clone());
        assert_eq!(*outstanding, question.attempt, "an attempt is repeated until its answer is stored");
        Some(question.clone())
    }

    /// Hears the service's own answer to what was asked.
    pub fn hear(&mut self, response: &CheckInResponse, now: Timestamp) {
        let answered = Event::Answered { response: response.clone(), jitter: Jitter(20_000) };
        let (next, _) = step(&self.trust(), self.disk.clone(), answered, self.clock(now));
        if self.store(next) {
            self.outstanding = None;
            assert_eq!(self.disk.attempt, None, "an answer ends its attempt");
            let (keys, _) = self.disk.key_set.as_ref().expect("the set came with the answer or was there");
            self.told.hear(document::open(keys, &response.document).unwrap());
        }
    }

    /// Hears something that proves nothing: no trace of it may stay but when to ask again.
    pub fn hear_noise(&mut self, response: &CheckInResponse, now: Timestamp) {
        let answered = Event::Answered { response: response.clone(), jitter: Jitter(40_000) };
        self.without_effect(answered, now);
    }

    /// Hears nothing, or an unsigned no.
    pub fn hear_failure(&mut self, failure: Failure, retry_after: Option<SignedDuration>, now: Timestamp) {
        self.without_effect(Event::Failed { failure, retry_after, jitter: Jitter(60_000) }, now);
    }

    fn without_effect(&mut self, event: Event, now: Timestamp) {
        let (next, _) = step(&self.trust(), self.disk.clone(), event, self.clock(now));
        let effects = |state: &State| {
            let refused = (state.disabled.clone(), state.refusal.clone());
            (state.lease.clone(), state.later_end.clone(), refused, state.attempt.clone(), state.last_contact)
        };
        assert_eq!(effects(&next), effects(&self.disk), "only what is signed for this request has an effect");
        self.store(next);
    }

    /// The file is gone, or nothing but these parts of it can be read.
    pub fn lose_file(&mut self, attempt_readable: bool, key_set_readable: bool) {
        let lost = std::mem::take(&mut self.disk);
        self.disk.attempt = lost.attempt.filter(|_| attempt_readable);
        self.disk.key_set = lost.key_set.filter(|_| key_set_readable);
        self.outstanding.clone_from(&self.disk.attempt);
        self.told = Told::default();
    }

    /// What it has rightly been told is what it runs, on every day to come.
    pub fn check(&self, signed: &[Lease], now: Timestamp) {
        for days in [0, 1, 6, 19, 29, 30, 31, 32, 60] {
            let at = self.clock(now) + SignedDuration::from_hours(24 * days);
            let runs: u32 = self.disk.running_at(at).iter().map(|segment| segment.capacity).sum();
            assert_eq!(runs, self.told.may_run(at), "in {days} days");
            let instant = self.disk.lease_time(at);
            let most = signed.iter().map(|lease| capacity_of(lease, instant)).max().unwrap_or_default();
            assert!(runs <= most, "runs {runs}, of which no lease ever spoke");
        }
        let due = self.disk.due_at(self.clock(now)).duration_since(self.clock(now));
        assert!(due <= SignedDuration::from_hours(7 * 24), "comes back in {due:?}");
        assert!(self.disk.key_set.as_ref().is_none_or(|(set, _)| set.key("key-200").is_none()), "a foreign key");
    }

    /// Not what it had stored may fall: serials of the lease and of the key set.
    fn store(&mut self, next: State) -> bool {
        if self.disk_full {
            return false;
        }
        let serials = |state: &State| {
            let set = state.key_set.as_ref().map(|(set, _): &(KeySet, String)| set.serial);
            (state.lease.as_ref().map(|lease| lease.document.serial), set)
        };
        let (before, after) = (serials(&self.disk), serials(&next));
        assert!(after.0 >= before.0 && after.1 >= before.1, "{before:?} fell to {after:?}");
        self.disk = next;
        true
    }

    fn trust(&self) -> Trust {
        Trust { roots: roots(), server: SERVER.to_owned(), token_version: self.token }
    }
}

impl Told {
    fn hear(&mut self, document: Document) {
        match document {
            Document::Refusal(refusal) => {
                if let RefusalReason::ServerDisabled { effective_at } = refusal.reason {
                    self.disabled = Some((effective_at, refusal.binding.issued_at));
                }
            }
            Document::Unchanged(_) => self.disabled = None,
            Document::Lease(lease) => {
                self.disabled = None;
                if self.lease.as_ref().is_none_or(|held| held.serial < lease.serial) {
                    self.until = self.until.max(Some(lease.expires_at));
                    self.lease = Some(lease);
                }
            }
        }
    }

    fn may_run(&self, at: Timestamp) -> u32 {
        let Some(lease) = &self.lease else { return 0 };
        let ended = self.until.is_none_or(|until| until + State::CLOCK_LEEWAY <= at);
        let disabled = self.disabled.is_some_and(|(from, said)| from <= at.max(said));
        if ended || disabled { 0 } else { capacity_of(lease, at.max(lease.binding.issued_at)) }
    }
}
