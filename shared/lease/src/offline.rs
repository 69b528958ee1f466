//! What is carried between an AppSuite without network and the service: request, response and return strings.
//!
//! Each is bytes in [`carried`] form: lines of base 36 with check characters, as the server token, so that a typing
//! error is told before anything is sent and the line is named. A request and a return are 8 lines that can be typed;
//! a response is longer and goes as a file, pasted, or as a QR code where it fits.

pub mod carried;
mod response;
mod statement;

pub use carried::{CarriedFault, Kind};
pub use response::{OfflineLease, OfflineResponse, ResponseFault, open};
pub use statement::{RequestNonce, Statement, StatementFault};
