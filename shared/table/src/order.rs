//! Orders and what finds them.

use licensing::id::{BusinessNumber, LicenseCode, OrderId, OrderNumber};
use licensing::order::Order;
use serde::{Deserialize, Serialize};

use crate::key::{self, Key, ORDER_PREFIX};
use crate::{Entity, Page, Select, Stored, Table, TableError, Transaction};

/// Finds an order by the ERP's number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderByNumber {
    /// The order.
    pub order: OrderId,
}

/// Says which order a licence code came with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LicenseOwner {
    /// The licence code.
    pub code: LicenseCode,
    /// The order.
    pub order: OrderId,
}

/// Lists an order under its customer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderOfCustomer {
    /// The order.
    pub order: OrderId,
}

impl Entity for OrderByNumber {
    const KIND: &'static str = "orderNumber";
}

impl Entity for LicenseOwner {
    const KIND: &'static str = "license";
}

impl Entity for OrderOfCustomer {
    const KIND: &'static str = "customerOrder";
}

impl Table {
    /// The order of this id.
    pub async fn order(&self, order: OrderId) -> Result<Option<Stored<Order>>, TableError> {
        self.get(key::order(order)).await
    }

    /// The order with the ERP's number.
    pub async fn order_by_number(&self, number: &OrderNumber) -> Result<Option<Stored<Order>>, TableError> {
        match self.get::<OrderByNumber>(key::order_number(number)).await? {
            Some(found) => self.order(found.order).await,
            None => Ok(None),
        }
    }

    /// Which of these licence codes are taken, and by which order.
    pub async fn license_owners(&self, codes: &[LicenseCode]) -> Result<Vec<LicenseOwner>, TableError> {
        self.get_many(codes.iter().map(key::license).collect()).await
    }

    /// One page of a customer's orders, newest first.
    pub async fn orders_of(
        &self,
        customer: &BusinessNumber,
        after: Option<OrderId>,
        limit: i32,
    ) -> Result<Page<Order>, TableError> {
        let select = Select {
            after: after.map(|order| key::customer_order(customer, order).sk),
            limit: Some(limit),
            newest_first: true,
            ..Select::all(key::customer_partition(customer), ORDER_PREFIX)
        };
        let page = self.query_page("list orders", select).await?;
        let listed = page.items.into_iter().map(crate::from_item::<OrderOfCustomer>).collect::<Result<Vec<_>, _>>()?;
        let keys: Vec<Key> = listed.iter().map(|row| key::order(row.order)).collect();
        let mut orders: Vec<Order> =
            self.get_many::<Stored<Order>>(keys).await?.into_iter().map(|stored| stored.state).collect();
        orders.sort_by_key(|order| std::cmp::Reverse(order.id));
        Ok(Page { items: orders, next: page.next })
    }
}

impl Transaction {
    /// Puts a new order and everything that makes its number and licence codes unique.
    pub fn put_new_order(&mut self, stored: &Stored<Order>) -> &mut Self {
        let order = &stored.state;
        self.put_new(key::order(order.id), stored);
        self.put_new(key::order_number(&order.head.number), &OrderByNumber { order: order.id });
        self.put_new(key::customer_order(&order.head.customer.number, order.id), &OrderOfCustomer { order: order.id });
        for line in &order.lines {
            self.put_license(&line.license_code, order.id);
        }
        self
    }

    /// Takes a licence code for an order.
    pub fn put_license(&mut self, code: &LicenseCode, order: OrderId) -> &mut Self {
        self.put_new(key::license(code), &LicenseOwner { code: code.clone(), order })
    }

    /// Takes a licence code for an order that may have it already.
    pub fn keep_license(&mut self, code: &LicenseCode, order: OrderId) -> Result<&mut Self, TableError> {
        let owner = LicenseOwner { code: code.clone(), order };
        self.put_where(key::license(code), &owner, "attribute_not_exists(pk) OR #order = :order", ("order", &order))
    }

    /// Lists an order under another customer, where a revision names one.
    pub fn move_customer_order(&mut self, order: OrderId, from: &BusinessNumber, to: &BusinessNumber) -> &mut Self {
        if from != to {
            self.delete(OrderOfCustomer::KIND, key::customer_order(from, order));
            self.put_new(key::customer_order(to, order), &OrderOfCustomer { order });
        }
        self
    }

    /// Replaces an order that was read at `version_read`.
    pub fn put_order(&mut self, stored: &Stored<Order>, version_read: u64) -> &mut Self {
        self.put_at(key::order(stored.state.id), stored, version_read)
    }
}
