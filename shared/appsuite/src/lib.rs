#![doc = include_str!("../README.md")]

pub mod client;
pub mod clock;
pub mod doctor;
pub mod machine;
pub mod marks;
pub mod offline;
pub mod randomness;
pub mod schedule;
pub mod state;
pub mod status;
pub mod storage;
pub mod transport;

pub use client::{Client, ClientConfig, ClientError};
pub use clock::Clock;
pub use machine::{Cause, Effect, Event, Failure, Outcome, Question, Trust, step};
pub use marks::Marks;
pub use offline::{InstallFault, NothingToReturn};
pub use randomness::{Jitter, Randomness};
pub use state::{Held, State};
pub use status::{Status, Warning};
pub use storage::{Identity, Storage, StorageError};
pub use transport::{HttpOptions, Transport, TransportError};
