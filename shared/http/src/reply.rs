//! Good answers.

use lambda_http::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, LOCATION};
use lambda_http::http::{HeaderName, StatusCode};
use lambda_http::{Body, Response};
use serde::Serialize;

use crate::Failure;

/// A good answer on its way out.
#[derive(Debug)]
pub struct Reply(Response<Body>);

impl Reply {
    /// A JSON document.
    ///
    /// # Errors
    ///
    /// When the document can't be serialized, which is our fault.
    pub fn json(status: StatusCode, document: &impl Serialize) -> Result<Self, Failure> {
        let body = serde_json::to_string(document).map_err(|error| Failure::broken("serialize the answer", error))?;
        Ok(Self::text(status, "application/json", body))
    }

    /// A text of a media type.
    pub fn text(status: StatusCode, media_type: &'static str, body: impl Into<String>) -> Self {
        Self::of(status, media_type, Body::Text(body.into()))
    }

    /// Bytes of a media type.
    pub fn bytes(status: StatusCode, media_type: &'static str, body: Vec<u8>) -> Self {
        Self::of(status, media_type, Body::Binary(body))
    }

    /// Nothing to say.
    pub fn no_content() -> Self {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::NO_CONTENT;
        Self(response)
    }

    /// What the client has is what it would get.
    pub fn not_modified() -> Self {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        Self(response)
    }

    /// See there, with GET (RFC 9110, 15.4.4).
    pub fn see_other(location: &str) -> Self {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::SEE_OTHER;
        Self(response).with(LOCATION, location)
    }

    /// An answer that was remembered.
    pub fn remembered(reply: &table::Reply) -> Self {
        let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
        if reply.body.is_empty() {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = status;
            return Self(response);
        }
        Self::text(status, "application/json", reply.body.clone())
    }

    /// The same with a header; a value that is no header value is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers_mut().insert(name, value);
        }
        self
    }

    /// The same with the version of what it shows, as an entity tag for `If-Match`.
    #[must_use]
    pub fn with_version(self, version: u64) -> Self {
        self.with(ETAG, &format!("\"{version}\""))
    }

    fn of(status: StatusCode, media_type: &'static str, body: Body) -> Self {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        Self(response)
    }
}

impl From<Reply> for Response<Body> {
    /// Answers are for one reader: they are not stored unless they say so themselves.
    fn from(Reply(mut response): Reply) -> Self {
        let headers = response.headers_mut();
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
        response
    }
}
