//! The stages of `cargo xtask test`: what they are, in which order, and how long each took.

use std::time::{Duration, Instant};

use crate::closing::Counts;
use crate::deploy;
use crate::environment::{self, Environment};
use crate::failure::Failure;
use crate::node;
use crate::python;
use crate::sam::Sam;

/// All stages, in the order in which they run.
static STAGES: [Stage; 10] = [
    Stage { name: "setup", about: "installs the tools that later stages need", run: setup },
    Stage { name: "fmt", about: "formatting", run: fmt },
    Stage { name: "clippy", about: "lints of the whole workspace, warnings denied", run: clippy },
    Stage { name: "test", about: "all tests and examples in documentation", run: test },
    Stage { name: "simulate", about: "random histories with trouble, against a model", run: simulate },
    Stage { name: "template", about: "template.yaml: transform, lint, serverless rules", run: template },
    Stage { name: "vectors", about: "the published vectors, by a JOSE library of Python", run: python::vectors },
    Stage { name: "input", about: "any input to the running stack, held against openapi.json", run: python::input },
    Stage {
        name: "browser",
        about: "people and mail scanners in real browsers, vectors in JavaScript",
        run: node::browser,
    },
    DEPLOY,
];

/// The one that has a command of its own as well.
const DEPLOY: Stage =
    Stage { name: "deploy", about: "the template, deployed to a local AWS and used there", run: deploy::test };

/// One step of `cargo xtask test`.
pub struct Stage {
    name: &'static str,
    about: &'static str,
    run: fn(&Environment, &mut Counts) -> Result<(), Failure>,
}

/// Finds a stage, for the command line.
pub fn by_name(name: &str) -> Result<&'static Stage, String> {
    STAGES.iter().find(|stage| stage.name == name).ok_or_else(|| {
        let names: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
        format!("the stages are {}", names.join(", "))
    })
}

/// The stage that deploys.
pub fn deploy() -> &'static Stage {
    &DEPLOY
}

/// Prints the stages and what each does.
pub fn list() {
    for stage in &STAGES {
        println!("{:10} {}", stage.name, stage.about);
    }
}

/// Runs the stages named in `only`, or all where it is empty, and stops at the first that fails.
pub fn run(environment: &Environment, only: &[&'static Stage]) -> Result<(), Failure> {
    let mut counts = Counts::default();
    let mut times = Vec::new();
    let is_chosen = |stage: &&Stage| only.is_empty() || only.iter().any(|one| one.name == stage.name);
    let chosen = STAGES.iter().filter(is_chosen);
    let mut result = Ok(());
    for stage in chosen {
        println!("── {}: {}", stage.name, stage.about);
        let start = Instant::now();
        result = (stage.run)(environment, &mut counts);
        times.push((stage.name, start.elapsed()));
        println!("── {}: {}, {}\n", stage.name, if result.is_ok() { "ok" } else { "FAILED" }, seconds(start.elapsed()));
        if result.is_err() {
            result = result.map_err(|failure| Failure::Stage { stage: stage.name, failure: Box::new(failure) });
            break;
        }
    }
    close(&times, counts);
    result
}

/// Prints the table of times and, last, the line that counts the tests.
fn close(times: &[(&str, Duration)], counts: Counts) {
    for (name, time) in times {
        println!("{name:10} {:>9}", seconds(*time));
    }
    println!("{:10} {:>9}", "all", seconds(times.iter().map(|(_, time)| *time).sum()));
    if !counts.is_empty() {
        println!("{counts}");
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn setup(environment: &Environment, _: &mut Counts) -> Result<(), Failure> {
    python::install(environment)?;
    deploy::install(environment)
}

fn fmt(environment: &Environment, _: &mut Counts) -> Result<(), Failure> {
    environment::run(environment.cargo(&["fmt"]).args(["--all", "--check"]))
}

fn clippy(environment: &Environment, _: &mut Counts) -> Result<(), Failure> {
    let mut clippy = environment.cargo(&["clippy"]);
    environment::run(clippy.args(["--workspace", "--all-targets", "--", "--deny", "warnings"]))
}

fn test(environment: &Environment, counts: &mut Counts) -> Result<(), Failure> {
    if has_nextest(environment) {
        let mut nextest = environment.cargo(&["nextest", "run"]);
        environment::run_counting(nextest.args(["--workspace", "--no-fail-fast"]), counts)?;
    } else {
        let mut tests = environment.cargo(&["test"]);
        environment::run_counting(tests.args(["--workspace", "--all-targets", "--no-fail-fast"]), counts)?;
    }
    environment::run_counting(environment.cargo(&["test"]).args(["--workspace", "--doc"]), counts)
}

/// Apart from the other tests, because it takes as long as it is given, and because what it covered should be read.
fn simulate(environment: &Environment, counts: &mut Counts) -> Result<(), Failure> {
    let mut simulator = environment.cargo(&["test"]);
    let arguments = ["--workspace", "--test", "simulator", "--", "--ignored", "--nocapture"];
    environment::run_counting(simulator.args(arguments), counts)
}

fn has_nextest(environment: &Environment) -> bool {
    let probe = environment.cargo(&["nextest"]).arg("--version").output();
    probe.is_ok_and(|output| output.status.success())
}

fn template(environment: &Environment, _: &mut Counts) -> Result<(), Failure> {
    let sam = Sam::installed(environment)?;
    environment::run(sam.command("sam").args(["validate", "--lint", "--template", "template.yaml"]))?;
    environment::run(sam.command("cfn-lint").args(["template.yaml", "--append-rules", "cfn_lint_serverless.rules"]))
}
