#![doc = include_str!("../README.md")]

mod authorize;
mod call;
pub mod change;
mod clock;
mod door;
mod failure;
pub mod lambda;
mod malformed;
pub mod metric;
pub mod openapi;
mod problem;
mod reply;
mod route;
mod serve;
mod settings;
pub mod telemetry;

pub use authorize::{SignedIn, actor_of};
pub use call::{Call, Idempotency, ulid_at};
pub use clock::Clock;
pub use failure::{Failure, Rejection, until_won};
pub use problem::{PROBLEMS, Problem, ProblemFault};
pub use reply::Reply;
pub use route::{Authorization, Route};
pub use serve::{Function, Site, serve};
pub use settings::{Settings, SettingsError};
