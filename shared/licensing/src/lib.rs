#![doc = include_str!("../README.md")]

pub mod account;
pub mod grant;
pub mod id;
pub mod member;
pub mod order;
pub mod pool;
pub mod product;
pub mod refusal;
pub mod text;

pub use refusal::Refusal;
