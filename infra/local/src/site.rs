//! The stack's own pages, beside what the functions serve.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::Redirect;
use axum::routing::get;
use brand::Brand;

use crate::mailbox::{self, Mailbox};
use crate::page::stylesheet;
use crate::receiver::{self, Receiver};
use crate::samples::SampleOrders;
use crate::sign_in::{self, People, Provider};
use crate::time::TimeMachine;

/// What the pages show.
pub(crate) struct Site {
    pub(crate) brand: Brand,
    pub(crate) mailbox: Mailbox,
    pub(crate) receiver: Receiver,
    pub(crate) orders: SampleOrders,
    pub(crate) provider: Provider,
    pub(crate) people: People,
    pub(crate) time: TimeMachine,
}

impl Site {
    /// The routes below `/local`.
    pub(crate) fn router(self) -> Router {
        let Self { brand, mailbox, receiver, orders, provider, people, time } = self;
        let portal_name = format!("{} {}", brand.vendor_name, brand.portal_name);
        let script = |text: &'static str| ([(header::CONTENT_TYPE, "text/javascript")], text);
        let mailbox_script = script(include_str!("../templates/mailbox.js"));
        let copy_script = script(include_str!("../templates/copy.js"));
        Router::new()
            .route("/local/style.css", get(move || async move { stylesheet(&brand) }))
            .route("/local/mailbox.js", get(move || async move { mailbox_script }))
            .route("/local/copy.js", get(move || async move { copy_script }))
            .route("/local", get(to_mailbox))
            .route("/local/", get(to_mailbox))
            // Browsers ask for it beside every page; the brand's picture is for mails.
            .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
            .nest("/local/mailbox", mailbox::pages::router(mailbox, orders, portal_name.clone()))
            .nest("/local/events", receiver::pages::router(receiver, portal_name.clone()))
            .nest(sign_in::PATH, sign_in::router(provider, people, portal_name))
            .merge(time.router())
    }
}

async fn to_mailbox() -> Redirect {
    Redirect::to("/local/mailbox")
}
