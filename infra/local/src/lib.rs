#![doc = include_str!("../README.md")]

mod cli;
pub mod demo;
mod dynamodb;
mod endpoint;
mod environment;
mod erp;
mod error;
mod fault;
mod feedback;
mod form;
mod functions;
mod gateway;
mod keys;
mod mailbox;
mod page;
mod people;
mod receiver;
pub mod sample;
mod samples;
mod sdk;
mod secrets;
mod ses;
mod sign_in;
mod site;
mod stack;
mod store;
mod stream;
mod time;
mod trouble;
mod visitor;

pub use cli::run;

pub use erp::{Erp, ErpAnswer, ErpError};
pub use error::StartError;
pub use fault::{Fault, Faults};
pub use functions::HttpFunction;
pub use gateway::Limits;
pub use keys::Rotation;
pub use mailbox::{Envelope, Mail, MailPart, Mailbox};
pub use receiver::{Received, Receiver, Refusing};
pub use samples::{from_today, sample_order};
pub use sign_in::Provider;
pub use stack::{Stack, StackConfig};
pub use store::Data;
pub use trouble::{Asked, Bill, Trouble, Troubles};
pub use visitor::{Answer, Browser, Press, Session};
