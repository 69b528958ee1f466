//! The frame of the stack's own pages.

use askama::Template;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use brand::Brand;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Nothing from elsewhere, and no script but the one file of ours.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      frame-src 'self'; form-action *; base-uri 'none'; frame-ancestors 'self'";

/// The stylesheet of all pages, with the vendor's colours.
pub(crate) fn stylesheet(brand: &Brand) -> Response {
    let colours = format!(
        ":root {{ --primary: {}; --accent: {}; --text: {}; }}\n",
        brand.colours.primary, brand.colours.accent, brand.colours.text
    );
    let css = colours + include_str!("../templates/local.css");
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], css).into_response()
}

/// A moment as people on this machine read it.
pub(crate) fn shown(at: Timestamp) -> String {
    at.to_zoned_datetime(TimeZone::system()).strftime("%-d %B %Y, %H:%M:%S").to_string()
}

/// A page.
pub(crate) fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let headers: [(HeaderName, &str); 3] = [
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::CACHE_CONTROL, "no-store"),
                (header::REFERRER_POLICY, "no-referrer"),
            ];
            (headers, Html(html)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
