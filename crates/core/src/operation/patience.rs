use std::time::Duration;

use tokio::time::timeout;

use crate::store::StoreError;

/// The longest that an operation takes; whoever asked gets an answer within two seconds.
pub const ANSWER_WITHIN: Duration = Duration::from_millis(1800);

/// The answer, or that there was none in time.
pub(super) async fn within<T>(
    operation: &'static str,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(ANSWER_WITHIN, answer).await.unwrap_or_else(|_| Err(no_answer(operation)))
}

pub(super) fn no_answer(operation: &'static str) -> StoreError {
    StoreError::Unavailable { operation, detail: "no answer in time".into() }
}
