//! Logs: one JSON object a line, as CloudWatch reads them.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Starts logging to standard output. The level comes from `AWS_LAMBDA_LOG_LEVEL`, INFO where it is not set. Metrics go
/// the same way, into the namespace `METRICS_NAMESPACE`; where it is not set they go nowhere.
pub fn init() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_else(|_| "info".to_owned());
    let filter = EnvFilter::try_new(level.to_lowercase()).unwrap_or_else(|_| EnvFilter::new("info"));
    let logging = fmt().json().flatten_event(true).with_target(false).with_current_span(false).with_span_list(false);
    // A second start in one process keeps the first one's logging.
    let _ = logging.with_env_filter(filter).try_init();
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
