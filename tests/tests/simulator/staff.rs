//! What vendor staff does for a customer, and which resellers manage it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::history::History;
use crate::model::GRACE_DAYS;
use crate::orders::{STAFF, refused};
use crate::people::friend;
use crate::report::Outcome;

/// Resellers that there are; every order comes through the first.
const RESELLERS: [&str; 3] = ["R-1", "R-2", "R-3"];
/// Resellers with access to one account.
const RESELLERS_MAX: usize = 5;

impl History {
    /// A longer grace, or the usual one again.
    pub async fn set_grace(&mut self) -> Outcome {
        let Some(customer) = self.customer() else { return Outcome::Idle };
        let days = *self.dice.pick(&[GRACE_DAYS, GRACE_DAYS, 29, 45, 60, 90]).unwrap();
        let body = json!({ "days": days, "reason": "The renewal waits for a tender" });
        let path = format!("/v1/accounts/{}/grace", self.model.accounts[customer].id);
        let answer = self.write(STAFF, Method::PUT, &path, &body).await;
        if days < GRACE_DAYS {
            return refused(&answer, &["invalid_body"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        let account = &mut self.model.accounts[customer];
        if std::mem::replace(&mut account.grace_days, days) != days {
            account.did("setGrace");
        }
        Outcome::Done
    }

    pub async fn move_reseller(&mut self) -> Outcome {
        let Some(customer) = self.customer() else { return Outcome::Idle };
        let (from, to) = (self.reseller_with(customer, &[true]), self.reseller());
        let body = json!({ "number": to, "name": format!("Reseller {to}"), "reason": "The customer asked for it" });
        let path = format!("/v1/accounts/{}/resellers/{from}/move", self.model.accounts[customer].id);
        let answer = self.write(STAFF, Method::POST, &path, &body).await;
        let account = &mut self.model.accounts[customer];
        if !account.is_managed_by(from) {
            return refused(&answer, &["reseller_not_found"]);
        }
        if account.is_managed_by(to) {
            return refused(&answer, &["reseller_has_access"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        account.resellers.remove(from);
        account.resellers.insert(to, true);
        account.did("moveReseller");
        Outcome::Done
    }

    /// A manager gives a reseller access that asks for it by an order.
    pub async fn accept_reseller(&mut self) -> Outcome {
        let Some(customer) = self.customer() else { return Outcome::Idle };
        let is_asked = self.model.accounts[customer].resellers.values().any(|granted| !granted);
        if !is_asked && !self.dice.one_in(6) {
            return Outcome::Idle;
        }
        let number = self.reseller_with(customer, &[false]);
        let answer = self.command(customer, Method::PUT, &format!("/resellers/{number}"), &json!({})).await;
        let account = &mut self.model.accounts[customer];
        match account.resellers.get(number) {
            None => return refused(&answer, &["reseller_not_found"]),
            Some(true) => return refused(&answer, &["reseller_has_access"]),
            Some(false) if account.resellers.values().filter(|granted| **granted).count() >= RESELLERS_MAX => {
                return refused(&answer, &["too_many_resellers"]);
            }
            Some(false) => {}
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        account.resellers.insert(number, true);
        account.did("acceptReseller");
        Outcome::Done
    }

    pub async fn remove_reseller(&mut self) -> Outcome {
        let Some(customer) = self.customer() else { return Outcome::Idle };
        let number = self.reseller_with(customer, &[true, false]);
        let answer = self.command(customer, Method::DELETE, &format!("/resellers/{number}"), &json!({})).await;
        let account = &mut self.model.accounts[customer];
        if account.resellers.remove(number).is_none() {
            return refused(&answer, &["reseller_not_found"]);
        }
        assert!(answer.status.is_success(), "{}", answer.body);
        account.did("removeReseller");
        Outcome::Done
    }

    /// A manager where the only one may have gone.
    pub async fn appoint_manager(&mut self) -> Outcome {
        let Some(customer) = self.customer() else { return Outcome::Idle };
        let friend = friend(&mut self.dice);
        let body = json!({ "email": friend, "reason": "The manager has left" });
        let path = format!("/v1/accounts/{}/manager", self.model.accounts[customer].id);
        let answer = self.write(STAFF, Method::POST, &path, &body).await;
        let account = &mut self.model.accounts[customer];
        if account.members.get(&friend) == Some(&true) {
            return refused(&answer, &["already_member"]);
        }
        assert_eq!(answer.status, 201, "{}", answer.body);
        account.requests.remove(&friend);
        account.members.insert(friend, true);
        account.did("appointManager");
        Outcome::Done
    }

    pub async fn appoint_reseller_manager(&mut self) -> Outcome {
        let (number, friend) = (self.reseller(), friend(&mut self.dice));
        let body = json!({ "email": friend, "reason": "The manager has left" });
        let answer = self.write(STAFF, Method::POST, &format!("/v1/resellers/{number}/manager"), &body).await;
        if !self.model.reseller_managers.insert((number, friend)) {
            return refused(&answer, &["already_member"]);
        }
        assert_eq!(answer.status, 201, "{}", answer.body);
        self.model.did("reseller", "appointResellerManager");
        Outcome::Done
    }

    /// Staff tries a parked mail again, or dismisses it.
    pub async fn settle_mail(&mut self) -> Outcome {
        self.settle("mail", "retry").await
    }

    /// Staff replays a parked event, or dismisses it.
    pub async fn settle_event(&mut self) -> Outcome {
        self.settle("event", "replay").await
    }

    async fn settle(&mut self, what: &'static str, again: &'static str) -> Outcome {
        let Some(parked) = self.parked(what).await.into_iter().next() else { return Outcome::Idle };
        let id = parked[format!("{what}Id")].as_str().unwrap().to_owned();
        let is_dismissed = self.dice.one_in(6);
        let dismiss = (Method::DELETE, format!("/v1/{what}s/{id}"));
        let retry = (Method::POST, format!("/v1/{what}s/{id}/{again}"));
        let (method, path) = if is_dismissed { dismiss } else { retry };
        self.set_trouble(true);
        let answer = self.write(STAFF, method.clone(), &path, &json!({})).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
        self.model.did(
            "vendor",
            match (what, is_dismissed) {
                ("mail", true) => "dismissMail",
                ("mail", false) => "retryMail",
                (_, true) => "dismissEvent",
                (_, false) => "replayEvent",
            },
        );
        if is_dismissed {
            self.model.dismissed.extend(parked["orderId"].as_str().map(str::to_owned).into_iter().chain([id]));
        }
        let twice = self.write(STAFF, method, &path, &json!({})).await;
        refused(&twice, &[if what == "mail" { "mail_not_parked" } else { "event_not_parked" }]);
        Outcome::Done
    }

    /// Everything that is parked is tried again.
    pub async fn settle_all(&mut self, what: &str, again: &str) {
        for parked in self.parked(what).await {
            let path = format!("/v1/{what}s/{}/{again}", parked[format!("{what}Id")].as_str().unwrap());
            let answer = self.write(STAFF, Method::POST, &path, &json!({})).await;
            assert_eq!(answer.status, 204, "{}", answer.body);
            self.model.did("vendor", if what == "mail" { "retryMail" } else { "replayEvent" });
        }
        self.set_trouble(false);
    }

    /// What waits for staff, the longest first. No event is given up at its first refusal, however late that comes.
    async fn parked(&mut self, what: &str) -> Vec<Value> {
        self.set_trouble(false);
        let listed = self.session(STAFF).get(&format!("/v1/{what}s")).await.unwrap().json();
        let mut parked = listed[format!("{what}s")].as_array().unwrap_or_else(|| panic!("{listed}")).clone();
        let is_rash = |one: &&Value| {
            let wants_none = one["reason"].as_str().is_some_and(|reason| reason.contains("410"));
            what == "event" && one["attempts"] == 1 && !wants_none
        };
        assert_eq!(parked.iter().find(is_rash), None, "given up at once");
        parked.sort_by_key(|one| [&one["parkedAt"], &one["recordedAt"]].map(ToString::to_string));
        parked
    }

    /// A reseller that stands so with an account, where there is one; now and then any.
    fn reseller_with(&mut self, customer: usize, access: &[bool]) -> &'static str {
        let known = self.model.accounts[customer].resellers.iter();
        let fitting: Vec<&'static str> =
            known.filter(|(_, granted)| access.contains(granted)).map(|(number, _)| *number).collect();
        if self.dice.one_in(6) { self.reseller() } else { self.dice.pick(&fitting).copied().unwrap_or(RESELLERS[0]) }
    }

    fn reseller(&mut self) -> &'static str {
        self.dice.pick(&RESELLERS).unwrap()
    }
}
