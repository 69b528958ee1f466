//! What the vendor has sold before comes through the order intake: unlocked at once, and nobody is mailed.

use local::Answer;

use crate::history::History;
use crate::model::Order;
use crate::orders::document;
use crate::report::Outcome;

impl History {
    /// A new order that mails nobody.
    pub async fn import(&mut self) -> Outcome {
        let number = format!("OLD/{:05}", self.number());
        let mut order = Order { mails: 0, ..self.new_order() };
        let answer = self.post_import(&number, &order).await;
        assert!([200, 201].contains(&answer.status.as_u16()), "{} {}", answer.status, answer.body);
        answer.json()["orderId"].as_str().unwrap().clone_into(&mut order.id);
        self.model.orders.insert(number.clone(), order);
        self.model.did("order", "receiveOrder");
        self.unlocked(&number).await;
        Outcome::Done
    }

    /// An import is repeated, or takes an order that is locked still, or again.
    pub async fn import_again(&mut self) -> Outcome {
        let Some((number, order)) = self.known_order() else { return Outcome::Idle };
        let answer = self.post_import(&number, &order).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        if order.unlocked.is_none() && !order.is_cancelled() {
            self.unlocked(&number).await;
        }
        Outcome::Done
    }

    async fn post_import(&mut self, number: &str, order: &Order) -> Answer {
        let mut document = document(number, order);
        document["delivery"] = "none".into();
        self.post_document(&document).await
    }
}
