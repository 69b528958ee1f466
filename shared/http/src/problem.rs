//! The one place where a refusal, a rejection or a fault becomes an HTTP answer (RFC 9457).

use lambda_http::http::StatusCode;
use lambda_http::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use lambda_http::{Body, Response};
use licensing::Refusal;
use licensing::refusal::Fault;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Failure, Rejection};

/// A problem, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Names the kind of problem: `urn:cloud-licensing:problem:` and the code.
    pub r#type: String,
    /// The code in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A sentence to act on.
    pub detail: String,
    /// The stable code for programs.
    pub code: String,
    /// Names this request in our logs; tell it to the support.
    pub request_id: String,
    /// Every value that needs correction, where the body has faults.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub faults: Vec<ProblemFault>,
}

/// One value that needs correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemFault {
    /// Where in the body (RFC 6901).
    pub pointer: String,
    /// The fault's own stable code.
    pub code: String,
    /// What is wrong there and what is accepted.
    pub detail: String,
}

impl From<&Fault> for ProblemFault {
    fn from(fault: &Fault) -> Self {
        Self { pointer: fault.pointer.clone(), code: fault.code.to_owned(), detail: fault.detail.clone() }
    }
}

/// Every code that this API answers with, and its status: what the documentation lists.
pub const PROBLEMS: &[(&str, u16)] = &[
    ("account_too_large", 422),
    ("already_member", 409),
    ("bound_elsewhere", 403),
    ("email_not_verified", 403),
    ("event_not_parked", 409),
    ("forward_not_open", 409),
    ("forward_window_over", 409),
    ("forwards_used_up", 409),
    ("idempotency_key_required", 400),
    ("idempotency_key_reused", 422),
    ("internal", 500),
    ("invalid_body", 422),
    ("invalid_order", 422),
    ("invalid_parameter", 400),
    ("invalid_signature", 401),
    ("invalid_token", 401),
    ("last_manager", 409),
    ("lock_would_uncover", 409),
    ("mail_not_parked", 409),
    ("malformed_body", 400),
    ("manager_required", 403),
    ("member_not_found", 404),
    ("misdirected", 421),
    ("named_by_deployment", 409),
    ("no_conflict", 409),
    ("no_such_route", 404),
    ("no_token_yet", 409),
    ("not_a_purchase", 409),
    ("not_found", 404),
    ("nothing_to_return", 409),
    ("offline_not_allowed", 409),
    ("offline_not_returned", 409),
    ("offline_other_installation", 409),
    ("offline_other_server", 409),
    ("offline_request_outdated", 409),
    ("offline_return_outdated", 409),
    ("offline_token_not_current", 409),
    ("order_applied", 409),
    ("order_cancelled", 409),
    ("order_differs", 409),
    ("order_locked", 409),
    ("order_not_locked", 409),
    ("over_assigned", 409),
    ("own_erasure", 409),
    ("pool_not_found", 404),
    ("precondition_required", 428),
    ("reason_required", 422),
    ("redundancy_exceeds_primary", 409),
    ("request_not_found", 404),
    ("reseller_has_access", 409),
    ("reseller_not_found", 404),
    ("server_disabled", 409),
    ("server_name_taken", 409),
    ("server_not_bound", 409),
    ("server_not_disabled", 409),
    ("server_not_found", 404),
    ("server_not_offline", 409),
    ("server_was_activated", 409),
    ("sign_in_required", 401),
    ("staff_required", 403),
    ("too_many_forwards", 409),
    ("too_many_losses", 409),
    ("too_many_members", 409),
    ("too_many_open_requests", 409),
    ("too_many_pools", 409),
    ("too_many_releases", 409),
    ("too_many_resellers", 409),
    ("too_many_servers", 409),
    ("unavailable", 503),
    ("unsupported_media_type", 415),
    ("version_mismatch", 412),
];

fn status_of(code: &str) -> StatusCode {
    let known = PROBLEMS.binary_search_by_key(&code, |(code, _)| code).map(|index| PROBLEMS[index].1);
    known.ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl Failure {
    /// The stable code of the answer.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Rejected(rejection) => rejection.code(),
            Self::Table(error) if error.is_retryable() => "unavailable",
            Self::Keys(_) | Self::Doubtful(_) | Self::Suspended => "unavailable",
            Self::Table(_) | Self::Broken { .. } => "internal",
        }
    }

    /// Whether it is our fault: then it is logged with its causes, and the answer says nothing of them.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::Suspended) && matches!(self.code(), "internal" | "unavailable")
    }

    /// The HTTP status of the answer.
    pub fn status(&self) -> StatusCode {
        status_of(self.code())
    }

    /// The problem to answer with.
    pub fn problem(&self, request_id: &str) -> Problem {
        let code = self.code();
        let faults = match self {
            Self::Refused(Refusal::InvalidOrder(faults)) | Self::Rejected(Rejection::InvalidBody(faults)) => {
                faults.iter().map(ProblemFault::from).collect()
            }
            _ => Vec::new(),
        };
        let detail = match code {
            "internal" => {
                "Something went wrong on our side. Nothing was lost; try again, and tell us the request id if it \
                           goes on."
                    .to_owned()
            }
            "unavailable" if self.is_fault() => {
                "The service is busy. Nothing was lost; try again in a moment.".to_owned()
            }
            _ => self.to_string(),
        };
        Problem {
            r#type: format!("urn:cloud-licensing:problem:{code}"),
            title: title(code),
            status: self.status().as_u16(),
            detail,
            code: code.to_owned(),
            request_id: request_id.to_owned(),
            faults,
        }
    }

    /// The whole answer.
    pub fn response(&self, request_id: &str) -> Response<Body> {
        let problem = self.problem(request_id);
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = Response::new(Body::Text(body));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert("cache-control", HeaderValue::from_static("no-store"));
        headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
        if problem.status == 503 {
            // A doubt lasts for hours, a fault mostly for seconds.
            let seconds = if matches!(self, Self::Suspended) { "3600" } else { "5" };
            headers.insert(RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        if problem.status == 401 {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_once() {
        assert!(PROBLEMS.is_sorted_by(|one, other| one.0 < other.0));
    }

    #[test]
    fn faults_of_ours_say_nothing_of_their_cause() {
        let failure = Failure::broken("read the moon", "secret detail");
        let problem = failure.problem("id-1");
        assert_eq!((problem.status, problem.code.as_str()), (500, "internal"));
        assert!(!serde_json::to_string(&problem).unwrap().contains("secret detail"));
    }

    #[test]
    fn what_is_suspended_is_asked_again_in_an_hour_and_is_no_fault() {
        let response = Failure::Suspended.response("id-1");
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[RETRY_AFTER], "3600");
        assert!(!Failure::Suspended.is_fault());
        assert_eq!(Failure::Doubtful("moon").response("id-1").headers()[RETRY_AFTER], "5");
    }

    #[test]
    fn refusals_have_their_sentence() {
        let problem = Failure::from(Refusal::LastManager).problem("id-1");
        assert_eq!((problem.status, problem.title.as_str()), (409, "Last manager"));
        assert!(problem.detail.starts_with("The last manager"));
    }
}
