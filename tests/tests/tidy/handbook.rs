//! What whoever runs the service types at night is something that a shell and CloudFormation can read.

use std::io::Write as _;
use std::process::{Command, Stdio};

use yaml_serde::Value;

use crate::workspace;

const HANDBOOK: &str = "infra/README.md";
const TABLE: &str = "arn:aws:dynamodb:eu-south-1:123456789012:table/restored";

#[test]
fn a_shell_reads_every_command_of_the_handbook() {
    let handbook = workspace::read(HANDBOOK);
    let blocks: Vec<&str> =
        handbook.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    assert!(blocks.len() > 10, "{HANDBOOK} has commands");
    for block in blocks {
        let mut shell = Command::new("sh").arg("-n").stdin(Stdio::piped()).spawn().expect("there is a shell");
        shell.stdin.take().expect("it is piped").write_all(block.as_bytes()).expect("it reads");
        assert!(shell.wait().expect("it ends").success(), "{HANDBOOK}: no shell reads\n{block}");
    }
}

#[test]
fn a_restored_table_takes_the_place_of_the_stacks_own() {
    let script = workspace::root().join("infra/restore/template.sh");
    let stream = format!("{TABLE}/stream/2026-11-24T08:00:00.000");
    let written = Command::new("sh").arg(script).args([TABLE, &stream]).output().expect("there is a shell");
    let text = String::from_utf8(written.stdout).expect("a template is text");
    let restored: Value = yaml_serde::from_str(&text).expect("it is YAML");
    let resources = restored["Resources"].as_mapping().expect("a template has resources");
    assert!(resources.get("Table").is_none(), "the stack lets go of its own table");
    let whole: Value = yaml_serde::from_str(&workspace::read("template.yaml")).expect("template.yaml is YAML");
    assert_eq!(
        Some(resources.len() + 1),
        whole["Resources"].as_mapping().map(yaml_serde::Mapping::len),
        "and of nothing else"
    );
    for reference in ["Ref Table\n", "Table.Arn", "Table.StreamArn", "${Table"] {
        assert!(!text.contains(reference), "{reference} leads nowhere");
    }
    assert_eq!(restored["Globals"]["Function"]["Environment"]["Variables"]["TABLE_NAME"], "restored");
    let named = |line: String| text.matches(line.as_str()).count();
    assert!(named(format!("Resource: {TABLE}\n")) > 5 && named(format!("Stream: {stream}\n")) == 2);
}
