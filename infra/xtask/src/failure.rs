//! Why a task ended early.

use std::io;
use std::path::PathBuf;

/// Why a task ended early; its text is what the person reads.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A command ended with a status other than 0; it has said why itself.
    #[error("failed: {command}")]
    Command {
        /// The command line.
        command: String,
        /// Its exit status, 1 where a signal ended it.
        status: u8,
    },
    /// A stage failed; its own failure follows the name.
    #[error("stage `{stage}`: {failure}")]
    Stage {
        /// The stage's name.
        stage: &'static str,
        /// What failed in it.
        failure: Box<Failure>,
    },
    /// A tool is not on this machine.
    #[error("{tool} is missing: {remedy}")]
    MissingTool {
        /// What was looked for.
        tool: String,
        /// How to get it.
        remedy: &'static str,
    },
    /// The environment lacks something that every task needs.
    #[error("{0}")]
    Environment(&'static str),
    /// What was asked for can't be done with what was given.
    #[error("{0}")]
    Input(String),
    /// A file or folder could not be read or written.
    #[error("{path}: {fault}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        fault: io::Error,
    },
}

impl Failure {
    /// The exit status of the process: that of the command that failed, otherwise 1.
    pub fn status(&self) -> u8 {
        match self {
            Self::Command { status, .. } => *status,
            Self::Stage { failure, .. } => failure.status(),
            _ => 1,
        }
    }

    /// For `map_err` on what the `lease` crate answered about a key or a key set.
    pub fn key(fault: impl std::error::Error) -> Self {
        Self::Input(fault.to_string())
    }

    /// For `map_err` on what the file system answered about `path`.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |fault| Self::File { path, fault }
    }
}
