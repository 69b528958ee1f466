//! Where things are, and how commands are run there.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use crate::closing::Counts;
use crate::failure::Failure;

/// The clone, the folder of tools and what commands are started with.
pub struct Environment {
    workspace: PathBuf,
    tools: PathBuf,
    target: Option<OsString>,
    on_ci: bool,
}

impl Environment {
    /// Finds the clone that this program was built from and reads the variables that say where the rest is.
    pub fn find() -> Result<Self, Failure> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .ok_or(Failure::Environment("xtask does not lie two folders below the workspace"))?;
        Ok(Self {
            workspace: workspace.to_owned(),
            tools: tools_folder()?,
            target: env::var_os("CLOUD_LICENSING_TARGET"),
            on_ci: env::var_os("CI").is_some(),
        })
    }

    /// The clone's top folder.
    pub fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// The folder of tools, outside the clone; it may not exist yet.
    pub fn tools(&self) -> &Path {
        &self.tools
    }

    /// The folder that cargo builds into, whatever decides on it.
    pub fn target(&self) -> Result<PathBuf, Failure> {
        let mut metadata = self.cargo(&["metadata"]);
        let output = metadata.args(["--no-deps", "--format-version=1"]).output();
        let output = output.map_err(|fault| not_started(&metadata, fault))?;
        outcome(&metadata, output.status)?;
        let metadata: Metadata = serde_json::from_slice(&output.stdout)
            .map_err(|_| Failure::Environment("cargo does not say where it builds"))?;
        Ok(metadata.target_directory)
    }

    /// One of the workspace's programs, built with all the others, so that dependencies keep the features that every
    /// other command builds them with.
    pub fn binary(&self, name: &str) -> Result<PathBuf, Failure> {
        run(self.cargo(&["build"]).args(["--quiet", "--workspace", "--bins"]))?;
        Ok(self.target()?.join("debug").join(name))
    }

    /// A command that starts in the clone's top folder.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.workspace).stdin(Stdio::null());
        if let Some(target) = &self.target {
            command.env("CARGO_TARGET_DIR", target);
        }
        command
    }

    /// `cargo` with the given subcommand; on CI the lock file must fit the manifests.
    pub fn cargo(&self, subcommand: &[&str]) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(subcommand);
        if self.on_ci && subcommand != ["fmt"] {
            command.arg("--locked");
        }
        command
    }
}

/// The part of `cargo metadata` that is needed here.
#[derive(serde::Deserialize)]
struct Metadata {
    target_directory: PathBuf,
}

fn tools_folder() -> Result<PathBuf, Failure> {
    if let Some(folder) = env::var_os("CLOUD_LICENSING_TOOLS") {
        return Ok(folder.into());
    }
    let home = env::home_dir().ok_or(Failure::Environment("HOME is not set: set it, or CLOUD_LICENSING_TOOLS"))?;
    Ok(home.join(".cache/cloud-licensing"))
}

/// Runs `command` to its end, its output on ours.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|fault| not_started(command, fault))?;
    outcome(command, status)
}

/// As [`run`], and adds up the tests that the closing lines of test runners count.
pub fn run_counting(command: &mut Command, counts: &mut Counts) -> Result<(), Failure> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|fault| not_started(command, fault))?;
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    *counts += thread::scope(|scope| {
        let errors = scope.spawn(|| errors.map(|stream| copy(stream, |line| eprintln!("{line}"))));
        let output = output.map(|stream| copy(stream, |line| println!("{line}")));
        output.unwrap_or_default() + errors.join().ok().flatten().unwrap_or_default()
    });
    let status = child.wait().map_err(|fault| not_started(command, fault))?;
    outcome(command, status)
}

fn copy(stream: impl Read, show: impl Fn(&str)) -> Counts {
    let mut counts = Counts::default();
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        counts += Counts::of_closing_line(&line);
        show(&line);
    }
    counts
}

fn outcome(command: &Command, status: ExitStatus) -> Result<(), Failure> {
    if status.success() {
        return Ok(());
    }
    let status = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Err(Failure::Command { command: shown(command), status })
}

fn not_started(command: &Command, fault: io::Error) -> Failure {
    Failure::File { path: command.get_program().into(), fault }
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
