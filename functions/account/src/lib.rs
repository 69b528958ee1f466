#![doc = include_str!("../README.md")]

mod api;
mod appoint;
mod audit;
mod document;
mod endings;
mod list;
mod me;
mod members;
mod once;
mod orders;
mod people;
mod resellers;
mod server;
mod staff;
mod view;

use std::convert::Infallible;

use aws_config::SdkConfig;
use http_api::lambda::warm_table;
use http_api::{Authorization, Call, Clock, Failure, Function, Reply, Route, Settings, Site, actor_of, serve};
use lambda_http::{Body, Request, Response};
use licensing::Refusal;
use licensing::account::Account;
use licensing::id::AccountId;
use licensing::text::EmailAddress;
use table::{Stored, Table};

use staff::Verdict;

pub use api::openapi;
pub use document::*;

/// What this function serves.
pub const ROUTES: &[Route] = &[
    portal("GET", "/v1/me", "getMe"),
    portal("PUT", "/v1/me/reminders/{topic}", "changeReminder"),
    portal("GET", "/v1/accounts", "listAccounts"),
    portal("GET", "/v1/accounts/{accountId}", "getAccount"),
    portal("GET", "/v1/accounts/{accountId}/endings", "listEndings"),
    portal("GET", "/v1/accounts/{accountId}/orders", "listAccountOrders"),
    portal("GET", "/v1/accounts/{accountId}/audit", "listAudit"),
    portal("GET", "/v1/accounts/{accountId}/members", "listMembers"),
    portal("POST", "/v1/accounts/{accountId}/members", "inviteMember"),
    portal("PATCH", "/v1/accounts/{accountId}/members/{personId}", "changeMember"),
    portal("DELETE", "/v1/accounts/{accountId}/members/{personId}", "removeMember"),
    portal("POST", "/v1/accounts/{accountId}/requests/{personId}", "acceptRequest"),
    portal("DELETE", "/v1/accounts/{accountId}/requests/{personId}", "declineRequest"),
    portal("PUT", "/v1/accounts/{accountId}/resellers/{resellerNumber}", "acceptReseller"),
    portal("DELETE", "/v1/accounts/{accountId}/resellers/{resellerNumber}", "removeReseller"),
    portal("GET", "/v1/servers/{serverId}", "getServer"),
    portal("GET", "/v1/products", "listProducts"),
    portal("GET", "/v1/orders", "findOrder"),
    portal("GET", "/v1/orders/{orderId}", "getOrder"),
    portal("POST", "/v1/orders/{orderId}/lock", "lockOrder"),
    portal("POST", "/v1/orders/{orderId}/resend", "resendOrder"),
    portal("POST", "/v1/orders/{orderId}/cancel", "cancelOrder"),
    portal("GET", "/v1/mails", "listParkedMails"),
    portal("POST", "/v1/mails/{mailId}/retry", "retryMail"),
    portal("DELETE", "/v1/mails/{mailId}", "dismissMail"),
    portal("GET", "/v1/events", "listParkedEvents"),
    portal("POST", "/v1/events/{eventId}/replay", "replayEvent"),
    portal("DELETE", "/v1/events/{eventId}", "dismissEvent"),
    portal("PUT", "/v1/accounts/{accountId}/grace", "setGrace"),
    portal("POST", "/v1/accounts/{accountId}/resellers/{resellerNumber}/move", "moveReseller"),
    portal("POST", "/v1/accounts/{accountId}/manager", "appointManager"),
    portal("POST", "/v1/resellers/{resellerNumber}/manager", "appointResellerManager"),
    portal("POST", "/v1/people/find", "findPerson"),
    portal("POST", "/v1/people/{personId}/erase", "erasePerson"),
];

const fn portal(method: &'static str, path: &'static str, operation: &'static str) -> Route {
    Route { method, path, operation, authorization: Authorization::Portal }
}

/// The function with its connections.
pub struct AccountFunction {
    site: Site,
    table: Table,
    /// The addresses that the deployment names as vendor staff.
    vendor_staff: Vec<EmailAddress>,
}

impl AccountFunction {
    /// Opens the connection to the table.
    ///
    /// # Errors
    ///
    /// Never; the functions of this product connect in the same way.
    pub async fn connect(settings: &Settings, sdk: &SdkConfig, clock: Clock) -> Result<Self, Infallible> {
        Ok(Self {
            table: warm_table(settings, sdk).await,
            vendor_staff: settings.vendor_staff.clone(),
            site: Site { clock, base_url: settings.base_url.clone() },
        })
    }
}

/// Answers one request.
pub async fn handle(function: &AccountFunction, request: Request) -> Response<Body> {
    serve(function, request).await
}

impl Function for AccountFunction {
    const ROUTES: &'static [Route] = ROUTES;

    fn site(&self) -> &Site {
        &self.site
    }

    async fn answer(&self, call: &Call) -> Result<Reply, Failure> {
        let table = &self.table;
        let actor = actor_of(call, table).await?;
        let actor = &appoint::appoint(table, call, &self.vendor_staff, actor).await?;
        match call.operation {
            "getMe" => me::show(table, actor).await,
            "changeReminder" => me::change_reminder(table, call, actor).await,
            "listAccounts" => list::list(table, call, actor).await,
            "getAccount" => view::show(table, call, actor).await,
            "listEndings" => endings::list(table, call, actor).await,
            "listAccountOrders" => orders::list(table, call, actor).await,
            "listAudit" => audit::list(table, call, actor).await,
            "listMembers" => members::list(table, call, actor).await,
            "inviteMember" => members::invite(table, call, actor).await,
            "changeMember" => members::change_role(table, call, actor).await,
            "removeMember" => members::remove(table, call, actor).await,
            "acceptRequest" => members::accept(table, call, actor).await,
            "declineRequest" => members::decline(table, call, actor).await,
            "acceptReseller" => resellers::accept(table, call, actor).await,
            "removeReseller" => resellers::remove(table, call, actor).await,
            "getServer" => server::show(table, call, actor).await,
            "listProducts" => staff::products(table, actor).await,
            "findOrder" => staff::find(table, call, actor).await,
            "getOrder" => staff::show(table, call, actor).await,
            "lockOrder" => staff::lock(table, call, actor).await,
            "cancelOrder" => staff::cancel(table, call, actor).await,
            "resendOrder" => staff::resend(table, call, actor).await,
            "listParkedMails" => staff::parked_mails(table, call, actor).await,
            "retryMail" => staff::settle_mail(table, call, actor, Verdict::Retry).await,
            "dismissMail" => staff::settle_mail(table, call, actor, Verdict::Dismiss).await,
            "listParkedEvents" => staff::parked_events(table, call, actor).await,
            "replayEvent" => staff::settle_event(table, call, actor, Verdict::Retry).await,
            "dismissEvent" => staff::settle_event(table, call, actor, Verdict::Dismiss).await,
            "setGrace" => staff::set_grace(table, call, actor).await,
            "moveReseller" => staff::move_reseller(table, call, actor).await,
            "appointManager" => staff::appoint_manager(table, call, actor).await,
            "findPerson" => staff::find_person(table, call, actor).await,
            "erasePerson" => staff::erase_person(table, call, actor, &self.vendor_staff).await,
            _ => staff::appoint_reseller_manager(table, call, actor).await,
        }
    }
}

/// The account that a path names.
pub(crate) fn account_id(call: &Call) -> Result<AccountId, Failure> {
    call.path("accountId", "account", AccountId::parse)
}

/// The account that a path names, as it is stored.
pub(crate) async fn load(table: &Table, account: AccountId) -> Result<Stored<Account>, Failure> {
    Ok(table.account(account).await?.ok_or(Refusal::NotFound("account"))?)
}
