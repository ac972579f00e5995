use std::time::Duration;

use jobbers_core::model::check_name;
use jobbers_core::store::MAX_BATCH;

/// How a scheduler works: flags and environment.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Scheduler")]
pub struct SchedulerSettings {
    /// Longest sleep between polls, in seconds. It wakes when something becomes due, and looks for dead workers every second
    #[arg(long, env = "SCHEDULER_POLL_INTERVAL", value_name = "SECONDS", default_value = "5.0", value_parser = interval)]
    pub scheduler_poll_interval: Duration,

    /// Due tasks moved per atomic step; it goes on until nothing is due
    #[arg(long, env = "SCHEDULER_BATCH_SIZE", value_name = "TASKS", default_value = "1", value_parser = batch)]
    pub scheduler_batch_size: usize,

    /// Moves only due tasks of the queues of this role; unset = of all queues. Tasks of dead workers are always looked after
    #[arg(long, env = "SCHEDULER_ROLE", value_name = "NAME", value_parser = role)]
    pub scheduler_role: Option<String>,

    /// Seconds that ended tasks are kept; 0 = for ever. Dead letters are always kept
    #[arg(long, env = "RETENTION", value_name = "SECONDS", default_value = "604800", value_parser = retention)]
    pub retention: Retention,

    /// Seconds that a task waits at the least before it is dropped because no live worker knows its type; a worker that
    /// consumes its queue must have lived as long. `never` = such tasks wait for ever
    #[arg(long, env = "UNKNOWN_TASK_GRACE", value_name = "SECONDS", default_value = "60", value_parser = grace)]
    pub unknown_task_grace: UnknownTaskGrace,
}

/// How long ended tasks are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    ForEver,
    For(Duration),
}

/// How long tasks that no worker knows are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownTaskGrace {
    /// None is ever dropped.
    Never,
    After(Duration),
}

impl Default for SchedulerSettings {
    fn default() -> Self {
        Self {
            scheduler_poll_interval: Duration::from_secs(5),
            scheduler_batch_size: 1,
            scheduler_role: None,
            retention: Retention::For(Duration::from_secs(7 * 86_400)),
            unknown_task_grace: UnknownTaskGrace::After(Duration::from_secs(60)),
        }
    }
}

/// A hundred years.
const LONGEST: f64 = 3_155_760_000.0;

fn interval(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .filter(|seconds| (0.01..=3600.0).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "SCHEDULER_POLL_INTERVAL is a number of seconds from 0.01 to 3600".to_owned())
}

fn batch(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=MAX_BATCH).contains(number));
    number.ok_or_else(|| format!("SCHEDULER_BATCH_SIZE is a whole number from 1 to {MAX_BATCH}"))
}

fn role(text: &str) -> Result<String, String> {
    check_name(text).map_err(|error| format!("SCHEDULER_ROLE: {error}"))?;
    Ok(text.to_owned())
}

fn retention(text: &str) -> Result<Retention, String> {
    let seconds: Option<f64> = text.parse().ok();
    match seconds {
        Some(0.0) => Ok(Retention::ForEver),
        Some(seconds) if (1.0..=LONGEST).contains(&seconds) => Ok(Retention::For(Duration::from_secs_f64(seconds))),
        Some(_) | None => Err(format!("RETENTION is a number of seconds from 1 to {LONGEST}; 0 = for ever")),
    }
}

fn grace(text: &str) -> Result<UnknownTaskGrace, String> {
    if text == "never" {
        return Ok(UnknownTaskGrace::Never);
    }
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .filter(|seconds| (0.1..=LONGEST).contains(seconds))
        .map(|seconds| UnknownTaskGrace::After(Duration::from_secs_f64(seconds)))
        .ok_or_else(|| format!("UNKNOWN_TASK_GRACE is a number of seconds from 0.1 to {LONGEST}, or never"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        settings: SchedulerSettings,
    }

    fn parse(arguments: &[&str]) -> Result<SchedulerSettings, String> {
        Command::try_parse_from(std::iter::once(&"scheduler").chain(arguments))
            .map(|command| command.settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn without_flags_the_defaults_hold() {
        assert_eq!(parse(&[]), Ok(SchedulerSettings::default()));
    }

    #[test]
    fn retention_and_grace_can_be_switched_off() {
        let settings = parse(&["--retention=0", "--unknown-task-grace=never"]).unwrap();
        assert_eq!((settings.retention, settings.unknown_task_grace), (Retention::ForEver, UnknownTaskGrace::Never));
        let settings = parse(&["--retention=1.5", "--unknown-task-grace=2"]).unwrap();
        assert_eq!(settings.retention, Retention::For(Duration::from_millis(1500)));
        assert_eq!(settings.unknown_task_grace, UnknownTaskGrace::After(Duration::from_secs(2)));
    }

    #[test]
    fn a_wrong_value_names_the_variable_the_value_and_what_is_allowed() {
        let cases = [
            ("--scheduler-poll-interval", "0", "SCHEDULER_POLL_INTERVAL is a number of seconds from 0.01 to 3600"),
            ("--scheduler-poll-interval", "NaN", "SCHEDULER_POLL_INTERVAL is a number of seconds from 0.01 to 3600"),
            ("--scheduler-batch-size", "0", "SCHEDULER_BATCH_SIZE is a whole number from 1 to 500"),
            ("--scheduler-batch-size", "501", "SCHEDULER_BATCH_SIZE is a whole number from 1 to 500"),
            ("--scheduler-role", "a b", "SCHEDULER_ROLE: `a b` is not a name"),
            ("--retention", "0.5", "RETENTION is a number of seconds from 1 to 3155760000; 0 = for ever"),
            ("--retention", "never", "RETENTION is a number of seconds from 1 to 3155760000; 0 = for ever"),
            ("--unknown-task-grace", "0", "UNKNOWN_TASK_GRACE is a number of seconds from 0.1 to 3155760000, or never"),
            (
                "--unknown-task-grace",
                "-1",
                "UNKNOWN_TASK_GRACE is a number of seconds from 0.1 to 3155760000, or never",
            ),
        ];
        for (flag, value, message) in cases {
            let error = parse(&[&format!("{flag}={value}")]).unwrap_err();
            assert!(error.contains(message) && error.contains(&format!("'{value}'")), "{error}");
        }
    }
}
