use std::pin::pin;
use std::sync::{Mutex, PoisonError};
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
    step: impl FnMut() -> A,
) -> Result<T, StoreError>
where
    A: Future<Output = Result<T, StoreError>>,
{
    persist_while(operation, &Pulse::until(until), step).await
}

/// The same for one of several steps: as long as any of them is answered, the store is there, and only slow.
pub(super) async fn persist_while<T, A>(
    operation: &'static str,
    pulse: &Pulse,
    mut step: impl FnMut() -> A,
) -> Result<T, StoreError>
where
    A: Future<Output = Result<T, StoreError>>,
{
    loop {
        let answer = pulse.outlasts(step()).await.unwrap_or_else(|| Err(no_answer(operation)));
        match answer {
            Err(StoreError::Unavailable { .. }) if Instant::now() + PAUSE < pulse.end() => sleep(PAUSE).await,
            Err(error) => return Err(error),
            Ok(answer) => {
                pulse.beat();
                return Ok(answer);
            }
        }
    }
}

/// Once only, for one of several steps that would give another answer the second time.
pub(super) async fn once_while<T>(
    operation: &'static str,
    pulse: &Pulse,
    step: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let answer = pulse.outlasts(step).await.unwrap_or_else(|| Err(no_answer(operation)))?;
    pulse.beat();
    Ok(answer)
}

/// Until when a store that answers nothing counts as there.
#[derive(Debug)]
pub(super) struct Pulse {
    until: Mutex<Instant>,
    patience: Duration,
}

impl Pulse {
    /// Begins now; `spent` of the patience is over.
    pub(super) fn begin(spent: Duration) -> Self {
        Self { until: Mutex::new(Instant::now() + ANSWER_WITHIN.saturating_sub(spent)), patience: ANSWER_WITHIN }
    }

    /// That is over at this time, whatever is answered.
    pub(super) fn until(time: Instant) -> Self {
        Self { until: Mutex::new(time), patience: Duration::ZERO }
    }

    fn end(&self) -> Instant {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn beat(&self) {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = (*until).max(Instant::now() + self.patience);
    }

    /// None if the store has no pulse any more before there is an answer.
    async fn outlasts<T>(&self, answer: impl Future<Output = T>) -> Option<T> {
        let mut answer = pin!(answer);
        loop {
            let until = self.end();
            match timeout_at(until, &mut answer).await {
                Ok(answer) => return Some(answer),
                Err(_) if self.end() > until => {}
                Err(_) => return None,
            }
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

    #[tokio::test(start_paused = true)]
    async fn a_slow_step_is_waited_for_while_others_are_answered() {
        let pulse = Pulse::begin(Duration::from_secs(1));
        let slow = persist_while("submit", &pulse, || async {
            sleep(Duration::from_secs(4)).await;
            Ok("slow")
        });
        let others = async {
            for _ in 0..4 {
                persist_while("submit", &pulse, || async {
                    sleep(Duration::from_millis(750)).await;
                    Ok(())
                })
                .await?;
            }
            Ok::<_, StoreError>(())
        };
        let (slow, others) = tokio::join!(slow, others);
        assert!(others.is_ok());
        assert_eq!(slow.unwrap(), "slow");
        let begun = Instant::now();
        let silence = persist_while("submit", &pulse, pending::<Result<(), _>>).await;
        assert!(silence.is_err());
        assert_eq!(begun.elapsed(), ANSWER_WITHIN, "since the last answer");
    }
}
