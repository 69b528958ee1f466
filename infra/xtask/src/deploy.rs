//! The real template, built and deployed by the real SAM to a local AWS, and used there.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::closing::Counts;
use crate::emulator;
use crate::environment::{self, Environment};
use crate::failure::Failure;
use crate::sam::Sam;

/// What is deployed and used, in words of pytest.
const TESTS: &str = "tests/deploy";
/// The name that SAM, the stack and its resources have for the processor of this machine.
const ARCHITECTURE: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };

/// Builds, deploys into an empty account, and uses what is there.
pub fn test(environment: &Environment, counts: &mut Counts) -> Result<(), Failure> {
    let sam = Sam::installed(environment)?;
    let installed = emulator::installed(environment)?;
    let folder = tempfile::tempdir().map_err(Failure::file(env::temp_dir()))?;
    let folder = folder.path();
    build(environment, &sam, &folder.join("build"))?;
    make_keys(environment, &folder.join("keys"))?;
    let emulator = installed.start(folder)?;
    let mut pytest = emulator.told(installed.command("pytest"));
    // What it would remember, here and beside the sources, is of no use to the next run.
    pytest.args(["--rootdir", TESTS, "-p", "no:cacheprovider", TESTS]).env("PYTHONDONTWRITEBYTECODE", "1");
    pytest.env("SAM", sam.command("sam").get_program()).env("SAM_CLI_TELEMETRY", "0");
    pytest.env("BUILD_FOLDER", folder.join("build")).env("KEYS_FOLDER", folder.join("keys"));
    pytest.env("ARCHITECTURE", ARCHITECTURE).env("APPSUITE", environment.binary("appsuite")?);
    pytest.env("CATALOGUE", environment.workspace().join("infra/local/samples/products.json"));
    let result = environment::run_counting(&mut pytest, counts);
    if result.is_err() {
        emulator.print_tail();
    }
    result
}

/// `sam build`, as somebody does it who deploys to AWS.
fn build(environment: &Environment, sam: &Sam, folder: &Path) -> Result<(), Failure> {
    // SAM calls cargo once for each function. Building them all first, at once, compiles what they share once.
    let mut warm = quick(sam.command("cargo-lambda"));
    warm.args(["lambda", "build", "--release", "--quiet"]);
    if ARCHITECTURE == "arm64" {
        warm.arg("--arm64");
    }
    for function in functions(environment)? {
        warm.args(["--package", &function]);
    }
    environment::run(&mut warm)?;
    let mut build = quick(sam.command("sam"));
    build.args(["build", "--template", "template.yaml", "--no-cached", "--build-dir"]).arg(folder);
    build.args(["--parameter-overrides", &format!("Architecture={ARCHITECTURE}")]);
    environment::run(&mut build)
}

/// The release profile without its last and longest step, which makes the functions smaller and nothing else. What is
/// tried here is the template.
fn quick(mut command: Command) -> Command {
    command.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    command
}

/// The functions' crates, by their folders.
fn functions(environment: &Environment) -> Result<Vec<String>, Failure> {
    let folder = environment.workspace().join("functions");
    let entries = fs::read_dir(&folder).map_err(Failure::file(&folder))?;
    let names = entries.filter_map(Result::ok).filter(|entry| entry.path().join("Cargo.toml").is_file());
    Ok(names.filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

/// The root, the rings and the key set, by the commands that an engineer makes them with.
fn make_keys(environment: &Environment, folder: &Path) -> Result<(), Failure> {
    fs::create_dir(folder).map_err(Failure::file(folder))?;
    let xtask = env::current_exe().map_err(|_| Failure::Environment("xtask does not know where it lies"))?;
    let make = |words: [&str; 2], files: &[&str]| {
        let mut command = environment.command(&xtask);
        // It prints the keys of ERP and receiver, which nobody needs to see here.
        command.args(words).args(files.iter().map(|file| folder.join(file))).stdout(Stdio::null());
        environment::run(&mut command)
    };
    make(["root", "make"], &["root"])?;
    make(["root", "sign"], &["root/root.key", "lease-keys.json"])?;
    make(["root", "ring"], &["token-keys.json"])?;
    make(["root", "ring"], &["link-keys.json"])?;
    make(["root", "erp"], &["erp-keys.json"])?;
    make(["root", "events"], &["event-keys.json"])
}
