use std::time::Duration;

use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::store::StoreError;

/// The longest that an operation takes; whoever asked gets an answer within two seconds.
pub const ANSWER_WITHIN: Duration = Duration::from_millis(1800);

/// Before a step is sent again.
const PAUSE: Duration = Duration::from_millis(100);

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

/// The very same step again while the store does not answer: only for what may be sent twice.
pub(super) async fn persist<T, A>(
    operation: &'static str,
    until: Instant,
    mut step: impl FnMut() -> A,
) -> Result<T, StoreError>
where
    A: Future<Output = Result<T, StoreError>>,
{
    loop {
        let answer = timeout_at(until, step()).await.unwrap_or_else(|_| Err(no_answer(operation)));
        match answer {
            Err(StoreError::Unavailable { .. }) if Instant::now() + PAUSE < until => sleep(PAUSE).await,
            answer => return answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_step_without_an_answer_is_sent_again() {
        let mut sent = 0;
        let answer = persist("submit", Instant::now() + ANSWER_WITHIN, || {
            sent += 1;
            ready(if sent == 1 { Err(no_answer("submit")) } else { Ok(sent) })
        });
        assert_eq!(answer.await.unwrap(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_final_and_silence_ends_in_time() {
        let mut sent = 0;
        let until = Instant::now() + ANSWER_WITHIN;
        let answer = persist("submit", until, || {
            sent += 1;
            ready(Err::<(), _>(StoreError::Full { operation: "submit", detail: "no room".into() }))
        });
        assert!(matches!(answer.await, Err(StoreError::Full { .. })));
        assert_eq!(sent, 1);
        let silence = persist("submit", until, pending::<Result<(), _>>).await;
        assert!(matches!(silence, Err(StoreError::Unavailable { .. })));
        assert_eq!(Instant::now(), until);
    }
}
