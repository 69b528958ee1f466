//! The provider's endpoints and its page of people.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use licensing::text::EmailAddress;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::code::Grant;
use super::{CLIENT_ID, Provider, TOKEN_SECONDS};
use crate::form::{Form, parse_form};
use crate::page::page;

/// Somebody to sign in as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Person {
    /// What they are a member of, such as "Vendor staff".
    pub(crate) group: String,
    /// Their address.
    pub(crate) email: String,
    /// Their name, where it is known.
    pub(crate) name: Option<String>,
    /// What they may do there, such as "manager".
    pub(crate) role: String,
}

/// Who there is to sign in as, asked anew each time.
pub(crate) type People = Arc<dyn Fn() -> Vec<Person> + Send + Sync>;

#[derive(Clone)]
struct Site {
    provider: Provider,
    people: People,
    portal_name: String,
}

/// The routes below [`super::PATH`].
pub(crate) fn router(provider: Provider, people: People, portal_name: String) -> Router {
    Router::new()
        .route("/", get(choose_for_token))
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/authorize", get(choose).post(authorize))
        .route("/token", post(token))
        .route("/bearer", get(|| async { Redirect::to(super::PATH) }).post(bearer))
        .route("/end-session", get(end_session))
        .with_state(Site { provider, people, portal_name })
}

async fn discovery(State(site): State<Site>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", site.provider.issuer());
    Json(json!({
        "issuer": site.provider.issuer(),
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"),
        "end_session_endpoint": at("/end-session"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": ["openid", "email"],
        "claims_supported": ["sub", "email", "email_verified", "token_use"],
    }))
}

async fn jwks(State(site): State<Site>) -> Json<Value> {
    Json(site.provider.0.key.jwks())
}

/// An authorization request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Request {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
    login_hint: String,
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage<'a> {
    portal_name: &'a str,
    groups: Vec<(String, Vec<Person>)>,
    action: &'static str,
    hidden: Vec<(&'static str, &'a str)>,
    hint: &'a str,
    /// What was typed and is no address.
    wrong: Option<&'a str>,
}

async fn choose(State(site): State<Site>, Query(request): Query<Request>) -> Response {
    if let Err(fault) = request.check() {
        return (StatusCode::BAD_REQUEST, fault).into_response();
    }
    site.page("/local/openid/authorize", request.hidden(), &request.login_hint)
}

async fn choose_for_token(State(site): State<Site>) -> Response {
    site.page("/local/openid/bearer", Vec::new(), "")
}

async fn authorize(State(site): State<Site>, body: Bytes) -> Response {
    let form = parse_form(&body);
    let request = Request::from_form(&form);
    if let Err(fault) = request.check() {
        return (StatusCode::BAD_REQUEST, fault).into_response();
    }
    let email = match email(&form) {
        Ok(email) => email,
        Err(typed) => return site.again("/local/openid/authorize", request.hidden(), &typed),
    };
    let code = site.provider.0.codes.give(Grant {
        email,
        redirect_uri: request.redirect_uri.clone(),
        nonce: Some(request.nonce.clone()).filter(|nonce| !nonce.is_empty()),
        code_challenge: request.code_challenge.clone(),
        issued: site.provider.0.clock.now(),
    });
    let state = encode(&request.state);
    Redirect::to(&with_query(&request.redirect_uri, &format!("code={code}&state={state}"))).into_response()
}

async fn token(State(site): State<Site>, body: Bytes) -> Response {
    let form = parse_form(&body);
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    if field("grant_type") != "authorization_code" {
        return refused("unsupported_grant_type");
    }
    if field("client_id") != CLIENT_ID {
        return refused("invalid_client");
    }
    let now = site.provider.0.clock.now();
    let codes = &site.provider.0.codes;
    match codes.redeem(field("code"), field("code_verifier"), field("redirect_uri"), now) {
        Some(grant) => no_store(Json(json!({
            "id_token": site.provider.sign(&site.provider.id_claims(&grant.email, grant.nonce.as_deref())),
            "access_token": site.provider.access_token(&grant.email),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": "openid email",
        }))),
        None => refused("invalid_grant"),
    }
}

#[derive(Template)]
#[template(path = "bearer.html")]
struct BearerPage<'a> {
    portal_name: &'a str,
    email: &'a str,
    token: &'a str,
    origin: &'a str,
}

/// A token to copy, for people who call the API by hand.
async fn bearer(State(site): State<Site>, body: Bytes) -> Response {
    let email = match email(&parse_form(&body)) {
        Ok(email) => email,
        Err(typed) => return site.again("/local/openid/bearer", Vec::new(), &typed),
    };
    let token = site.provider.id_token(&email);
    let origin = site.provider.issuer().trim_end_matches(super::PATH);
    page(&BearerPage { portal_name: &site.portal_name, email: &email, token: &token, origin })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EndSession {
    post_logout_redirect_uri: String,
    state: String,
}

/// There is no session here to end; the portal only wants to be called back.
async fn end_session(Query(request): Query<EndSession>) -> Response {
    if !is_local(&request.post_logout_redirect_uri) {
        return Redirect::to("/").into_response();
    }
    let state = if request.state.is_empty() { String::new() } else { format!("state={}", encode(&request.state)) };
    Redirect::to(&with_query(&request.post_logout_redirect_uri, &state)).into_response()
}

impl Site {
    fn page(&self, action: &'static str, hidden: Vec<(&'static str, &str)>, hint: &str) -> Response {
        page(&self.sign_in(action, hidden, hint, None))
    }

    /// The page once more, saying that what was typed is no address.
    fn again(&self, action: &'static str, hidden: Vec<(&'static str, &str)>, typed: &str) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, page(&self.sign_in(action, hidden, typed, Some(typed)))).into_response()
    }

    fn sign_in<'a>(
        &'a self,
        action: &'static str,
        hidden: Vec<(&'static str, &'a str)>,
        hint: &'a str,
        wrong: Option<&'a str>,
    ) -> SignInPage<'a> {
        let groups = grouped((self.people)());
        SignInPage { portal_name: &self.portal_name, groups, action, hidden, hint, wrong }
    }
}

impl Request {
    fn from_form(form: &Form) -> Self {
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        Self {
            response_type: field("response_type"),
            client_id: field("client_id"),
            redirect_uri: field("redirect_uri"),
            state: field("state"),
            nonce: field("nonce"),
            code_challenge: field("code_challenge"),
            code_challenge_method: field("code_challenge_method"),
            login_hint: String::new(),
        }
    }

    /// What real providers insist on, so that a client that works here works there.
    fn check(&self) -> Result<(), &'static str> {
        if self.response_type != "code" {
            return Err("response_type must be code.");
        }
        if self.client_id != CLIENT_ID {
            return Err("client_id must be portal.");
        }
        if !is_local(&self.redirect_uri) {
            return Err("redirect_uri must be an address of this machine.");
        }
        if self.code_challenge_method != "S256" || self.code_challenge.len() != 43 {
            return Err("code_challenge must be there, with code_challenge_method S256.");
        }
        Ok(())
    }

    /// The fields that the page sends along.
    fn hidden(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("response_type", self.response_type.as_str()),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge", &self.code_challenge),
            ("code_challenge_method", &self.code_challenge_method),
        ]
    }
}

/// People under the headings of what they are members of.
fn grouped(people: Vec<Person>) -> Vec<(String, Vec<Person>)> {
    let mut groups: Vec<(String, Vec<Person>)> = Vec::new();
    for person in people {
        match groups.last_mut().filter(|(group, _)| *group == person.group) {
            Some((_, members)) => members.push(person),
            None => groups.push((person.group.clone(), vec![person])),
        }
    }
    groups
}

/// A button of the page, or the free field; the error is what is no address.
fn email(form: &Form) -> Result<String, String> {
    let chosen = form.get("email").filter(|email| !email.trim().is_empty()).or_else(|| form.get("other"));
    let typed = chosen.map(|email| email.trim().to_lowercase()).unwrap_or_default();
    EmailAddress::parse(&typed).map(|email| email.to_string()).map_err(|_| typed)
}

/// Tokens never leave the machine.
fn is_local(uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = authority.split_once(':').unwrap_or((authority, "80"));
    matches!(name, "localhost" | "127.0.0.1") && port.parse::<u16>().is_ok()
}

fn with_query(uri: &str, query: &str) -> String {
    match (query.is_empty(), uri.contains('?')) {
        (true, _) => uri.to_owned(),
        (false, true) => format!("{uri}&{query}"),
        (false, false) => format!("{uri}?{query}"),
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn refused(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, no_store(Json(json!({ "error": error })))).into_response()
}

fn no_store(body: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_never_leave_the_machine() {
        assert!(is_local("http://localhost:8787/callback"));
        assert!(is_local("http://127.0.0.1/callback?x=1"));
        for wrong in [
            "",
            "https://example.com",
            "http://example.com/localhost",
            "http://localhost.example.com",
            "http://localhost@example.com",
            "http://localhost:1@example.com",
            "http://localhost:80\\@example.com",
        ] {
            assert!(!is_local(wrong), "{wrong}");
        }
    }
}
