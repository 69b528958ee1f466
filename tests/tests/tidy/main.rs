//! Style as tests: what reviewers would otherwise have to remember.

mod crates;
mod files;
mod permissions;
mod routes;
mod template;
mod workspace;
