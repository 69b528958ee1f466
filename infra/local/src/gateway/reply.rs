//! Answers: a function's, and the gateway's own.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Stopped;

/// What a function answered, as HTTP. API Gateway sets the headers of the connection itself.
pub(super) fn from_function(response: lambda_http::Response<lambda_http::Body>) -> Response {
    let (mut parts, body) = response.into_parts();
    for name in [header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING] {
        parts.headers.remove(name);
    }
    let body = match body {
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
    };
    Response::from_parts(parts, body)
}

/// What the gateway itself answers.
pub(super) fn stopped(stopped: &Stopped) -> Response {
    let mut response = (
        stopped.status(),
        [(header::CONTENT_TYPE, "application/json")],
        json!({ "message": stopped.message() }).to_string(),
    )
        .into_response();
    if let Stopped::Unauthorized(reason) = stopped {
        let challenge = format!("Bearer scope=\"\" error=\"invalid_token\" error_description=\"{reason}\"");
        if let Ok(value) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
    }
    response
}

/// Names the request in the answer, as API Gateway does.
pub(super) fn with_request_id(mut response: Response, request_id: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert("apigw-requestid", value);
    }
    response
}
