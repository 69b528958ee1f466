//! One history: a stack, a model, and commands that both take.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use http_api::Clock;
use jiff::{SignedDuration, Timestamp};
use local::{Answer, Browser, Fault, Rotation, Session, Stack, StackConfig, Trouble};
use reqwest::RequestBuilder;

use crate::dice::Dice;
use crate::model::Model;
use crate::report::{Outcome, Report};
use crate::suites::Suite;

/// How often a client repeats what was answered with 503 before the trouble ends.
const PATIENCE: u32 = 4;
/// One of so many requests to a service has trouble.
const TROUBLE_ONE_IN: u32 = 15;

pub struct History {
    pub stack: Stack,
    pub clock: Clock,
    pub dice: Dice,
    pub model: Model,
    pub browser: Browser,
    pub suites: BTreeMap<String, Suite>,
    pub report: Report,
    pub numbers: u32,
    began: Timestamp,
    trouble: Arc<AtomicBool>,
    mail_faults: Arc<AtomicU64>,
    aloud: bool,
}

/// The commands and how often they come.
const COMMANDS: [(&str, u32); 29] = [
    ("order", 8),
    ("order again", 3),
    ("order revised", 3),
    ("order changed", 2),
    ("order wrong", 2),
    ("unlock", 12),
    ("unlock by scanner", 3),
    ("resend", 3),
    ("lock", 3),
    ("renew", 7),
    ("cancel", 3),
    ("add server", 5),
    ("rename server", 2),
    ("delete server", 1),
    ("disable server", 3),
    ("enable server", 4),
    ("save", 25),
    ("save late", 2),
    ("show token", 3),
    ("regenerate token", 2),
    ("check in", 25),
    ("release server", 2),
    ("invite", 2),
    ("remove member", 3),
    ("answer request", 3),
    ("forward", 5),
    ("rotate a key", 2),
    ("deliver mail", 8),
    ("time", 10),
];

impl History {
    pub async fn begin(seed: u64, aloud: bool) -> Self {
        let began = "2026-11-24T09:00:00Z".parse().unwrap();
        let clock = Clock::manual(began);
        let config = StackConfig { background: false, ..StackConfig::in_memory(clock.clone()) };
        let stack = Stack::start(config).await.unwrap();
        let history = Self {
            browser: Browser::new(&stack).unwrap(),
            dice: Dice::new(seed),
            model: Model::default(),
            suites: BTreeMap::new(),
            report: Report::default(),
            numbers: 0,
            trouble: Arc::default(),
            mail_faults: Arc::default(),
            stack,
            clock,
            began,
            aloud,
        };
        history.choose_trouble(seed);
        history
    }

    /// Trouble has dice of its own, so that it does not change which commands come.
    fn choose_trouble(&self, seed: u64) {
        let (mut dice, on) = (Dice::new(!seed), self.trouble.clone());
        let kinds = [Trouble::Conflict, Trouble::Throttled, Trouble::LostRequest, Trouble::LostAnswer];
        self.stack.troubles.choose(move |asked| {
            if !on.load(Ordering::Relaxed) {
                None
            } else if asked.may_be_stale {
                dice.one_in(2).then_some(Trouble::Stale)
            } else {
                dice.pick(&kinds).copied().filter(|_| dice.one_in(TROUBLE_ONE_IN))
            }
        });
    }

    /// Two accounts to begin with, so that most commands find something to do.
    pub async fn open_accounts(&mut self) {
        for command in ["order", "order", "deliver mail", "unlock", "unlock", "add server", "add server", "add server"]
        {
            self.take(command).await;
        }
    }

    /// A command that finds something to do, and everything that must hold after it.
    pub async fn step(&mut self) {
        let weights = COMMANDS.map(|(_, weight)| weight);
        loop {
            let command = COMMANDS[self.dice.weighed(&weights)].0;
            if self.take(command).await {
                return;
            }
        }
    }

    /// Whether the command found something to do.
    async fn take(&mut self, command: &'static str) -> bool {
        self.set_trouble(true);
        let outcome = self.run(command).await;
        self.set_trouble(false);
        if self.aloud {
            println!("{} {command}: {outcome:?}", self.clock.now());
        }
        self.report.note(command, &outcome);
        let did = outcome != Outcome::Idle;
        if did {
            self.check_promises().await;
        }
        did
    }

    async fn run(&mut self, command: &str) -> Outcome {
        match command {
            "order" => self.order().await,
            "order again" => self.order_again().await,
            "order revised" => self.order_revised().await,
            "order changed" => self.order_changed().await,
            "order wrong" => self.order_wrong().await,
            "unlock" => self.unlock(true).await,
            "unlock by scanner" => self.unlock(false).await,
            "resend" => self.resend().await,
            "lock" => self.lock().await,
            "renew" => self.renew().await,
            "cancel" => self.cancel().await,
            "add server" => self.add_server().await,
            "rename server" => self.rename_server().await,
            "delete server" => self.delete_server().await,
            "disable server" => self.disable_server().await,
            "enable server" => self.enable_server().await,
            "save" => self.save(false).await,
            "save late" => self.save(true).await,
            "show token" => self.show_token().await,
            "regenerate token" => self.regenerate_token().await,
            "check in" => self.check_in().await,
            "release server" => self.release_server().await,
            "invite" => self.invite().await,
            "remove member" => self.remove_member().await,
            "answer request" => self.answer_request().await,
            "forward" => self.forward().await,
            "rotate a key" => self.rotate_a_key(),
            "deliver mail" => self.deliver_mail().await,
            _ => self.pass_time().await,
        }
    }

    /// The last checks; what was recorded must have arrived when all trouble is over.
    pub async fn end(mut self) -> Report {
        self.check_mail().await;
        self.check_digests();
        self.check_audit().await;
        let days = self.clock.now().duration_since(self.began).as_hours() / 24;
        let mails = self.stack.mailbox.all().len();
        self.report.close(days, self.stack.troubles.had(), self.mail_faults.load(Ordering::Relaxed), mails);
        self.stack.stop().await;
        self.report
    }

    /// Time passes, now and then days in which the service does not look at its accounts.
    async fn pass_time(&mut self) -> Outcome {
        let hours = if self.dice.one_in(4) { self.dice.between(24, 24 * 12) } else { self.dice.between(1, 20) };
        self.advance(SignedDuration::from_hours(hours.into()));
        if !self.dice.one_in(3) {
            self.stack.advance().await;
        }
        Outcome::Done
    }

    fn advance(&self, time: SignedDuration) {
        self.clock.advance(time);
        for suite in self.suites.values() {
            suite.clock.set(self.clock.now());
        }
    }

    /// Everything that was signed before goes on; a function that has not read the new key yet reads it when it meets it.
    fn rotate_a_key(&mut self) -> Outcome {
        let what = *self.dice.pick(&[Rotation::Token, Rotation::Link, Rotation::Lease]).unwrap();
        self.stack.rotate(what).unwrap();
        self.advance(SignedDuration::from_mins(1));
        Outcome::Done
    }

    async fn deliver_mail(&mut self) -> Outcome {
        if self.dice.one_in(3) {
            let fault = *self.dice.pick(&[Fault::Down, Fault::Throttled, Fault::FailAfterAccept]).unwrap();
            self.mail_faults.fetch_add(1, Ordering::Relaxed);
            self.stack.faults.next(self.dice.below(3) + 1, fault);
        }
        self.stack.deliver_mail().await;
        Outcome::Done
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
