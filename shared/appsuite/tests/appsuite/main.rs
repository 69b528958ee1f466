//! The client's rules row by row, and the client against a server on loopback.

mod answers;
mod client;
mod command;
mod exit_codes;
mod files;
mod fixture;
mod network;
mod rows;
mod status;
