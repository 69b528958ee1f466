//! The workspace as cargo and git see it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The clone's top folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies one folder below the workspace")
}

/// The text of a file, by its path from the top folder.
pub fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// Every file that is tracked, or would be with the next `git add`, by its path from the top folder.
pub fn files() -> Vec<PathBuf> {
    let listed = output(Command::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]));
    let paths = listed.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from);
    // What is deleted but not committed yet is still listed.
    paths.filter(|path| root().join(path).is_file()).collect()
}

/// One crate of ours.
pub struct Crate {
    /// The package's name.
    pub name: String,
    /// Its folder, by its path from the top folder.
    pub folder: PathBuf,
    /// Our crates that its code uses, build script included.
    pub uses: Vec<String>,
    /// Our crates that its tests use.
    pub tests_use: Vec<String>,
}

impl Crate {
    /// The folder that it stands in: `functions`, `shared`, `infra` or nothing.
    pub fn shelf(&self) -> &str {
        self.folder.parent().and_then(Path::to_str).unwrap_or_default()
    }
}

/// All crates of the workspace.
pub fn crates() -> Vec<Crate> {
    let metadata =
        output(Command::new(env!("CARGO")).args(["metadata", "--no-deps", "--offline", "--format-version=1"]));
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("a workspace has packages");
    let names: Vec<&str> = packages.iter().map(|package| text(&package["name"])).collect();
    packages.iter().map(|package| one(package, &names)).collect()
}

fn one(package: &Value, ours: &[&str]) -> Crate {
    let manifest = Path::new(text(&package["manifest_path"]));
    let folder = manifest.parent().and_then(|folder| folder.strip_prefix(root()).ok());
    let (dev, normal): (Vec<&Value>, Vec<&Value>) = package["dependencies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|dependency| ours.contains(&text(&dependency["name"])))
        .partition(|dependency| dependency["kind"] == "dev");
    let names = |list: Vec<&Value>| list.iter().map(|dependency| text(&dependency["name"]).to_owned()).collect();
    Crate {
        name: text(&package["name"]).to_owned(),
        folder: folder.expect("our crates lie in the workspace").to_owned(),
        uses: names(normal),
        tests_use: names(dev),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn output(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().expect("cargo and git are installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("names are UTF-8")
}
