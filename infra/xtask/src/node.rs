//! What is tested from outside of Rust with Node: browsers, mail scanners, the published vectors.

use std::fs;
use std::process::Command;

use crate::closing::Counts;
use crate::debian;
use crate::environment::{self, Environment};
use crate::failure::Failure;
use crate::running::Running;
use crate::venv::lock;

/// The npm packages that have tests: the portal's rules, and what drives browsers. Their packages lie beside them, because
/// Node looks for them nowhere else.
const PORTAL: &str = "functions/portal/web";
const BROWSER: &str = "tests/browser";
/// The oldest Node with the test runner that the tests are written for.
const NODE_MAJOR_MIN: u32 = 20;

/// Installs the browsers and the packages.
pub fn install(environment: &Environment) -> Result<(), Failure> {
    if major(environment).is_none_or(|major| major < NODE_MAJOR_MIN) {
        return Err(Failure::MissingTool {
            tool: "Node with npm".to_owned(),
            remedy: "install Node 20 or newer with its npm",
        });
    }
    debian::install_browsers(environment)?;
    install_packages(environment, PORTAL)?;
    install_packages(environment, BROWSER)
}

/// The portal's own rules, then people and scanners in browsers on the pages of a running stack.
pub fn browser(environment: &Environment, counts: &mut Counts) -> Result<(), Failure> {
    install(environment)?;
    environment::run_counting(npm(environment, PORTAL, "test").env("NO_COLOR", "1"), counts)?;
    Running::during(environment, |stack| {
        let appsuite = environment.binary("appsuite")?;
        environment::run_counting(stack.told(&mut npm(environment, BROWSER, "test")).env("APPSUITE", appsuite), counts)
    })
}

/// The packages of the lock file, installed only when it changed. Runs at the same time wait for each other.
fn install_packages(environment: &Environment, package: &str) -> Result<(), Failure> {
    let folder = environment.workspace().join(package);
    let tools = environment.tools();
    fs::create_dir_all(tools).map_err(Failure::file(tools))?;
    let _lock = lock(&tools.join("npm.lock"))?;
    let wanted = folder.join("package-lock.json");
    let wanted = fs::read_to_string(&wanted).map_err(Failure::file(&wanted))?;
    let done = folder.join("node_modules/.installed");
    if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing the packages of {package}");
    // No package of ours needs a script of its own to be installed.
    environment::run(npm(environment, package, "ci").args(["--ignore-scripts", "--no-audit", "--no-fund"]))?;
    // Written last, so that packages whose installation was interrupted are installed anew.
    fs::write(&done, wanted).map_err(Failure::file(&done))
}

fn npm(environment: &Environment, package: &str, task: &str) -> Command {
    let mut npm = environment.command("npm");
    npm.args(["--prefix", package, "--silent", task]);
    npm
}

/// The first number of `v20.20.2`; `None` where there is no Node, or no npm.
fn major(environment: &Environment) -> Option<u32> {
    let version = |program| environment.command(program).arg("--version").output().ok();
    version("npm").filter(|output| output.status.success())?;
    let version = String::from_utf8(version("node")?.stdout).ok()?;
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}
