//! Random histories: honest clients with lost, doubled and stale answers, restored tables, and clones.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::world::{ELSEWHERE, MACHINE, World, request};
use super::*;

/// The service with an eventually consistent table.
struct Service {
    world: World,
    past: Vec<LeaseState>,
    events: Vec<Event>,
}

impl Service {
    fn new() -> Self {
        Self { world: World::new(), past: Vec::new(), events: Vec::new() }
    }

    /// Reads, perhaps stale by one write, decides, reads again where the rules say so, and writes.
    fn serve(&mut self, request: &CheckIn, stale: bool) -> Decision {
        let current = &self.world.state;
        let read = self.past.last().filter(|_| stale).unwrap_or(current);
        let mut decision = decide(&self.world.server, read, request, self.world.now);
        let lost_race = decision.store.is_some() && read.version() != current.version();
        if decision.needs_consistent_read() || lost_race {
            decision = decide(&self.world.server, current, request, self.world.now);
        }
        if let Some(next) = &decision.store {
            self.set(next.clone());
        }
        self.events.extend(decision.event);
        decision
    }

    fn set(&mut self, next: LeaseState) {
        self.past.push(std::mem::replace(&mut self.world.state, next));
    }

    /// The table as it was some writes ago.
    fn restore(&mut self, writes: usize) {
        for _ in 0..writes {
            if let Some(earlier) = self.past.pop() {
                self.world.state = earlier;
            }
        }
    }
}

/// A client that keeps the rules: an attempt is repeated until its answer is stored.
#[derive(Clone)]
struct Client {
    name: &'static str,
    traits: [&'static str; 4],
    attempts: u32,
    lease: Option<LeaseId>,
    expires_at: Option<Timestamp>,
    outstanding: Option<CheckIn>,
}

impl Client {
    fn new(name: &'static str, traits: [&'static str; 4]) -> Self {
        Self { name, traits, attempts: 0, lease: None, expires_at: None, outstanding: None }
    }

    fn ask(&mut self) -> CheckIn {
        let (name, lease, traits, attempts) = (self.name, self.lease, self.traits, &mut self.attempts);
        let asking = self.outstanding.get_or_insert_with(|| {
            *attempts += 1;
            request(&format!("{name}{attempts}"), lease, traits)
        });
        asking.clone()
    }

    fn hear(&mut self, answer: Answer) {
        self.outstanding = None;
        if let Answer::Lease { id, expires_at } = answer {
            if self.lease.is_none_or(|held| held.serial < id.serial) {
                self.lease = Some(id);
            }
            self.expires_at = self.expires_at.max(Some(expires_at));
        }
    }

    /// The memory is lost, but no attempt is used twice.
    fn reinstall(&mut self) {
        *self = Self { attempts: self.attempts, ..Self::new(self.name, self.traits) };
    }

    fn restore(&mut self, backup: &Self) {
        *self = Self { name: self.name, traits: self.traits, attempts: self.attempts, ..backup.clone() };
    }

    fn runs_at(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end > now)
    }

    /// One check-in that arrives and is answered.
    fn check_in(&mut self, service: &mut Service) -> Answer {
        let answer = service.serve(&self.ask(), false).answer;
        self.hear(answer);
        answer
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// The request arrives so many times, and the answer may be heard.
    CheckIn {
        arrives: u8,
        stale: bool,
        heard: bool,
    },
    Wait(i64),
    Change,
    OtherDisk(bool),
    RestoreTable(usize),
}

fn honest_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_u8, any::<bool>(), prop::bool::weighted(0.7))
            .prop_map(|(arrives, stale, heard)| Step::CheckIn { arrives, stale, heard }),
        4 => (1..60_i64).prop_map(Step::Wait),
        2 => Just(Step::Change),
        1 => any::<bool>().prop_map(Step::OtherDisk),
        1 => (0..6_usize).prop_map(Step::RestoreTable),
    ]
}

/// Plays one step, and checks what holds for every honest client.
fn play(step: &Step, client: &mut Client, service: &mut Service) -> Result<(), TestCaseError> {
    match *step {
        Step::CheckIn { arrives, stale, heard } => {
            let asking = client.ask();
            for time in 0..arrives {
                let decision = service.serve(&asking, stale);
                prop_assert!(!matches!(decision.answer, Answer::Refused(_)), "accused: {decision:?}");
                if let (Answer::Lease { id, .. }, Some(held)) = (decision.answer, client.lease) {
                    prop_assert!(id.serial > held.serial || time > 0, "serial falls: {decision:?}");
                }
                if heard && time == 0 {
                    client.hear(decision.answer);
                }
            }
        }
        Step::Wait(hours) => service.world.now += SignedDuration::from_hours(hours),
        Step::Change => service.world.server.revision += 1,
        Step::OtherDisk(first) => client.traits[usize::from(first)] = "other",
        Step::RestoreTable(writes) => service.restore(writes),
    }
    Ok(())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn an_honest_client_is_never_accused(steps in prop::collection::vec(honest_step(), 1..80)) {
        let (mut client, mut service) = (Client::new("a", MACHINE), Service::new());
        for step in &steps {
            play(step, &mut client, &mut service)?;
        }
        let begun = service.events.iter().any(|event| matches!(event, Event::ConflictBegun | Event::Reseeded));
        prop_assert!(!begun, "{:?}", service.events);
    }

    #[test]
    fn two_reinstalls_or_restored_backups_a_month_accuse_nobody(
        mut steps in prop::collection::vec(honest_step(), 40..80),
        faults in prop::collection::vec((0..40_usize, any::<bool>()), 0..=2),
    ) {
        steps.retain(|step| !matches!(step, Step::OtherDisk(_) | Step::RestoreTable(_)));
        let (mut client, mut service) = (Client::new("a", MACHINE), Service::new());
        let mut backup = client.clone();
        for (at, step) in steps.iter().enumerate() {
            for (_, reinstalled) in faults.iter().filter(|(when, _)| *when == at) {
                if *reinstalled { client.reinstall() } else { client.restore(&backup) }
            }
            if at % 7 == 0 {
                backup = client.clone();
            }
            play(step, &mut client, &mut service)?;
        }
        prop_assert!(!service.events.contains(&Event::ConflictBegun), "{:?}", service.events);
    }

    #[test]
    fn two_copies_in_the_same_hour_or_in_different_ones_are_found_within_three_check_ins(
        before in prop::collection::vec(honest_step(), 0..20),
        same_machine in any::<bool>(),
        copied_while_asking in any::<bool>(),
        mins_apart in prop_oneof![0..60_i64, 60..24 * 60_i64],
        days in prop::collection::vec((any::<bool>(), prop::array::uniform2(prop::bool::weighted(0.7))), 3),
    ) {
        let (mut client, mut service) = (Client::new("a", MACHINE), Service::new());
        for step in before.iter().filter(|step| !matches!(step, Step::OtherDisk(_))) {
            play(step, &mut client, &mut service)?;
        }
        client.check_in(&mut service);
        if copied_while_asking {
            client.ask();
        }
        let traits = if same_machine { MACHINE } else { ELSEWHERE };
        let mut copy = Client { name: "b", traits, ..client.clone() };
        if copied_while_asking {
            // Both repeat the attempt that was copied with them: one check-in, from which two installations emerge.
            client.check_in(&mut service);
            copy.check_in(&mut service);
        }
        for (day, (copy_first, heard)) in (1..).zip(days) {
            let order = if copy_first { [&mut copy, &mut client] } else { [&mut client, &mut copy] };
            let begin = service.world.now + SignedDuration::from_hours(24);
            for ((each, heard), mins) in order.into_iter().zip(heard).zip([0, mins_apart]) {
                service.world.now = begin + SignedDuration::from_mins(mins);
                if !heard {
                    service.serve(&each.ask(), false);
                }
                each.check_in(&mut service);
            }
            service.world.now = begin;
            prop_assert!(day < 3 || service.events.contains(&Event::ConflictBegun), "{:?}", service.events);
        }
    }

    #[test]
    fn while_what_is_adverse_is_withheld_nobody_is_refused_no_conflict_begins_and_no_rival_takes_over(
        before in prop::collection::vec((chaos(), 0..3_usize, 0..40_i64), 1..40),
        asking in prop::collection::vec((0..3_usize, 0..80_i64, any::<bool>()), 1..20),
    ) {
        let mut service = Service::new();
        let mut clients = [Client::new("a", MACHINE), Client::new("b", MACHINE), Client::new("c", ELSEWHERE)];
        for (chaos, who, hours) in &before {
            service.world.now += SignedDuration::from_hours(*hours);
            wreak(chaos, *who, &mut clients, &mut service);
        }
        for (who, hours, reinstalled) in asking {
            service.world.now += SignedDuration::from_hours(hours);
            if reinstalled {
                clients[who].reinstall();
            }
            let decision = service.world.look(&clients[who].ask());
            if decision.is_adverse() {
                continue;
            }
            prop_assert!(!matches!(decision.answer, Answer::Refused(_)), "{decision:?}");
            clients[who].hear(decision.answer);
            let (now, state) = (service.world.now, &service.world.state);
            if let Some(next) = decision.store {
                let begun = next.conflict_since();
                prop_assert!(begun.is_none() || begun == state.conflict_since(), "{next:?} after {state:?}");
                prop_assert_eq!(next.releases_left(now), state.releases_left(now), "a rival took over");
                service.set(next);
            }
        }
    }

    #[test]
    fn nothing_ever_deadlocks(
        history in prop::collection::vec((chaos(), 0..3_usize, 0..40_i64), 1..60),
        survivor in 0..3_usize,
    ) {
        let mut service = Service::new();
        let mut clients = [Client::new("a", MACHINE), Client::new("b", MACHINE), Client::new("c", ELSEWHERE)];
        for (chaos, who, hours) in &history {
            service.world.now += SignedDuration::from_hours(*hours);
            wreak(chaos, *who, &mut clients, &mut service);
        }
        service.world.server.disabled_from = None;
        let survivor = &mut clients[survivor];
        if !runs_within_days(8, survivor, &mut service) {
            let state = &service.world.state;
            let helped = state.release(service.world.now)
                .or_else(|_| state.choose(Chosen::Rival, service.world.now));
            let helped = helped.map_err(|refusal| TestCaseError::fail(format!("{refusal:?} {state:?}")))?;
            service.set(helped);
            prop_assert!(runs_within_days(2, survivor, &mut service), "{:?}", service.world.state);
        }
    }
}

/// Checks in daily until the client gets a full lease again. Told that it was released, its operator activates it
/// anew.
fn runs_within_days(days: u32, client: &mut Client, service: &mut Service) -> bool {
    client.expires_at = None;
    (0..=days).any(|_| {
        service.world.now += SignedDuration::from_hours(24);
        if client.check_in(service) == Answer::Refused(CheckInRefusal::Released) {
            client.reinstall();
            client.check_in(service);
        }
        client.runs_at(service.world.now)
    })
}

#[derive(Debug, Clone)]
enum Chaos {
    CheckIn { heard: bool, stale: bool },
    Reinstall,
    Restore,
    Release,
    Choose(bool),
    DisableAndEnable,
    RestoreTable(usize),
}

fn chaos() -> impl Strategy<Value = Chaos> {
    prop_oneof![
        12 => (any::<bool>(), any::<bool>()).prop_map(|(heard, stale)| Chaos::CheckIn { heard, stale }),
        1 => Just(Chaos::Reinstall),
        1 => Just(Chaos::Restore),
        1 => Just(Chaos::Release),
        1 => any::<bool>().prop_map(Chaos::Choose),
        1 => Just(Chaos::DisableAndEnable),
        1 => (0..10_usize).prop_map(Chaos::RestoreTable),
    ]
}

fn wreak(chaos: &Chaos, who: usize, clients: &mut [Client; 3], service: &mut Service) {
    let now = service.world.now;
    let next = match *chaos {
        Chaos::CheckIn { heard, stale } => {
            let answer = service.serve(&clients[who].ask(), stale).answer;
            if heard {
                clients[who].hear(answer);
            }
            None
        }
        Chaos::Reinstall => {
            clients[who].reinstall();
            None
        }
        Chaos::Restore => {
            let copied = clients[(who + 1) % 3].clone();
            clients[who].restore(&copied);
            None
        }
        Chaos::RestoreTable(writes) => {
            service.restore(writes);
            None
        }
        Chaos::Release => service.world.state.release(now).ok(),
        Chaos::Choose(rival) => {
            let chosen = if rival { Chosen::Rival } else { Chosen::Holder };
            service.world.state.choose(chosen, now).ok()
        }
        Chaos::DisableAndEnable => service.world.state.enabled(now, now),
    };
    if let Some(next) = next {
        service.set(next);
    }
}
