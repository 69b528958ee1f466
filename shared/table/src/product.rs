//! The catalogue.

use licensing::id::Sku;
use licensing::product::Product;

use crate::key::{self, CATALOGUE, SKU_PREFIX};
use crate::{Entity, Table, TableError, Transaction, from_item};

impl Entity for Product {
    const KIND: &'static str = "product";
}

impl Table {
    /// All articles, ordered by SKU.
    pub async fn products(&self) -> Result<Vec<Product>, TableError> {
        let items = self.query_all("products", CATALOGUE.to_owned(), SKU_PREFIX).await?;
        items.into_iter().map(from_item).collect()
    }

    /// The articles of these SKUs that exist.
    pub async fn products_of(&self, skus: &[Sku]) -> Result<Vec<Product>, TableError> {
        self.get_many(skus.iter().map(key::product).collect()).await
    }
}

impl Transaction {
    /// Puts an article; the latest catalogue wins.
    pub fn put_product(&mut self, product: &Product) -> &mut Self {
        self.put(key::product(&product.sku), product)
    }
}
