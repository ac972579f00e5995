use std::time::Duration;

use jobbers_client::{Client, Status, Task};

use super::failure::Failure;

/// `--wait[=SECONDS]`
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct WaitArgs {
    /// Wait until the task has ended, or so many seconds. The exit code is 0 if it is completed then, else 1
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "inf")]
    #[arg(value_parser = seconds)]
    wait: Option<Limit>,
}

/// How long to wait; none = until the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit(Option<Duration>);

fn seconds(text: &str) -> Result<Limit, String> {
    const MOST: f64 = 1e9;
    match text.parse::<f64>() {
        Ok(f64::INFINITY) if text == "inf" => Ok(Limit(None)),
        Ok(number) if (0.0..=MOST).contains(&number) => Ok(Limit(Some(Duration::from_secs_f64(number)))),
        _ => Err("a number of seconds is expected, or nothing to wait until the end".to_owned()),
    }
}

impl WaitArgs {
    pub(crate) const fn is_wanted(self) -> bool {
        self.wait.is_some()
    }

    /// The task when it has ended, or as it is when the time is over.
    pub(crate) async fn wait(self, client: &Client, id: &str) -> Result<Task, Failure> {
        let limit = self.wait.and_then(|limit| limit.0);
        Ok(client.wait(id, limit).await?)
    }
}

/// What a command that waited says with its exit code; the task is on standard output already.
pub(crate) fn verdict(task: &Task) -> Result<(), Failure> {
    match task.status {
        Status::Completed => Ok(()),
        _ if task.status.has_ended() => Err(Failure::Silent(1)),
        _ => Err(Failure::Failed(format!("the time is over, and the task is {}", task.status))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_of_seconds_or_none() {
        assert_eq!(seconds("inf"), Ok(Limit(None)));
        assert_eq!(seconds("1.5"), Ok(Limit(Some(Duration::from_millis(1500)))));
        for text in ["", "-1", "NaN", "infinity", "1e99", "soon"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
