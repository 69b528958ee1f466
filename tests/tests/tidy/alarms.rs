//! Whoever is woken by an alarm finds its row in the handbook, and its state on the dashboard.

use std::collections::BTreeSet;

use crate::template::Template;
use crate::workspace;

const HANDBOOK: &str = "infra/README.md";

#[test]
fn every_alarm_has_a_row_in_the_handbook_that_says_what_it_means_and_what_to_do() {
    let handbook = workspace::read(HANDBOOK);
    let rows: Vec<Vec<&str>> = handbook.lines().map(cells).filter(|cells| cells[0].ends_with("Alarm")).collect();
    for row in &rows {
        let [name, meaning, action] = row[..] else { panic!("{HANDBOOK}: the row of {} has no three columns", row[0]) };
        assert!(!meaning.is_empty() && !action.is_empty(), "{HANDBOOK}: the row of {name} leaves a column empty");
    }
    let named: BTreeSet<String> = rows.iter().map(|row| row[0].to_owned()).collect();
    assert_eq!(named.len(), rows.len(), "{HANDBOOK} has two rows of one alarm");
    assert_eq!(alarms(), named, "left: the alarms of template.yaml, right: the rows of {HANDBOOK}");
}

#[test]
fn every_alarm_is_on_the_dashboard_and_tells_somebody() {
    let template = Template::read();
    let dashboard = serde_json::to_string(&template.properties("Dashboard")["DashboardBody"]).expect("it is text");
    for alarm in alarms() {
        assert!(dashboard.contains(&format!("${{{alarm}.Arn}}")), "the dashboard does not show {alarm}");
        let actions = &template.properties(&alarm)["AlarmActions"];
        assert!(actions.as_sequence().is_some_and(|actions| !actions.is_empty()), "{alarm} tells nobody");
    }
}

/// An alarm on a number that nobody gives is silent for ever.
#[test]
fn every_alarm_on_a_number_of_ours_watches_one_that_the_code_gives() {
    let (template, source) = (Template::read(), workspace::read("shared/http/src/metric.rs"));
    for alarm in alarms() {
        let properties = template.properties(&alarm);
        let aws = properties["Namespace"].as_str().is_some_and(|namespace| namespace.starts_with("AWS/"));
        let metric = properties["MetricName"].as_str().unwrap_or_default();
        assert!(aws || source.contains(&format!("\n    {metric},\n")), "{alarm} watches {metric}");
    }
}

fn alarms() -> BTreeSet<String> {
    Template::read().ids("AWS::CloudWatch::Alarm").into_iter().collect()
}

/// The cells of a row of a table; of any other line one.
fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split(" | ").map(str::trim).collect()
}
