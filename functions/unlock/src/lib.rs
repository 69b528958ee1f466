#![doc = include_str!("../README.md")]

mod commit;
mod forward;
mod opened;
pub mod page;
mod press;
mod show;
mod subscription;
mod unlock;

use std::convert::Infallible;
use std::sync::Arc;

use aws_config::SdkConfig;
use brand::Brand;
use http_api::lambda::warm_table;
use http_api::openapi::{Api, Operation};
use http_api::{Authorization, Call, Clock, Failure, Function, Reply, Route, Settings, Site, serve};
use keys::{KeysError, Secret};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use lease::{MacRing, OrderLink};
use table::Table;
use utoipa::openapi::OpenApi;

use crate::opened::{Opened, Opening};
use crate::page::{FaultPage, Look, Page, UnknownPage};

/// What this function serves.
pub const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/unlock/{link}", operation: "showOrder", authorization: Authorization::Link },
    Route { method: "HEAD", path: "/unlock/{link}", operation: "probeOrder", authorization: Authorization::Link },
    Route { method: "POST", path: "/unlock/{link}", operation: "unlockOrder", authorization: Authorization::Link },
    Route {
        method: "POST",
        path: "/unlock/{link}/forward",
        operation: "forwardOrder",
        authorization: Authorization::Link,
    },
    Route {
        method: "POST",
        path: "/unlock/{link}/withdraw",
        operation: "withdrawForward",
        authorization: Authorization::Link,
    },
    Route {
        method: "GET",
        path: "/unsubscribe/{link}",
        operation: "showSubscription",
        authorization: Authorization::Link,
    },
    Route {
        method: "HEAD",
        path: "/unsubscribe/{link}",
        operation: "probeSubscription",
        authorization: Authorization::Link,
    },
    Route {
        method: "POST",
        path: "/unsubscribe/{link}",
        operation: "changeSubscription",
        authorization: Authorization::Link,
    },
];

/// The function with its connections.
pub struct Unlock {
    site: Site,
    pub(crate) table: Table,
    pub(crate) brand: Brand,
    link_ring: Secret<MacRing>,
}

impl Unlock {
    /// Opens the connections and reads the link ring.
    ///
    /// # Errors
    ///
    /// When the ring can't be read.
    pub async fn connect(settings: &Settings, sdk: &SdkConfig, clock: Clock) -> Result<Self, KeysError> {
        let secrets = aws_sdk_secretsmanager::Client::new(sdk);
        let ring = Secret::load(&secrets, &settings.link_keys, clock.now());
        let (link_ring, table) = tokio::join!(ring, warm_table(settings, sdk));
        Ok(Self {
            link_ring: link_ring?,
            table,
            brand: settings.brand.clone(),
            site: Site { clock, base_url: settings.base_url.clone() },
        })
    }

    async fn page(&self, call: &Call) -> Result<Reply, Failure> {
        let link = call.path("link", "link", |text| Ok::<_, Infallible>(text.to_owned()))?;
        // What is no link at all is known at once to be none.
        let knows = |ring: &MacRing| OrderLink::key_id(&link).is_none_or(|id| ring.knows(id));
        let ring: Arc<MacRing> = self.link_ring.that_knows(call.now, knows).await;
        if matches!(call.operation, "showSubscription" | "probeSubscription" | "changeSubscription") {
            return subscription::answer(self, call, &ring, &link).await;
        }
        let opened = match Opened::open(self, call, &ring, &link).await? {
            Opening::Here(opened) => opened,
            Opening::Page(status, page) => return Ok(reply(status, page)),
        };
        match call.operation {
            "unlockOrder" => unlock::unlock(self, call, &opened).await,
            "forwardOrder" => forward::forward(self, call, &opened).await,
            "withdrawForward" => forward::withdraw(self, call, &opened).await,
            _ => show::show(self, call, &opened, None, "").await,
        }
    }

    /// How a page looks to whoever asks, where no order says more.
    pub(crate) fn look(&self, call: &Call) -> Look<'_> {
        Look { brand: &self.brand, language: call.language().unwrap_or_default() }
    }
}

/// A page on its way out: for this reader alone, in no search index, and telling nobody where its links were.
pub(crate) fn reply(status: StatusCode, page: Page) -> Reply {
    use lambda_http::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_FRAME_OPTIONS};
    Reply::text(status, "text/html; charset=utf-8", page.html)
        .with(CONTENT_SECURITY_POLICY, &page.csp)
        .with(REFERRER_POLICY, "same-origin")
        .with(X_FRAME_OPTIONS, "DENY")
        .with(lambda_http::http::HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive")
}

/// Answers one request.
pub async fn handle(function: &Unlock, request: Request) -> Response<Body> {
    serve(function, request).await
}

impl Function for Unlock {
    const ROUTES: &'static [Route] = ROUTES;

    fn site(&self) -> &Site {
        &self.site
    }

    async fn answer(&self, call: &Call) -> Result<Reply, Failure> {
        self.page(call).await
    }

    fn failed(&self, call: &Call, failure: &Failure) -> Response<Body> {
        let look = self.look(call);
        let page = if failure.is_fault() {
            FaultPage { look, retry: "", reference: &call.request_id }.render()
        } else {
            UnknownPage { look }.render()
        };
        reply(failure.status(), page).into()
    }
}

/// This function's part of the OpenAPI document.
pub fn openapi() -> OpenApi {
    let about = "A page for people. It changes something only when a person pressed its button.";
    Api::new(ROUTES)
        .operation(Operation::new("showOrder", "The order's page").page(&[200, 404, 410]))
        .operation(Operation::new("probeOrder", "Whether the order's page is there").page(&[200, 404, 410]))
        .operation(
            Operation::new("unlockOrder", "Unlock the order")
                .says(about)
                .form()
                .see_other()
                .page(&[200, 404, 409, 410]),
        )
        .operation(
            Operation::new("forwardOrder", "Forward the order").says(about).form().page(&[200, 404, 409, 410, 422]),
        )
        .operation(
            Operation::new("withdrawForward", "Take a forward back").says(about).form().page(&[200, 404, 409, 410]),
        )
        .operation(Operation::new("showSubscription", "Whether a reader gets a kind of mail").page(&[200, 404]))
        .operation(Operation::new("probeSubscription", "Whether the page is there").page(&[200, 404]))
        .operation(
            Operation::new("changeSubscription", "End a kind of mail, or take it up again")
                .says(
                    "A page for people, and the one press of a mail program (RFC 8058): `List-Unsubscribe=One-Click`.",
                )
                .form()
                .page(&[200, 404]),
        )
        .build()
}
