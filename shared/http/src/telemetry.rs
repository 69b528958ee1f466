//! Logs: one JSON object a line, as CloudWatch reads them.

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;

/// Starts logging to standard output. The level comes from `AWS_LAMBDA_LOG_LEVEL`, INFO where it is not set. Metrics go
/// the same way, into the namespace `METRICS_NAMESPACE`; where it is not set they go nowhere.
pub fn init() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    let logging = fmt().json().flatten_event(true).with_target(false).with_current_span(false).with_span_list(false);
    // A second start in one process keeps the first one's logging.
    let _ = logging.with_max_level(level.unwrap_or(LevelFilter::INFO)).try_init();
    crate::metric::init();
}

/// An error with all its causes on one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
