#![doc = include_str!("../README.md")]

mod column;
mod plan;
mod send;
mod table;

pub use column::{COLUMNS, Column};
pub use plan::{Catalogue, Order, Plan, check};
pub use send::{Outcome, Progress, Refused, Target, send};
pub use table::{FileFault, LISTED_MAX, NotRead};
