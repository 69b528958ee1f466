//! What is tested from outside of Rust with Python: input to the running stack, and the published vectors.

use crate::closing::Counts;
use crate::environment::{self, Environment};
use crate::failure::Failure;
use crate::running::Running;
use crate::venv::{Set, Venv};

const SET: Set = Set {
    name: "pytest",
    about: "pytest with schemathesis and a JOSE library",
    requirements: include_str!("../requirements/pytest.txt"),
};

/// Installs what both stages need.
pub fn install(environment: &Environment) -> Result<(), Failure> {
    Venv::installed(environment, &SET).map(drop)
}

/// Sends the local stack what nobody would, and holds its answers against `openapi.json`.
pub fn input(environment: &Environment, counts: &mut Counts) -> Result<(), Failure> {
    Running::during(environment, |stack| pytest(environment, "tests/input", Some(stack), counts))
}

/// Verifies the published vectors with libraries that are not ours.
pub fn vectors(environment: &Environment, counts: &mut Counts) -> Result<(), Failure> {
    pytest(environment, "tests/vectors", None, counts)
}

fn pytest(
    environment: &Environment,
    folder: &str,
    stack: Option<&Running>,
    counts: &mut Counts,
) -> Result<(), Failure> {
    let mut pytest = Venv::installed(environment, &SET)?.command("pytest");
    // What it would remember, here and beside the sources, is of no use to the next run.
    pytest.args(["--rootdir", folder, "-p", "no:cacheprovider", folder]).env("PYTHONDONTWRITEBYTECODE", "1");
    // Nothing here is sent anywhere but to the stack, whatever proxy the machine has.
    pytest.env("NO_PROXY", "*").env("no_proxy", "*");
    if let Some(stack) = stack {
        stack.told(&mut pytest);
    }
    environment::run_counting(&mut pytest, counts)
}
