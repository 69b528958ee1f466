//! Why a stack does not start, each in a sentence to act on.

use std::io;
use std::path::PathBuf;

/// A stack that could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Something else listens on the port.
    #[error("Port {0} is taken: stop what listens there, or choose another port with --port.")]
    PortTaken(u16),
    /// The port can't be listened on for another reason.
    #[error("Port {port} can't be listened on: {source}.")]
    Listen {
        /// The port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// Another stack uses the folder.
    #[error("The folder {} is used by another local stack: stop it first, or choose another folder with --data.", .0.display())]
    FolderInUse(PathBuf),
    /// The folder can't be made, read or written.
    #[error("The folder {} can't be used: {source}.", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A document of the folder can't be read or written.
    #[error("The stack's own data can't be used: {0}.")]
    Data(#[from] io::Error),
    /// The embedded database does not open.
    #[error("The embedded database does not open: {0}.")]
    Database(String),
    /// The table can't be made.
    #[error("The table can't be made: {0}.")]
    Table(String),
    /// A key can't be made.
    #[error("A key can't be made: {0}.")]
    Key(String),
    /// A function does not start.
    #[error("A function does not start: {0}.")]
    Function(String),
    /// The sample catalogue was not taken.
    #[error("The sample catalogue was not taken: {0}.")]
    Catalogue(String),
}

impl StartError {
    /// A function that does not connect.
    pub(crate) fn function(error: impl std::error::Error) -> Self {
        Self::Function(http_api::telemetry::causes(&error))
    }
}
