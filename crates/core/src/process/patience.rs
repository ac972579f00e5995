use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::StartError;
use crate::store::StoreError;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How often a process that waits says so.
const REMINDER: Duration = Duration::from_secs(10);

/// Tries until it works, fails for good, or `stop` is cancelled.
pub(super) async fn until_stopped<T, F: Future<Output = Result<T, StartError>>>(
    stop: &CancellationToken,
    attempt: impl Fn() -> F,
) -> Result<T, StartError> {
    stop.run_until_cancelled(tirelessly(attempt)).await.unwrap_or(Err(StartError::Stopped))
}

async fn tirelessly<T, F: Future<Output = Result<T, StartError>>>(attempt: impl Fn() -> F) -> Result<T, StartError> {
    let started = Instant::now();
    let mut pauses = Pauses::default();
    let mut last_said: Option<Instant> = None;
    loop {
        match attempt().await {
            Err(error) if error.is_transient() => {
                if last_said.is_none_or(|last| last.elapsed() >= REMINDER) {
                    last_said = Some(Instant::now());
                    tracing::warn!(
                        event = "waiting_for_store",
                        waited_s = started.elapsed().as_secs(),
                        "waiting: {error}"
                    );
                }
                sleep(pauses.next()).await;
            }
            answer => {
                if answer.is_ok() && last_said.is_some() {
                    let waited_s = started.elapsed().as_secs();
                    tracing::info!(event = "store_answers", waited_s, "the stores answer, after {waited_s} s");
                }
                return answer;
            }
        }
    }
}

/// Tries until it works, fails for good, or the time is over; then the last error is the answer.
pub(super) async fn within<T, F: Future<Output = Result<T, StartError>>>(
    limit: Duration,
    attempt: impl Fn() -> F,
) -> Result<T, StartError> {
    let deadline = Instant::now() + limit;
    let mut pauses = Pauses::default();
    let mut last = StartError::Store(StoreError::Unavailable {
        operation: "open",
        detail: format!("no answer within {} s", limit.as_secs()),
    });
    loop {
        match timeout_at(deadline, attempt()).await {
            Ok(Err(error)) if error.is_transient() => last = error,
            Ok(answer) => return answer,
            Err(_) => return Err(last),
        }
        if timeout_at(deadline, sleep(pauses.next())).await.is_err() {
            return Err(last);
        }
    }
}

/// Pauses that double up to [`LONGEST_PAUSE`], each shortened at random by up to a half, so that processes that
/// lost their store together do not come back together.
#[derive(Default)]
struct Pauses {
    tries: u32,
}

impl Pauses {
    fn next(&mut self) -> Duration {
        let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.tries)).min(LONGEST_PAUSE);
        self.tries += 1;
        pause.mul_f64(rand::random_range(0.5..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::store::Incompatible;

    fn away() -> StartError {
        StartError::Store(StoreError::Unavailable { operation: "open", detail: "refused".to_owned() })
    }

    fn unfit() -> StartError {
        Incompatible::Partitions { store: "redis://db".to_owned(), found: "2".to_owned() }.into()
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_is_away_is_tried_until_it_answers() {
        let tries = AtomicU32::new(0);
        let attempt = || async { if tries.fetch_add(1, Ordering::Relaxed) < 40 { Err(away()) } else { Ok("open") } };
        let answer = until_stopped(&CancellationToken::new(), attempt).await;
        assert_eq!(answer.expect("open"), "open");
        assert_eq!(tries.load(Ordering::Relaxed), 41);
    }

    #[tokio::test(start_paused = true)]
    async fn a_fatal_error_ends_the_wait() {
        let answer = until_stopped(&CancellationToken::new(), || async { Err::<(), _>(unfit()) }).await;
        assert!(matches!(answer, Err(StartError::Incompatible(_))));
        let answer = within(Duration::from_secs(5), || async { Err::<(), _>(unfit()) }).await;
        assert!(matches!(answer, Err(StartError::Incompatible(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_to_stop_ends_the_wait() {
        let stop = CancellationToken::new();
        let (answer, ()) = tokio::join!(until_stopped(&stop, || async { Err::<(), _>(away()) }), async {
            sleep(Duration::from_secs(60)).await;
            stop.cancel();
        });
        assert!(matches!(answer, Err(StartError::Stopped)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_holds_for_a_store_that_refuses_and_for_one_that_is_silent() {
        let started = Instant::now();
        let answer = within(Duration::from_secs(5), || async { Err::<(), _>(away()) }).await;
        assert!(matches!(answer, Err(StartError::Store(_))));
        assert_eq!(started.elapsed().as_secs(), 5);
        let answer = within(Duration::from_secs(5), std::future::pending::<Result<(), StartError>>).await;
        assert!(matches!(answer, Err(StartError::Store(_))));
        assert_eq!(started.elapsed().as_secs(), 10);
    }

    #[test]
    fn pauses_grow_and_are_bounded() {
        let mut pauses = Pauses::default();
        assert!(pauses.next() <= FIRST_PAUSE);
        for _ in 0..100 {
            assert!(pauses.next() <= LONGEST_PAUSE);
        }
        assert!(pauses.next() >= LONGEST_PAUSE / 2);
    }
}
