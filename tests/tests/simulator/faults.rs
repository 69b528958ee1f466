//! What goes wrong: between the SDKs and their services, with mails, at the vendor's receiver, with clocks.

use std::sync::atomic::Ordering;

use local::{Fault, Refusing, Rotation, Trouble};

use crate::dice::Dice;
use crate::history::History;
use crate::report::Outcome;

/// One of so many requests to a service has trouble.
const TROUBLE_ONE_IN: u32 = 15;
/// For how many commands mail service or receiver stay as they are.
const OUTAGE_COMMANDS_MAX: u32 = 25;
/// How far the clock of an installation is wrong at the most, in minutes; a client forgives a day.
const SKEW_MINUTES_MAX: i32 = 23 * 60;

/// Everything that must have gone wrong in the end.
pub const FAULTS: [&str; 17] = [
    "write conflict",
    "throttled",
    "stale read",
    "request lost",
    "answer lost",
    "mail service down",
    "mail throttled",
    "mail answer lost",
    "mail rejected",
    "mail bounced",
    "receiver down",
    "receiver refuses",
    "receiver redirects",
    "receiver wants none",
    "clock wrong",
    "key rotated",
    "service down",
];

/// For how many commands more a thing is down.
#[derive(Debug, Default)]
pub struct Outages {
    mail: u32,
    receiver: u32,
}

impl History {
    /// Trouble has dice of its own, so that it does not change which commands come.
    pub fn choose_trouble(&self, seed: u64) {
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

    /// Something goes wrong from now on.
    pub fn fault(&mut self) -> Outcome {
        match self.dice.below(6) {
            0 => self.mail_outage(),
            1 => self.mail_fault(),
            2 => self.receiver_outage(),
            3 => self.receiver_fault(),
            4 => return self.wrong_clock(),
            _ => self.rotate_a_key(),
        }
        Outcome::Done
    }

    fn mail_outage(&mut self) {
        self.outages.mail = self.dice.below(OUTAGE_COMMANDS_MAX) + 1;
        self.stack.faults.always(Fault::Down);
        self.report.had("mail service down", 1);
    }

    fn mail_fault(&mut self) {
        let (name, fault) = *self
            .dice
            .pick(&[
                ("mail throttled", Fault::Throttled),
                ("mail answer lost", Fault::FailAfterAccept),
                ("mail rejected", Fault::Rejected),
                ("mail bounced", Fault::Bounced),
            ])
            .unwrap();
        self.stack.faults.next(self.dice.below(3) + 1, fault);
        self.report.had(name, 1);
    }

    fn receiver_outage(&mut self) {
        self.outages.receiver = self.dice.below(OUTAGE_COMMANDS_MAX) + 1;
        self.stack.receiver.refuse_always(503);
        self.report.had("receiver down", 1);
    }

    fn receiver_fault(&mut self) {
        let asks = Refusing { status: 429, retry_after: Some(self.dice.below(7200) + 1) };
        let faults = [
            ("receiver refuses", Refusing::from(500)),
            ("receiver refuses", asks),
            ("receiver redirects", Refusing::from(302)),
            ("receiver wants none", Refusing::from(410)),
        ];
        let (name, refusing) = *self.dice.pick(&faults).unwrap();
        for _ in 0..=self.dice.below(3) {
            self.stack.receiver.refuse_next(refusing);
        }
        self.report.had(name, 1);
    }

    /// One command is over: what is down comes back some time.
    pub fn pass_outages(&mut self) {
        let is_over = |left: &mut u32| {
            let was = std::mem::replace(left, left.saturating_sub(1));
            was == 1
        };
        if is_over(&mut self.outages.mail) {
            self.stack.faults.clear();
        }
        if is_over(&mut self.outages.receiver) {
            self.stack.receiver.clear();
        }
    }

    /// Whatever is down comes back now.
    pub fn end_outages(&mut self) {
        self.outages = Outages::default();
        self.stack.faults.clear();
        self.stack.receiver.clear();
        self.set_trouble(false);
    }

    /// The clock of an installation jumps, or is right again.
    fn wrong_clock(&mut self) -> Outcome {
        let ids: Vec<String> = self.suites.keys().cloned().collect();
        let Some(id) = self.dice.pick(&ids).cloned() else { return Outcome::Idle };
        let minutes = if self.dice.one_in(3) { 0 } else { self.dice.between(-SKEW_MINUTES_MAX, SKEW_MINUTES_MAX) };
        let now = self.now();
        let suite = self.suites.get_mut(&id).unwrap();
        suite.skew = jiff::SignedDuration::from_mins(minutes.into());
        suite.clock.set(now + suite.skew);
        self.report.had("clock wrong", 1);
        Outcome::Done
    }

    /// Everything that was signed before goes on; a function that has not read the new key yet reads it when it meets it.
    fn rotate_a_key(&mut self) {
        let what = *self.dice.pick(&[Rotation::Token, Rotation::Link, Rotation::Lease]).unwrap();
        self.stack.rotate(what).unwrap();
        self.advance(jiff::SignedDuration::from_mins(1));
        self.report.had("key rotated", 1);
    }
}

/// What a trouble is called in the report.
pub fn name_of(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Conflict => "write conflict",
        Trouble::Throttled => "throttled",
        Trouble::Stale => "stale read",
        Trouble::LostRequest => "request lost",
        Trouble::LostAnswer => "answer lost",
        other => panic!("{other:?} has no name"),
    }
}
