//! The mailbox as pages.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::{Mail, MailPart, Mailbox};
use crate::page::{page, shown};
use crate::samples::SampleOrders;

/// What a mail may do in its frame: look as it is, and open its links in a tab of their own.
const MAIL_POLICY: &str = "default-src 'none'; img-src data: https: http:; style-src 'unsafe-inline'; font-src https:; \
                           base-uri 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox";

#[derive(Clone)]
struct Site {
    mailbox: Mailbox,
    orders: SampleOrders,
    portal_name: String,
}

/// The routes below `/local/mailbox`.
pub(crate) fn router(mailbox: Mailbox, orders: SampleOrders, portal_name: String) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/list", get(fragment))
        .route("/sample-order", post(sample_order))
        .route("/unlock-link", get(unlock_link))
        .route("/{id}", get(mail))
        .route("/{id}/html", get(html))
        .with_state(Site { mailbox, orders, portal_name })
}

struct Row {
    id: String,
    subject: String,
    to: String,
    received: String,
    received_shown: String,
    new: bool,
}

struct Notice {
    text: String,
    bad: bool,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage<'a> {
    portal_name: &'a str,
    notice: Option<Notice>,
    version: usize,
    mails: Vec<Row>,
}

#[derive(Template)]
#[template(path = "mail-list.html")]
struct MailList {
    mails: Vec<Row>,
}

async fn list(State(site): State<Site>) -> Response {
    site.list(None)
}

async fn sample_order(State(site): State<Site>) -> Response {
    match site.orders.send().await {
        Ok(_) => Redirect::to("/local/mailbox").into_response(),
        Err(text) => site.list(Some(Notice { text, bad: true })),
    }
}

#[derive(Deserialize)]
struct Seen {
    seen: usize,
}

/// The list alone, if there is more than was seen.
async fn fragment(State(site): State<Site>, Query(Seen { seen }): Query<Seen>) -> Response {
    let mails = site.mailbox.all();
    if mails.len() == seen {
        return StatusCode::NO_CONTENT.into_response();
    }
    let version = [("x-version", mails.len().to_string())];
    (version, page(&MailList { mails: rows(&mails, seen) })).into_response()
}

#[derive(Deserialize)]
struct Order {
    order: String,
}

/// The link of an order's newest mail, as a text; there is none until the mail has come.
async fn unlock_link(State(site): State<Site>, Query(Order { order }): Query<Order>) -> Response {
    let mails = site.mailbox.all();
    let of_order = mails.iter().rev().filter(|mail| mail.subject().ends_with(&order));
    let link = of_order.flat_map(|mail| mail.links()).find(|link| link.contains("/unlock/"));
    link.map_or_else(no_such_mail, IntoResponse::into_response)
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage<'a> {
    portal_name: &'a str,
    id: &'a str,
    subject: String,
    from: String,
    to: String,
    reply_to: Option<String>,
    received: String,
    tabs: Vec<(&'static str, &'static str)>,
    view: &'static str,
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct View {
    view: String,
}

async fn mail(State(site): State<Site>, Path(id): Path<String>, Query(View { view }): Query<View>) -> Response {
    let Some(mail) = site.mailbox.get(&id) else { return no_such_mail() };
    let tabs = tabs(&mail);
    let view = tabs.iter().map(|tab| tab.0).find(|tab| *tab == view).unwrap_or(tabs[0].0);
    let (from, to) = mail.shown();
    page(&MailPage {
        portal_name: &site.portal_name,
        id: &id,
        subject: subject(&mail),
        from,
        to,
        reply_to: mail.reply_to(),
        received: shown(mail.envelope.received),
        tabs,
        view,
        text: match view {
            "source" => String::from_utf8_lossy(&mail.source).into_owned(),
            _ => mail.part(MailPart::Text).unwrap_or_default(),
        },
    })
}

async fn html(State(site): State<Site>, Path(id): Path<String>) -> Response {
    let Some(html) = site.mailbox.get(&id).and_then(|mail| mail.part(MailPart::Html)) else { return no_such_mail() };
    // Mail programs open links outside themselves.
    let html = html.replacen("<head>", "<head><base target=\"_blank\">", 1);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, html).into_response()
}

impl Site {
    fn list(&self, notice: Option<Notice>) -> Response {
        let mails = self.mailbox.all();
        let version = mails.len();
        page(&MailboxPage { portal_name: &self.portal_name, notice, version, mails: rows(&mails, version) })
    }
}

/// Newest first; those after the first `seen` are new.
fn rows(mails: &[Arc<Mail>], seen: usize) -> Vec<Row> {
    let row = |(index, mail): (usize, &Arc<Mail>)| Row {
        id: mail.envelope.id.clone(),
        subject: subject(mail),
        to: mail.shown().1,
        received: mail.envelope.received.to_string(),
        received_shown: shown(mail.envelope.received),
        new: index >= seen,
    };
    mails.iter().enumerate().rev().map(row).collect()
}

fn tabs(mail: &Mail) -> Vec<(&'static str, &'static str)> {
    let all = [("html", "HTML"), ("text", "Text"), ("source", "Source")];
    all.into_iter().filter(|tab| tab.0 != "html" || mail.part(MailPart::Html).is_some()).collect()
}

fn subject(mail: &Mail) -> String {
    Some(mail.subject()).filter(|subject| !subject.is_empty()).unwrap_or_else(|| "(no subject)".to_owned())
}

fn no_such_mail() -> Response {
    (StatusCode::NOT_FOUND, "There is no such mail.").into_response()
}
