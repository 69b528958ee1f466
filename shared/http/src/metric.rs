//! Metrics as lines of the log, in CloudWatch's embedded metric format: no call, no agent, and no cost but the line.

use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Where this deployment's metrics stand; not set where nobody collects them.
static NAMESPACE: OnceLock<String> = OnceLock::new();

/// What is counted. The alarms and the dashboard of `template.yaml` know these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Orders that were taken, revisions among them.
    Orders,
    /// Orders that were unlocked.
    Unlocks,
    /// Mails that the mail service took.
    MailsSent,
    /// Mails that were given up.
    MailsParked,
    /// Mails that bounced or were reported as unwanted.
    MailsReturned,
    /// Mails that wait at a sweep.
    MailsWaiting,
    /// How long the oldest of them has waited.
    OldestMailSeconds,
    /// Events that the vendor's receiver took.
    EventsSent,
    /// Events that were given up.
    EventsParked,
    /// Events that wait at a sweep.
    EventsWaiting,
    /// How long the oldest of them has waited.
    OldestEventSeconds,
    /// Check-ins, by answer.
    CheckIns,
    /// 1 for a check-in that was refused and 0 for any other: the average is the rate.
    CheckInRefused,
    /// How many days are left until the last prepared signing key of leases begins.
    LastKeyDays,
    /// Servers that a second installation claims.
    Conflicts,
    /// Requests that were refused, by code.
    Refusals,
}

impl Metric {
    fn unit(self) -> &'static str {
        match self {
            Self::OldestMailSeconds | Self::OldestEventSeconds => "Seconds",
            _ => "Count",
        }
    }
}

/// Reads where the deployment collects its metrics.
pub(crate) fn init() {
    if let Some(namespace) = std::env::var("METRICS_NAMESPACE").ok().filter(|name| !name.is_empty()) {
        // A second start in one process keeps the first one's.
        let _ = NAMESPACE.set(namespace);
    }
}

/// What was measured at one moment: one line of the log.
#[derive(Debug)]
pub struct Measurement {
    directives: Vec<Value>,
    values: Map<String, Value>,
    at: Timestamp,
}

impl Measurement {
    /// Nothing yet.
    pub fn at(at: Timestamp) -> Self {
        Self { directives: Vec::new(), values: Map::new(), at }
    }

    /// Adds a value.
    #[must_use]
    pub fn with(self, metric: Metric, value: i64) -> Self {
        self.add(metric, value, None)
    }

    /// Adds a value that is kept apart by a dimension. It takes few values: each is a metric that is paid for.
    #[must_use]
    pub fn with_by(self, metric: Metric, value: i64, dimension: &str, of: &str) -> Self {
        self.add(metric, value, Some((dimension, of)))
    }

    fn add(mut self, metric: Metric, value: i64, by: Option<(&str, &str)>) -> Self {
        let name = format!("{metric:?}");
        let dimensions: Vec<&str> = by.iter().map(|(dimension, _)| *dimension).collect();
        let metrics = json!([{ "Name": name, "Unit": metric.unit() }]);
        self.directives.push(json!({ "Dimensions": [dimensions], "Metrics": metrics }));
        self.values.insert(name, value.into());
        self.values.extend(by.map(|(dimension, of)| (dimension.to_owned(), of.into())));
        self
    }

    /// Writes the line.
    pub fn log(self) {
        if let Some(namespace) = NAMESPACE.get() {
            println!("{}", self.line(namespace));
        }
    }

    fn line(mut self, namespace: &str) -> Value {
        for directive in &mut self.directives {
            directive["Namespace"] = namespace.into();
        }
        let about = json!({ "Timestamp": self.at.as_millisecond(), "CloudWatchMetrics": self.directives });
        self.values.insert("_aws".to_owned(), about);
        Value::Object(self.values)
    }
}

/// Counts one.
pub fn count(metric: Metric, at: Timestamp) {
    Measurement::at(at).with(metric, 1).log();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_the_embedded_metric_format_wants_it() {
        let at = "2026-11-24T08:00:00Z".parse().unwrap();
        let measured = Measurement::at(at).with_by(Metric::CheckIns, 1, "Answer", "lease");
        let line = measured.with(Metric::CheckInRefused, 0).line("CloudLicensing/acme");
        let expected = json!({
            "_aws": {
                "Timestamp": 1_795_507_200_000_i64,
                "CloudWatchMetrics": [
                    {
                        "Namespace": "CloudLicensing/acme",
                        "Dimensions": [["Answer"]],
                        "Metrics": [{ "Name": "CheckIns", "Unit": "Count" }],
                    },
                    {
                        "Namespace": "CloudLicensing/acme",
                        "Dimensions": [[]],
                        "Metrics": [{ "Name": "CheckInRefused", "Unit": "Count" }],
                    },
                ],
            },
            "Answer": "lease",
            "CheckIns": 1,
            "CheckInRefused": 0,
        });
        assert_eq!(line, expected);
    }
}
