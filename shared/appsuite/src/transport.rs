//! HTTPS to the service: what leaves the machine and what comes back.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lease::request::{CheckInRequest, CheckInResponse};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Certificate, StatusCode, redirect};

use crate::machine::Failure;

/// The largest answer that is read, in bytes; a lease of 60 pools has a tenth of it.
const ANSWER_LEN_MAX: usize = 512 * 1024;

/// How to reach the service. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment count.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// A PEM file with certificates to trust besides the system's: that of an inspecting proxy, for example.
    pub ca_file: Option<PathBuf>,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a whole exchange may take.
    pub timeout: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self { ca_file: None, connect_timeout: Duration::from_secs(10), timeout: Duration::from_secs(30) }
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The file of certificates can't be read or is not PEM.
    #[error("{} is not a readable file of PEM certificates", .0.display())]
    CaFile(PathBuf),
    /// TLS could not be set up.
    #[error("TLS cannot be set up on this machine: {0}")]
    Tls(reqwest::Error),
}

/// A client of one service.
#[derive(Debug, Clone)]
pub struct Transport {
    url: String,
    http: reqwest::Client,
}

/// What came of sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Something that looks like an answer.
    Answer(CheckInResponse),
    /// None.
    None {
        /// Why.
        failure: Failure,
        /// How long the other side asked to wait.
        retry_after: Option<SignedDuration>,
    },
}

impl Transport {
    /// A client of the service at `url`, such as `https://api.example.com`.
    pub fn new(url: &str, options: &HttpOptions) -> Result<Self, TransportError> {
        // A redirect would take the token elsewhere; the service never sends one.
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .user_agent(concat!("appsuite/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = &options.ca_file {
            let pem = fs::read(path).map_err(|_| TransportError::CaFile(path.clone()))?;
            let certificates = Certificate::from_pem_bundle(&pem).map_err(|_| TransportError::CaFile(path.clone()))?;
            if certificates.is_empty() {
                return Err(TransportError::CaFile(path.clone()));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        if is_loopback(url) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(TransportError::Tls)?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), http })
    }

    /// The base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sends a check-in.
    pub async fn check_in(&self, token: &str, request: &CheckInRequest, now: Timestamp) -> Reply {
        let url = format!("{}/v1/check-in", self.url);
        let Ok(response) = self.http.post(url).bearer_auth(token).json(request).send().await else {
            return Reply::None { failure: Failure::Unreachable, retry_after: None };
        };
        let none = |failure, headers: &HeaderMap| Reply::None { failure, retry_after: retry_after(headers, now) };
        match response.status() {
            StatusCode::OK => match body(response).await {
                Ok(body) => serde_json::from_slice(&body)
                    .map_or(Reply::None { failure: Failure::NotAnAnswer, retry_after: None }, Reply::Answer),
                Err(failure) => Reply::None { failure, retry_after: None },
            },
            StatusCode::UNAUTHORIZED => none(Failure::TokenRejected, response.headers()),
            status => none(Failure::Status(status.as_u16()), response.headers()),
        }
    }

    /// Asks for `GET /test`: the status, and the other side's clock if it tells.
    pub async fn test(&self) -> Result<(u16, Option<Timestamp>), reqwest::Error> {
        let response = self.http.get(format!("{}/test", self.url)).send().await?;
        let date = response.headers().get(reqwest::header::DATE).and_then(|date| http_date(date.to_str().ok()?));
        Ok((response.status().as_u16(), date))
    }
}

/// A service on this very machine is never behind a proxy.
pub(crate) fn is_loopback(url: &str) -> bool {
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.is_some_and(|host| matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]"))
}

/// The body, unless it is larger than any answer.
async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_LEN_MAX {
            return Err(Failure::NotAnAnswer);
        }
    }
    Ok(body)
}

/// Seconds or a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse::<u32>() {
        Ok(seconds) => Some(SignedDuration::from_secs(seconds.into())),
        Err(_) => Some(http_date(value)?.duration_since(now)),
    }
}

fn http_date(value: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let wait = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers, now).map(|wait| wait.as_secs())
        };
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("Tue, 24 Nov 2026 08:05:00 GMT"), Some(300));
        assert_eq!(wait("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn a_file_without_certificates_is_told_at_once() {
        for path in ["/nowhere/ca.pem", "/dev/null"] {
            let options = HttpOptions { ca_file: Some(path.into()), ..HttpOptions::default() };
            assert!(
                matches!(Transport::new("https://api.example.com", &options), Err(TransportError::CaFile(_))),
                "{path}"
            );
        }
    }
}
