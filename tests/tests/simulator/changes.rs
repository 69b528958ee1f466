//! Renewals and cancellations: by the ERP, and by vendor staff.

use jiff::ToSpan;
use local::Answer;
use reqwest::Method;
use serde_json::{Value, json};

use crate::catalogue::ARTICLES;
use crate::history::History;
use crate::model::{Line, Span, Touched, day};
use crate::orders::{RESELLER, STAFF, TERM_DAYS_MAX, head, refused};
use crate::report::Outcome;

/// What a renewal asks for one licence: its new term, its new care, or both.
struct Wish {
    document: Value,
    span: Option<Span>,
    care: bool,
    /// Whether it is older than what is known, or otherwise does not fit.
    is_wrong: bool,
}

impl History {
    /// Renews one or two licences of a customer, whatever they are.
    pub async fn renew(&mut self) -> Outcome {
        let Some((customer, codes)) = self.known_codes() else { return Outcome::Idle };
        let mut wishes = Vec::new();
        for code in &codes {
            let line = self.model.license(customer, code);
            wishes.push(self.wish(&line));
        }
        let is_wrong = wishes.iter().any(|wish| wish.is_wrong);
        let is_cancelled = codes.iter().any(|code| self.model.license(customer, code).cancelled);
        let lines: Vec<Value> = wishes.iter().map(|wish| wish.document.clone()).collect();
        let answer = self.post_change(customer, "renewal", &json!({ "lines": lines })).await;
        if is_wrong || is_cancelled {
            return refused(&answer, &["invalid_order"]);
        }
        assert_eq!(answer.status.as_u16() / 100, 2, "{}", answer.body);
        let touched = self.model.change(customer, &codes, |line| {
            let wish = wishes.iter().zip(&codes).find(|(_, code)| **code == line.code).unwrap().0;
            line.spans.extend(wish.span);
            let care_start = if wish.care { line.spans.last().unwrap().start } else { line.start };
            line.care_start = line.care_start.max(care_start);
        });
        self.model.did("order", "receiveOrder");
        self.model.did_times("order", "renewOrder", touched.orders);
        if touched.account {
            self.model.accounts[customer].came_through(RESELLER);
            self.model.accounts[customer].did("renewOrder");
        }
        Outcome::Done
    }

    /// Cancels one or two licences by code, or a whole order; by the ERP or by vendor staff.
    pub async fn cancel(&mut self) -> Outcome {
        if self.dice.one_in(3) {
            return self.cancel_by_staff().await;
        }
        let now = self.now();
        let (customer, codes, asked) = if self.dice.one_in(3) {
            let Some((number, order)) = self.known_order() else { return Outcome::Idle };
            let codes = self.model.left(&number);
            (order.customer, codes, json!({ "cancelledOrder": number }))
        } else {
            let Some((customer, codes)) = self.known_codes() else { return Outcome::Idle };
            let lines: Vec<Value> = codes.iter().map(|code| json!({ "licenseCode": code })).collect();
            (customer, codes, json!({ "lines": lines }))
        };
        let is_cancelled = codes.iter().any(|code| self.model.license(customer, code).cancelled);
        let answer = self.post_change(customer, "cancellation", &asked).await;
        if codes.is_empty() || is_cancelled {
            return refused(&answer, &["invalid_order"]);
        }
        assert_eq!(answer.status.as_u16() / 100, 2, "{}", answer.body);
        let touched = self.cancelled(customer, &codes, now);
        self.model.did("order", "receiveOrder");
        self.model.did_times("order", "cancelOrder", touched.orders);
        if touched.account {
            self.model.accounts[customer].came_through(RESELLER);
        }
        Outcome::Done
    }

    async fn cancel_by_staff(&mut self) -> Outcome {
        let Some((number, order)) = self.known_order() else { return Outcome::Idle };
        let (now, left) = (self.now(), self.model.left(&number));
        let body = json!({ "reason": "Returned" });
        let answer = self.write(STAFF, Method::POST, &format!("/v1/orders/{}/cancel", order.id), &body).await;
        if left.is_empty() {
            return refused(&answer, &["order_cancelled"]);
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.cancelled(order.customer, &left, now);
        self.model.did("order", "cancelOrder");
        Outcome::Done
    }

    /// What a cancellation means to the model.
    fn cancelled(&mut self, customer: usize, codes: &[String], now: jiff::Timestamp) -> Touched {
        let had: Vec<bool> = codes.iter().map(|code| self.model.accounts[customer].has(code)).collect();
        let touched = self.model.change(customer, codes, |line| line.cancelled = true);
        for code in codes.iter().zip(&had).filter(|(_, had)| **had).map(|(code, _)| code) {
            self.model.accounts[customer].cut(code, now);
        }
        if had.contains(&true) {
            self.model.accounts[customer].did("cancelOrder");
        }
        touched
    }

    /// One or two licence codes of a customer.
    fn known_codes(&mut self) -> Option<(usize, Vec<String>)> {
        let (_, first) = self.known_order()?;
        let of_customer = |order: &&crate::model::Order| order.customer == first.customer;
        let orders = self.model.orders.values().filter(of_customer);
        let all: Vec<String> = orders.flat_map(|order| order.lines.iter().map(|line| line.code.clone())).collect();
        let mut codes = vec![self.dice.pick(&all)?.clone()];
        if self.dice.one_in(3) {
            let another = self.dice.pick(&all)?.clone();
            if another != codes[0] {
                codes.push(another);
            }
        }
        Some((first.customer, codes))
    }

    fn wish(&mut self, line: &Line) -> Wish {
        let last = *line.spans.last().unwrap();
        let piece = ARTICLES.iter().find(|article| article.sku == line.sku).unwrap().capacity;
        let start = last.start.saturating_add(i64::from(self.dice.between(-4, 120)).days());
        let term = start.saturating_add(i64::from(self.dice.between(5, TERM_DAYS_MAX)).days());
        let quantity = self.dice.one_in(2).then(|| self.dice.below(4) + 1);
        let capacity = quantity.map_or(last.capacity, |quantity| quantity * piece);
        let mut document = json!({ "licenseCode": line.code, "start": start });
        let span = Span { capacity, start, term: (!line.row.perpetual).then_some(term) };
        if let Some(quantity) = quantity {
            document["quantity"] = quantity.into();
        }
        if !line.row.perpetual {
            document["term"] = json!(term);
        }
        let care = self.dice.one_in(2) && start >= line.care_start;
        if care {
            document["care"] = json!({ "level": "gold", "start": start, "term": term });
        }
        let is_wrong = start < last.start || (line.row.perpetual && capacity <= last.capacity);
        Wish { document, span: Some(span), care, is_wrong: is_wrong || (line.row.perpetual && quantity.is_none()) }
    }

    /// Posts a renewal or cancellation as the ERP does it, signed anew with each try.
    async fn post_change(&mut self, customer: usize, kind: &str, asked: &Value) -> Answer {
        let number = format!("20/{:05}", self.number());
        let mut document = head(&number, customer);
        document["type"] = kind.into();
        document.as_object_mut().unwrap().extend(asked.as_object().unwrap().clone());
        self.post_document(&document).await
    }
}

/// Today, for whoever cuts a term.
impl crate::model::Account {
    /// Ends what is in force with today, and what has not begun before it begins.
    fn cut(&mut self, code: &str, now: jiff::Timestamp) {
        let today = day(now);
        let (_, line) = self.grants.iter_mut().find(|(_, line)| line.code == code).unwrap();
        for span in &mut line.spans {
            let end = if span.begins() <= now { today.max(span.start) } else { span.start.yesterday().unwrap() };
            span.term = Some(span.term.map_or(end, |term| term.min(end)));
        }
    }
}
