//! What became of an order's mails, kept with the order after the outbox has forgotten them.

use jiff::Timestamp;
use licensing::id::{OrderId, PersonId};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::key::{self, RECEIPT_PREFIX};
use crate::{Delivery, DeliveryState, Entity, Event, Table, TableError, Transaction, from_item};

/// One mail of an order to one reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The delivery.
    pub delivery: Ulid,
    /// To whom.
    pub reader: PersonId,
    /// What it told.
    #[serde(rename = "what")]
    pub event: Event,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// How far it has come since it was sent or given up first, when, and the mail service's id.
    #[serde(flatten)]
    pub state: DeliveryState,
}

impl Entity for Receipt {
    const KIND: &'static str = "receipt";
}

impl Table {
    /// All mail receipts of an order, oldest first.
    pub async fn receipts(&self, order: OrderId) -> Result<Vec<Receipt>, TableError> {
        let items = self.query_all("receipts", key::order_partition(order), RECEIPT_PREFIX).await?;
        items.into_iter().map(from_item).collect()
    }
}

impl Transaction {
    /// Puts what became of a mail beside its order, where it is about one. The same transaction moves the delivery,
    /// which guards both.
    pub fn put_receipt(&mut self, delivery: &Delivery) -> &mut Self {
        let (Some(order), Some(reader)) = (delivery.event.order(), delivery.reader) else { return self };
        let receipt = Receipt {
            delivery: delivery.id,
            reader,
            event: delivery.event.clone(),
            recorded_at: delivery.recorded_at,
            state: delivery.state.clone(),
        };
        self.put(key::receipt(order, receipt.delivery, receipt.reader), &receipt)
    }
}
