//! Builds the web application and writes it as Rust, so that the function is one file and reads nothing.

#[path = "build/embed.rs"]
mod embed;
#[path = "build/hash.rs"]
mod hash;
#[path = "build/web.rs"]
mod web;

use std::env;
use std::path::{Path, PathBuf};

/// Names a ready build to embed instead of building one; relative to the top folder of the clone.
const READY: &str = "PORTAL_DIST";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed={READY}");
    if let Err(fault) = build() {
        for line in fault.lines() {
            println!("cargo::error={line}");
        }
    }
}

fn build() -> Result<(), String> {
    let out = folder("OUT_DIR")?;
    let here = folder("CARGO_MANIFEST_DIR")?;
    let top = here.ancestors().nth(2).unwrap_or(&here);
    let dist = match env::var_os(READY).filter(|ready| !ready.is_empty()) {
        Some(ready) => ready_build(&top.join(ready))?,
        None => web::build(&here.join("web"), &top.join("openapi.json"), &out)?,
    };
    embed::write(&dist, &out)
}

fn ready_build(dist: &Path) -> Result<PathBuf, String> {
    println!("cargo::rerun-if-changed={}", dist.display());
    let found = dist.join("index.html").is_file();
    found.then(|| dist.to_owned()).ok_or_else(|| format!("{READY} is {}, which has no index.html.", dist.display()))
}

fn folder(variable: &str) -> Result<PathBuf, String> {
    env::var_os(variable).map(PathBuf::from).ok_or_else(|| format!("Cargo sets {variable}."))
}
