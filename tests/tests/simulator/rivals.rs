//! Copies: a second installation with a server's token, and the choice between the two.

use appsuite::Outcome as Heard;
use jiff::SignedDuration;
use lease::document::RefusalReason;
use reqwest::Method;
use serde_json::json;

use crate::history::History;
use crate::orders::refused;
use crate::report::Outcome;

/// So long a holder is silent at least before its rival takes over; it is heard up to half a day late.
const HOLDER_SILENT: SignedDuration = SignedDuration::from_hours(6 * 24 - 12);

impl History {
    /// Somebody sets up a copy on another machine; or a copy that is there checks in.
    pub async fn second_installation(&mut self) -> Outcome {
        let online = self.online_suites();
        let Some((customer, id)) = self.dice.pick(&online).cloned() else { return Outcome::Idle };
        let current = self.current_token(customer, &id).await;
        if self.rivals.contains_key(&id) {
            return self.rival_checks_in(customer, &id, &current).await;
        }
        if self.suites[&id].token != current {
            return Outcome::Idle;
        }
        let machine = format!(" copied {}", self.number());
        let copy = self.install(&id, &current, &machine);
        assert!(matches!(copy.client.activate(&current).await.unwrap(), Heard::NewLease { .. }));
        self.model.accounts[customer].did("conflictBegun");
        self.rivals.insert(id, copy);
        Outcome::Done
    }

    /// It is refused, until the holder was silent for long.
    async fn rival_checks_in(&mut self, customer: usize, id: &str, current: &str) -> Outcome {
        let rival = &self.rivals[id];
        if rival.token != current {
            return Outcome::Idle;
        }
        let silent = self.now().duration_since(self.suites[id].heard_at);
        match rival.client.check_in().await.unwrap() {
            Heard::Refused(RefusalReason::Conflict) => Outcome::Refused("conflict".to_owned()),
            Heard::NewLease { .. } => {
                assert!(silent >= HOLDER_SILENT, "a copy took over from an installation heard {silent} ago");
                let now = self.now();
                let account = &mut self.model.accounts[customer];
                account.servers.get_mut(id).unwrap().releases.push(now);
                account.did("conflictResolved");
                // Whoever was silent for so long is switched off.
                self.rival_wins(id);
                Outcome::Done
            }
            other => panic!("{other:?}"),
        }
    }

    /// A manager says which of the two is the right one.
    pub async fn choose_installation(&mut self) -> Outcome {
        let Some((customer, id)) = self.server_in_conflict() else { return Outcome::Idle };
        let keeps_first = self.dice.one_in(2);
        let body = json!({ "keep": if keeps_first { "first" } else { "second" } });
        let answer = self.command(customer, Method::POST, &format!("/servers/{id}/release"), &body).await;
        let server = &self.model.accounts[customer].servers[&id];
        let is_offline = server.is_offline;
        let refusal = if server.disabled.is_some() {
            Some("server_disabled")
        } else if server.strings.is_some() {
            Some("offline_not_returned")
        } else {
            (!self.rivals.contains_key(&id)).then_some("no_conflict")
        };
        if let Some(code) = refusal {
            return refused(&answer, &[code]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.model.accounts[customer].did("releaseServer");
        self.set_trouble(false);
        let mut loser = self.rivals.shift_remove(&id).unwrap();
        if !keeps_first {
            self.rivals.insert(id.clone(), loser);
            loser = self.rival_wins(&id);
        }
        let now = self.now();
        self.suites.get_mut(&id).unwrap().chosen_at = Some(now);
        if loser.token == self.current_token(customer, &id).await && !is_offline {
            let heard = loser.client.check_in().await.unwrap();
            assert_eq!(heard, Heard::Refused(RefusalReason::Released));
        }
        Outcome::Done
    }

    fn rival_wins(&mut self, id: &str) -> crate::suites::Suite {
        let now = self.now();
        let mut winner = self.rivals.shift_remove(id).unwrap();
        (winner.bound, winner.heard_at) = (true, now);
        self.suites.insert(id.to_owned(), winner).unwrap()
    }

    /// A server in conflict; seldom another one.
    fn server_in_conflict(&mut self) -> Option<(usize, String)> {
        let of = |id: &String| self.model.accounts.iter().position(|account| account.servers.contains_key(id)).unwrap();
        let rivals: Vec<(usize, String)> = self.rivals.keys().map(|id| (of(id), id.clone())).collect();
        if self.dice.one_in(20) { self.server() } else { self.dice.pick(&rivals).cloned() }
    }
}
