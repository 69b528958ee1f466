//! Every refusal is reached: a code that no journey names is one that nobody has seen come out of the service.

use http_api::PROBLEMS;

use crate::workspace;

#[test]
fn a_journey_names_every_code_that_the_api_answers_with() {
    let journeys = journeys();
    let is_named = |code: &str| journeys.contains(&format!("\"{code}\""));
    let missing: Vec<_> = PROBLEMS.iter().map(|(code, _)| *code).filter(|code| !is_named(code)).collect();
    assert!(missing.is_empty(), "no journey reaches {missing:?}: add one to tests/tests/journeys");
}

/// What the journeys do, without what they say about it.
fn journeys() -> String {
    let paths = workspace::files().into_iter().filter(|path| path.starts_with("tests/tests/journeys"));
    let texts: Vec<String> = paths.map(workspace::read).collect();
    assert!(!texts.is_empty(), "the journeys have moved");
    let lines = texts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}
