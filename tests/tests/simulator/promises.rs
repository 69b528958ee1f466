//! What must hold after every step, whatever went wrong.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::catalogue::Row;
use crate::history::History;
use crate::model::day;
use crate::orders::manager;
use crate::suites::Suite;

/// For how long a client forgives its own clock.
const CLOCK_LEEWAY: SignedDuration = SignedDuration::from_hours(24);
/// How long the one lease of a second installation lives.
const RIVAL_LEASE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a lease lives without contact.
const LEASE: SignedDuration = SignedDuration::from_hours(30 * 24);

impl History {
    /// The portal shows what the model holds; nothing runs that is neither in force nor in grace; and nobody in the field
    /// runs on beyond the lease.
    pub async fn check_promises(&mut self) {
        for customer in 0..2 {
            if self.model.accounts[customer].is_made() {
                let view = self.view(customer).await;
                self.check_rows(customer, &view);
                self.check_servers(customer, &view);
            }
        }
        for suite in self.rivals.values() {
            let until = suite.client.status().lease_until;
            assert!(until.is_none_or(|until| until <= suite.heard_at + RIVAL_LEASE), "a copy runs on until {until:?}");
        }
        for (id, suite) in &self.suites {
            self.check_strings(id, suite);
            let status = suite.client.status();
            let over = status.lease_until.is_some_and(|until| until + CLOCK_LEEWAY <= suite.clock.now());
            let running: u32 = status.rows.iter().map(|row| row.capacity).sum();
            let runs_by_contact = status.offline_since.is_none();
            assert!(!runs_by_contact || !over || running == 0, "runs {running} after its lease");
            let heard = status.last_contact.map(|at| at - suite.skew_at_contact + LEASE);
            assert!(!runs_by_contact || status.lease_until <= heard, "{status}");
        }
    }

    /// What runs by strings is counted as spent, whatever was decided since. A machine that was restored runs what it once
    /// had until it is heard of.
    fn check_strings(&self, id: &str, suite: &Suite) {
        if suite.client.state().offline.is_none() {
            return;
        }
        let server = self.model.accounts.iter().find_map(|account| account.servers.get(id)).unwrap();
        for (row, runs) in suite.runs() {
            let counted = if suite.is_restored { server.most(row) } else { server.spent(row) };
            assert!(runs <= counted, "{row:?} of {id} runs {runs}, but {counted} are spent");
        }
    }

    fn check_rows(&self, customer: usize, view: &Value) {
        let (account, now) = (&self.model.accounts[customer], self.now());
        let shown: BTreeMap<Row, &Value> =
            view["rows"].as_array().unwrap().iter().map(|row| (Row::of(row), row)).collect();
        let known = account.rows();
        for row in known.iter().chain(shown.keys()) {
            let Some(shown) = shown.get(row) else { panic!("{row:?} is not shown: {view}") };
            let numbers = json!([account.used(*row), account.total(*row, day(now))]);
            assert_eq!(json!([shown["used"], shown["total"]]), numbers, "{row:?} at {now}");
            let cells = account.servers.iter().filter_map(|(id, server)| Some((id, *server.cells.get(row)?)));
            assert_eq!(shown["servers"], json!(cells.collect::<BTreeMap<_, _>>()), "{row:?}");
            let running = running(view, *row, |server| server["status"] != "disabled");
            let served = account.served(*row, now);
            assert!(running <= served, "{row:?}: {running} run of {served} in force and in grace at {now}");
        }
    }

    fn check_servers(&self, customer: usize, view: &Value) {
        let account = &self.model.accounts[customer];
        let shown = view["servers"].as_array().unwrap();
        assert_eq!(shown.len(), account.servers.len());
        for shown in shown {
            let server = &account.servers[shown["serverId"].as_str().unwrap()];
            assert_eq!(shown["name"], json!(server.name));
            assert_eq!(shown["mode"], if server.is_offline { "offline" } else { "online" }, "{shown}");
            assert_eq!(shown["disabledFrom"], json!(server.disabled), "{shown}");
            let in_conflict =
                self.rivals.contains_key(shown["serverId"].as_str().unwrap()) && server.disabled.is_none();
            assert_eq!(shown["status"] == "conflict", in_conflict, "an honest installation was accused: {shown}");
        }
        let resellers: BTreeMap<&str, bool> = view["resellers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["number"].as_str().unwrap(), one["access"] == "granted"))
            .collect();
        assert_eq!(resellers, account.resellers);
        assert_eq!(view["policy"]["termGraceDays"], json!(account.grace_days));
    }

    /// What an installation runs right after a check-in is what the portal says.
    pub async fn check_lease(&mut self, customer: usize, id: &str) {
        self.set_trouble(false);
        let view = self.view(customer).await;
        let suite = &self.suites[id];
        if suite.skew.is_zero() {
            assert_eq!(suite.runs(), running_of(&view, id), "{}\n{view}", suite.client.status());
        } else {
            assert_eq!(suite.runs(), suite.lease_gives(), "{}\n{view}", suite.client.status());
        }
    }

    pub async fn view(&self, customer: usize) -> Value {
        let path = format!("/v1/accounts/{}", self.model.accounts[customer].id);
        let answer = self.session(&manager(customer)).get(&path).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}

/// What one server runs by the portal, by row; rows of which it runs nothing are left out.
pub fn running_of(view: &Value, id: &str) -> BTreeMap<Row, u32> {
    let rows = view["rows"].as_array().unwrap().iter().map(Row::of);
    let runs = rows.map(|row| (row, running(view, row, |server| server["serverId"] == id)));
    runs.filter(|(_, capacity)| *capacity > 0).collect()
}

/// What servers run of a row by the portal.
fn running(view: &Value, row: Row, which: impl Fn(&Value) -> bool) -> u32 {
    let servers = view["servers"].as_array().unwrap().iter().filter(|server| which(server));
    let items = servers.flat_map(|server| server["items"].as_array().unwrap());
    let of_row = items.filter(|item| Row::of(item) == row);
    of_row.map(|item| u32::try_from(item["running"].as_u64().unwrap()).unwrap()).sum()
}
