//! Journeys through the whole stack: real HTTP, real table code, real mails and signatures.

mod demo;
