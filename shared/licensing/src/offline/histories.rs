//! Random histories of an offline server's strings: asked, carried, installed late or never, returned, declared
//! lost. Whatever happens, an installation runs no more than the account counts for it, unless it was declared lost.

use proptest::prelude::*;

use super::tests::{fax, key};
use super::*;
use crate::assign::save;
use crate::fixture::{account, at, server, set, unlimited};
use crate::server::set_mode;

const NOW: &str = "2020-05-01";
const TOTAL: u32 = 20;

/// An installation by the rules of the client.
#[derive(Debug, Clone)]
struct Installation {
    key: PublicKey,
    /// Serial and capacity of what is installed.
    held: Option<(u64, u32)>,
    open: Option<Asking>,
    floor: u64,
    /// It was declared lost, and has installed nothing since that counts.
    is_beyond_control: bool,
    /// It was restored from a backup, and has not been heard of since.
    is_restored: bool,
}

/// A response as it lies in the portal.
#[derive(Debug, Clone)]
struct Response {
    key: PublicKey,
    nonce: AttemptId,
    serial: u64,
    capacity: u32,
    /// Its server was declared lost since: whoever installs it still is nobody's concern.
    is_lost: bool,
}

struct World {
    account: Account,
    highest: u64,
    nonces: u32,
    response: Option<Response>,
    installations: [Installation; 2],
    /// As they were; what was returned since is not brought back, for nothing can prevent that.
    backups: [Option<Installation>; 2],
    /// What a machine that was restored runs again may have been given to others meanwhile.
    was_restored: bool,
    /// Returns that somebody carries, and may upload twice.
    returns: Vec<Asking>,
}

impl World {
    fn new() -> Self {
        let account = account(&[unlimited(&fax(), TOTAL, vec![])]);
        let account = set_mode(&account, &server(1), ActivationMode::Offline).unwrap();
        let installations = ["A", "Q"].map(|letter| Installation {
            key: key(letter),
            held: None,
            open: None,
            floor: 0,
            is_beyond_control: false,
            is_restored: false,
        });
        let (response, returns, backups) = (None, Vec::new(), [None, None]);
        Self { account, highest: 0, nonces: 0, response, installations, backups, was_restored: false, returns }
    }

    fn save(&mut self, number: u32, capacity: u32) {
        let command = [set(&fax(), number, capacity)];
        if let Ok(saved) = save(&self.account, &command, self.account.version, at(NOW)) {
            self.account = saved.account;
        }
    }

    fn asking(&mut self, who: usize) -> Asking {
        let installation = &mut self.installations[who];
        let serial = installation.held.map_or(0, |(serial, _)| serial).max(installation.floor);
        self.nonces += 1;
        let nonce = AttemptId::parse(&format!("nonce-of-request-{}", self.nonces)).unwrap();
        installation.open.get_or_insert(Asking { key: installation.key.clone(), nonce, serial }).clone()
    }

    fn upload(&mut self, who: usize) {
        let asking = self.asking(who);
        let capacity = self.account.pool(&fax()).unwrap().assigned_to(&server(1));
        let given = if capacity == 0 { vec![] } else { vec![Spent { pool: fax(), capacity }] };
        let serial = self.highest.max(asking.serial) + 1;
        let giving = Giving { serial, revision: capacity.into(), given };
        match answer(&self.account, &server(1), &asking, &giving, at(NOW)) {
            Ok(Answered::Given(after)) => {
                self.account = after;
                self.installations[who].is_restored = false;
                self.highest = serial;
                let Asking { key, nonce, .. } = asking;
                self.response = Some(Response { key, nonce, serial, capacity, is_lost: false });
            }
            Ok(Answered::Confirmed(after)) => {
                self.account = after;
                self.installations[who].is_restored = false;
            }
            Ok(Answered::Again) | Err(_) => {}
        }
    }

    fn install(&mut self, who: usize) {
        let installation = &mut self.installations[who];
        let held = installation.held.map_or(0, |(serial, _)| serial).max(installation.floor);
        let Some(response) = self.response.as_ref().filter(|it| it.key == installation.key && it.serial > held) else {
            return;
        };
        if installation.open.as_ref().is_some_and(|open| open.nonce == response.nonce) {
            installation.held = Some((response.serial, response.capacity));
            installation.is_beyond_control = response.is_lost;
            installation.open = None;
        }
    }

    fn give_back(&mut self, who: usize) {
        if self.installations[who].held.is_none() && self.installations[who].open.is_none() {
            return;
        }
        let returned = self.asking(who);
        let installation = &mut self.installations[who];
        let serial = installation.held.map_or(0, |(serial, _)| serial).max(installation.floor);
        (installation.held, installation.open, installation.floor) = (None, None, serial);
        self.backups[who] = None;
        self.returns.push(Asking { serial, ..returned });
    }

    fn restore(&mut self, who: usize) {
        if let Some(backup) = self.backups[who].clone() {
            let is_beyond_control = backup.is_beyond_control || self.installations[who].is_beyond_control;
            self.installations[who] = Installation { is_restored: true, is_beyond_control, ..backup };
            self.was_restored = true;
        }
    }

    fn upload_return(&mut self, which: usize) {
        let Some(returned) = self.returns.get(which % self.returns.len().max(1)) else { return };
        if let Ok(after) = give_back(&self.account, &server(1), returned) {
            self.account = after;
        }
    }

    fn declare_lost(&mut self) {
        let held = self.account.server(&server(1)).unwrap().offline.clone();
        if let Ok(after) = declare_lost(&self.account, &server(1), false, at(NOW)) {
            self.account = after;
            if let Some(response) = &mut self.response {
                response.is_lost = true;
            }
            let lost = held.map(|held| held.key);
            let machines = self.installations.iter_mut().chain(self.backups.iter_mut().flatten());
            for one in machines.filter(|one| Some(&one.key) == lost.as_ref()) {
                one.is_beyond_control = true;
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Save(u32, u32),
    Ask(usize),
    Upload(usize),
    Install(usize),
    Return(usize),
    BackUp(usize),
    Restore(usize),
    UploadReturn(usize),
    DeclareLost,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..=2_u32, 0..=TOTAL).prop_map(|(number, capacity)| Step::Save(number, capacity)),
        2 => (0..2_usize).prop_map(Step::Ask),
        6 => (0..2_usize).prop_map(Step::Upload),
        6 => (0..2_usize).prop_map(Step::Install),
        1 => (0..2_usize).prop_map(Step::Return),
        1 => (0..2_usize).prop_map(Step::BackUp),
        1 => (0..2_usize).prop_map(Step::Restore),
        2 => (0..8_usize).prop_map(Step::UploadReturn),
        1 => Just(Step::DeclareLost),
    ]
}

fn play(world: &mut World, step: &Step) {
    match *step {
        Step::Save(number, capacity) => world.save(number, capacity),
        Step::Ask(who) => _ = world.asking(who),
        Step::Upload(who) => world.upload(who),
        Step::Install(who) => world.install(who),
        Step::Return(who) => world.give_back(who),
        Step::BackUp(who) => world.backups[who] = Some(world.installations[who].clone()),
        Step::Restore(who) => world.restore(who),
        Step::UploadReturn(which) => world.upload_return(which),
        Step::DeclareLost => world.declare_lost(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_installation_runs_more_than_is_counted_for_it(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World::new();
        for step in &steps {
            play(&mut world, step);
            let spent = world.account.server(&server(1)).unwrap().spent(&fax());
            let heard = world.installations.iter().filter(|one| !one.is_beyond_control && !one.is_restored);
            let running: u32 = heard.filter_map(|one| one.held).map(|(_, capacity)| capacity).sum();
            prop_assert!(running <= spent, "{running} run, {spent} are spent after {step:?}");
            let used = world.account.used(world.account.pool(&fax()).unwrap());
            prop_assert!(world.was_restored || used <= u64::from(TOTAL), "{used} are used after {step:?}");
        }
    }
}
