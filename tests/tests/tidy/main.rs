//! Style as tests: what reviewers would otherwise have to remember.

mod actions;
mod alarms;
mod codes;
mod crates;
mod document;
mod files;
mod functions;
mod handbook;
mod parameters;
mod permissions;
mod refusals;
mod routes;
mod settings;
mod template;
mod workspace;
