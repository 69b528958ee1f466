#![doc = include_str!("../README.md")]

mod config;
mod files;
mod policy;

use http_api::{Authorization, Call, Clock, Failure, Function, Rejection, Reply, Route, Settings, Site, serve};
use lambda_http::http::header::{CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, VARY};
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};
use sha2::{Digest, Sha256};

use crate::files::{File, Form};
use crate::policy::Policy;

/// This function serves what no other route does.
pub const ROUTES: &[Route] =
    &[Route { method: "ANY", path: "$default", operation: "servePortal", authorization: Authorization::None }];

/// Addresses below these are the API's and the local stack's: who mistypes one is told so instead of shown a page.
const NO_PAGES: &[&str] = &["/v1", "/local", "/assets", "/.well-known"];

/// The function.
pub struct Portal {
    site: Site,
    policy: Policy,
    config: String,
    config_tag: String,
}

impl Portal {
    /// Everything it serves is in its settings or was built into it.
    pub fn new(settings: &Settings, clock: Clock) -> Self {
        let config = config::document(settings).to_string();
        let hash: [u8; 32] = Sha256::digest(&config).into();
        Self {
            site: Site { clock, base_url: settings.base_url.clone() },
            policy: Policy::new(settings),
            config_tag: hash[..16].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}")),
            config,
        }
    }

    fn serve(&self, call: &Call) -> Result<Reply, Failure> {
        if !matches!(call.method, Method::GET | Method::HEAD) {
            return Err(Rejection::NoSuchRoute.into());
        }
        match call.raw_path() {
            "/" => Ok(self.file(call, File::page())),
            "/config.json" => Ok(self.config(call)),
            path => match File::at(path) {
                Some(file) => Ok(self.file(call, file)),
                // The application tells people what it doesn't know, in their language.
                None if has_page(path) && call.accepts("text/html") => Ok(self.file(call, File::page())),
                None => Err(Rejection::NoSuchRoute.into()),
            },
        }
    }

    fn config(&self, call: &Call) -> Reply {
        let fresh = || Reply::text(StatusCode::OK, "application/json", self.config.clone());
        unless_known(call, &format!("\"{}\"", self.config_tag), fresh).with(CACHE_CONTROL, "public, max-age=300")
    }

    fn file(&self, call: &Call, file: &File) -> Reply {
        let Form { encoding, bytes } = file.form(call);
        // Each form has a tag of its own (RFC 9110, 8.8.3.3).
        let tag = encoding.map_or_else(|| format!("\"{}\"", file.tag), |name| format!("\"{}-{name}\"", file.tag));
        let mut reply = unless_known(call, &tag, || match encoding {
            Some(name) => Reply::bytes(StatusCode::OK, file.media_type, bytes.to_vec()).with(CONTENT_ENCODING, name),
            None => Reply::bytes(StatusCode::OK, file.media_type, bytes.to_vec()),
        });
        let cached = if file.is_immutable() { "public, max-age=31536000, immutable" } else { "no-cache" };
        reply = reply.with(CACHE_CONTROL, cached);
        if file.varies() {
            reply = reply.with(VARY, "Accept-Encoding");
        }
        self.policy.of(reply, &call.base_url)
    }
}

/// Whether the application may have a page at an address.
fn has_page(path: &str) -> bool {
    let below = |top: &str| path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    !NO_PAGES.iter().any(|top| below(top))
}

/// What the client has already is not sent again.
fn unless_known(call: &Call, tag: &str, fresh: impl FnOnce() -> Reply) -> Reply {
    let known = call.header(IF_NONE_MATCH.as_str()).unwrap_or_default();
    let same = |one: &str| one == "*" || one.trim_start_matches("W/") == tag;
    let reply = if known.split(',').any(|one| same(one.trim())) { Reply::not_modified() } else { fresh() };
    reply.with(ETAG, tag)
}

/// Answers one request.
pub async fn handle(function: &Portal, request: Request) -> Response<Body> {
    serve(function, request).await
}

impl Function for Portal {
    const ROUTES: &'static [Route] = ROUTES;

    fn site(&self) -> &Site {
        &self.site
    }

    async fn answer(&self, call: &Call) -> Result<Reply, Failure> {
        self.serve(call)
    }
}

#[cfg(test)]
mod tests;
