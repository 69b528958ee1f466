//! The tags that a mail takes along and that come back with what the mail service says of it.

/// Names its delivery.
pub(crate) const DELIVERY: &str = "delivery";
/// Names its reader.
pub(crate) const READER: &str = "reader";
