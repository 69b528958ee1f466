//! The client's rules row by row, and the client against a server on loopback.

mod answers;
mod client;
mod command;
mod fixture;
mod status;
