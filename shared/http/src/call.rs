//! A request that found its operation.

use std::collections::HashMap;

use jiff::Timestamp;
use lambda_http::http::header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, IF_MATCH};
use lambda_http::http::{HeaderMap, Method};
use lambda_http::{Request, RequestExt};
use licensing::Refusal;
use licensing::text::Language;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use ulid::Ulid;

use crate::door::Arrival;
use crate::route::Parameters;
use crate::serve::raw_path;
use crate::{Failure, Rejection, Route, Site, malformed};

/// A request on its way through an operation.
#[derive(Debug)]
pub struct Call {
    /// The operation's id.
    pub operation: &'static str,
    /// Names the request in logs and problems.
    pub request_id: String,
    /// The time at which the request is decided: read once, so that one request lives in one moment.
    pub now: Timestamp,
    /// Where people reach the service, without a final slash.
    pub base_url: String,
    /// HTTP method; of interest where a route takes any.
    pub method: Method,
    path: String,
    parameters: Parameters,
    query: HashMap<String, String>,
    headers: HeaderMap,
    claims: HashMap<String, String>,
    body: Vec<u8>,
}

/// What makes a repeated write the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The client's key.
    pub key: String,
    /// Digest of the request: who, what and the body.
    pub hash: String,
}

impl Call {
    pub(crate) fn new(site: &Site, route: &Route, parameters: Parameters, request: Request, arrival: Arrival) -> Self {
        let base_url = site.base_url.clone().or_else(|| arrival.domain.map(|domain| format!("https://{domain}")));
        let query = request.query_string_parameters();
        let query = query.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let path = raw_path(&request);
        let (parts, body) = request.into_parts();
        Self {
            operation: route.operation,
            request_id: arrival.request_id,
            now: site.clock.now(),
            base_url: base_url.unwrap_or_default(),
            method: parts.method,
            path,
            parameters,
            query,
            headers: parts.headers,
            claims: arrival.claims,
            body: body.to_vec(),
        }
    }

    /// A path parameter, parsed; what is not of its shape does not exist.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] of `what`.
    pub fn path<T, E>(
        &self,
        name: &str,
        what: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Failure> {
        let found = self.parameters.iter().find(|(known, _)| *known == name);
        found.and_then(|(_, text)| parse(text).ok()).ok_or(Failure::Refused(Refusal::NotFound(what)))
    }

    /// The path as the front door hands it on: an HTTP API has decoded it. It may hold an unlock link, so it never goes
    /// into a log.
    pub fn raw_path(&self) -> &str {
        &self.path
    }

    /// The first language of the reader's browser that this product is written in.
    pub fn language(&self) -> Option<Language> {
        let wishes = self.header(ACCEPT_LANGUAGE.as_str())?;
        wishes.split(',').find_map(|wish| Language::from_tag(wish.split(';').next()?.trim()))
    }

    /// A query parameter, decoded; the last one of a name counts, and empty counts as missing.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A query parameter, parsed where it is there.
    ///
    /// # Errors
    ///
    /// [`Rejection::InvalidParameter`] where it is not of its shape.
    pub fn query_as<T, E: ToString>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Failure> {
        let parsed = self.query(name).map(parse).transpose();
        parsed.map_err(|fault| Rejection::InvalidParameter { name, detail: fault.to_string() }.into())
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the client names a media type among those that it takes.
    pub fn accepts(&self, media_type: &str) -> bool {
        let accept = self.header(ACCEPT.as_str()).unwrap_or_default();
        accept.split(',').any(|wish| wish.split(';').next().is_some_and(|name| name.trim() == media_type))
    }

    /// The bearer token (RFC 6750).
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header(AUTHORIZATION.as_str())?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The body as it was sent.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON of any shape, for documents whose faults are all listed.
    ///
    /// # Errors
    ///
    /// Where the body is not declared as JSON, or is none.
    pub fn json_value(&self) -> Result<serde_json::Value, Failure> {
        self.require_media_type("application/json")?;
        serde_json::from_slice(&self.body)
            .map_err(|error| Rejection::MalformedBody(malformed::sentence("", &error)).into())
    }

    /// The body as JSON of one shape. The fault names the place.
    ///
    /// # Errors
    ///
    /// Where the body is not declared as JSON, or is not of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        self.require_media_type("application/json")?;
        let mut deserializer = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let pointer = malformed::pointer(error.path());
            Rejection::MalformedBody(malformed::sentence(&pointer, error.inner())).into()
        })
    }

    /// The body as the fields of a form.
    ///
    /// # Errors
    ///
    /// Where the body is not declared as a form, or is not one.
    pub fn form(&self) -> Result<HashMap<String, String>, Failure> {
        self.require_media_type("application/x-www-form-urlencoded")?;
        let no_form = |_| Rejection::MalformedBody("The body is not the fields of a form.".to_owned()).into();
        serde_urlencoded::from_bytes(&self.body).map_err(no_form)
    }

    /// The version that the client has seen, from `If-Match`.
    ///
    /// # Errors
    ///
    /// [`Refusal::PreconditionRequired`] where it is missing or no entity tag of ours.
    pub fn if_match(&self) -> Result<u64, Failure> {
        let tag = self.header(IF_MATCH.as_str()).map(|tag| tag.trim().trim_matches('"'));
        tag.and_then(|tag| tag.parse().ok()).ok_or(Failure::Refused(Refusal::PreconditionRequired))
    }

    /// The client's key of this write, with the digest of what it asks for.
    ///
    /// # Errors
    ///
    /// [`Refusal::IdempotencyKeyRequired`] where it is missing, longer than 64 characters or not printable.
    pub fn idempotency(&self) -> Result<Idempotency, Failure> {
        let key = self.header("idempotency-key").map(str::trim);
        let fits = |key: &&str| (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        let key = key.filter(fits).ok_or(Failure::Refused(Refusal::IdempotencyKeyRequired))?;
        let mut digest = Sha256::new();
        for part in [self.operation, self.claims.get("sub").map_or("", String::as_str)] {
            digest.update(part);
            digest.update([0]);
        }
        for (_, value) in &self.parameters {
            digest.update(value);
            digest.update([0]);
        }
        digest.update(self.header(IF_MATCH.as_str()).unwrap_or_default());
        digest.update([0]);
        digest.update(&self.body);
        let hash: [u8; 32] = digest.finalize().into();
        let hash = hash[..12].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        Ok(Idempotency { key: key.to_owned(), hash })
    }

    /// A fresh ULID in the order of time.
    pub fn ulid(&self) -> Ulid {
        ulid_at(self.now)
    }

    pub(crate) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).map(String::as_str)
    }

    fn require_media_type(&self, wanted: &'static str) -> Result<(), Failure> {
        let given = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let given = given.split(';').next().unwrap_or_default().trim();
        if given.eq_ignore_ascii_case(wanted) { Ok(()) } else { Err(Rejection::UnsupportedMediaType(wanted).into()) }
    }
}

/// A new id of this moment.
pub fn ulid_at(now: Timestamp) -> Ulid {
    Ulid::from_parts(u64::try_from(now.as_millisecond()).unwrap_or_default(), rand::random())
}
