#![doc = include_str!("../README.md")]

mod closing;
mod debian;
mod deploy;
mod emulator;
mod environment;
mod erase;
mod failure;
mod keys;
mod node;
mod python;
mod running;
mod sam;
mod service;
mod smoke;
mod stages;
mod venv;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::environment::Environment;
use crate::failure::Failure;
use crate::stages::Stage;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks and tests everything, stage by stage, and stops at the first failure.
    Test {
        /// Runs only these stages, in their usual order.
        #[arg(long, value_name = "STAGE", num_args = 1.., value_parser = stages::by_name)]
        only: Vec<&'static Stage>,
        /// Lists the stages and what each does.
        #[arg(long, conflicts_with = "only")]
        list: bool,
    },
    /// Builds and deploys the stack to a local AWS, and uses it there; the same as the stage `deploy`.
    DeployTest,
    /// Asks a deployed service what shows that it is well. Changes nothing.
    Smoke {
        /// Where it is, such as `https://licenses.example.com`.
        #[arg(long)]
        url: String,
    },
    /// Erases a person from a running service, or shows what is stored of them. TOKEN holds the ID token of one of the
    /// vendor's managers; infra/README.md says where it comes from.
    ErasePerson {
        /// Where the service is, such as `https://licenses.example.com`.
        #[arg(long)]
        url: String,
        /// Whose address it is.
        #[arg(long)]
        email: String,
        /// Shows what is stored and changes nothing.
        #[arg(long, conflicts_with_all = ["reason", "user_pool"], required_unless_present = "reason")]
        show: bool,
        /// Why; it stands in the history of every account that the person was a member of. Name no person.
        #[arg(long)]
        reason: Option<String>,
        /// The Cognito user pool, such as `eu-south-1_AbCdEfGhI`, from which their sign-in is deleted first, by `aws`.
        #[arg(long, value_name = "ID")]
        user_pool: Option<String>,
    },
    /// Writes openapi.json from what the functions declare.
    Openapi {
        /// Writes nothing and fails where the file differs.
        #[arg(long)]
        check: bool,
    },
    /// Measures what each step costs, in release mode; builds it first.
    Bench {
        /// A tenth of the repetitions.
        #[arg(long)]
        quick: bool,
        /// Measures only these parts: steps, loop, accusations, fleet, start-up.
        #[arg(long, value_name = "PART", num_args = 1..)]
        only: Vec<String>,
    },
    /// Imports licences that were sold before from a CSV file; infra/import/README.md tells the columns.
    #[command(disable_help_flag = true)]
    Import {
        /// What the command takes; --help lists it.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Makes the root and what it signs, outside the cloud.
    #[command(subcommand)]
    Root(keys::RootTask),
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.status())
        }
    }
}

fn run(task: Task) -> Result<(), Failure> {
    match task {
        Task::Test { list: true, .. } => {
            stages::list();
            Ok(())
        }
        Task::Test { only, .. } => stages::run(&Environment::find()?, &only),
        Task::DeployTest => stages::run(&Environment::find()?, &[stages::deploy()]),
        Task::Smoke { url } => smoke::run(&url),
        Task::ErasePerson { url, email, reason, user_pool, show: _ } => {
            erase::run(&url, &email, reason.as_deref(), user_pool.as_deref())
        }
        Task::Openapi { check } => openapi(&Environment::find()?, check),
        Task::Bench { quick, only } => bench(&Environment::find()?, quick, &only),
        Task::Import { arguments } => import(&Environment::find()?, &arguments),
        Task::Root(task) => keys::run(task),
    }
}

fn bench(environment: &Environment, quick: bool, only: &[String]) -> Result<(), Failure> {
    // The binaries that it starts.
    environment::run(environment.cargo(&["build"]).args([
        "--release",
        "--package",
        "check-in",
        "--package",
        "unlock",
    ]))?;
    let mut bench = environment.cargo(&["run"]);
    bench.args(["--release", "--package", "bench", "--"]);
    bench.args(quick.then_some("--quick"));
    if !only.is_empty() {
        bench.arg("--only").args(only);
    }
    environment::run(&mut bench)
}

fn import(environment: &Environment, arguments: &[String]) -> Result<(), Failure> {
    let mut import = environment.cargo(&["run"]);
    import.args(["--release", "--quiet", "--package", "import", "--"]);
    environment::run(import.args(arguments))
}

/// The test that compares the document with the functions also writes it, so that nothing else has to know both.
fn openapi(environment: &Environment, check: bool) -> Result<(), Failure> {
    let mut tidy = environment.cargo(&["test"]);
    // The whole workspace, so that dependencies keep the features that every other command builds them with.
    tidy.args(["--quiet", "--workspace", "--test", "tidy", "document::"]);
    if !check {
        tidy.env("UPDATE_OPENAPI", "1");
    }
    environment::run(&mut tidy)
}
