//! The vendor's receiver: where messages go, and what its answers mean.

use std::net::IpAddr;
use std::time::Duration;

use http_api::telemetry::causes;
use jiff::{SignedDuration, Timestamp};
use keys::{EventKeys, Secret};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

use crate::StartError;

/// How long a connection may take.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// How long an answer may take, from the first packet on; below what the function may run.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// A connection that was idle for longer may be dead: the function freezes between its calls.
const IDLE_TIME: Duration = Duration::from_secs(5);

/// The receiver with the keys that it verifies.
pub(crate) struct Receiver {
    url: Url,
    client: Client,
    ring: Secret<EventKeys>,
}

/// Why messages can't be sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// It can't be read.
    #[error("is not an address such as https://erp.example.com/licensing")]
    Malformed,
    /// What it says is read by others on the way.
    #[error("must begin with https://")]
    NotPrivate,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was taken.
    Taken,
    /// The receiver wants no more messages (410).
    Gone,
    /// It was not taken, now.
    Refused {
        /// Why, without address and body.
        reason: String,
        /// How long to wait at least, if the receiver says so.
        retry_after: Option<SignedDuration>,
    },
    /// Nobody answered, or only to say that nobody can.
    Down {
        /// Why, without address and body.
        reason: String,
        /// How long to wait at least, if the receiver says so.
        retry_after: Option<SignedDuration>,
    },
}

impl Receiver {
    /// A receiver at an address of the deployment.
    pub(crate) fn new(url: &str, ring: Secret<EventKeys>) -> Result<Self, StartError> {
        let client = Client::builder()
            .connect_timeout(CONNECT_TIME)
            .timeout(ANSWER_TIME)
            .pool_idle_timeout(IDLE_TIME)
            // A redirect would carry what is told to an address that nobody named.
            .redirect(Policy::none())
            .user_agent("cloud-licensing")
            .build()?;
        Ok(Self { url: address(url)?, client, ring })
    }

    /// Signs a message and posts it.
    pub(crate) async fn post(&self, id: &str, body: String, now: Timestamp) -> Answer {
        let signature = self.ring.get(now).await.sign(id, now, body.as_bytes());
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.as_second())
            .header("webhook-signature", signature);
        match request.body(body).send().await {
            Ok(response) => judge(response.status(), response.headers(), now),
            Err(error) => {
                let timed_out = error.is_timeout();
                // The address may hold a secret of the receiver's.
                tracing::warn!(cause = causes(&error.without_url()), "the receiver can't be reached");
                let reason = if timed_out { "no answer in time" } else { "no connection" };
                Answer::Down { reason: reason.to_owned(), retry_after: None }
            }
        }
    }
}

/// Reads an address. Only a machine talking to itself needs no TLS.
fn address(text: &str) -> Result<Url, UrlFault> {
    let url = Url::parse(text).map_err(|_| UrlFault::Malformed)?;
    let host = url.host_str().ok_or(UrlFault::Malformed)?;
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let loopback = host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        _ => Err(UrlFault::NotPrivate),
    }
}

/// What an answer means. Anything but a success is tried again, a redirect and a wrong key too: both are mended at the
/// receiver's or in the deployment, and then nothing shall be lost.
fn judge(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Answer {
    if status.is_success() {
        return Answer::Taken;
    }
    if status == StatusCode::GONE {
        return Answer::Gone;
    }
    let reason = format!("status {}", status.as_u16());
    let text = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = text.and_then(|text| pause(text, now));
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        Answer::Down { reason, retry_after }
    } else {
        Answer::Refused { reason, retry_after }
    }
}

/// `Retry-After`: seconds or a date (RFC 9110, 10.2.3).
fn pause(text: &str, now: Timestamp) -> Option<SignedDuration> {
    if let Ok(seconds) = text.trim().parse::<u32>() {
        return Some(SignedDuration::from_secs(seconds.into()));
    }
    let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    Some(at.duration_since(now)).filter(SignedDuration::is_positive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_through_tls_or_stay_on_the_machine() {
        for good in
            ["https://erp.example.com/hook?key=1", "http://localhost:8787/x", "http://127.0.0.1:1", "http://[::1]:1"]
        {
            assert!(address(good).is_ok(), "{good}");
        }
        for wrong in ["http://erp.example.com", "http://localhost.example.com", "http://10.0.0.1", "ftp://localhost"] {
            assert_eq!(address(wrong), Err(UrlFault::NotPrivate), "{wrong}");
        }
        for wrong in ["", "erp.example.com", "https://", "file:///etc/passwd"] {
            assert_eq!(address(wrong), Err(UrlFault::Malformed), "{wrong}");
        }
    }

    #[test]
    fn only_a_success_is_a_delivery_and_only_410_ends_it() {
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        let judged = |status: u16| judge(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), now);
        assert!([200, 202, 204].map(judged).iter().all(|answer| *answer == Answer::Taken));
        assert_eq!(judged(410), Answer::Gone);
        assert!([301, 307, 400, 401, 404].map(judged).iter().all(|answer| matches!(answer, Answer::Refused { .. })));
        assert!([429, 500, 503].map(judged).iter().all(|answer| matches!(answer, Answer::Down { .. })));
    }

    #[test]
    fn a_receiver_may_ask_for_a_pause_in_seconds_or_until_a_date() {
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        assert_eq!(pause("120", now), Some(SignedDuration::from_secs(120)));
        assert_eq!(pause("Tue, 24 Nov 2026 09:00:00 GMT", now), Some(SignedDuration::from_hours(1)));
        assert_eq!(pause("Tue, 24 Nov 2026 07:00:00 GMT", now), None);
        assert_eq!(pause("soon", now), None);
    }
}
