#![doc = include_str!("../README.md")]

mod token;

use aws_config::SdkConfig;
use http_api::lambda::warm_table;
use http_api::openapi::{Api, Operation};
use http_api::{Authorization, Call, Clock, Failure, Function, Reply, Route, Settings, Site, serve};
use keys::{KeysError, Secret};
use lambda_http::{Body, Request, Response};
use lease::MacRing;
use table::Table;
use utoipa::openapi::OpenApi;

pub use token::TokenReply;

/// What this function serves.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/v1/servers/{serverId}/token",
        operation: "showToken",
        authorization: Authorization::Portal,
    },
    Route {
        method: "POST",
        path: "/v1/servers/{serverId}/token",
        operation: "regenerateToken",
        authorization: Authorization::Portal,
    },
];

/// The function with its connections.
pub struct MintToken {
    site: Site,
    table: Table,
    token_ring: Secret<MacRing>,
}

impl MintToken {
    /// Opens the connections and reads the token ring.
    ///
    /// # Errors
    ///
    /// When the ring can't be read.
    pub async fn connect(settings: &Settings, sdk: &SdkConfig, clock: Clock) -> Result<Self, KeysError> {
        let secrets = aws_sdk_secretsmanager::Client::new(sdk);
        let ring = Secret::load(&secrets, &settings.token_keys, clock.now());
        let (token_ring, table) = tokio::join!(ring, warm_table(settings, sdk));
        Ok(Self { token_ring: token_ring?, table, site: Site { clock, base_url: settings.base_url.clone() } })
    }
}

/// Answers one request.
pub async fn handle(function: &MintToken, request: Request) -> Response<Body> {
    serve(function, request).await
}

impl Function for MintToken {
    const ROUTES: &'static [Route] = ROUTES;

    fn site(&self) -> &Site {
        &self.site
    }

    async fn answer(&self, call: &Call) -> Result<Reply, Failure> {
        match call.operation {
            "showToken" => token::show(&self.table, call, &self.token_ring).await,
            _ => token::regenerate(&self.table, call, &self.token_ring).await,
        }
    }
}

/// This function's part of the OpenAPI document.
pub fn openapi() -> OpenApi {
    let codes = &["not_found", "manager_required", "no_token_yet"];
    Api::new(ROUTES)
        .operation(
            Operation::new("showToken", "Show a server's token")
                .says("The token is made when it is shown for the first time after the server got its first capacity.")
                .reply::<TokenReply>(200)
                .problems(codes),
        )
        .operation(
            Operation::new("regenerateToken", "Make a new token")
                .says("The AppSuite with the old token goes on until its lease ends, and is told to get the new one.")
                .idempotent()
                .reply::<TokenReply>(200)
                .problems(codes),
        )
        .build()
}
