//! A program that serves on loopback for as long as a stage needs it.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// How long it may take until it serves.
pub const START_MAX: Duration = Duration::from_mins(1);
/// How long it may take to stop by itself.
const STOP_MAX: Duration = Duration::from_secs(10);
/// How often it is looked at meanwhile.
const POLL: Duration = Duration::from_millis(20);
/// What is shown of its log when a stage fails.
const TAIL_LINES: usize = 40;

/// A running program; dropping it stops it.
pub struct Service {
    name: &'static str,
    process: Child,
    log: PathBuf,
}

impl Service {
    /// Starts the program; its output goes into a file.
    pub fn start(name: &'static str, command: &mut Command, log: PathBuf) -> Result<Self, Failure> {
        let file = File::create(&log).map_err(Failure::file(&log))?;
        let errors = file.try_clone().map_err(Failure::file(&log))?;
        let program = command.get_program().to_owned();
        let process = command.stdout(file).stderr(errors).spawn().map_err(Failure::file(program))?;
        Ok(Self { name, process, log })
    }

    /// Waits until `look` finds that the program serves, and says what it found.
    pub fn until<T>(&mut self, look: impl Fn(&str) -> Option<T>) -> Result<T, Failure> {
        let deadline = Instant::now() + START_MAX;
        loop {
            if let Some(found) = look(&self.output()) {
                return Ok(found);
            }
            let gone = self.process.try_wait().map_err(Failure::file(&self.log))?.is_some();
            if gone || Instant::now() > deadline {
                self.print_tail();
                return Err(Failure::Input(format!("{} did not start", self.name)));
            }
            thread::sleep(POLL);
        }
    }

    /// Prints the end of what the program said.
    pub fn print_tail(&self) {
        let text = self.output();
        let lines: Vec<&str> = text.lines().collect();
        eprintln!("the end of the log of {}:", self.name);
        for line in &lines[lines.len().saturating_sub(TAIL_LINES)..] {
            eprintln!("  {line}");
        }
    }

    /// What the program said so far.
    fn output(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
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

impl Drop for Service {
    fn drop(&mut self) {
        if let Err(fault) = self.stop() {
            eprintln!("{} could not be stopped: {fault}", self.name);
        }
    }
}
