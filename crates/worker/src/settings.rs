use std::time::Duration;

use jobbers_core::model::{DEFAULT_ROLE, check_name};
use jobbers_core::process::parse_size;

use crate::executor::PythonSettings;

/// How a worker works: flags and environment.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Worker")]
pub struct WorkerSettings {
    /// The role whose queues this worker consumes. It is read again every 5 seconds
    #[arg(long, env = "WORKER_ROLE", value_name = "NAME", default_value = DEFAULT_ROLE, value_parser = role)]
    pub worker_role: String,

    /// Tasks that run at once in this process
    #[arg(long, env = "WORKER_CONCURRENT_TASKS", value_name = "NUMBER", default_value = "5", value_parser = slots)]
    pub worker_concurrent_tasks: u32,

    /// Tasks after which the worker ends with exit code 0, so that its supervisor starts a fresh one; 0 = never. It never
    /// claims more than what is left of them, and says so when it ends
    #[arg(long, env = "WORKER_TTL", value_name = "TASKS", default_value = "50", value_parser = ttl)]
    pub worker_ttl: u64,

    /// Seconds that a claimed task stays this worker's without renewal: after the death of a worker its tasks run again no
    /// sooner. It renews every third of it
    #[arg(long, env = "WORKER_LEASE", value_name = "SECONDS", default_value = "10", value_parser = lease)]
    pub worker_lease: Duration,

    /// Seconds that tasks with `on_shutdown = "continue"` get after the first SIGTERM or SIGINT; then they are handed back
    /// and run again elsewhere. Unset = until they end
    #[arg(long, env = "WORKER_SHUTDOWN_GRACE", value_name = "SECONDS", value_parser = grace)]
    pub worker_shutdown_grace: Option<Duration>,

    /// Largest result of a task, in bytes or with KiB, MiB; a larger one fails the task
    #[arg(long, env = "MAX_RESULT", value_name = "BYTES", default_value = "1MiB", value_parser = max_result)]
    pub max_result: usize,

    #[command(flatten)]
    pub python: PythonSettings,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            worker_role: DEFAULT_ROLE.to_owned(),
            worker_concurrent_tasks: 5,
            worker_ttl: 50,
            worker_lease: Duration::from_secs(10),
            worker_shutdown_grace: None,
            max_result: 1024 * 1024,
            python: PythonSettings::default(),
        }
    }
}

fn role(text: &str) -> Result<String, String> {
    check_name(text).map_err(|error| format!("WORKER_ROLE: {error}"))?;
    Ok(text.to_owned())
}

fn slots(text: &str) -> Result<u32, String> {
    const MOST: u32 = 100_000;
    let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| format!("WORKER_CONCURRENT_TASKS is a whole number from 1 to {MOST}"))
}

fn ttl(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "WORKER_TTL is a whole number of tasks; 0 = never".to_owned())
}

fn lease(text: &str) -> Result<Duration, String> {
    seconds(text, 0.1).ok_or_else(|| "WORKER_LEASE is a number of seconds from 0.1 to 86400".to_owned())
}

fn grace(text: &str) -> Result<Duration, String> {
    seconds(text, 0.0).ok_or_else(|| {
        "WORKER_SHUTDOWN_GRACE is a number of seconds from 0 to 86400; leave it out to wait until tasks end".to_owned()
    })
}

fn seconds(text: &str, least: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    (least..=86_400.0).contains(&number).then(|| Duration::from_secs_f64(number))
}

fn max_result(text: &str) -> Result<usize, String> {
    parse_size("MAX_RESULT", text, 64 << 20)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        settings: WorkerSettings,
    }

    fn parse(arguments: &[&str]) -> Result<WorkerSettings, String> {
        Command::try_parse_from(std::iter::once(&"worker").chain(arguments))
            .map(|command| command.settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn without_flags_the_defaults_hold() {
        assert_eq!(parse(&[]), Ok(WorkerSettings::default()));
    }

    #[test]
    fn durations_and_sizes_are_read() {
        let settings =
            parse(&["--worker-lease", "0.5", "--max-result", "2 KiB", "--worker-shutdown-grace", "0"]).unwrap();
        assert_eq!(settings.worker_lease, Duration::from_millis(500));
        assert_eq!(settings.max_result, 2048);
        assert_eq!(settings.worker_shutdown_grace, Some(Duration::ZERO));
    }

    #[test]
    fn a_wrong_value_names_the_variable_the_value_and_what_is_allowed() {
        let cases = [
            ("--worker-concurrent-tasks", "0", "WORKER_CONCURRENT_TASKS is a whole number from 1 to 100000"),
            ("--worker-ttl", "-1", "WORKER_TTL is a whole number of tasks; 0 = never"),
            ("--worker-lease", "0", "WORKER_LEASE is a number of seconds from 0.1 to 86400"),
            ("--worker-lease", "inf", "WORKER_LEASE is a number of seconds from 0.1 to 86400"),
            ("--worker-shutdown-grace", "soon", "WORKER_SHUTDOWN_GRACE is a number of seconds from 0 to 86400"),
            ("--max-result", "1GB", "MAX_RESULT is a number of bytes such as 1048576, 512KiB or 1MiB"),
            ("--worker-role", "a b", "WORKER_ROLE: `a b` is not a name"),
        ];
        for (flag, value, message) in cases {
            let error = parse(&[&format!("{flag}={value}")]).unwrap_err();
            assert!(error.contains(message) && error.contains(&format!("'{value}'")), "{error}");
        }
    }
}
