//! `npm ci` and `npm run build`, each only when there is something new for it.
//!
//! What they make lies in a folder of cargo's target folder under a name that follows from what it was made of, so that
//! all profiles and commands share it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{fs, process};

use crate::hash;

/// The oldest Node that the build tools run on.
const NODE_MIN: (u32, u32) = (20, 19);
/// What other commands leave in the folder; no part of the sources.
const NOT_SOURCES: &[&str] = &["node_modules", "dist", ".vite", "coverage", "test-results"];
/// How long something that is no longer made is kept: branches change and come back.
const KEPT: Duration = Duration::from_hours(7 * 24);
/// How much of a failed command's output is shown.
const LINES_SHOWN: usize = 40;

/// Builds the application where it is not built yet; the answer is the folder of the result.
pub(crate) fn build(web: &Path, openapi: &Path, out: &Path) -> Result<PathBuf, String> {
    let sources = sources(web)?;
    println!("cargo::rerun-if-changed={}", openapi.display());
    let cache = target(out).join("portal-web");
    let dist = cache.join(format!("dist-{}", key(web, &sources, openapi)?));
    if dist.is_dir() {
        return Ok(dist);
    }
    require_node()?;
    let modules = modules(web, &cache)?;
    let work = out.join("web");
    copy_sources(web, &sources, &work)?;
    link(&modules.join("node_modules"), &work.join("node_modules"))?;
    npm(&work, &["run", "build"], openapi)?;
    keep(&work.join("dist"), &dist)?;
    tidy(&cache, &[&dist, &modules]);
    Ok(dist)
}

/// All source files by their path in the folder, in order. Cargo watches what lies at the top, new files below included.
fn sources(web: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for entry in entries(web)? {
        let name = entry.strip_prefix(web).unwrap_or(&entry);
        if NOT_SOURCES.iter().any(|other| name == Path::new(other)) {
            continue;
        }
        println!("cargo::rerun-if-changed={}", entry.display());
        collect(&entry, &mut files)?;
    }
    Ok(files.iter().filter_map(|file| file.strip_prefix(web).ok()).map(Path::to_owned).collect())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    entries(path)?.iter().try_for_each(|entry| collect(entry, files))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listed = fs::read_dir(folder).map_err(|fault| fault_at(folder, &fault))?;
    let mut paths: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn key(web: &Path, sources: &[PathBuf], openapi: &Path) -> Result<String, String> {
    let mut parts = vec![read(openapi)?];
    for source in sources {
        parts.push(source.to_string_lossy().into_owned().into_bytes());
        parts.push(read(&web.join(source))?);
    }
    Ok(hash::of(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// Cargo marks its target folder for programs that make backups.
fn target(out: &Path) -> PathBuf {
    out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).unwrap_or(out).to_owned()
}

fn require_node() -> Result<(), String> {
    let told = Command::new("node").arg("--version").output().ok().filter(|output| output.status.success());
    let told = told.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let version = told.as_deref().and_then(|text| {
        let mut numbers = text.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
        Some((numbers.next()?, numbers.next()?))
    });
    let (major, minor) = NODE_MIN;
    let found = told.map_or_else(|| "there is none".to_owned(), |text| format!("this is {text}"));
    let advice = "install it, or set PORTAL_DIST to the folder of a ready build";
    if version.is_some_and(|version| version >= NODE_MIN) {
        return Ok(());
    }
    Err(format!("The License Portal is built with Node {major}.{minor} or newer, and {found}: {advice}."))
}

/// The folder with `node_modules` as the lock file says.
fn modules(web: &Path, cache: &Path) -> Result<PathBuf, String> {
    let manifests = ["package.json", "package-lock.json"];
    let contents = [read(&web.join(manifests[0]))?, read(&web.join(manifests[1]))?];
    let modules = cache.join(format!("modules-{}", hash::of(&[&contents[0], &contents[1]])));
    if modules.is_dir() {
        return Ok(modules);
    }
    let temporary = temporary(&modules)?;
    for (name, content) in manifests.iter().zip(contents) {
        fs::write(temporary.join(name), content).map_err(|fault| fault_at(&temporary, &fault))?;
    }
    // Packages bring no programs that run at their installation.
    npm(&temporary, &["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"], Path::new(""))?;
    rename(&temporary, &modules)?;
    Ok(modules)
}

fn copy_sources(web: &Path, sources: &[PathBuf], work: &Path) -> Result<(), String> {
    drop(fs::remove_dir_all(work));
    for source in sources {
        let copy = work.join(source);
        copy.parent().map(fs::create_dir_all).transpose().map_err(|fault| fault_at(&copy, &fault))?;
        fs::copy(web.join(source), &copy).map_err(|fault| fault_at(&copy, &fault))?;
    }
    Ok(())
}

fn link(folder: &Path, name: &Path) -> Result<(), String> {
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(folder, name);
    #[cfg(windows)]
    let linked = std::os::windows::fs::symlink_dir(folder, name);
    linked.map_err(|fault| fault_at(name, &fault))
}

fn npm(folder: &Path, arguments: &[&str], openapi: &Path) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments).env("OPENAPI_JSON", openapi).env("CI", "1").env_remove("NODE_ENV");
    let output = command.output().map_err(|fault| format!("{program} can't be started: {fault}."))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    let lines: Vec<&str> =
        said.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("npm warn")).collect();
    let last = lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n");
    Err(format!("`npm {}` failed for the License Portal:\n{last}", arguments.join(" ")))
}

/// Copies a result to its lasting place.
fn keep(made: &Path, place: &Path) -> Result<(), String> {
    let mut files = Vec::new();
    collect(made, &mut files)?;
    let temporary = temporary(place)?;
    let files: Vec<PathBuf> =
        files.iter().filter_map(|file| file.strip_prefix(made).ok()).map(Path::to_owned).collect();
    copy_sources(made, &files, &temporary)?;
    rename(&temporary, place)
}

/// An empty folder beside a place; no other process has it.
fn temporary(place: &Path) -> Result<PathBuf, String> {
    let temporary = place.with_extension(format!("{}", process::id()));
    drop(fs::remove_dir_all(&temporary));
    fs::create_dir_all(&temporary).map_err(|fault| fault_at(&temporary, &fault))?;
    Ok(temporary)
}

/// Whole or not at all: whoever finds the place finds all of it. Another build may have been faster with the same.
fn rename(temporary: &Path, place: &Path) -> Result<(), String> {
    let renamed = fs::rename(temporary, place);
    if renamed.is_err() && place.is_dir() {
        drop(fs::remove_dir_all(temporary));
        return Ok(());
    }
    renamed.map_err(|fault| fault_at(place, &fault))
}

/// Removes what was not made for long; that it can't be removed is no fault.
fn tidy(cache: &Path, current: &[&PathBuf]) {
    for entry in entries(cache).unwrap_or_default() {
        let age = fs::metadata(&entry).and_then(|data| data.modified()).ok().and_then(|at| at.elapsed().ok());
        if !current.contains(&&entry) && age.is_some_and(|age| age > KEPT) {
            drop(fs::remove_dir_all(&entry));
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|fault| fault_at(path, &fault))
}

fn fault_at(path: &Path, fault: &std::io::Error) -> String {
    format!("{}: {fault}.", path.display())
}
