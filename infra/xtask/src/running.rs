//! The local stack, running for as long as a stage needs it.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::service::{START_MAX, Service};

/// The document in which the stack says where it listens.
const RUNNING: &str = "running.json";
/// What it prints once it serves and its catalogue is loaded.
const GUIDE: &str = "Cloud Licensing runs at ";

/// A stack with data of its own on a free port of loopback; dropping it stops it.
pub struct Running {
    service: Service,
    folder: TempDir,
    base_url: String,
}

impl Running {
    /// Starts the stack, does `work` with it and stops it. Where the work fails, the end of the stack's log is printed.
    pub fn during(environment: &Environment, work: impl FnOnce(&Self) -> Result<(), Failure>) -> Result<(), Failure> {
        let running = Self::start(environment)?;
        let result = work(&running);
        if result.is_err() {
            running.service.print_tail();
        }
        result
    }

    /// Lets a command know where the stack is: `BASE_URL`, and `DATA_FOLDER` with keys and roots.
    pub fn told<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("BASE_URL", &self.base_url).env("DATA_FOLDER", data_of(self.folder.path()))
    }

    fn start(environment: &Environment) -> Result<Self, Failure> {
        let program = environment.binary("cloud-licensing")?;
        let folder = tempfile::tempdir().map_err(Failure::file(std::env::temp_dir()))?;
        let data = data_of(folder.path());
        let mut command = environment.command(program);
        command.args(["--port", "0", "--data"]).arg(&data);
        let mut service = Service::start("the local stack", &mut command, folder.path().join("stack.log"))?;
        let base_url = service.until(|log| address(log, &data).filter(|base_url| answers(base_url).is_ok()))?;
        Ok(Self { service, folder, base_url })
    }
}

/// Where the stack listens, as soon as it has its catalogue.
fn address(log: &str, data: &Path) -> Option<String> {
    let text = fs::read(data.join(RUNNING)).ok().filter(|_| log.contains(GUIDE))?;
    serde_json::from_slice(&text).ok()
}

fn data_of(folder: &Path) -> PathBuf {
    folder.join("data")
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
