use std::time::Duration;

use jobbers_core::model::Timestamp;

/// What a cleaner does, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Cleaning")]
pub struct CleanerSettings {
    /// Marks started tasks stalled whose last heartbeat is older, of those that have no max_heartbeat_interval of their own
    /// and have beaten at least once. Tasks with an interval are judged by that alone, also without this flag
    #[arg(long, value_name = "SECONDS", value_parser = stale_time, allow_negative_numbers = true)]
    pub stale_time: Option<Duration>,

    /// Removes completed, failed, cancelled, stalled and dropped tasks that ended longer ago; never dead letters
    #[arg(long, value_name = "SECONDS", value_parser = age, allow_negative_numbers = true)]
    pub completed_task_age: Option<Duration>,

    /// Removes dead letters, with their tasks, that failed longer ago
    #[arg(long, value_name = "SECONDS", value_parser = age, allow_negative_numbers = true)]
    pub dlq_age: Option<Duration>,

    /// Taken for crontabs of earlier versions: the state of a rate limit goes by itself when its window is over, so there
    /// is nothing to remove, and 0 is reported
    #[arg(long, value_name = "SECONDS", value_parser = age, allow_negative_numbers = true)]
    pub rate_limit_age: Option<Duration>,

    /// Removes entries of queues whose task is gone and was made at this time or later (seconds since 1970, as told by the
    /// task's id), and entries of tasks that do not wait any more. Tasks that wait are never touched
    #[arg(long, value_name = "EPOCH_SECONDS", value_parser = moment, allow_negative_numbers = true)]
    pub min_queue_age: Option<Timestamp>,

    /// Likewise, of tasks that were made at this time or earlier
    #[arg(long, value_name = "EPOCH_SECONDS", value_parser = moment, allow_negative_numbers = true)]
    pub max_queue_age: Option<Timestamp>,

    /// Only reports what would be done, and changes nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Runs as a service that cleans every so many seconds, until SIGTERM or SIGINT; unset: cleans once and ends
    #[arg(long, value_name = "SECONDS", value_parser = interval, allow_negative_numbers = true)]
    pub interval: Option<Duration>,
}

/// A hundred years.
const LONGEST: f64 = 3_155_760_000.0;

/// Heartbeats reach the store within half a second: what is shorter than this would stall healthy tasks.
const SHORTEST_STALE_TIME: f64 = 1.0;

const SHORTEST_INTERVAL: f64 = 0.1;

fn stale_time(text: &str) -> Result<Duration, String> {
    seconds(text, SHORTEST_STALE_TIME)
}

fn age(text: &str) -> Result<Duration, String> {
    seconds(text, 0.0)
}

fn interval(text: &str) -> Result<Duration, String> {
    seconds(text, SHORTEST_INTERVAL)
}

fn seconds(text: &str, least: f64) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .filter(|seconds| (least..=LONGEST).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("a number of seconds from {least} to {LONGEST} is allowed"))
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let last = Timestamp::MAX.as_millis() / 1000;
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .filter(|seconds| (0.0..=last as f64).contains(seconds))
        .map(|seconds| Timestamp::from_millis((seconds * 1000.0).round() as u64))
        .ok_or_else(|| format!("a time as a number of seconds since 1970, from 0 to {last}, is allowed"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        settings: CleanerSettings,
    }

    fn parse(arguments: &[&str]) -> Result<CleanerSettings, clap::Error> {
        let words = std::iter::once(&"cleaner").chain(arguments);
        Command::try_parse_from(words).map(|command| command.settings)
    }

    #[test]
    fn without_flags_nothing_is_removed() {
        assert_eq!(parse(&[]).expect("nothing is required"), CleanerSettings::default());
    }

    #[test]
    fn the_lines_of_known_crontabs_are_understood() {
        let often = parse(&["--stale-time", "300"]).expect("understood");
        assert_eq!(often.stale_time, Some(Duration::from_secs(300)));
        let nightly = ["--completed-task-age", "86400", "--dlq-age", "2592000", "--rate-limit-age", "604800"];
        let nightly = parse(&nightly).expect("understood");
        let day = Duration::from_secs(86_400);
        assert_eq!((nightly.completed_task_age, nightly.dlq_age), (Some(day), Some(day * 30)));
        assert_eq!((nightly.rate_limit_age, nightly.stale_time, nightly.dry_run), (Some(day * 7), None, false));
    }

    #[test]
    fn seconds_may_have_a_fraction() {
        let settings =
            parse(&["--stale-time=1.5", "--min-queue-age=1700000000.25", "--interval", "0.5"]).expect("taken");
        assert_eq!(settings.stale_time, Some(Duration::from_millis(1500)));
        assert_eq!(settings.min_queue_age, Some(Timestamp::from_millis(1_700_000_000_250)));
        assert_eq!(settings.interval, Some(Duration::from_millis(500)));
    }

    #[test]
    fn a_wrong_value_names_the_flag_the_value_and_what_is_allowed() {
        let cases = [
            ("--stale-time", "0.5", "from 1 to 3155760000"),
            ("--stale-time", "five", "from 1 to 3155760000"),
            ("--completed-task-age", "-1", "from 0 to 3155760000"),
            ("--dlq-age", "NaN", "from 0 to 3155760000"),
            ("--rate-limit-age", "inf", "from 0 to 3155760000"),
            ("--min-queue-age", "1700000000000", "seconds since 1970, from 0 to 253402300799"),
            ("--max-queue-age", "2026-03-12", "seconds since 1970, from 0 to 253402300799"),
            ("--interval", "0", "from 0.1 to 3155760000"),
        ];
        for (flag, value, allowed) in cases {
            for words in [vec![flag, value], vec![&*format!("{flag}={value}")]] {
                let error = parse(&words).expect_err(flag);
                assert_eq!(error.exit_code(), 2);
                let text = error.to_string();
                assert!(
                    text.contains(flag) && text.contains(&format!("'{value}'")) && text.contains(allowed),
                    "{text}"
                );
            }
        }
    }
}
