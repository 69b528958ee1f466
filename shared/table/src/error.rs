//! What can go wrong between this service and its table.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// What DynamoDB says when the same request may work in a moment.
const BUSY: [&str; 7] = [
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// Why the table did not do what was asked. Nothing of it is for people outside: it is logged once, at the boundary.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A condition did not hold: somebody else was faster. Load, decide and commit again.
    #[error("{operation}: lost a race on {items:?}")]
    Lost {
        /// What was being done.
        operation: &'static str,
        /// The kinds of the items whose conditions failed.
        items: Vec<&'static str>,
    },
    /// The table is busy beyond the SDK's own retries; the same request may work in a moment.
    #[error("{operation}: the table is busy")]
    Busy {
        /// What was being done.
        operation: &'static str,
        /// What the SDK said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The SDK or the table failed.
    #[error("{operation}: the table failed")]
    Failed {
        /// What was being done.
        operation: &'static str,
        /// What the SDK said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An item is not what this release wrote.
    #[error("{operation}: an item could not be read")]
    Malformed {
        /// What was being done.
        operation: &'static str,
        /// What serde said.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl TableError {
    /// Whether the whole decision should be taken again on fresh state.
    pub const fn is_lost(&self) -> bool {
        matches!(self, Self::Lost { .. })
    }

    /// Whether the caller may repeat the request as it is.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::Busy { .. })
    }

    pub(crate) fn malformed(operation: &'static str) -> impl FnOnce(serde_dynamo::Error) -> Self {
        move |source| Self::Malformed { operation, source: source.into() }
    }
}

/// Turns an SDK error into ours: what a repeated request may get through is [`TableError::Busy`], everything else
/// [`TableError::Failed`].
pub(crate) fn sdk<E>(operation: &'static str) -> impl FnOnce(SdkError<E>) -> TableError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    move |source| {
        let busy = match &source {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
            other => {
                other.as_service_error().and_then(ProvideErrorMetadata::code).is_some_and(|code| BUSY.contains(&code))
            }
        };
        let source = Box::new(source);
        if busy { TableError::Busy { operation, source } } else { TableError::Failed { operation, source } }
    }
}
