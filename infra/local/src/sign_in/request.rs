//! Authorization requests: what real providers insist on, and how the browser goes back.

use axum::response::{Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::CLIENT_ID;
use super::pages::no_store;
use crate::form::Form;

/// An authorization request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Request {
    response_type: String,
    client_id: String,
    pub(super) redirect_uri: String,
    state: String,
    pub(super) nonce: String,
    pub(super) code_challenge: String,
    code_challenge_method: String,
    pub(super) login_hint: String,
    prompt: String,
}

impl Request {
    pub(super) fn from_form(form: &Form) -> Self {
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
            prompt: String::new(),
        }
    }

    /// What real providers insist on, so that a client that works here works there.
    pub(super) fn check(&self) -> Result<(), &'static str> {
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

    /// Whether the person is to choose again although they are signed in.
    pub(super) fn asks_anew(&self) -> bool {
        self.prompts("login") || self.prompts("select_account")
    }

    /// Whether nobody may be asked anything.
    pub(super) fn asks_nobody(&self) -> bool {
        self.prompts("none")
    }

    fn prompts(&self, word: &str) -> bool {
        self.prompt.split(' ').any(|prompt| prompt == word)
    }

    /// The browser back at the client, with a code.
    pub(super) fn granted(&self, code: &str) -> Response {
        self.back("code", code)
    }

    /// The browser back at the client, with an error.
    pub(super) fn refused(&self, error: &str) -> Response {
        self.back("error", error)
    }

    fn back(&self, name: &str, value: &str) -> Response {
        let query = format!("{name}={value}&state={}", encode(&self.state));
        no_store(Redirect::to(&with_query(&self.redirect_uri, &query)))
    }

    /// The fields that the page sends along.
    pub(super) fn hidden(&self) -> Vec<(&'static str, &str)> {
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

/// Tokens never leave the machine.
pub(super) fn is_local(uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = authority.split_once(':').unwrap_or((authority, "80"));
    matches!(name, "localhost" | "127.0.0.1") && port.parse::<u16>().is_ok()
}

pub(super) fn with_query(uri: &str, query: &str) -> String {
    match (query.is_empty(), uri.contains('?')) {
        (true, _) => uri.to_owned(),
        (false, true) => format!("{uri}&{query}"),
        (false, false) => format!("{uri}?{query}"),
    }
}

pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
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
