use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Params, TaskContext, TaskError, task};

/// The error that some examples expect.
#[derive(Debug, thiserror::Error)]
#[error("this task always fails")]
pub struct AlwaysFails;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Echo {
    /// What comes back.
    value: String,
}

impl Default for Echo {
    fn default() -> Self {
        Self { value: "default".to_owned() }
    }
}

#[derive(Debug, Serialize)]
pub struct Echoed {
    value: String,
}

/// Gives its value back.
#[task(version = 1, max_retries = 0, max_concurrent = "none")]
pub async fn echo_task(Params(Echo { value }): Params<Echo>) -> Result<Echoed, TaskError> {
    Ok(Echoed { value })
}

/// Fails with an error that it expects: two retries at once, then a dead letter.
#[task(version = 1, max_retries = 2, dead_letter = "save", max_concurrent = "none", expected_errors(AlwaysFails))]
pub async fn always_fail_task() -> Result<(), AlwaysFails> {
    Err(AlwaysFails)
}

/// The same, with retries that go through the scheduler.
#[task(
    version = 1,
    max_retries = 2,
    retry_delay = 0,
    backoff = "constant",
    dead_letter = "save",
    max_concurrent = "none",
    expected_errors(AlwaysFails)
)]
pub async fn scheduled_fail_task() -> Result<(), AlwaysFails> {
    Err(AlwaysFails)
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Crash {
    /// Whether to panic rather than to return an error.
    panic: bool,
}

/// Fails in a way that it does not expect, so that it is not retried.
#[task(version = 1, max_retries = 3, max_concurrent = "none")]
pub async fn crash_task(Params(Crash { panic }): Params<Crash>) -> Result<(), anyhow::Error> {
    assert!(!panic, "crash_task was asked to panic");
    anyhow::bail!("crash_task met an error that it does not expect")
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Seconds {
    /// How long it takes.
    #[schemars(range(min = 0, max = 86400))]
    seconds: f64,
}

impl Default for Seconds {
    fn default() -> Self {
        Self { seconds: 30.0 }
    }
}

impl Seconds {
    fn duration(&self) -> Result<Duration, TaskError> {
        Duration::try_from_secs_f64(self.seconds).map_err(TaskError::fatal)
    }
}

#[derive(Debug, Serialize)]
pub struct Took {
    seconds: f64,
}

async fn sleep(time: &Seconds) -> Result<Took, TaskError> {
    tokio::time::sleep(time.duration()?).await;
    Ok(Took { seconds: time.seconds })
}

/// Sleeps. A shutdown stops it.
#[task(version = 1, max_concurrent = "none", on_shutdown = "stop")]
pub async fn slow_task(Params(time): Params<Seconds>) -> Result<Took, TaskError> {
    sleep(&time).await
}

/// Sleeps. A shutdown gives it back, and it runs again elsewhere.
#[task(version = 1, max_concurrent = "none", on_shutdown = "resubmit")]
pub async fn resubmit_task(Params(time): Params<Seconds>) -> Result<Took, TaskError> {
    sleep(&time).await
}

/// Sleeps. A shutdown waits for it.
#[task(version = 1, max_concurrent = "none", on_shutdown = "continue")]
pub async fn stubborn_task(Params(time): Params<Seconds>) -> Result<Took, TaskError> {
    sleep(&time).await
}

/// Sleeps without a sign of progress, although it promises one every two seconds.
#[task(version = 1, max_concurrent = "none", max_heartbeat_interval = 2)]
pub async fn silent_task(Params(time): Params<Seconds>) -> Result<Took, TaskError> {
    sleep(&time).await
}

/// Computes on a thread of its own, and looks whether it is to stop.
#[task(version = 1, max_concurrent = "none")]
pub fn busy_task(Params(time): Params<Seconds>, task: TaskContext) -> Result<Took, TaskError> {
    let (began, duration) = (Instant::now(), time.duration()?);
    let mut number: u64 = 1;
    while began.elapsed() < duration {
        if task.is_cancelled() {
            return Err(TaskError::fatal("stopped before it was done"));
        }
        // Some work between two looks.
        for _ in 0..10_000 {
            number = std::hint::black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
    }
    Ok(Took { seconds: began.elapsed().as_secs_f64() })
}

/// Does nothing.
#[task(version = 1, max_concurrent = "none")]
pub async fn noop() -> Result<(), TaskError> {
    Ok(())
}
