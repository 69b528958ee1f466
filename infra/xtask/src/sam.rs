//! The SAM command line and its companions.

use std::process::Command;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::venv::{Set, Venv};

const SET: Set =
    Set { name: "sam", about: "the SAM command line", requirements: include_str!("../requirements/sam.txt") };

/// An installed set of `sam`, `cargo-lambda` and `cfn-lint`.
pub struct Sam<'a>(Venv<'a>);

impl<'a> Sam<'a> {
    /// Uses the set in the folder of tools, or installs it there first.
    pub fn installed(environment: &'a Environment) -> Result<Self, Failure> {
        Venv::installed(environment, &SET).map(Self)
    }

    /// One of the set's programs, which stays offline.
    pub fn command(&self, program: &str) -> Command {
        let mut command = self.0.command(program);
        command.env("SAM_CLI_TELEMETRY", "0").env("AWS_DEFAULT_REGION", "eu-south-1");
        command
    }
}
