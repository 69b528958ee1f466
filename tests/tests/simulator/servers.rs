//! People in the portal: servers, numbers and tokens.

use std::collections::BTreeMap;

use indexmap::IndexSet;
use jiff::SignedDuration;
use local::Answer;
use reqwest::Method;
use serde_json::{Value, json};

use crate::catalogue::{ARTICLES, Row};
use crate::history::History;
use crate::model::{Model, Server, day, effective_at};
use crate::orders::{STAFF, manager, refused};
use crate::report::Outcome;

/// Servers that one account gets.
const SERVERS_MAX: usize = 5;
/// Releases within [`RELEASES_COUNT_FOR`].
const RELEASES_MAX: usize = 3;
const RELEASES_COUNT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

impl History {
    pub async fn add_server(&mut self) -> Outcome {
        let Some(customer) = self.customer() else { return Outcome::Idle };
        if self.model.accounts[customer].servers.len() >= SERVERS_MAX {
            return Outcome::Idle;
        }
        let name = format!("Server of {}", self.number());
        let added = self.command(customer, Method::POST, "/servers", &json!({ "name": name })).await;
        assert_eq!(added.status, 201, "{}", added.body);
        let id = added.json()["serverId"].as_str().unwrap().to_owned();
        let account = &mut self.model.accounts[customer];
        account.servers.insert(id, Server { name, ..Server::default() });
        account.did("addServer");
        Outcome::Done
    }

    pub async fn rename_server(&mut self) -> Outcome {
        let Some((customer, id)) = self.server() else { return Outcome::Idle };
        let name = if self.dice.one_in(3) { "The same".to_owned() } else { format!("Named {}", self.number()) };
        let taken = |(other, server): (&String, &Server)| *other != id && server.name == name;
        let is_taken = self.model.accounts[customer].servers.iter().any(taken);
        let answer = self.command(customer, Method::PATCH, &format!("/servers/{id}"), &json!({ "name": name })).await;
        if is_taken {
            return refused(&answer, &["server_name_taken"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        let account = &mut self.model.accounts[customer];
        let server = account.servers.get_mut(&id).unwrap();
        if server.name != name {
            server.name = name;
            account.did("changeServer");
        }
        Outcome::Done
    }

    pub async fn delete_server(&mut self) -> Outcome {
        let Some((customer, id)) = self.server() else { return Outcome::Idle };
        let answer = self.command(customer, Method::DELETE, &format!("/servers/{id}"), &json!({})).await;
        let account = &mut self.model.accounts[customer];
        if account.servers[&id].activated {
            return refused(&answer, &["server_was_activated"]);
        }
        assert_eq!(answer.status, 204, "{}", answer.body);
        account.servers.shift_remove(&id);
        account.did("deleteServer");
        self.suites.shift_remove(&id);
        Outcome::Done
    }

    pub async fn disable_server(&mut self) -> Outcome {
        let Some((customer, id)) = self.server() else { return Outcome::Idle };
        let answer = self.command(customer, Method::POST, &format!("/servers/{id}/disable"), &json!({})).await;
        let effective = effective_at(self.now());
        let claimed = self.model.accounts[customer].claimed(self.now());
        let account = &mut self.model.accounts[customer];
        let server = account.servers.get_mut(&id).unwrap();
        if server.disabled.is_some() {
            return refused(&answer, &["server_disabled"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json()["effectiveAt"], json!(effective));
        (server.aside, server.cells) = (std::mem::take(&mut server.cells), BTreeMap::default());
        (server.disabled, server.claimed) = (Some(effective), claimed);
        account.did("disableServer");
        Outcome::Done
    }

    pub async fn enable_server(&mut self) -> Outcome {
        let Some((customer, id)) = self.disabled_server() else { return Outcome::Idle };
        let now = self.now();
        let answer = self.command(customer, Method::POST, &format!("/servers/{id}/enable"), &json!({})).await;
        let account = &mut self.model.accounts[customer];
        let Some(effective) = account.servers[&id].disabled else {
            return refused(&answer, &["server_not_disabled"]);
        };
        assert_eq!(answer.status, 200, "{}", answer.body);
        let in_time = now < effective;
        assert_eq!(answer.json()["inTime"], json!(in_time));
        let server = account.servers.get_mut(&id).unwrap();
        server.disabled = None;
        let (aside, claimed) = (std::mem::take(&mut server.aside), std::mem::take(&mut server.claimed));
        account.did("enableServer");
        let suite = self.suites.get_mut(&id);
        if !in_time {
            self.rivals.shift_remove(&id);
            // The binding is cleared: whoever comes next gets the server, and who had it is a stranger.
            if let Some(suite) = suite {
                suite.bound = false;
                // What it names is from before the choice, as what a machine names that was taken out of service.
                suite.released |= suite.chosen_at.is_some();
            }
            return Outcome::Done;
        }
        let given_away = |row: Row| {
            let given = answer.json()["givenAway"].as_array().cloned().unwrap_or_default();
            let of_row = given.iter().filter(|given| Row::of(given) == row);
            of_row.map(|given| u32::try_from(given["capacity"].as_u64().unwrap()).unwrap()).sum::<u32>()
        };
        for (row, capacity) in aside {
            // What its own installation may still run is no hindrance to what it had.
            let others = account.used(row) - account.servers[&id].spent(row);
            let room = account.total(row, day(now)).max(claimed[&row]).saturating_sub(others);
            let returned = capacity - given_away(row);
            assert!(returned <= room, "{returned} of {capacity} returned into {room}");
            if returned > 0 {
                account.servers.get_mut(&id).unwrap().cells.insert(row, returned);
            }
        }
        Outcome::Done
    }

    /// SAVE CONFIG with some numbers; `late`: with a version that is not current any more.
    pub async fn save(&mut self, late: bool) -> Outcome {
        let Some(customer) = self.customer() else { return Outcome::Idle };
        let cells = self.cells(customer);
        if cells.is_empty() {
            return Outcome::Idle;
        }
        let account = &self.model.accounts[customer];
        let path = format!("/v1/accounts/{}/assignments", account.id);
        let (after, refusals) = account.saved(&cells, day(self.now()));
        let version = self.version(customer).await - u64::from(late);
        let body = json!({ "assignments": cells.iter().map(cell).collect::<Vec<_>>() });
        let key = format!("save-{}", self.number());
        let session = self.session(&manager(customer));
        let etag = format!("\"{version}\"");
        let answer =
            self.insist(|| session.request_again(Method::PUT, &path, &key).header("if-match", &etag).json(&body)).await;
        if late {
            return refused(&answer, &["version_mismatch"]);
        }
        if !refusals.is_empty() {
            return refused(&answer, &refusals.into_iter().collect::<Vec<_>>());
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        let changes = after.servers.iter().any(|(id, server)| server.cells != account_cells(&self.model, customer, id));
        self.model.accounts[customer] = after;
        if changes {
            self.model.accounts[customer].did("saveAssignments");
        }
        Outcome::Done
    }

    pub async fn show_token(&mut self) -> Outcome {
        let Some((customer, id)) = self.server() else { return Outcome::Idle };
        let session = self.session(&manager(customer));
        let path = format!("/v1/servers/{id}/token");
        let answer = self.insist(|| session.request(Method::GET, &path)).await;
        let server = self.model.accounts[customer].servers.get_mut(&id).unwrap();
        if !server.has_token && server.cells.is_empty() {
            return refused(&answer, &["no_token_yet"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        if !server.has_token {
            server.has_token = true;
            self.model.accounts[customer].did("showToken");
        }
        Outcome::Done
    }

    pub async fn regenerate_token(&mut self) -> Outcome {
        let Some((customer, id)) = self.server() else { return Outcome::Idle };
        let path = format!("/v1/servers/{id}/token");
        let answer = self.write(&manager(customer), Method::POST, &path, &json!({})).await;
        if !self.model.accounts[customer].servers[&id].has_token {
            return refused(&answer, &["no_token_yet"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.model.accounts[customer].did("regenerateToken");
        Outcome::Done
    }

    /// A member releases a server, a few times a month; vendor staff as often as it must be.
    pub async fn release_server(&mut self, by_staff: bool) -> Outcome {
        let Some((customer, id)) = self.server() else { return Outcome::Idle };
        let now = self.now();
        let (who, body) = if by_staff {
            (STAFF.to_owned(), json!({ "reason": "The customer called" }))
        } else {
            (manager(customer), json!({}))
        };
        let path = format!("/v1/accounts/{}/servers/{id}/release", self.model.accounts[customer].id);
        let answer = self.write(&who, Method::POST, &path, &body).await;
        let account = &mut self.model.accounts[customer];
        let server = account.servers.get_mut(&id).unwrap();
        server.releases.retain(|at| now.duration_since(*at) < RELEASES_COUNT_FOR);
        let suite = self.suites.get_mut(&id).filter(|suite| suite.bound);
        if server.disabled.is_some() {
            return refused(&answer, &["server_disabled"]);
        }
        if server.strings.is_some() {
            return refused(&answer, &["offline_not_returned"]);
        }
        let Some(suite) = suite else { return refused(&answer, &["server_not_bound"]) };
        if server.releases.len() >= RELEASES_MAX && !by_staff {
            return refused(&answer, &["too_many_releases"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        (suite.bound, suite.released) = (false, true);
        server.releases.extend((!by_staff).then_some(now));
        account.did("releaseServer");
        self.rivals.shift_remove(&id);
        Outcome::Done
    }

    /// A write under one idempotency key, however often it is repeated.
    pub async fn write(&mut self, email: &str, method: Method, path: &str, body: &Value) -> Answer {
        let (session, key) = (self.session(email), format!("key-{}", self.number()));
        self.insist(|| session.request_again(method.clone(), path, &key).json(body)).await
    }

    pub async fn command(&mut self, customer: usize, method: Method, rest: &str, body: &Value) -> Answer {
        let path = format!("/v1/accounts/{}{rest}", self.model.accounts[customer].id);
        self.write(&manager(customer), method, &path, body).await
    }

    async fn version(&mut self, customer: usize) -> u64 {
        let session = self.session(&manager(customer));
        let path = format!("/v1/accounts/{}", self.model.accounts[customer].id);
        self.insist(|| session.request(Method::GET, &path)).await.json()["version"].as_u64().unwrap()
    }

    /// One to four cells of different servers and rows.
    fn cells(&mut self, customer: usize) -> Vec<(String, Row, u32)> {
        let account = self.model.accounts[customer].clone();
        let (servers, rows): (Vec<_>, Vec<_>) =
            (account.servers.keys().cloned().collect(), account.rows().into_iter().collect());
        let mut chosen = IndexSet::new();
        for _ in 0..=self.dice.below(4) {
            let pair = self.dice.pick(&servers).cloned().zip(self.dice.pick(&rows).copied());
            let fits = |(id, row): &(String, Row)| row.perpetual || !account.servers[id].is_offline;
            let is_wrong = self.dice.one_in(20);
            chosen.extend(pair.filter(|pair| is_wrong || fits(pair)));
        }
        let today = day(self.now());
        let mut number = |row: Row| {
            let piece = ARTICLES.iter().find(|article| article.application == row.application).unwrap().capacity;
            let pieces = account.total(row, today) / piece + 1;
            if self.dice.one_in(5) { 0 } else { self.dice.below(pieces + 1) * piece / (1 + self.dice.below(4)) }
        };
        chosen.into_iter().map(|(server, row)| (server, row, number(row))).collect()
    }

    /// A customer whose account is made.
    pub fn customer(&mut self) -> Option<usize> {
        let made: Vec<usize> = (0..2).filter(|customer| self.model.accounts[*customer].is_made()).collect();
        self.dice.pick(&made).copied()
    }

    /// Any server; mostly one that has capacity.
    pub fn server(&mut self) -> Option<(usize, String)> {
        let customer = self.customer()?;
        let servers = &self.model.accounts[customer].servers;
        let equipped: Vec<&String> =
            servers.iter().filter(|(_, server)| !server.cells.is_empty()).map(|(id, _)| id).collect();
        let all: Vec<&String> = servers.keys().collect();
        let some = if equipped.is_empty() || self.dice.one_in(4) { all } else { equipped };
        Some((customer, (*self.dice.pick(&some)?).clone()))
    }

    /// A disabled server where there is one, otherwise any.
    fn disabled_server(&mut self) -> Option<(usize, String)> {
        let customer = self.customer()?;
        let servers = self.model.accounts[customer].servers.iter();
        let disabled: Vec<String> =
            servers.filter(|(_, server)| server.disabled.is_some()).map(|(id, _)| id.clone()).collect();
        match self.dice.pick(&disabled).cloned() {
            Some(id) => Some((customer, id)),
            None => self.server(),
        }
    }
}

fn account_cells(model: &Model, customer: usize, id: &str) -> BTreeMap<Row, u32> {
    model.accounts[customer].servers[id].cells.clone()
}

fn cell((server, row, capacity): &(String, Row, u32)) -> Value {
    json!({
        "serverId": server, "application": row.application, "redundancy": row.redundancy,
        "licenseType": row.license_type(), "capacity": capacity,
    })
}
