//! Installations in the field.

use std::collections::BTreeMap;
use std::path::Path;

use appsuite::{Client, ClientConfig, Marks, Outcome as Heard};
use jiff::{SignedDuration, Timestamp};
use lease::document::RefusalReason;
use lease::segment::{License, Segment};
use lease::{PublicKey, Roots};
use local::Trouble;
use tempfile::TempDir;

use crate::catalogue::{ARTICLES, Row};
use crate::history::History;
use crate::orders::manager;
use crate::report::Outcome;

/// How often an installation asks until it hears something.
const ATTEMPTS: u32 = 4;

/// One installation.
pub struct Suite {
    pub client: Client,
    pub clock: appsuite::Clock,
    /// How far its clock is wrong.
    pub skew: SignedDuration,
    /// How far it was wrong when it last heard something.
    pub skew_at_contact: SignedDuration,
    /// Whether the service knows it as the server's installation.
    pub bound: bool,
    /// Whether the server was taken away from it.
    pub released: bool,
    /// When a manager chose it in a conflict; nothing once it has had a lease since.
    pub chosen_at: Option<Timestamp>,
    /// When it last heard something from the service.
    pub heard_at: Timestamp,
    /// The token that it holds.
    pub token: String,
    /// Request strings that it has made, the newest last: somebody has kept them.
    pub requests: Vec<String>,
    /// Return strings that it has made.
    pub returns: Vec<String>,
    /// Whether it was restored from a backup since the service last heard of it.
    pub is_restored: bool,
    /// Its files and its token, as they were when it had installed a string.
    backup: Option<(TempDir, String)>,
    marks: Marks,
    folder: TempDir,
}

impl Suite {
    /// What it runs.
    pub fn runs(&self) -> BTreeMap<Row, u32> {
        let state = self.client.state();
        by_row(state.running_at(self.clock.now()).into_iter())
    }

    /// What its lease says for its own time, whether that has ended or not.
    pub fn lease_gives(&self) -> BTreeMap<Row, u32> {
        let state = self.client.state();
        let now = state.lease_time(self.clock.now());
        by_row(state.segments().into_iter().flatten().filter(|segment| segment.holds_at(now)))
    }

    /// Its own key, once it has a token.
    pub fn key(&self) -> PublicKey {
        self.client.storage().identity().unwrap().key().public()
    }

    /// Somebody makes a backup of it.
    pub fn back_up(&mut self) {
        let backup = tempfile::tempdir().unwrap();
        copy(self.folder.path(), backup.path());
        self.backup = Some((backup, self.token.clone()));
    }

    /// Its backup is of no use any more.
    pub fn drop_backup(&mut self) {
        self.backup = None;
    }

    /// It is restored from its backup; whether there was one.
    pub fn restore(&mut self) -> bool {
        let Some((backup, token)) = &self.backup else { return false };
        copy(backup.path(), self.folder.path());
        self.token.clone_from(token);
        self.is_restored = true;
        true
    }

    /// The same machine, with another way to the service.
    pub fn config(&self, url: &str, roots: Roots) -> ClientConfig {
        let mut config = ClientConfig::new(url, self.folder.path(), roots);
        config.marks = self.marks.clone();
        config
    }
}

fn copy(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// Capacities by row; those that are 0 are left out.
fn by_row<'a>(segments: impl Iterator<Item = &'a Segment>) -> BTreeMap<Row, u32> {
    let mut runs = BTreeMap::new();
    for segment in segments.filter(|segment| segment.capacity > 0) {
        *runs.entry(row_of(segment)).or_default() += segment.capacity;
    }
    runs
}

/// The row that a segment is of.
pub fn row_of(segment: &Segment) -> Row {
    let application = ARTICLES.iter().map(|article| article.application);
    Row {
        application: application.into_iter().find(|known| segment.application == *known).unwrap(),
        redundancy: segment.redundancy,
        perpetual: segment.license == License::Perpetual,
    }
}

impl History {
    /// The installation of a server checks in, made with the server's token where there is none.
    pub async fn check_in(&mut self) -> Outcome {
        let Some((customer, id)) = self.server() else { return Outcome::Idle };
        let server = &self.model.accounts[customer].servers[&id];
        if !server.has_token && server.cells.is_empty() {
            return Outcome::Idle;
        }
        self.check_in_at(customer, &id).await
    }

    /// Whoever holds a token that was replaced gets the new one then.
    pub async fn check_in_at(&mut self, customer: usize, id: &str) -> Outcome {
        let current = self.current_token(customer, id).await;
        let is_new = !self.suites.contains_key(id);
        if is_new {
            let suite = self.install(id, &current, "");
            self.suites.insert(id.to_owned(), suite);
        }
        self.set_trouble(true);
        let is_current = self.suites[id].token == current;
        let mut heard = self.ask(id, is_new.then_some(current.as_str())).await;
        if !is_current {
            assert_eq!(heard, Heard::Refused(RefusalReason::TokenSuperseded));
            self.suites.get_mut(id).unwrap().token.clone_from(&current);
            self.set_trouble(true);
            heard = self.ask(id, Some(&current)).await;
        }
        let now = self.now();
        let server = self.model.accounts[customer].servers.get_mut(id).unwrap();
        let suite = self.suites.get_mut(id).unwrap();
        suite.skew_at_contact = suite.skew;
        if let Some(effective_at) = server.disabled {
            assert_eq!(heard, Heard::Refused(RefusalReason::ServerDisabled { effective_at }));
            return Outcome::Refused("server_disabled".to_owned());
        }
        if server.is_offline {
            assert_eq!(heard, Heard::Refused(RefusalReason::Offline));
            return Outcome::Refused("offline".to_owned());
        }
        if suite.released {
            // Somebody sets it up anew, on the same machine.
            assert_eq!(heard, Heard::Refused(RefusalReason::Released));
            self.suites.shift_remove(id);
            return Outcome::Refused("released".to_owned());
        }
        assert!(matches!(heard, Heard::NewLease { .. } | Heard::LeaseKept), "{heard:?} by {}", suite.bound);
        (server.activated, suite.heard_at, suite.chosen_at) = (true, now, None);
        if !std::mem::replace(&mut suite.bound, true) {
            self.model.accounts[customer].did("serverActivated");
        }
        assert!(self.suites[id].client.status().lease_until.is_some_and(|until| until > now));
        self.check_lease(customer, id).await;
        if is_current { Outcome::Done } else { Outcome::Refused("token_superseded".to_owned()) }
    }

    /// The token that the portal shows. It is made when it is first shown.
    pub async fn current_token(&mut self, customer: usize, id: &str) -> String {
        let server = self.model.accounts[customer].servers.get_mut(id).unwrap();
        if !std::mem::replace(&mut server.has_token, true) {
            self.model.accounts[customer].did("showToken");
        }
        self.set_trouble(false);
        let session = self.session(&manager(customer));
        let shown = session.get(&format!("/v1/servers/{id}/token")).await.unwrap().json();
        shown["token"].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned()
    }

    /// Servers whose installation is to check in.
    pub fn online_suites(&self) -> Vec<(usize, String)> {
        let all = self
            .model
            .accounts
            .iter()
            .enumerate()
            .flat_map(|(customer, account)| account.servers.iter().map(move |(id, server)| (customer, id, server)));
        let online = all.filter(|(_, id, server)| {
            let suite = self.suites.get(*id).filter(|suite| suite.bound && !suite.released);
            server.disabled.is_none() && !server.is_offline && suite.is_some()
        });
        online.map(|(customer, id, _)| (customer, id.clone())).collect()
    }

    /// Asks until something is heard; in the end there is no trouble. What a stale read allowed is asked once more, for it
    /// is a moment old; a refusal never is.
    async fn ask(&mut self, id: &str, token: Option<&str>) -> Heard {
        for attempt in 0.. {
            if attempt == ATTEMPTS {
                self.set_trouble(false);
            }
            let client = &self.suites[id].client;
            let stale_before = self.stale_reads();
            let heard = match token.filter(|_| attempt == 0) {
                Some(token) => client.activate(token).await.unwrap(),
                None => client.check_in().await.unwrap(),
            };
            if matches!(heard, Heard::NewLease { .. } | Heard::LeaseKept) && self.stale_reads() > stale_before {
                self.set_trouble(false);
                return client.check_in().await.unwrap();
            }
            if !matches!(heard, Heard::NoEffect(_)) {
                return heard;
            }
            assert!(attempt < ATTEMPTS, "{heard:?}");
        }
        unreachable!("the loop ends by itself")
    }

    fn stale_reads(&self) -> u64 {
        self.stack.troubles.had().get(&Trouble::Stale).copied().unwrap_or_default()
    }

    /// An installation on a machine of its own; `machine` tells machines of one server apart.
    pub fn install(&self, id: &str, token: &str, machine: &str) -> Suite {
        let folder = tempfile::tempdir().unwrap();
        let mut config = ClientConfig::new(&self.stack.base_url, folder.path(), self.stack.roots);
        let kinds = ["machine", "host", "board", "network"];
        let marks = Marks::Fixed(kinds.map(|kind| (kind, format!("{kind} of {id}{machine}"))).to_vec());
        config.marks = marks.clone();
        let clock = appsuite::Clock::manual(self.now());
        let client = Client::new(config, clock.clone()).unwrap();
        Suite {
            client,
            clock,
            skew: SignedDuration::ZERO,
            skew_at_contact: SignedDuration::ZERO,
            bound: false,
            released: false,
            chosen_at: None,
            heard_at: self.now(),
            token: token.to_owned(),
            requests: Vec::new(),
            returns: Vec::new(),
            is_restored: false,
            backup: None,
            marks,
            folder,
        }
    }
}
