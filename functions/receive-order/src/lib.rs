#![doc = include_str!("../README.md")]

mod change;
mod document;
mod node;
mod order;
mod parse;
mod people;
mod products;
#[cfg(test)]
mod properties;
mod unlock;

use aws_config::SdkConfig;
use http_api::lambda::warm_table;
use http_api::openapi::{Api, Operation};
use http_api::{Authorization, Call, Clock, Failure, Function, Rejection, Reply, Route, Settings, Site, serve};
use keys::{ErpKeys, KeysError, Secret, SignatureFault};
use lambda_http::{Body, Request, Response};
use table::Table;
use utoipa::openapi::OpenApi;

pub use document::{OrderDocument, OrderReceipt, ProductsDocument, ProductsReceipt};

/// Every fault of a purchase that shows without the table, as `POST /v1/orders` lists them.
pub fn faults_of(document: &serde_json::Value) -> Vec<licensing::refusal::Fault> {
    parse::delivered(document).err().unwrap_or_default()
}

/// What this function serves.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/v1/orders", operation: "receiveOrder", authorization: Authorization::Erp },
    Route { method: "POST", path: "/v1/products", operation: "putProducts", authorization: Authorization::Erp },
];

/// The function with its connections.
pub struct ReceiveOrder {
    site: Site,
    table: Table,
    erp_keys: Secret<ErpKeys>,
}

impl ReceiveOrder {
    /// Opens the connections and reads the ERP's keys.
    ///
    /// # Errors
    ///
    /// When the keys can't be read.
    pub async fn connect(settings: &Settings, sdk: &SdkConfig, clock: Clock) -> Result<Self, KeysError> {
        let secrets = aws_sdk_secretsmanager::Client::new(sdk);
        let ring = Secret::load(&secrets, &settings.erp_keys, clock.now());
        let (erp_keys, table) = tokio::join!(ring, warm_table(settings, sdk));
        Ok(Self { erp_keys: erp_keys?, table, site: Site { clock, base_url: settings.base_url.clone() } })
    }

    async fn verify(&self, call: &Call) -> Result<(), Failure> {
        let check = |keys: &ErpKeys| {
            let header = |name| call.header(name);
            let [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
            keys.verify(id, timestamp, signature, call.body(), call.now)
        };
        let keys = self.erp_keys.that_knows(call.now, |keys| check(keys) != Err(SignatureFault::Wrong)).await;
        check(&keys).map_err(|fault| Rejection::InvalidSignature(fault.to_string()).into())
    }
}

/// Answers one request.
pub async fn handle(function: &ReceiveOrder, request: Request) -> Response<Body> {
    serve(function, request).await
}

impl Function for ReceiveOrder {
    const ROUTES: &'static [Route] = ROUTES;

    fn site(&self) -> &Site {
        &self.site
    }

    async fn answer(&self, call: &Call) -> Result<Reply, Failure> {
        self.verify(call).await?;
        match call.operation {
            "receiveOrder" => order::receive(&self.table, call).await,
            _ => products::put(&self.table, call).await,
        }
    }
}

/// This function's part of the OpenAPI document.
pub fn openapi() -> OpenApi {
    Api::new(ROUTES)
        .operation(
            Operation::new("receiveOrder", "Take an order")
                .says(
                    "An order that was received before with the same content is answered as the first time (200) and \
                     mails nothing. While a purchase is locked, a higher revision replaces it. A renewal or \
                     cancellation is done at once: what is unlocked is renewed without unlock or ends with its grace, \
                     what is locked changes and stays locked.",
                )
                .body::<OrderDocument>()
                .reply::<OrderReceipt>(201)
                .reply::<OrderReceipt>(200)
                .problems(&["invalid_order", "order_applied", "order_cancelled", "order_differs", "order_not_locked"])
                .problems(&["account_too_large", "too_many_pools"]),
        )
        .operation(
            Operation::new("putProducts", "Take products of the catalogue")
                .says("Products that exist are replaced; what was sold before keeps what it was.")
                .body::<ProductsDocument>()
                .reply::<ProductsReceipt>(200)
                .problems(&["invalid_body"]),
        )
        .build()
}
