//! What must hold after every step, whatever went wrong.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::catalogue::Row;
use crate::history::History;
use crate::model::{Account, day};
use crate::orders::manager;

/// For how long a client forgives its own clock.
const CLOCK_LEEWAY: SignedDuration = SignedDuration::from_hours(24);

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
        for suite in self.suites.values() {
            let status = suite.client.status();
            let over = status.lease_until.is_some_and(|until| until + CLOCK_LEEWAY <= self.now());
            let running: u32 = status.rows.iter().map(|row| row.capacity).sum();
            assert!(!over || running == 0, "runs {running} after its lease");
            assert!(status.lease_until <= status.last_contact.map(|at| at + SignedDuration::from_hours(30 * 24)));
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
            assert_eq!(shown["disabledFrom"], json!(server.disabled), "{shown}");
            assert_ne!(shown["status"], "conflict", "an honest installation was accused: {shown}");
        }
    }

    /// What an installation runs right after a check-in is what the portal says.
    pub async fn check_lease(&mut self, customer: usize, id: &str) {
        self.set_trouble(false);
        let view = self.view(customer).await;
        let status = self.suites[id].client.status();
        let held: u32 = status.rows.iter().map(|row| row.capacity).sum();
        let rows = self.model.accounts[customer].rows();
        let said: u32 = rows.into_iter().map(|row| running(&view, row, |server| server["serverId"] == id)).sum();
        assert_eq!(held, said, "{status}\n{view}");
    }

    /// Every change is in the audit trail, once.
    pub async fn check_audit(&mut self) {
        self.set_trouble(false);
        for customer in 0..2 {
            let Account { id, audit, .. } = self.model.accounts[customer].clone();
            if id.is_empty() {
                continue;
            }
            let (mut found, mut cursor) = (BTreeMap::<String, u64>::new(), String::new());
            loop {
                let path = format!("/v1/accounts/{id}/audit?cursor={cursor}");
                let page = self.session(&manager(customer)).get(&path).await.unwrap().json();
                for entry in page["entries"].as_array().unwrap_or_else(|| panic!("{page}")) {
                    *found.entry(entry["action"].as_str().unwrap().to_owned()).or_default() += 1;
                }
                let Some(next) = page["nextCursor"].as_str() else { break };
                next.clone_into(&mut cursor);
            }
            // How often the service looked at an account depends on its troubles; what it told people is checked elsewhere.
            found.remove("advanceAccount");
            let expected: BTreeMap<String, u64> =
                audit.into_iter().map(|(what, count)| (what.to_owned(), count)).collect();
            assert_eq!(found, expected);
        }
    }

    async fn view(&self, customer: usize) -> Value {
        let path = format!("/v1/accounts/{}", self.model.accounts[customer].id);
        let answer = self.session(&manager(customer)).get(&path).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}

/// What servers run of a row by the portal.
fn running(view: &Value, row: Row, which: impl Fn(&Value) -> bool) -> u32 {
    let servers = view["servers"].as_array().unwrap().iter().filter(|server| which(server));
    let items = servers.flat_map(|server| server["items"].as_array().unwrap());
    let of_row = items.filter(|item| Row::of(item) == row);
    of_row.map(|item| u32::try_from(item["running"].as_u64().unwrap()).unwrap()).sum()
}
