//! The ERP, the holder of the link and vendor staff.

use jiff::ToSpan;
use local::{Answer, Press};
use reqwest::Method;
use serde_json::{Value, json};

use crate::catalogue::{ARTICLES, Row};
use crate::history::History;
use crate::mail::Link;
use crate::model::{Line, Order, Span, day};
use crate::report::Outcome;

pub const STAFF: &str = "vendor@example.com";
pub const RECIPIENT: &str = "recipient@example.com";
/// The longest term.
pub const TERM_DAYS_MAX: i32 = 400;
/// Through whom every order comes.
pub const RESELLER: &str = "R-1";

/// The manager of a customer's account.
pub fn manager(customer: usize) -> String {
    format!("manager{customer}@example.com")
}

impl History {
    pub async fn order(&mut self) -> Outcome {
        let number = format!("19/{:05}", self.number());
        let mut order = self.new_order();
        let answer = self.post(&number, &order).await;
        assert!([200, 201].contains(&answer.status.as_u16()), "{} {}", answer.status, answer.body);
        answer.json()["orderId"].as_str().unwrap().clone_into(&mut order.id);
        self.model.orders.insert(number, order);
        self.model.did("order", "receiveOrder");
        Outcome::Done
    }

    /// An order that nobody knows yet, of one to three lines.
    pub fn new_order(&mut self) -> Order {
        let lines = (0..=self.dice.below(3)).map(|_| self.line()).collect();
        let customer = self.dice.below(2) as usize;
        Order {
            id: String::new(),
            customer,
            revision: 1,
            lines,
            generation: 1,
            unlocked: None,
            forwards: Vec::new(),
            mails: 1,
        }
    }

    pub async fn order_again(&mut self) -> Outcome {
        let Some((number, order)) = self.known_order() else { return Outcome::Idle };
        let answer = self.post(&number, &order).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["orderId"]), (200, &json!(order.id)), "{}", answer.body);
        Outcome::Done
    }

    pub async fn order_revised(&mut self) -> Outcome {
        let Some((number, mut order)) = self.known_order() else { return Outcome::Idle };
        let was_cancelled = order.is_cancelled();
        order.revision += 1;
        order.lines[0].quantity += 1;
        order.lines[0].spans[0].capacity = capacity(order.lines[0].sku, order.lines[0].quantity);
        if self.dice.one_in(3) {
            let another = self.line();
            order.lines.push(another);
        }
        let answer = self.post(&number, &order).await;
        if order.unlocked.is_some() {
            return refused(&answer, &["order_not_locked"]);
        }
        if was_cancelled {
            return refused(&answer, &["order_cancelled"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        (order.generation, order.mails) = (order.generation + 1, order.mails + 1);
        self.model.orders.insert(number, order);
        self.model.did("order", "receiveOrder");
        Outcome::Done
    }

    pub async fn order_changed(&mut self) -> Outcome {
        let Some((number, mut order)) = self.known_order() else { return Outcome::Idle };
        order.lines[0].quantity += 1;
        let answer = self.post(&number, &order).await;
        refused(&answer, &["order_differs"])
    }

    /// A licence code of another order, or an article that nobody knows.
    pub async fn order_wrong(&mut self) -> Outcome {
        let Some((_, mut order)) = self.known_order() else { return Outcome::Idle };
        let number = format!("19/{:05}", self.number());
        if self.dice.one_in(2) {
            order.lines.iter_mut().for_each(|line| line.code = format!("new-{number}-{}", line.code));
            order.lines[0].sku = "NOBODY-KNOWS";
        }
        let answer = self.post(&number, &order).await;
        refused(&answer, &["invalid_order"])
    }

    /// Opens the newest mail of an order and presses UNLOCK NOW: as a person, or as a program does it.
    pub async fn unlock(&mut self, by_person: bool) -> Outcome {
        let Some((number, order)) = self.known_order() else { return Outcome::Idle };
        let Some(Link { address, generation }) = self.newest_link(&number) else { return Outcome::Idle };
        let browser = self.browser.clone();
        let page = self.insist(|| browser.request(Method::GET, &address).header("accept", "text/html")).await;
        // A link that was sent anew is gone, except where the order was cancelled: then every link says that.
        let is_current = generation == order.generation || order.is_cancelled();
        assert_eq!(page.status, if is_current { 200 } else { 410 }, "{}", page.body);
        let Some(mut fields) = page.form("unlock") else {
            assert!(order.unlocked.is_some() || order.is_cancelled() || !is_current, "{}", page.body);
            return Outcome::Refused("nothing to unlock".to_owned());
        };
        fields.insert("press".to_owned(), "unlock".to_owned());
        let press = if by_person { Press::Told } else { Press::Untold };
        let pressed = self
            .insist(|| {
                let request = browser.request(Method::POST, &address).form(&fields);
                if press == Press::Told { request.header("sec-fetch-user", "?1") } else { request }
            })
            .await;
        if !by_person {
            assert_eq!(pressed.status, 200, "{}", pressed.body);
            return Outcome::Done;
        }
        assert_eq!(pressed.status, 303, "{}", pressed.body);
        self.unlocked(&number).await;
        Outcome::Done
    }

    /// What the unlock means to the model.
    pub async fn unlocked(&mut self, number: &str) {
        let now = self.now();
        let order = self.model.orders.get_mut(number).unwrap();
        order.unlocked = Some(now);
        let (customer, id) = (order.customer, order.id.clone());
        let counts = |line: &&Line| !line.cancelled && !line.is_over(now);
        let given = order.lines.iter().filter(counts).map(|line| (id.clone(), line.clone()));
        let account = &mut self.model.accounts[customer];
        account.grants.extend(given);
        account.came_through(RESELLER);
        account.did("unlockOrder");
        if !account.is_made() {
            self.set_trouble(false);
            let accounts = self.session(&manager(customer)).get("/v1/accounts").await.unwrap();
            let id = accounts.json()["accounts"][0]["accountId"].as_str().map(str::to_owned);
            self.model.accounts[customer].id = id.unwrap_or_else(|| panic!("{}", accounts.body));
        }
    }

    pub async fn resend(&mut self) -> Outcome {
        let Some((number, order)) = self.known_order() else { return Outcome::Idle };
        let path = format!("/v1/orders/{}/resend", order.id);
        let answer = self.write(STAFF, Method::POST, &path, &json!({})).await;
        if order.is_cancelled() {
            return refused(&answer, &["order_cancelled"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        let order = self.model.orders.get_mut(&number).unwrap();
        (order.generation, order.mails) = (order.generation + 1, order.mails + 1);
        self.model.did("order", "resendOrder");
        Outcome::Done
    }

    pub async fn lock(&mut self) -> Outcome {
        let Some((number, order)) = self.known_order() else { return Outcome::Idle };
        let today = day(self.now());
        let path = format!("/v1/orders/{}/lock", order.id);
        let answer = self.write(STAFF, Method::POST, &path, &json!({})).await;
        if order.unlocked.is_none() {
            return refused(&answer, &[if order.is_cancelled() { "order_cancelled" } else { "order_locked" }]);
        }
        let account = &mut self.model.accounts[order.customer];
        let mut after = account.clone();
        after.grants.retain(|(of, _)| *of != order.id);
        let touched = account.grants.iter().filter(|(of, _)| *of == order.id).map(|(_, line)| line.row);
        if touched.into_iter().any(|row| account.used(row) > after.total(row, today)) {
            return refused(&answer, &["lock_would_uncover"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        let taken = std::mem::replace(account, after).grants;
        account.did("lockOrder");
        self.model.did("order", "lockOrder");
        let order = self.model.orders.get_mut(&number).unwrap();
        order.unlocked = None;
        for (_, line) in taken.into_iter().filter(|(of, _)| *of == order.id) {
            let place = order.lines.iter_mut().find(|own| own.code == line.code).unwrap();
            *place = line;
        }
        Outcome::Done
    }

    pub fn known_order(&mut self) -> Option<(String, Order)> {
        let numbers: Vec<&String> = self.model.orders.keys().collect();
        let number = (*self.dice.pick(&numbers)?).clone();
        let order = self.model.orders[&number].clone();
        Some((number, order))
    }

    fn line(&mut self) -> Line {
        let article = *self.dice.pick(&ARTICLES).unwrap();
        let (perpetual, quantity) = (!self.dice.one_in(self.perpetual_but_one_in), self.dice.below(3) + 1);
        let start = day(self.now()).saturating_add(i64::from(self.dice.between(-60, 10)).days());
        let term = start.saturating_add(i64::from(self.dice.between(5, TERM_DAYS_MAX)).days());
        Line {
            sku: article.sku,
            quantity,
            code: format!("LIC{:05}", self.number()),
            row: Row { application: article.application, redundancy: article.redundancy, perpetual },
            start,
            term: (!perpetual).then_some(term),
            spans: vec![Span { capacity: article.capacity * quantity, start, term: (!perpetual).then_some(term) }],
            care_start: start,
            cancelled: false,
        }
    }

    async fn post(&mut self, number: &str, order: &Order) -> Answer {
        self.post_document(&document(number, order)).await
    }

    /// Posts a document as the ERP does it, signed anew with each try.
    pub async fn post_document(&mut self, document: &Value) -> Answer {
        let body = document.to_string();
        let (erp, browser) = (self.stack.erp.clone(), self.browser.clone());
        self.insist(|| {
            let request = browser.request(Method::POST, "/v1/orders").header("content-type", "application/json");
            let signed = erp.signature(&body).unwrap();
            signed.into_iter().fold(request, |request, (name, value)| request.header(name, value)).body(body.clone())
        })
        .await
    }
}

fn capacity(sku: &str, quantity: u32) -> u32 {
    ARTICLES.iter().find(|article| article.sku == sku).map_or(0, |article| article.capacity) * quantity
}

pub fn document(number: &str, order: &Order) -> Value {
    let line = |line: &Line| {
        let care = json!({ "level": "gold", "start": line.start, "term": line.start.saturating_add(365.days()) });
        let mut document = json!({
            "sku": line.sku, "quantity": line.quantity, "licenseCode": line.code,
            "licenseType": line.row.license_type(), "start": line.start, "care": care,
        });
        if let Some(term) = line.term {
            document["term"] = json!(term);
        }
        document
    };
    let mut document = head(number, order.customer);
    document["type"] = "purchase".into();
    document["revision"] = order.revision.into();
    document["lines"] = order.lines.iter().map(line).collect();
    document
}

/// What every order of a customer says.
pub fn head(number: &str, customer: usize) -> Value {
    json!({
        "number": number, "purchaseOrder": "PO",
        "recipient": { "email": RECIPIENT, "language": "en" },
        "reseller": { "number": RESELLER, "name": "Reseller", "contact": { "email": "reseller@example.com", "language": "en" } },
        "customer": {
            "number": format!("C-{customer}"), "name": format!("Customer {customer}"), "country": "IT",
            "contact": { "email": manager(customer), "language": "it" },
        },
    })
}

/// Holds a refusal to be one of those that the model gives.
#[track_caller]
pub fn refused(answer: &Answer, codes: &[&str]) -> Outcome {
    let code = answer.code();
    assert!(codes.contains(&code.as_str()), "expected {codes:?}: {} {}", answer.status, answer.body);
    Outcome::Refused(code)
}
