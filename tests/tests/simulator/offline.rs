//! Servers that stay current by strings that people carry, late, twice or never.

use std::collections::BTreeMap;

use appsuite::{ClientError, InstallFault};
use lease::KeySet;
use lease::offline::{Kind, OfflineLease, OfflineResponse, Statement, open};
use local::Answer;
use reqwest::Method;
use serde_json::{Value, json};

use crate::catalogue::Row;
use crate::history::History;
use crate::orders::{STAFF, manager, refused};
use crate::report::Outcome;
use crate::spent::Due;

impl History {
    /// A server goes offline, or online again.
    pub async fn change_mode(&mut self) -> Outcome {
        let Some((customer, id)) = self.server() else { return Outcome::Idle };
        let was_offline = self.model.accounts[customer].servers[&id].is_offline;
        let goes_offline = if was_offline { !self.dice.one_in(4) } else { !self.dice.one_in(8) };
        let server = &self.model.accounts[customer].servers[&id];
        let has_subscription = server.cells.keys().chain(server.aside.keys()).any(|row| !row.perpetual);
        let refusal = match goes_offline {
            true if has_subscription => Some("offline_not_allowed"),
            false if server.strings.is_some() => Some("offline_not_returned"),
            _ => None,
        };
        let body = json!({ "mode": if goes_offline { "offline" } else { "online" } });
        let answer = self.command(customer, Method::PATCH, &format!("/servers/{id}"), &body).await;
        if let Some(code) = refusal {
            return refused(&answer, &[code]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        let account = &mut self.model.accounts[customer];
        account.servers.get_mut(&id).unwrap().is_offline = goes_offline;
        if goes_offline != was_offline {
            account.did("changeServer");
        }
        Outcome::Done
    }

    /// An installation makes its request, somebody uploads it, and mostly the response is installed at once. Now and then
    /// it is another machine that asks.
    pub async fn offline_request(&mut self) -> Outcome {
        let Some((customer, id)) = self.offline_server() else { return Outcome::Idle };
        let server = &self.model.accounts[customer].servers[&id];
        if !server.has_token && server.cells.is_empty() {
            return Outcome::Idle;
        }
        let current = self.current_token(customer, &id).await;
        self.set_trouble(true);
        let is_stranger = !self.suites.contains_key(&id) || self.dice.one_in(8);
        let machine = format!(" {}", self.number());
        if is_stranger {
            let mut stranger = self.install(&id, &current, &machine);
            let request = stranger.client.offline_request(Some(&current)).unwrap();
            stranger.requests.push(request.clone());
            let outcome = self.upload(customer, &id, &request).await;
            if outcome == Outcome::Done {
                stranger.bound = true;
                self.suites.insert(id, stranger);
            }
            return outcome;
        }
        let suite = self.suites.get_mut(&id).unwrap();
        if suite.token == current || self.dice.one_in(2) {
            suite.token.clone_from(&current);
        }
        let request = suite.client.offline_request(Some(&suite.token)).unwrap();
        suite.requests.push(request.clone());
        let outcome = self.upload(customer, &id, &request).await;
        if outcome == Outcome::Done && !self.dice.one_in(3) {
            self.install_response(customer, &id).await;
        }
        outcome
    }

    /// Somebody uploads a request that was uploaded before, or should have been.
    pub async fn offline_old_request(&mut self) -> Outcome {
        let Some((customer, id)) = self.offline_server() else { return Outcome::Idle };
        let requests = self.suites.get(&id).map(|suite| suite.requests.clone()).unwrap_or_default();
        let Some(request) = self.dice.pick(&requests).cloned() else { return Outcome::Idle };
        self.upload(customer, &id, &request).await
    }

    /// Uploads a request and holds the answer to what the model says.
    async fn upload(&mut self, customer: usize, id: &str, request: &str) -> Outcome {
        let asked = Statement::parse(Kind::Request, request).unwrap();
        let suite = self.suites.get(id);
        let bound = suite.filter(|suite| suite.bound).map(crate::suites::Suite::key);
        let is_current = self.token_version(customer, id).await == Some(asked.token_version);
        self.set_trouble(true);
        let answer = self.carry(&manager(customer), id, "request", &json!({ "request": request })).await;
        let server = &self.model.accounts[customer].servers[id];
        let due = if is_current { server.due(&asked, bound) } else { Due::Refused("offline_token_not_current") };
        let outcome = answer.json()["outcome"].as_str().unwrap_or_default().to_owned();
        match (due, outcome.as_str()) {
            (Due::Refused(code), _) => refused(&answer, &[code]),
            (Due::Again, "again") => Outcome::Done,
            (Due::News { confirms: true }, "confirmed") => {
                self.check_confirmed(customer, id).await;
                let account = &mut self.model.accounts[customer];
                if account.servers.get_mut(id).unwrap().confirm() {
                    account.did("answerOfflineRequest");
                }
                Outcome::Done
            }
            (Due::News { .. }, "answered") => {
                self.answered(customer, id, &asked, &answer);
                Outcome::Done
            }
            _ => panic!("{due:?} expected: {} {}", answer.status, answer.body),
        }
    }

    /// An installation that has the last string runs what the portal says.
    async fn check_confirmed(&self, customer: usize, id: &str) {
        let (suite, server) = (&self.suites[id], &self.model.accounts[customer].servers[id]);
        let held = suite.client.state().offline.map(|held| held.document.serial);
        if held == server.strings.as_ref().map(|strings| strings.serial) && suite.skew.is_zero() {
            let view = self.view(customer).await;
            assert_eq!(suite.runs(), crate::promises::running_of(&view, id), "{}", suite.client.status());
        }
    }

    /// A new response: what it gives is spent from now on.
    fn answered(&mut self, customer: usize, id: &str, asked: &Statement, answer: &Answer) {
        let now = self.now();
        let response = self.read(answer.json()["response"].as_str().unwrap());
        let account = &mut self.model.accounts[customer];
        let server = account.servers.get_mut(id).unwrap();
        let serial_before = server.strings.as_ref().map_or(0, |strings| strings.serial);
        assert!(response.serial > serial_before && response.public_key == asked.public_key, "{response:?}");
        assert!(response.segments.iter().all(|segment| crate::suites::row_of(segment).perpetual), "{response:?}");
        server.give(asked, &response, now);
        server.activated = true;
        account.did("answerOfflineRequest");
        self.rivals.shift_remove(id);
        if let Some(suite) = self.suites.get_mut(id).filter(|suite| suite.key() == asked.public_key) {
            suite.bound = true;
            // A request that was made before the machine was restored says nothing of what it holds now.
            suite.is_restored &= asked.serial > suite.client.state().serial_held();
        }
    }

    /// A machine fails and is restored from the backup of a string that it had installed.
    pub fn offline_restore(&mut self) -> Outcome {
        let Some((customer, id)) = self.offline_server() else { return Outcome::Idle };
        if self.model.accounts[customer].servers[&id].strings.is_none() {
            return Outcome::Idle;
        }
        let is_restored = self.suites.get_mut(&id).is_some_and(crate::suites::Suite::restore);
        if is_restored { Outcome::Done } else { Outcome::Idle }
    }

    /// The response that the portal shows is installed, or says why it is not.
    pub async fn offline_install(&mut self) -> Outcome {
        let Some((customer, id)) = self.offline_server() else { return Outcome::Idle };
        if !self.suites.contains_key(&id) {
            return Outcome::Idle;
        }
        self.install_response(customer, &id).await
    }

    /// The portal shows how the exchange stands, what is spent and how many losses are left.
    fn check_shown(&self, customer: usize, id: &str, shown: &Value) {
        let account = &self.model.accounts[customer];
        let server = &account.servers[id];
        assert_eq!(shown["state"], server.exchange(), "{shown}");
        assert_eq!(shown["lossesLeft"], json!(account.losses_left(self.now())), "{shown}");
        let spent = shown["spent"].as_array().unwrap().iter();
        let spent: BTreeMap<Row, u64> =
            spent.map(|spent| (Row::of(spent), spent["capacity"].as_u64().unwrap())).collect();
        let expected = server.spent_rows().into_iter().map(|(row, capacity)| (row, capacity.into())).collect();
        assert_eq!(spent, expected, "{shown}");
    }

    async fn install_response(&mut self, customer: usize, id: &str) -> Outcome {
        let session = self.session(&manager(customer));
        let path = format!("/v1/servers/{id}/offline");
        let shown = self.insist(|| session.request(Method::GET, &path)).await.json();
        self.check_shown(customer, id, &shown);
        let Some(text) = shown["response"].as_str() else { return Outcome::Idle };
        let response = self.read(text);
        let suite = self.suites.get_mut(id).unwrap();
        let state = suite.client.state();
        let before = suite.runs();
        let is_asked = state
            .request
            .is_some_and(|made| lease::offline::RequestNonce(made.nonce).to_string() == response.binding.attempt);
        let expected = if response.public_key != suite.key() {
            Err(InstallFault::OtherInstallation)
        } else if state.offline.as_ref().is_some_and(|held| held.document.serial == response.serial) {
            Err(InstallFault::Installed)
        } else if response.serial <= state.serial_held() {
            Err(InstallFault::Older)
        } else if is_asked {
            Ok(response.serial)
        } else {
            Err(InstallFault::OtherRequest)
        };
        let found = match suite.client.offline_install(text) {
            Err(ClientError::Install(fault)) => Err(fault),
            other => Ok(other.unwrap()),
        };
        assert_eq!(found, expected);
        match found {
            Ok(_) => {
                (suite.released, suite.chosen_at) = (false, None);
                if self.dice.one_in(2) {
                    suite.back_up();
                }
                Outcome::Done
            }
            Err(fault) => {
                assert_eq!(suite.runs(), before, "what is not installed changes nothing");
                Outcome::Refused(format!("install: {}", name(&fault)))
            }
        }
    }

    /// An installation gives up what it runs; mostly its return string is uploaded.
    pub async fn offline_return(&mut self) -> Outcome {
        let Some((customer, id)) = self.offline_server() else { return Outcome::Idle };
        let Some(suite) = self.suites.get_mut(&id).filter(|suite| !suite.requests.is_empty()) else {
            return Outcome::Idle;
        };
        let Ok(returned) = suite.client.offline_return() else { return Outcome::Idle };
        suite.returns.push(returned.clone());
        // Nothing can prevent that a machine is restored after its return, so nobody does it here.
        suite.drop_backup();
        if suite.client.state().lease.is_none() {
            assert!(suite.runs().is_empty(), "it has returned everything");
        }
        if self.dice.one_in(2) {
            return Outcome::Done;
        }
        self.upload_return(customer, &id, &returned).await
    }

    /// A return string comes late, or again.
    pub async fn offline_old_return(&mut self) -> Outcome {
        let Some((customer, id)) = self.offline_server() else { return Outcome::Idle };
        let returns = self.suites.get(&id).map(|suite| suite.returns.clone()).unwrap_or_default();
        let is_last = !self.dice.one_in(3);
        let returned = if is_last { returns.last() } else { self.dice.pick(&returns) };
        let Some(returned) = returned.cloned() else { return Outcome::Idle };
        self.upload_return(customer, &id, &returned).await
    }

    async fn upload_return(&mut self, customer: usize, id: &str, text: &str) -> Outcome {
        let returned = Statement::parse(Kind::Return, text).unwrap();
        let answer = self.carry(&manager(customer), id, "return", &json!({ "return": text })).await;
        if let Some(code) = self.model.accounts[customer].servers[id].refuses_return(&returned) {
            return refused(&answer, &[code]);
        }
        assert_eq!((answer.status.as_u16(), &answer.json()["outcome"]), (200, &json!("returned")), "{}", answer.body);
        self.freed(customer, id);
        self.model.accounts[customer].did("takeOfflineReturn");
        Outcome::Done
    }

    /// A machine is gone for ever, with what it runs.
    pub async fn declare_lost(&mut self, by_staff: bool) -> Outcome {
        let Some((customer, id)) = self.offline_server() else { return Outcome::Idle };
        let now = self.now();
        let (who, body) = if by_staff {
            (STAFF.to_owned(), json!({ "reason": "It burned down" }))
        } else {
            (manager(customer), json!({}))
        };
        let answer = self.carry(&who, &id, "declare-lost", &body).await;
        let account = &mut self.model.accounts[customer];
        if let Some(code) = account.refuses_loss(&id, by_staff, now) {
            return refused(&answer, &[code]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        account.losses.push(now);
        account.did("declareOfflineLost");
        self.freed(customer, &id);
        // What it runs is beyond anybody's control.
        self.suites.shift_remove(&id);
        Outcome::Done
    }

    fn freed(&mut self, customer: usize, id: &str) {
        self.model.accounts[customer].servers.get_mut(id).unwrap().strings = None;
        if let Some(suite) = self.suites.get_mut(id) {
            suite.bound = false;
        }
    }

    async fn carry(&mut self, who: &str, id: &str, what: &str, body: &Value) -> Answer {
        self.write(who, Method::POST, &format!("/v1/servers/{id}/offline/{what}"), body).await
    }

    /// The version of the server's token, where there is one.
    async fn token_version(&mut self, customer: usize, id: &str) -> Option<u16> {
        if !self.model.accounts[customer].servers[id].has_token {
            return None;
        }
        let token = self.current_token(customer, id).await;
        Some(lease::ServerToken::parse(&token).unwrap().version())
    }

    fn read(&self, text: &str) -> OfflineLease {
        let response = OfflineResponse::parse(text).unwrap();
        open(&KeySet::verify(&self.stack.roots, &response.key_set).unwrap(), &response.document).unwrap()
    }

    /// An offline server, mostly one whose installation holds a string; seldom one that is online.
    fn offline_server(&mut self) -> Option<(usize, String)> {
        if self.dice.one_in(20) {
            return self.server();
        }
        let all = self.model.accounts.iter().enumerate();
        let all = all.flat_map(|(customer, account)| account.servers.iter().map(move |(id, it)| (customer, id, it)));
        let offline: Vec<(usize, String, bool)> = all
            .filter(|(.., server)| server.is_offline)
            .map(|(customer, id, server)| (customer, id.clone(), server.strings.is_some()))
            .collect();
        let holding: Vec<(usize, String, bool)> = offline.iter().filter(|(.., holds)| *holds).cloned().collect();
        let some = if holding.is_empty() || self.dice.one_in(3) { offline } else { holding };
        self.dice.pick(&some).map(|(customer, id, _)| (*customer, id.clone()))
    }
}

fn name(fault: &InstallFault) -> &'static str {
    match fault {
        InstallFault::OtherInstallation => "other installation",
        InstallFault::Installed => "installed",
        InstallFault::Older => "older",
        InstallFault::OtherRequest => "other request",
        other => panic!("{other}"),
    }
}
