//! Programs that come as packages of Debian.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::environment::{self, Environment};
use crate::failure::Failure;

/// A program with the package that brings it.
struct Program {
    package: &'static str,
    /// The variable that names another one.
    variable: &'static str,
    /// Where it is looked for.
    paths: &'static [&'static str],
}

/// The browsers that `tests/browser` drives; it looks for them at the same places.
const BROWSERS: [Program; 2] = [
    Program { package: "chromium", variable: "CHROMIUM", paths: &["/usr/bin/chromium", "/usr/bin/google-chrome"] },
    Program { package: "firefox-esr", variable: "FIREFOX", paths: &["/usr/bin/firefox-esr", "/usr/bin/firefox"] },
];

/// Installs the browsers that are missing, where this may be done without asking.
pub fn install_browsers(environment: &Environment) -> Result<(), Failure> {
    let missing: Vec<_> = BROWSERS.iter().filter(|program| !program.is_there()).map(|one| one.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !Path::new("/etc/debian_version").exists() || !is_root() {
        return Err(Failure::MissingTool {
            tool: missing.join(" and "),
            remedy: "install Chromium and Firefox, on Debian with `apt-get install chromium firefox-esr`, or name \
                     them with CHROMIUM and FIREFOX",
        });
    }
    println!("installing {}", missing.join(" and "));
    apt_get(environment, &["update", "--quiet"])?;
    let mut install = vec!["install", "--quiet", "--yes", "--no-install-recommends"];
    install.extend(missing);
    apt_get(environment, &install)
}

impl Program {
    fn is_there(&self) -> bool {
        env::var_os(self.variable).is_some() || self.paths.iter().any(|path| Path::new(path).exists())
    }
}

fn apt_get(environment: &Environment, arguments: &[&str]) -> Result<(), Failure> {
    environment::run(environment.command("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root() -> bool {
    let user = Command::new("id").arg("-u").output();
    user.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
