//! Sets of Python programs, each in an environment of its own in the folder of tools.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::environment::{self, Environment};
use crate::failure::Failure;

/// What an environment is made of.
pub struct Set {
    /// Its folder among the tools.
    pub name: &'static str,
    /// What it holds, in words.
    pub about: &'static str,
    /// Every package with its version, as `pip freeze` wrote it.
    pub requirements: &'static str,
}

/// An installed set.
pub struct Venv<'a> {
    environment: &'a Environment,
    folder: PathBuf,
}

impl<'a> Venv<'a> {
    /// Uses the set in the folder of tools, or installs it there first. Runs at the same time wait for each other.
    pub fn installed(environment: &'a Environment, set: &Set) -> Result<Self, Failure> {
        let folder = environment.tools().join(set.name);
        fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
        let _lock = lock(&folder.with_extension("lock"))?;
        let done = folder.join("installed.txt");
        if fs::read_to_string(&done).is_ok_and(|installed| installed == set.requirements) {
            return Ok(Self { environment, folder });
        }
        install(environment, set, &folder)?;
        // Written last, so that a set whose installation was interrupted is made anew.
        fs::write(&done, set.requirements).map_err(Failure::file(&done))?;
        Ok(Self { environment, folder })
    }

    /// One of the set's programs, which finds the others of the set first.
    pub fn command(&self, program: &str) -> Command {
        let programs = self.folder.join("bin");
        let mut command = self.environment.command(programs.join(program));
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(std::iter::once(programs).chain(env::split_paths(&path)));
        // Without the rest of the path `cargo` and the linker are not found; a path that cannot be joined is kept.
        command.envs(path.ok().map(|path| ("PATH", path)));
        command
    }
}

fn install(environment: &Environment, set: &Set, folder: &Path) -> Result<(), Failure> {
    println!("installing {} into {}", set.about, folder.display());
    let python = environment.command("python3").args(["-m", "venv", "--clear"]).arg(folder).output();
    if !python.is_ok_and(|output| output.status.success()) {
        return Err(Failure::MissingTool {
            tool: "Python 3 with its venv module".to_owned(),
            remedy: "install Python 3.11 or newer, on Debian with `apt-get install python3-venv`",
        });
    }
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, set.requirements).map_err(Failure::file(&requirements))?;
    let mut pip = environment.command(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"]);
    environment::run(pip.arg(&requirements))
}

/// Waits until nobody else holds the lock of this name, and holds it until the file is dropped.
pub fn lock(path: &Path) -> Result<File, Failure> {
    let file = File::create(path).map_err(Failure::file(path))?;
    file.lock().map_err(Failure::file(path))?;
    Ok(file)
}
