//! Installations in the field.

use appsuite::{Client, ClientConfig, Marks, Outcome as Heard};
use lease::document::RefusalReason;
use local::Trouble;
use tempfile::TempDir;

use crate::history::History;
use crate::orders::manager;
use crate::report::Outcome;

/// How often an installation asks until it hears something.
const ATTEMPTS: u32 = 4;

/// One installation.
pub struct Suite {
    pub client: Client,
    pub clock: appsuite::Clock,
    /// Whether the service knows it as the server's installation.
    pub bound: bool,
    /// Whether the server was taken away from it.
    pub released: bool,
    /// The token that it holds.
    token: String,
    _folder: TempDir,
}

impl History {
    /// The installation of a server checks in, made with the server's token where there is none. Whoever holds a token
    /// that was replaced gets the new one then.
    pub async fn check_in(&mut self) -> Outcome {
        let Some((customer, id)) = self.server() else { return Outcome::Idle };
        let server = self.model.accounts[customer].servers.get_mut(&id).unwrap();
        if !server.has_token && server.cells.is_empty() {
            return Outcome::Idle;
        }
        if !std::mem::replace(&mut server.has_token, true) {
            self.model.accounts[customer].did("showToken");
        }
        self.set_trouble(false);
        let session = self.session(&manager(customer));
        let shown = session.get(&format!("/v1/servers/{id}/token")).await.unwrap().json();
        let current = shown["token"].as_str().unwrap().to_owned();
        let is_new = !self.suites.contains_key(&id);
        if is_new {
            let suite = self.install(&id, &current);
            self.suites.insert(id.clone(), suite);
        }
        self.set_trouble(true);
        let is_current = self.suites[&id].token == current;
        let mut heard = self.ask(&id, is_new.then_some(current.as_str())).await;
        if !is_current {
            assert_eq!(heard, Heard::Refused(RefusalReason::TokenSuperseded));
            self.suites.get_mut(&id).unwrap().token.clone_from(&current);
            self.set_trouble(true);
            heard = self.ask(&id, Some(&current)).await;
        }
        let now = self.now();
        let account = &mut self.model.accounts[customer];
        let server = account.servers.get_mut(&id).unwrap();
        if let Some(effective_at) = server.disabled {
            assert_eq!(heard, Heard::Refused(RefusalReason::ServerDisabled { effective_at }));
            return Outcome::Refused("server_disabled".to_owned());
        }
        let suite = self.suites.get_mut(&id).unwrap();
        if suite.released {
            // Somebody sets it up anew, on the same machine.
            assert_eq!(heard, Heard::Refused(RefusalReason::Released));
            self.suites.remove(&id);
            return Outcome::Refused("released".to_owned());
        }
        assert!(matches!(heard, Heard::NewLease { .. } | Heard::LeaseKept), "{heard:?} by {}", suite.bound);
        server.activated = true;
        if !std::mem::replace(&mut suite.bound, true) {
            account.did("serverActivated");
        }
        assert!(suite.client.status().lease_until.is_some_and(|until| until > now));
        self.check_lease(customer, &id).await;
        if is_current { Outcome::Done } else { Outcome::Refused("token_superseded".to_owned()) }
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

    fn install(&self, id: &str, token: &str) -> Suite {
        let folder = tempfile::tempdir().unwrap();
        let mut config = ClientConfig::new(&self.stack.base_url, folder.path(), self.stack.roots);
        let kinds = ["machine", "host", "board", "network"];
        config.marks = Marks::Fixed(kinds.map(|kind| (kind, format!("{kind} of {id}"))).to_vec());
        let clock = appsuite::Clock::manual(self.now());
        let client = Client::new(config, clock.clone()).unwrap();
        Suite { client, clock, bound: false, released: false, token: token.to_owned(), _folder: folder }
    }
}
