//! Members: invited, accepted, removed, and brought in by the holder of a link.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::history::History;
use crate::mail::Link;
use crate::orders::{manager, refused};
use crate::report::Outcome;

/// How long after the unlock an order is forwarded.
const WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);
const FORWARDS_OPEN_MAX: usize = 3;
const FORWARDS_MAX: usize = 10;
const REQUESTS_MAX: usize = 20;

impl History {
    pub async fn invite(&mut self) -> Outcome {
        let Some(customer) = self.customer() else { return Outcome::Idle };
        let friend = friend(&mut self.dice);
        let answer =
            self.command(customer, Method::POST, "/members", &json!({ "email": friend, "role": "viewer" })).await;
        let account = &mut self.model.accounts[customer];
        if account.members.contains_key(&friend) {
            return refused(&answer, &["already_member"]);
        }
        assert_eq!(answer.status, 201, "{}", answer.body);
        account.requests.remove(&friend);
        account.members.insert(friend, false);
        account.did("inviteMember");
        Outcome::Done
    }

    pub async fn remove_member(&mut self) -> Outcome {
        let Some(customer) = self.customer() else { return Outcome::Idle };
        let members: Vec<String> = self.model.accounts[customer].members.keys().cloned().collect();
        let Some(friend) = self.dice.pick(&members).cloned() else { return Outcome::Idle };
        let id = self.person(customer, "members", &friend).await.unwrap();
        let answer = self.command(customer, Method::DELETE, &format!("/members/{id}"), &json!({})).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
        let account = &mut self.model.accounts[customer];
        assert!(account.members.remove(&friend).is_some());
        account.did("removeMember");
        Outcome::Done
    }

    /// A manager accepts a request, or declines it.
    pub async fn answer_request(&mut self) -> Outcome {
        let Some(customer) = self.customer() else { return Outcome::Idle };
        let requests: Vec<String> = self.model.accounts[customer].requests.keys().cloned().collect();
        let Some(friend) = self.dice.pick(&requests).cloned() else { return Outcome::Idle };
        let id = self.person(customer, "requests", &friend).await.unwrap();
        let (accepts, path) = (self.dice.one_in(2), format!("/requests/{id}"));
        let method = if accepts { Method::POST } else { Method::DELETE };
        let answer = self.command(customer, method, &path, &json!({})).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        let account = &mut self.model.accounts[customer];
        assert!(account.requests.remove(&friend).is_some());
        account.did(if accepts { "acceptRequest" } else { "declineRequest" });
        account.members.extend(accepts.then_some((friend, true)));
        Outcome::Done
    }

    /// The holder of an order's link forwards it: somebody of the account has signed in, so it is a request.
    pub async fn forward(&mut self) -> Outcome {
        let Some((number, order)) = self.known_order() else { return Outcome::Idle };
        let Some(Link { address, generation }) = self.newest_link(&number) else { return Outcome::Idle };
        let Some(unlocked_at) = order.unlocked.filter(|_| generation == order.generation) else { return Outcome::Idle };
        let (friend, browser) = (friend(&mut self.dice), self.browser.clone());
        let page = self.insist(|| browser.request(Method::GET, &address)).await;
        let account = &self.model.accounts[order.customer];
        let open = order.forwards.iter().filter(|(friend, at)| account.requests.get(friend) == Some(at)).count();
        let Some(mut fields) = page.form("forward") else {
            let gave_nothing = account.grants.iter().all(|(of, line)| *of != order.id || line.cancelled);
            let is_late = self.now().duration_since(unlocked_at) >= WINDOW;
            assert!(open >= FORWARDS_OPEN_MAX || is_late || gave_nothing, "{}", page.body);
            return Outcome::Refused("nothing to forward".to_owned());
        };
        let waits = account.requests.contains_key(&friend);
        let is_member = account.members.contains_key(&friend);
        let full = order.forwards.len() >= FORWARDS_MAX || account.requests.len() >= REQUESTS_MAX;
        fields.extend([("press".to_owned(), "forward".to_owned()), ("address".to_owned(), friend.clone())]);
        let action = format!("{address}/forward");
        let press = || browser.request(Method::POST, &action).form(&fields).header("sec-fetch-user", "?1");
        // Pressed twice it waits already, and the page says the same in other words: no client repeats this by itself.
        let pressed = self.insist_once(press).await;
        if !waits && (is_member || full) {
            assert_eq!(pressed.status, 409, "{}", pressed.body);
            return Outcome::Refused("forward refused".to_owned());
        }
        assert_eq!(pressed.status, 200, "{}", pressed.body);
        if !waits {
            let now = self.now();
            self.model.orders.get_mut(&number).unwrap().forwards.push((friend.clone(), now));
            let account = &mut self.model.accounts[order.customer];
            account.requests.insert(friend, now);
            account.did("forwardOrder");
        }
        Outcome::Done
    }

    /// The id of somebody among members or requests.
    async fn person(&mut self, customer: usize, list: &str, email: &str) -> Option<String> {
        let session = self.session(&manager(customer));
        let path = format!("/v1/accounts/{}/members", self.model.accounts[customer].id);
        let people: Value = self.insist(|| session.request(Method::GET, &path)).await.json();
        let found = people[list].as_array().unwrap().iter().find(|found| found["person"]["email"] == email)?;
        found["person"]["personId"].as_str().map(str::to_owned)
    }
}

/// Somebody who may become a member.
pub fn friend(dice: &mut Dice) -> String {
    format!("friend{}@example.com", dice.below(6))
}
