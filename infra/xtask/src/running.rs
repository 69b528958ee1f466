//! The local stack, running for as long as a stage needs it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::environment::{self, Environment};
use crate::failure::Failure;

/// How long the stack may take until it serves.
const START_MAX: Duration = Duration::from_mins(1);
/// How long it may take to stop by itself.
const STOP_MAX: Duration = Duration::from_secs(10);
/// How often it is looked at meanwhile.
const POLL: Duration = Duration::from_millis(20);
/// What is shown of its log when a stage fails.
const TAIL_LINES: usize = 40;
/// The document in which the stack says where it listens.
const RUNNING: &str = "running.json";
/// What it prints once it serves and its catalogue is loaded.
const GUIDE: &str = "Cloud Licensing runs at ";

/// A stack with data of its own on a free port of loopback; dropping it stops it.
pub struct Running {
    process: Child,
    folder: TempDir,
    base_url: String,
}

impl Running {
    /// Starts the stack, does `work` with it and stops it. Where the work fails, the end of the stack's log is printed.
    pub fn during(environment: &Environment, work: impl FnOnce(&Self) -> Result<(), Failure>) -> Result<(), Failure> {
        let running = Self::start(environment)?;
        let result = work(&running);
        if result.is_err() {
            print_tail(&running.log());
        }
        result
    }

    /// Lets a command know where the stack is: `BASE_URL`, and `DATA_FOLDER` with keys and roots.
    pub fn told<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("BASE_URL", &self.base_url).env("DATA_FOLDER", data_of(self.folder.path()))
    }

    fn start(environment: &Environment) -> Result<Self, Failure> {
        // All binaries at once, so that dependencies keep the features that every other command builds them with.
        environment::run(environment.cargo(&["build"]).args(["--quiet", "--workspace", "--bins"]))?;
        let program = environment.target()?.join("debug/cloud-licensing");
        let folder = tempfile::tempdir().map_err(Failure::file(std::env::temp_dir()))?;
        let path = log_of(folder.path());
        let log = File::create(&path).map_err(Failure::file(&path))?;
        let errors = log.try_clone().map_err(Failure::file(&path))?;
        let mut command = environment.command(&program);
        command.args(["--port", "0", "--data"]).arg(data_of(folder.path())).stdout(log).stderr(errors);
        let process = command.spawn().map_err(Failure::file(program))?;
        let mut running = Self { process, folder, base_url: String::new() };
        running.base_url = running.served()?;
        Ok(running)
    }

    /// Waits until the stack serves; where it then answers.
    fn served(&mut self) -> Result<String, Failure> {
        let deadline = Instant::now() + START_MAX;
        loop {
            if let Some(base_url) = self.address().filter(|base_url| answers(base_url).is_ok()) {
                return Ok(base_url);
            }
            let gone = self.process.try_wait().map_err(Failure::file(self.log()))?.is_some();
            if gone || Instant::now() > deadline {
                print_tail(&self.log());
                return Err(Failure::Input("the local stack did not start".to_owned()));
            }
            thread::sleep(POLL);
        }
    }

    /// Where the stack listens, as soon as it has its catalogue.
    fn address(&self) -> Option<String> {
        let ready = fs::read_to_string(self.log()).is_ok_and(|log| log.contains(GUIDE));
        let text = fs::read(data_of(self.folder.path()).join(RUNNING)).ok().filter(|_| ready)?;
        serde_json::from_slice(&text).ok()
    }

    fn log(&self) -> PathBuf {
        log_of(self.folder.path())
    }

    fn stop(&mut self) -> io::Result<()> {
        if self.process.try_wait()?.is_some() {
            return Ok(());
        }
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status()?;
        let deadline = Instant::now() + STOP_MAX;
        while self.process.try_wait()?.is_none() {
            if Instant::now() > deadline {
                self.process.kill()?;
                self.process.wait()?;
                break;
            }
            thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(fault) = self.stop() {
            eprintln!("the local stack could not be stopped: {fault}");
        }
    }
}

fn data_of(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn log_of(folder: &Path) -> PathBuf {
    folder.join("stack.log")
}

/// Asks for the path that people test their connection with.
fn answers(base_url: &str) -> io::Result<()> {
    let authority = base_url.strip_prefix("http://").ok_or(io::ErrorKind::InvalidInput)?;
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(START_MAX))?;
    write!(stream, "GET /test HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200 ") { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

fn print_tail(log: &Path) {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    eprintln!("the end of the stack's log:");
    for line in &lines[lines.len().saturating_sub(TAIL_LINES)..] {
        eprintln!("  {line}");
    }
}
