//! The stack's own endpoints, through the clients that use them.

mod clock;
mod command;
mod mail;
mod restart;
mod samples;
mod secrets;
mod sign_in;

use http_api::Clock;
use local::{Stack, StackConfig};

/// A stack in memory.
async fn stack() -> Stack {
    Stack::start(StackConfig { catalogue: false, ..StackConfig::in_memory(Clock::system()) }).await.unwrap()
}
