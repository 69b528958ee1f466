//! Random histories of both ends.

use appsuite::Failure;
use jiff::{SignedDuration, Timestamp};
use lease::document::{Binding, NextCheckIn, RefusalReason};
use lease::request::CheckInResponse;
use lease::{Lease, Refusal, sign};
use proptest::prelude::*;

use crate::installation::Installation;
use crate::service::{SERVER, Service, capacity_of, key, key_set};
use crate::step::{Fate, Forgery, Step, step};

/// What became of the lease of a beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    Heard,
    Unheard,
    /// The table was restored before it was heard: the same request begins anew once more.
    Forgotten,
}

/// Both ends, and what went over the wire.
struct History {
    service: Service,
    client: Installation,
    recorded: Vec<CheckInResponse>,
    /// When it had to begin anew: more than twice in 30 days rightly counts as a second installation.
    begun_anew: Vec<Timestamp>,
    /// The next request that gets a lease begins anew.
    begins_anew: bool,
    /// Whether the lease of the last beginning was stored.
    beginning: Beginning,
    /// A lease was given and never stored.
    lease_unheard: bool,
}

impl History {
    fn new() -> Self {
        Self {
            service: Service::new(),
            client: Installation::new(),
            recorded: Vec::new(),
            begun_anew: Vec::new(),
            begins_anew: false,
            beginning: Beginning::Heard,
            lease_unheard: false,
        }
    }

    fn play(&mut self, step: &Step) {
        match step {
            Step::CheckIn(fate) => self.check_in(fate),
            Step::Wait(hours) => self.service.wait(*hours),
            Step::LongOutage => {
                for _ in 0..2 {
                    self.service.wait(20 * 24);
                    self.service.rotate();
                }
            }
            Step::SetClock(hours) => self.client.clock_ahead = SignedDuration::from_hours(*hours),
            Step::DiskFull(full) => self.client.disk_full = *full,
            Step::LoseFile { attempt_readable, key_set_readable } => {
                self.lose_file(*attempt_readable, *key_set_readable);
            }
            Step::Change(capacity) => self.service.change(*capacity),
            Step::Disable => self.service.disable(),
            Step::Enable => self.service.enable(),
            Step::RegenerateToken => self.service.table.token.version += 1,
            Step::PasteToken => self.client.token = self.service.table.token.version,
            Step::Rotate => self.service.rotate(),
            Step::RenewKeySet => self.service.renew_key_set(),
            Step::RestoreTable => {
                if self.beginning == Beginning::Unheard {
                    self.beginning = Beginning::Forgotten;
                }
                self.service.restore_yesterday();
            }
        }
        self.client.check(&self.service.signed, self.service.now);
    }

    fn lose_file(&mut self, attempt_readable: bool, key_set_readable: bool) {
        if self.may_begin_anew() {
            self.begins_anew = true;
            self.beginning = Beginning::Heard;
            self.client.lose_file(attempt_readable, key_set_readable);
        }
    }

    fn may_begin_anew(&self) -> bool {
        let month_ago = self.service.now - SignedDuration::from_hours(30 * 24);
        let recent = self.begun_anew.iter().filter(|at| **at > month_ago).count();
        self.begins_anew || recent + usize::from(self.beginning == Beginning::Forgotten) < 2
    }

    /// A refusal ends an attempt whose lease was lost, so the next one names a lease from before it: that too is a
    /// beginning. Where there were two already, the refusal is lost as well.
    fn hear(&mut self, answer: &CheckInResponse) {
        let now = self.service.now;
        let refused = claims(&answer.document).get("code").is_some();
        if refused && self.lease_unheard && !self.may_begin_anew() {
            return self.client.hear_failure(Failure::Unreachable, None, now);
        }
        self.client.hear(answer, now);
        if self.client.disk.attempt.is_none() {
            self.beginning = Beginning::Heard;
        }
        if self.client.disk.attempt.is_some() {
            self.lease_unheard |= !refused;
        } else if std::mem::take(&mut self.lease_unheard) && refused {
            self.begins_anew = true;
        }
    }

    fn check_in(&mut self, fate: &Fate) {
        let now = self.service.now;
        let Some(question) = self.client.ask(now) else { return };
        if matches!(fate, Fate::RequestLost | Fate::Unsigned { arrived: false, .. }) {
            return self.fail(fate);
        }
        let answer = self.service.answer(self.client.token, &question);
        let Ok(answer) = answer else {
            return self.client.hear_failure(answer.unwrap_err(), None, now);
        };
        self.recorded.push(answer.clone());
        let begins = self.begins_anew || self.beginning == Beginning::Forgotten;
        if begins && claims(&answer.document).get("code").is_none() {
            (self.begins_anew, self.beginning) = (false, Beginning::Unheard);
            self.begun_anew.push(now);
        }
        if !matches!(fate, Fate::Answered | Fate::AnsweredTwice) {
            self.lease_unheard |= claims(&answer.document).get("serial").is_some();
        }
        match fate {
            Fate::Answered => self.hear(&answer),
            Fate::AnsweredTwice => {
                self.hear(&answer);
                if self.client.disk.attempt.is_none() {
                    self.client.hear_noise(&answer, now);
                }
            }
            Fate::Forged(forgery) => {
                if let Some(noise) = self.forge(forgery, &answer, &question.attempt) {
                    self.client.hear_noise(&noise, now);
                }
            }
            Fate::RequestLost | Fate::AnswerLost | Fate::Unsigned { .. } => self.fail(fate),
        }
    }

    fn fail(&mut self, fate: &Fate) {
        let now = self.service.now;
        match fate {
            Fate::Unsigned { status: 401, .. } => self.client.hear_failure(Failure::TokenRejected, None, now),
            Fate::Unsigned { status, retry_after_secs, .. } => {
                let retry_after = retry_after_secs.map(SignedDuration::from_secs);
                self.client.hear_failure(Failure::Status(*status), retry_after, now);
            }
            _ => self.client.hear_failure(Failure::Unreachable, None, now),
        }
    }

    /// `None` where the forgery happens to be the right answer.
    fn forge(&self, forgery: &Forgery, right: &CheckInResponse, attempt: &str) -> Option<CheckInResponse> {
        let forged = match forgery {
            // A signed answer to the outstanding attempt is no replay but the answer, late.
            Forgery::Replay(which) => {
                let old = which.get(&self.recorded);
                let attempt_of = |response: &CheckInResponse| claims(&response.document)["nonce"].clone();
                (attempt_of(old) != attempt_of(right)).then(|| old.clone())?
            }
            Forgery::OtherByte(at) => {
                let at = at.index(right.document.len());
                let other = if right.document.as_bytes()[at] == b'A' { "B" } else { "A" };
                let document = format!("{}{other}{}", &right.document[..at], &right.document[at + 1..]);
                CheckInResponse { document, key_set: right.key_set.clone() }
            }
            Forgery::WrongKey => {
                let (_, signature) = self.impostor(SERVER, attempt, false, 200).rsplit_once('.').map(owned)?;
                let (message, _) = right.document.rsplit_once('.')?;
                CheckInResponse { document: format!("{message}.{signature}"), key_set: right.key_set.clone() }
            }
            Forgery::ForeignRoot { refuses } => CheckInResponse {
                document: self.impostor(SERVER, attempt, *refuses, 200),
                key_set: Some(key_set(u64::MAX, 200, 199)),
            },
            Forgery::OtherServer { refuses } => CheckInResponse {
                document: self.impostor("b000121894", attempt, *refuses, self.service.key()),
                key_set: right.key_set.clone(),
            },
        };
        Some(forged)
    }

    /// A lease of far too much, or the one refusal that stops at once.
    fn impostor(&self, server: &str, attempt: &str, refuses: bool, signed_by: u8) -> String {
        let now = self.service.now;
        let binding = Binding {
            issuer: "https://portal.example.com".to_owned(),
            server: server.to_owned(),
            token_version: self.client.token,
            attempt: attempt.to_owned(),
            issued_at: now,
        };
        if refuses {
            return sign(
                &key(signed_by),
                &Refusal { binding, reason: RefusalReason::ServerDisabled { effective_at: now } },
            );
        }
        let segments = self.service.signed.last().map(|lease| lease.segments.clone()).unwrap_or_default();
        let lease = Lease {
            binding,
            expires_at: now + SignedDuration::from_hours(24 * 3_000),
            serial: u64::MAX,
            lease_id: "forged".to_owned(),
            account: "Nobody".to_owned(),
            server_name: "Nothing".to_owned(),
            segments: segments
                .into_iter()
                .map(|segment| lease::segment::Segment { capacity: 9_999, ..segment })
                .collect(),
            next_check_in: NextCheckIn { earliest: now, latest: now },
        };
        sign(&key(signed_by), &lease)
    }

    /// People set right what only they can, then it checks in twice.
    fn settle(&mut self, enabled: bool) {
        self.client.disk_full = false;
        self.client.clock_ahead = SignedDuration::ZERO;
        // A table that forgot a token is repaired as the runbook says: the token that was given out is recorded.
        self.service.table.token.version = self.service.table.token.version.max(self.client.token);
        self.client.token = self.service.table.token.version;
        if enabled {
            self.service.enable();
        }
        // From here on nothing is lost, not even a refusal.
        self.lease_unheard = false;
        for _ in 0..2 {
            self.play(&Step::CheckIn(Fate::Answered));
        }
    }
}

fn owned((left, right): (&str, &str)) -> (String, String) {
    (left.to_owned(), right.to_owned())
}

fn claims(document: &str) -> serde_json::Value {
    use base64::Engine as _;
    let payload = document.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// The service counts a beginning when it last answered it, and a restored table has forgotten that it did before.
#[test]
fn a_beginning_that_is_repeated_after_a_restore_counts_when_it_is_repeated() {
    let losing = || Step::LoseFile { attempt_readable: false, key_set_readable: true };
    let answered = || Step::CheckIn(Fate::Answered);
    let lost = [losing(), Step::CheckIn(Fate::AnswerLost), Step::RestoreTable];
    let before = [answered(), Step::Wait(1), Step::Wait(59)];
    let after = [Step::LongOutage, answered(), losing(), answered(), losing(), answered()];
    let mut history = History::new();
    for step in before.iter().chain(&lost).chain(&after) {
        history.play(step);
    }
    history.settle(true);
    assert_eq!(history.client.disk.refusal, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_between_them_the_client_runs_what_it_was_rightly_told_and_ends_as_the_service_says(
        steps in prop::collection::vec(step(), 1..80),
        enabled in prop::bool::weighted(0.8),
    ) {
        let mut history = History::new();
        for step in &steps {
            history.play(step);
        }
        history.settle(enabled);
        let (state, service) = (&history.client.disk, &history.service);
        let runs: u32 = state.running_at(service.now).iter().map(|segment| segment.capacity).sum();
        let may = match service.table.server.disabled_from {
            Some(from) if from <= service.now => 0,
            Some(_) => runs,
            None => service.table.capacity,
        };
        prop_assert_eq!(runs, may, "after two check-ins it runs what the service says");
        prop_assert_eq!((&state.attempt, state.failures, state.last_failure), (&None, 0, None));
        prop_assert_eq!((state.last_contact, state.clock_behind), (Some(service.now), SignedDuration::ZERO));
        prop_assert_eq!(state.disabled_from(), service.table.server.disabled_from);
        if service.table.server.disabled_from.is_none() {
            let held = &state.lease.as_ref().unwrap().document;
            let last = service.signed.last().unwrap();
            prop_assert_eq!((held.serial, &state.refusal), (last.serial, &None));
            prop_assert_eq!(capacity_of(held, service.now), service.table.capacity);
            prop_assert_eq!(state.key_set.as_ref().unwrap().0.serial, service.key_set_serial());
        }
    }
}
