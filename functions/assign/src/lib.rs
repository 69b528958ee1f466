#![doc = include_str!("../README.md")]

mod assignments;
mod change;
mod document;
mod release;
mod servers;

use std::convert::Infallible;

use aws_config::SdkConfig;
use http_api::change::answer;
use http_api::lambda::warm_table;
use http_api::openapi::{Api, Operation};
use http_api::{Authorization, Call, Clock, Failure, Function, Reply, Route, Settings, Site, serve};
use lambda_http::{Body, Request, Response};
use licensing::id::{AccountId, ServerId};
use table::Table;
use utoipa::openapi::OpenApi;

use document::{Assignments, Disabled, Enabled, NewServer, Release, Released, ServerAdded, ServerChange, VersionReply};

/// What this function serves.
pub const ROUTES: &[Route] = &[
    portal("POST", "/v1/accounts/{accountId}/servers", "addServer"),
    portal("PATCH", "/v1/accounts/{accountId}/servers/{serverId}", "changeServer"),
    portal("DELETE", "/v1/accounts/{accountId}/servers/{serverId}", "deleteServer"),
    portal("POST", "/v1/accounts/{accountId}/servers/{serverId}/disable", "disableServer"),
    portal("POST", "/v1/accounts/{accountId}/servers/{serverId}/enable", "enableServer"),
    portal("POST", "/v1/accounts/{accountId}/servers/{serverId}/release", "releaseServer"),
    portal("PUT", "/v1/accounts/{accountId}/assignments", "saveAssignments"),
];

const fn portal(method: &'static str, path: &'static str, operation: &'static str) -> Route {
    Route { method, path, operation, authorization: Authorization::Portal }
}

/// The function with its connections.
pub struct Assign {
    site: Site,
    table: Table,
}

impl Assign {
    /// Opens the connection to the table.
    ///
    /// # Errors
    ///
    /// Never; the functions of this product connect in the same way.
    pub async fn connect(settings: &Settings, sdk: &SdkConfig, clock: Clock) -> Result<Self, Infallible> {
        let table = warm_table(settings, sdk).await;
        Ok(Self { site: Site { clock, base_url: settings.base_url.clone() }, table })
    }
}

/// Answers one request.
pub async fn handle(function: &Assign, request: Request) -> Response<Body> {
    serve(function, request).await
}

impl Function for Assign {
    const ROUTES: &'static [Route] = ROUTES;

    fn site(&self) -> &Site {
        &self.site
    }

    async fn answer(&self, call: &Call) -> Result<Reply, Failure> {
        let table = &self.table;
        match call.operation {
            "addServer" => servers::add(table, call).await,
            "changeServer" => servers::change(table, call).await,
            "deleteServer" => servers::delete(table, call).await,
            "disableServer" => servers::disable(table, call).await,
            "enableServer" => servers::enable(table, call).await,
            "releaseServer" => release::release(table, call).await,
            _ => assignments::save(table, call).await,
        }
    }
}

/// The server that a path names.
pub(crate) fn server_id(call: &Call) -> Result<ServerId, Failure> {
    call.path("serverId", "server", ServerId::parse)
}

/// The account that a path names.
pub(crate) fn account_id(call: &Call) -> Result<AccountId, Failure> {
    call.path("accountId", "account", AccountId::parse)
}

/// A reply that was made or remembered, on its way out.
pub(crate) fn reply(reply: &table::Reply) -> Reply {
    Reply::remembered(reply)
}

/// This function's part of the OpenAPI document.
pub fn openapi() -> OpenApi {
    let write = |id, summary, codes: &[&'static str]| {
        Operation::new(id, summary).idempotent().problems(&["not_found", "manager_required"]).problems(codes)
    };
    Api::new(ROUTES)
        .operation(
            write("addServer", "Add a server", &["too_many_servers", "server_name_taken"])
                .problems(&["malformed_body", "unsupported_media_type", "invalid_body"])
                .body::<NewServer>()
                .reply::<ServerAdded>(201),
        )
        .operation(
            write("changeServer", "Rename a server, or change how it stays current", &["server_not_found"])
                .problems(&["server_name_taken", "offline_not_allowed", "offline_not_returned"])
                .problems(&["malformed_body", "unsupported_media_type", "invalid_body"])
                .body::<ServerChange>()
                .reply::<VersionReply>(200),
        )
        .operation(
            write("deleteServer", "Delete a server that was never activated", &["server_not_found"])
                .problems(&["server_was_activated"])
                .no_content(),
        )
        .operation(
            write("disableServer", "Disable a server, 24 hours from now", &["server_not_found", "server_disabled"])
                .reply::<Disabled>(200),
        )
        .operation(
            write("enableServer", "Enable a server", &["server_not_found", "server_not_disabled"])
                .says(
                    "Before the disabling takes effect, what the server had returns as far as it was not given away; \
                     afterwards it comes back without capacity.",
                )
                .problems(&["too_many_servers"])
                .reply::<Enabled>(200),
        )
        .operation(
            write("releaseServer", "Release a server from its AppSuite, or resolve a conflict", &["server_not_found"])
                .says(
                    "With `keep` it resolves a conflict: the installation that is kept goes on, the other is told. The \
                     vendor's staff releases with a reason, without limit.",
                )
                .problems(&["server_not_bound", "too_many_releases", "no_conflict", "server_disabled"])
                .problems(&["offline_not_returned", "reason_required", "invalid_body"])
                .problems(&["malformed_body", "unsupported_media_type"])
                .body::<Release>()
                .reply::<Released>(200),
        )
        .operation(
            write("saveAssignments", "Save what is assigned, all or nothing", &["pool_not_found", "server_not_found"])
                .says("Cells that are not named stay as they are.")
                .if_match()
                .problems(&["over_assigned", "redundancy_exceeds_primary", "server_disabled", "offline_not_allowed"])
                .problems(&["account_too_large", "malformed_body", "unsupported_media_type", "invalid_body"])
                .body::<Assignments>()
                .reply::<VersionReply>(200),
        )
        .build()
}
