use std::time::{Duration, Instant};

use jobbers_client::{Client, Error, Status, Task};

use super::failure::Failure;
use super::moment::duration;

/// What is given if no limit is.
const FOR_EVER: &str = "for ever";

/// `--wait[=DURATION]`
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct WaitArgs {
    /// Wait until the task has ended, or so long: seconds, or with a unit such as 90s, 5m or 2h. The exit code is 0 if
    /// it is completed then, else 1
    #[arg(long, short, value_name = "DURATION", num_args = 0..=1, require_equals = true, value_parser = limit)]
    #[arg(default_missing_value = FOR_EVER)]
    wait: Option<Limit>,
}

/// How long to wait; none = until the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit(Option<Duration>);

fn limit(text: &str) -> Result<Limit, String> {
    if text == FOR_EVER { Ok(Limit(None)) } else { duration(text).map(|limit| Limit(Some(limit))) }
}

impl WaitArgs {
    pub(crate) const fn is_wanted(self) -> bool {
        self.wait.is_some()
    }

    /// When the time is over, if it begins now; none = never.
    pub(crate) fn deadline(self) -> Option<Instant> {
        self.wait.and_then(|limit| limit.0).map(|limit| Instant::now() + limit)
    }
}

/// The task when it has ended, or as it is when the time is over.
pub(crate) async fn wait_until(client: &Client, id: &str, deadline: Option<Instant>) -> Result<Task, Error> {
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    client.wait(id, left).await
}

/// What a command that waited says with its exit code; the task is on standard output already.
pub(crate) fn verdict(task: &Task) -> Result<(), Failure> {
    match task.status {
        Status::Completed => Ok(()),
        _ if task.status.has_ended() => Err(Failure::Silent(1)),
        _ => Err(Failure::Failed(format!("the time is over, and the task {} is {}", task.id, task.status))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_duration_or_none() {
        assert_eq!(limit(FOR_EVER), Ok(Limit(None)));
        assert_eq!(limit("1.5"), Ok(Limit(Some(Duration::from_millis(1500)))));
        assert_eq!(limit("2m"), Ok(Limit(Some(Duration::from_secs(120)))));
        for text in ["", "-1", "NaN", "infinity", "1e99", "soon"] {
            assert!(limit(text).is_err(), "{text}");
        }
    }
}
