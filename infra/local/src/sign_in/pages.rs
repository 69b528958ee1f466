//! The provider's endpoints and its page of people.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use licensing::text::EmailAddress;
use serde::Deserialize;
use serde_json::{Value, json};

use super::code::Grant;
use super::request::{Request, encode, is_local, with_query};
use super::session::SignIn;
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
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "prompt_values_supported": ["none", "login", "select_account"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": ["openid", "email"],
        "claims_supported": ["sub", "email", "email_verified", "auth_time", "token_use"],
    }))
}

async fn jwks(State(site): State<Site>) -> Json<Value> {
    Json(site.provider.0.key.jwks())
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage<'a> {
    portal_name: &'a str,
    groups: Vec<(String, Vec<Person>)>,
    ask: Ask<'a>,
    issuer: &'a str,
}

/// What the page of people asks for.
#[derive(Default)]
struct Ask<'a> {
    /// Where the choice goes.
    action: &'static str,
    /// The authorization request; none where a token is asked for.
    hidden: Vec<(&'static str, &'a str)>,
    /// The address that stands in the field.
    hint: &'a str,
    /// What was typed and is no address.
    wrong: Option<&'a str>,
    /// Who is signed in, where they can sign out here.
    signed_in: Option<String>,
}

const AUTHORIZE: &str = "/local/openid/authorize";
const BEARER: &str = "/local/openid/bearer";

async fn choose(State(site): State<Site>, headers: HeaderMap, Query(request): Query<Request>) -> Response {
    if let Err(fault) = request.check() {
        return (StatusCode::BAD_REQUEST, fault).into_response();
    }
    match site.provider.session(&headers).filter(|_| !request.asks_anew()) {
        Some(sign_in) => request.granted(&site.code(&request, sign_in)),
        None if request.asks_nobody() => request.refused("login_required"),
        None => {
            let ask = Ask { action: AUTHORIZE, hidden: request.hidden(), hint: &request.login_hint, ..Ask::default() };
            site.page(ask)
        }
    }
}

async fn choose_for_token(State(site): State<Site>, headers: HeaderMap) -> Response {
    let signed_in = site.provider.session(&headers).map(|sign_in| sign_in.email);
    site.page(Ask { action: BEARER, signed_in, ..Ask::default() })
}

async fn authorize(State(site): State<Site>, body: Bytes) -> Response {
    let form = parse_form(&body);
    let request = Request::from_form(&form);
    if let Err(fault) = request.check() {
        return (StatusCode::BAD_REQUEST, fault).into_response();
    }
    let email = match email(&form) {
        Ok(email) => email,
        Err(typed) => return site.again(AUTHORIZE, request.hidden(), &typed),
    };
    let sign_in = site.provider.sign_in(email);
    let cookie = site.provider.session_cookie(&sign_in);
    ([(header::SET_COOKIE, cookie)], request.granted(&site.code(&request, sign_in))).into_response()
}

async fn token(State(site): State<Site>, body: Bytes) -> Response {
    let form = parse_form(&body);
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    if field("client_id") != CLIENT_ID {
        return refused("invalid_client");
    }
    let provider = &site.provider;
    let (sign_in, nonce) = match field("grant_type") {
        "authorization_code" => {
            let now = provider.0.clock.now();
            match provider.0.codes.redeem(field("code"), field("code_verifier"), field("redirect_uri"), now) {
                Some(grant) => (grant.sign_in, grant.nonce),
                None => return refused("invalid_grant"),
            }
        }
        "refresh_token" => match provider.refreshed(field("refresh_token")) {
            Some(sign_in) => (sign_in, None),
            None => return refused("invalid_grant"),
        },
        _ => return refused("unsupported_grant_type"),
    };
    no_store(Json(json!({
        "id_token": provider.id_token_of(&sign_in, nonce.as_deref()),
        "access_token": provider.access_token(&sign_in.email),
        "refresh_token": provider.refresh_token(&sign_in),
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": "openid email",
    })))
}

#[derive(Template)]
#[template(path = "bearer.html")]
struct BearerPage<'a> {
    portal_name: &'a str,
    email: &'a str,
    token: &'a str,
    origin: &'a str,
}

/// A token to copy, for people who call the API by hand. The portal of this browser opens as the same person.
async fn bearer(State(site): State<Site>, body: Bytes) -> Response {
    let email = match email(&parse_form(&body)) {
        Ok(email) => email,
        Err(typed) => return site.again(BEARER, Vec::new(), &typed),
    };
    let token = site.provider.id_token(&email);
    let origin = site.provider.issuer().trim_end_matches(super::PATH);
    let shown = page(&BearerPage { portal_name: &site.portal_name, email: &email, token: &token, origin });
    let cookie = site.provider.session_cookie(&site.provider.sign_in(email));
    ([(header::SET_COOKIE, cookie)], shown).into_response()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EndSession {
    post_logout_redirect_uri: String,
    state: String,
}

async fn end_session(State(site): State<Site>, Query(request): Query<EndSession>) -> Response {
    let to = match request.post_logout_redirect_uri {
        uri if !is_local(&uri) => "/".to_owned(),
        uri if request.state.is_empty() => uri,
        uri => with_query(&uri, &format!("state={}", encode(&request.state))),
    };
    let cookie = site.provider.no_session_cookie();
    ([(header::SET_COOKIE, cookie)], no_store(Redirect::to(&to))).into_response()
}

impl Site {
    /// A code for the client that asked.
    fn code(&self, request: &Request, sign_in: SignIn) -> String {
        self.provider.0.codes.give(Grant {
            sign_in,
            redirect_uri: request.redirect_uri.clone(),
            nonce: Some(request.nonce.clone()).filter(|nonce| !nonce.is_empty()),
            code_challenge: request.code_challenge.clone(),
            issued: self.provider.0.clock.now(),
        })
    }

    fn page(&self, ask: Ask<'_>) -> Response {
        let groups = grouped((self.people)());
        page(&SignInPage { portal_name: &self.portal_name, groups, ask, issuer: self.provider.issuer() })
    }

    /// The page once more, saying that what was typed is no address.
    fn again(&self, action: &'static str, hidden: Vec<(&'static str, &str)>, typed: &str) -> Response {
        let ask = Ask { action, hidden, hint: typed, wrong: Some(typed), signed_in: None };
        (StatusCode::UNPROCESSABLE_ENTITY, self.page(ask)).into_response()
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

fn refused(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, no_store(Json(json!({ "error": error })))).into_response()
}

pub(super) fn no_store(body: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], body).into_response()
}
