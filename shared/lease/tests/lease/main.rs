//! Signed documents and published vectors, from outside the crate.

mod documents;
mod fixture;
mod key_sets;
mod vectors;
