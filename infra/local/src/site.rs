//! The stack's own pages, beside what the functions serve.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use brand::Brand;

use crate::mailbox::{self, Mailbox};
use crate::page::stylesheet;
use crate::samples::SampleOrders;
use crate::sign_in::{self, People, Provider};

/// What the pages show.
pub(crate) struct Site {
    pub(crate) brand: Brand,
    pub(crate) mailbox: Mailbox,
    pub(crate) orders: SampleOrders,
    pub(crate) provider: Provider,
    pub(crate) people: People,
}

impl Site {
    /// The routes below `/local`.
    pub(crate) fn router(self) -> Router {
        let Self { brand, mailbox, orders, provider, people } = self;
        let portal_name = format!("{} {}", brand.vendor_name, brand.portal_name);
        let script = ([(header::CONTENT_TYPE, "text/javascript")], include_str!("../templates/mailbox.js"));
        Router::new()
            .route("/local/style.css", get(move || async move { stylesheet(&brand) }))
            .route("/local/mailbox.js", get(move || async move { script }))
            .nest("/local/mailbox", mailbox::pages::router(mailbox, orders, portal_name.clone()))
            .nest(sign_in::PATH, sign_in::router(provider, people, portal_name))
    }
}
