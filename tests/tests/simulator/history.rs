//! One history: a stack, a model, and commands that both take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http_api::Clock;
use indexmap::IndexMap;
use jiff::Timestamp;
use local::{Answer, Browser, Session, Stack, StackConfig};
use reqwest::RequestBuilder;

use crate::commands::COMMANDS;
use crate::diary::Diary;
use crate::dice::Dice;
use crate::events::Heard;
use crate::faults::{Outages, name_of};
use crate::model::Model;
use crate::orders::STAFF;
use crate::report::{Arrived, Outcome, Report};
use crate::suites::Suite;

/// How often a client repeats what was answered with 503 before the trouble ends.
const PATIENCE: u32 = 4;

/// A fleet with next to no perpetual licences, mixed ones, and one with hardly anything else: that may live offline.
const FLEETS: [u32; 4] = [1, 2, 4, 8];

pub struct History {
    pub stack: Stack,
    pub clock: Clock,
    pub dice: Dice,
    pub model: Model,
    pub browser: Browser,
    /// The installation of each server, in the order in which they came.
    pub suites: IndexMap<String, Suite>,
    /// Second installations that servers are in conflict with.
    pub rivals: IndexMap<String, Suite>,
    pub report: Report,
    pub outages: Outages,
    pub heard: Heard,
    pub trouble: Arc<AtomicBool>,
    /// How seldom a licence is a subscription; fleets differ in this.
    pub perpetual_but_one_in: u32,
    numbers: u32,
    began: Timestamp,
    diary: Diary,
}

impl History {
    pub async fn begin(seed: u64, diary: Diary) -> Self {
        let began = "2026-11-24T09:00:00Z".parse().unwrap();
        let clock = Clock::manual(began);
        let config = StackConfig { background: false, ..StackConfig::in_memory(clock.clone()) };
        let stack = Stack::start(config).await.unwrap();
        let mut dice = Dice::new(seed);
        let perpetual_but_one_in = *dice.pick(&FLEETS).unwrap();
        let history = Self {
            browser: Browser::new(&stack).unwrap(),
            dice,
            perpetual_but_one_in,
            model: Model::default(),
            suites: IndexMap::new(),
            rivals: IndexMap::new(),
            report: Report::default(),
            outages: Outages::default(),
            heard: Heard::default(),
            trouble: Arc::default(),
            numbers: 0,
            stack,
            clock,
            began,
            diary,
        };
        history.choose_trouble(seed);
        history
    }

    /// Two accounts to begin with, so that most commands find something to do.
    pub async fn open_accounts(&mut self) {
        // The first sign-in makes staff of whom the deployment names.
        assert_eq!(self.session(STAFF).get("/v1/me").await.unwrap().status, 200);
        for command in ["order", "order", "deliver", "unlock", "unlock", "add server", "add server", "add server"] {
            self.take(command).await;
        }
    }

    /// A command that finds something to do, and everything that must hold after it.
    pub async fn step(&mut self) {
        let weights = COMMANDS.map(|(_, weight, _)| weight);
        loop {
            let command = COMMANDS[self.dice.weighed(&weights)].0;
            if self.take(command).await {
                return;
            }
        }
    }

    /// Whether the command found something to do.
    async fn take(&mut self, command: &'static str) -> bool {
        self.diary.began(self.now(), command);
        self.set_trouble(true);
        let outcome = self.run(command).await;
        self.set_trouble(false);
        self.diary.ended(self.now(), command, &outcome);
        self.report.note(command, &outcome);
        let did = outcome != Outcome::Idle;
        if did {
            self.check_promises().await;
            self.check_trails().await;
            self.pass_outages();
        }
        did
    }

    /// The last checks; what was recorded must have arrived when all trouble is over.
    pub async fn end(mut self) -> Report {
        let days = self.now().duration_since(self.began).as_hours() / 24;
        self.end_outages();
        self.check_mail().await;
        self.check_digests();
        self.settle_events().await;
        let entries = self.check_audit().await;
        let events = self.check_events(&entries).await;
        for (trouble, times) in self.stack.troubles.had() {
            self.report.had(name_of(trouble), times);
        }
        let mails = self.stack.mailbox.all().len();
        self.report.close(Arrived { days, mails, events, entries: entries.len() });
        self.stack.stop().await;
        self.report
    }

    pub fn set_trouble(&self, on: bool) {
        self.trouble.store(on, Ordering::Relaxed);
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Somebody who has just signed in.
    pub fn session(&self, email: &str) -> Session {
        let provider = &self.stack.provider;
        self.browser.session(&provider.sign(&provider.id_claims(email, None)))
    }

    /// A number that was never used before.
    pub fn number(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    /// Sends a request until it is answered with something else than "try again"; in the end the trouble is over. A fault
    /// of ours is never an answer. Now and then the client repeats what was answered, and is answered the same.
    pub async fn insist(&mut self, make: impl Fn() -> RequestBuilder) -> Answer {
        let answer = self.insist_once(&make).await;
        if self.dice.one_in(4) {
            self.set_trouble(false);
            let again = self.browser.send(make()).await.unwrap();
            // An order that comes again is 200 where it was 201; everything else is answered as before.
            assert_eq!(again.status.is_success(), answer.status.is_success(), "{}", again.body);
            assert_eq!(without_id(&again), without_id(&answer), "{} after {}", again.status, answer.status);
            self.set_trouble(true);
        }
        answer
    }

    /// As [`Self::insist`], for what nobody repeats by themselves.
    pub async fn insist_once(&mut self, make: impl Fn() -> RequestBuilder) -> Answer {
        for attempt in 0.. {
            if attempt == PATIENCE {
                self.set_trouble(false);
            }
            let answer = self.browser.send(make()).await.unwrap();
            if answer.status == 503 && attempt < PATIENCE {
                continue;
            }
            assert!(answer.status.as_u16() < 500, "{} {}", answer.status, answer.body);
            self.set_trouble(true);
            return answer;
        }
        unreachable!("the loop ends by itself")
    }
}

/// A body without what names the single request.
fn without_id(answer: &Answer) -> String {
    let mut body = answer.json();
    match body.as_object_mut() {
        Some(fields) if fields.contains_key("requestId") => {
            fields.remove("requestId");
            body.to_string()
        }
        _ => answer.body.clone(),
    }
}
