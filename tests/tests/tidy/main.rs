//! Style as tests: what reviewers would otherwise have to remember.

mod actions;
mod crates;
mod files;
mod permissions;
mod routes;
mod settings;
mod template;
mod workspace;
