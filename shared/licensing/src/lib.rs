#![doc = include_str!("../README.md")]

pub mod access;
pub mod account;
pub mod advance;
pub mod assign;
pub mod capacity;
pub mod check_in;
pub mod ending;
pub mod grace;
pub mod grant;
pub mod id;
pub mod member;
pub mod offline;
pub mod order;
pub mod pool;
pub mod product;
pub mod refusal;
pub mod row;
pub mod segment;
pub mod server;
pub mod service;
pub mod shown;
pub mod text;
pub mod topic;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod properties;
mod queue;
mod steps;

pub use refusal::Refusal;
