//! The real template, built and deployed by the real SAM to a local AWS, and used there.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::closing::Counts;
use crate::emulator;
use crate::environment::{self, Environment};
use crate::failure::Failure;
use crate::node;
use crate::sam::Sam;

/// What is deployed and used, in words of pytest.
const TESTS: &str = "tests/deploy";
/// The name that SAM, the stack and its resources have for the processor of this machine.
const ARCHITECTURE: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };

/// Builds, deploys into an empty account, and uses what is there.
pub fn test(environment: &Environment, counts: &mut Counts) -> Result<(), Failure> {
    install(environment)?;
    let sam = Sam::installed(environment)?;
    let installed = emulator::installed(environment)?;
    let folder = tempfile::tempdir().map_err(Failure::file(env::temp_dir()))?;
    let folder = folder.path();
    build(&sam, &folder.join("build"))?;
    make_keys(environment, &folder.join("keys"))?;
    let emulator = installed.start(folder)?;
    let mut pytest = emulator.told(installed.command("pytest"));
    // What it would remember, here and beside the sources, is of no use to the next run.
    pytest.args(["--rootdir", TESTS, "-p", "no:cacheprovider", TESTS]).env("PYTHONDONTWRITEBYTECODE", "1");
    pytest.env("SAM", sam.command("sam").get_program()).env("SAM_CLI_TELEMETRY", "0");
    pytest.env("BUILD_FOLDER", folder.join("build")).env("KEYS_FOLDER", folder.join("keys"));
    pytest
        .env("XTASK", environment.binary("xtask")?)
        .env("ARCHITECTURE", ARCHITECTURE)
        .env("APPSUITE", environment.binary("appsuite")?);
    pytest.env("CATALOGUE", environment.workspace().join("infra/local/samples/products.json"));
    pytest.env("TRUSTED", folder.join(emulator::TRUSTED));
    let result = environment::run_counting(&mut pytest, counts);
    if result.is_err() {
        emulator.print_tail();
    }
    result
}

/// Installs what it needs.
pub fn install(environment: &Environment) -> Result<(), Failure> {
    Sam::installed(environment)?;
    emulator::installed(environment)?;
    node::install(environment)
}

/// `sam build`, as somebody does it who deploys to AWS. What is tried here is the template and how everything is wired,
/// so the functions are not optimised, which would take ten times as long.
fn build(sam: &Sam, folder: &Path) -> Result<(), Failure> {
    let mut build = sam.command("sam");
    build.args(["build", "--template", "template.yaml", "--no-cached", "--build-dir"]).arg(folder);
    build.args(["--parameter-overrides", &format!("Architecture={ARCHITECTURE}")]);
    build.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0").env("CARGO_PROFILE_RELEASE_LTO", "off");
    build.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256").env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
    environment::run(&mut build)
}

/// The root, the rings and the key set, by the commands that an engineer makes them with.
fn make_keys(environment: &Environment, folder: &Path) -> Result<(), Failure> {
    fs::create_dir(folder).map_err(Failure::file(folder))?;
    let xtask = environment.binary("xtask")?;
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
