//! Why a call has no good answer: refused by a rule, rejected before any rule, or failed by our fault.

use std::error::Error;
use std::time::Duration;

use keys::KeysError;
use licensing::Refusal;
use licensing::refusal::{Fault, to_correct};
use table::TableError;

/// A request that no rule has seen yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The body is not JSON, or not of this shape.
    #[error("{0}")]
    MalformedBody(String),
    /// The body has values that are not accepted; every one is listed.
    #[error("{} Nothing was changed.", to_correct(.0))]
    InvalidBody(Vec<Fault>),
    /// The body is not of the type that this operation takes.
    #[error("Send the body as {0}.")]
    UnsupportedMediaType(&'static str),
    /// A query parameter or header is not of its shape.
    #[error("The value of {name} {detail}.")]
    InvalidParameter {
        /// Which one.
        name: &'static str,
        /// What is accepted: completes "The value of … ".
        detail: String,
    },
    /// The ERP's signature is missing or wrong.
    #[error("{0}")]
    InvalidSignature(String),
    /// Nobody has signed in, or not with a token that this service takes.
    #[error("Sign in again.")]
    SignInRequired,
    /// The provider has not verified the address.
    #[error("Your sign-in provider has not verified your e-mail address. Verify it there and sign in again.")]
    EmailNotVerified,
    /// The address is bound to another sign-in of the same provider.
    #[error("This e-mail address belongs to another sign-in. Ask the vendor's support.")]
    BoundElsewhere,
    /// The server token is not one of ours.
    #[error("The server token is not authentic. Copy it again from the License Portal.")]
    InvalidToken,
    /// The front door that the request came through checks nobody's sign-in.
    #[error("Nobody can sign in at this address. Send the same request to {base_url}.")]
    Misdirected {
        /// Where people reach the service.
        base_url: String,
    },
    /// No operation has this path and method.
    #[error("There is nothing at this address.")]
    NoSuchRoute,
}

impl Rejection {
    /// The stable code, in snake case.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MalformedBody(_) => "malformed_body",
            Self::InvalidBody(_) => "invalid_body",
            Self::UnsupportedMediaType(_) => "unsupported_media_type",
            Self::InvalidParameter { .. } => "invalid_parameter",
            Self::InvalidSignature(_) => "invalid_signature",
            Self::SignInRequired => "sign_in_required",
            Self::EmailNotVerified => "email_not_verified",
            Self::BoundElsewhere => "bound_elsewhere",
            Self::InvalidToken => "invalid_token",
            Self::Misdirected { .. } => "misdirected",
            Self::NoSuchRoute => "no_such_route",
        }
    }
}

/// Why a call has no good answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A rule said no; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The request never came to a rule; nothing changed.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The table failed or a race was lost.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A key ring could not be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// We doubt our own state, so we say nothing that has an effect: a restored table, for instance.
    #[error("{0}")]
    Doubtful(&'static str),
    /// The deployment lets nothing be said against anybody, while whoever runs it doubts it.
    #[error("The service refuses nobody for now. Nothing was lost; try again in an hour.")]
    Suspended,
    /// Something of ours is not as it must be.
    #[error("{operation} failed")]
    Broken {
        /// What was being done.
        operation: &'static str,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl Failure {
    /// A fault of ours.
    pub fn broken(operation: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken { operation, source: source.into() }
    }

    /// Whether the decision should be taken again on fresh state.
    pub const fn is_lost(&self) -> bool {
        matches!(self, Self::Table(error) if error.is_lost())
    }
}

/// How often a lost race is run again; each time somebody else has won, so many must have been there at once.
const RACES_MAX: u32 = 40;

/// Loads, decides and commits again for as long as somebody else was faster.
///
/// # Errors
///
/// What the step fails with; a lost race only after many.
pub async fn until_won<T, F>(mut step: impl FnMut() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut races = 0;
    loop {
        match step().await {
            Err(failure) if failure.is_lost() && races < RACES_MAX => {
                races += 1;
                let pause_ms_max = 5 * u64::from(races.min(20));
                tokio::time::sleep(Duration::from_millis(rand::random_range(0..=pause_ms_max))).await;
            }
            other => return other,
        }
    }
}
