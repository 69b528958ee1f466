//! Every function as its crate declares it: the one list of them in these tests.

use http_api::Route;
use utoipa::openapi::OpenApi;

/// A function behind the API.
pub struct Declared {
    /// Its crate.
    pub name: &'static str,
    /// What it serves.
    pub routes: &'static [Route],
    /// Its part of the OpenAPI document; the portal has none.
    pub openapi: Option<fn() -> OpenApi>,
}

/// All of them.
pub const DECLARED: [Declared; 7] = [
    Declared { name: "account", routes: account::ROUTES, openapi: Some(account::openapi) },
    Declared { name: "assign", routes: assign::ROUTES, openapi: Some(assign::openapi) },
    Declared { name: "check-in", routes: check_in::ROUTES, openapi: Some(check_in::openapi) },
    Declared { name: "mint-token", routes: mint_token::ROUTES, openapi: Some(mint_token::openapi) },
    Declared { name: "portal", routes: portal::ROUTES, openapi: None },
    Declared { name: "receive-order", routes: receive_order::ROUTES, openapi: Some(receive_order::openapi) },
    Declared { name: "unlock", routes: unlock::ROUTES, openapi: Some(unlock::openapi) },
];
