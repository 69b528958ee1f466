//! Journeys through the whole stack: real HTTP, real table code, real mails and signatures.

mod assignments;
mod check_in;
mod check_in_rows;
mod demo;
mod events;
mod forwards;
mod logs;
mod mails;
mod members;
mod orders;
mod parties;
mod people;
mod portal;
mod races;
mod refusals;
mod sample;
mod server_details;
mod servers;
mod services;
mod staff;
mod staff_acts;
mod troubles;
mod unlock;
mod widest;
mod world;
