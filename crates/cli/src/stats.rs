use std::time::Duration;

use jobbers_client::{QueueStats, Rate};
use tokio::time::sleep;

use super::failure::Failure;
use super::manager::ManagerArgs;
use super::moment::duration;
use super::out::{self, Cell, Column, Look, Table, Tint, span};

/// Prints how each queue is doing: what waits, runs and fails, and how fast it goes
#[derive(Debug, clap::Args)]
#[command(after_help = "Columns: OLDEST is how long the task has waited that waits longest, WORKERS how
many take tasks from the queue, /MIN how many tasks ended in the last minute and
FAILED which part of them did so by failing; then the same of the last hour.

Examples:
  jobbers stats
  jobbers stats --watch          again every 2 seconds, until Ctrl-C
  jobbers stats --watch=500ms")]
pub(crate) struct Stats {
    /// Go on, every 2 seconds or as often as is said; with --json a line each time
    #[arg(long, short, value_name = "DURATION", num_args = 0..=1, require_equals = true, value_parser = pause)]
    #[arg(default_missing_value = "2s")]
    watch: Option<Duration>,

    #[command(flatten)]
    manager: ManagerArgs,
}

/// The manager counts once a second; who asks more often only sees more of the same.
fn pause(text: &str) -> Result<Duration, String> {
    const SHORTEST: Duration = Duration::from_millis(100);
    match duration(text)? {
        pause if pause < SHORTEST => Err("100ms or more is expected".to_owned()),
        pause => Ok(pause),
    }
}

impl Stats {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let client = self.manager.client()?;
        loop {
            let stats = client.queue_stats().await?;
            let look = Look::of_stdout();
            if self.manager.json {
                out::print_line(&stats.json)?;
            } else {
                let again = self.watch.is_some() && look.is_terminal();
                let home = if again { "\u{1b}[H\u{1b}[2J" } else { "" };
                out::print(&format!("{home}{}", table(&stats).render(&look)))?;
            }
            let Some(pause) = self.watch else { return Ok(()) };
            sleep(pause).await;
        }
    }
}

fn table(stats: &QueueStats) -> Table {
    let mut table = Table::new([
        Column::Cut("QUEUE"),
        Column::Number("WAITING"),
        Column::Number("SCHEDULED"),
        Column::Number("RUNNING"),
        Column::Number("DEAD"),
        Column::Number("OLDEST"),
        Column::Number("WORKERS"),
        Column::Number("/MIN"),
        Column::Number("FAILED"),
        Column::Number("/HOUR"),
        Column::Number("FAILED"),
    ]);
    for queue in &stats.queues {
        let oldest = queue.oldest_waiting_seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let nobody = queue.consumers == 0 && queue.waiting > 0;
        let name = if queue.paused { format!("{} (paused)", queue.queue) } else { queue.queue.clone() };
        table.row([
            Cell::from(name),
            Cell::tinted(queue.waiting, if nobody { Tint::Bad } else { Tint::Plain }),
            Cell::from(queue.scheduled),
            Cell::tinted(queue.started, if queue.started > 0 { Tint::Busy } else { Tint::Plain }),
            Cell::tinted(queue.dead, if queue.dead > 0 { Tint::Bad } else { Tint::Plain }),
            Cell::from(oldest.map(span).unwrap_or_default()),
            Cell::tinted(queue.consumers, if nobody { Tint::Bad } else { Tint::Plain }),
            Cell::from(ended(&queue.last_minute, 60.0)),
            failed(&queue.last_minute),
            Cell::from(ended(&queue.last_hour, 3_600.0)),
            failed(&queue.last_hour),
        ]);
    }
    table
}

/// Tasks that ended in so many seconds.
fn ended(rate: &Rate, seconds: f64) -> String {
    format!("{:.0}", rate.throughput * seconds)
}

fn failed(rate: &Rate) -> Cell {
    match rate.failure_rate {
        None => Cell::default(),
        Some(part) if part > 0.0 => Cell::tinted(percent(part), Tint::Bad),
        Some(part) => Cell::from(percent(part)),
    }
}

fn percent(part: f64) -> String {
    let percent = part * 100.0;
    if percent > 0.0 && percent < 1.0 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    const PLAIN: Look = Look { width: None, height: None, colour: false, now: None };

    #[test]
    fn queues_are_rows() {
        let stats: QueueStats = from_value(json!({"at": "2026-03-12T10:00:00.000Z", "queues": [
            {"queue": "default", "waiting": 12, "scheduled": 3, "started": 5, "dead": 1, "oldest_waiting_seconds": 93.2,
                "paused": false, "consumers": 2, "last_minute": {"throughput": 1.5, "failure_rate": 0.004},
                "last_hour": {"throughput": 0.5, "failure_rate": 0.25}},
            {"queue": "idle", "waiting": 0, "scheduled": 0, "started": 0, "dead": 0, "oldest_waiting_seconds": null,
                "paused": true, "consumers": 0, "last_minute": {"throughput": 0.0, "failure_rate": null},
                "last_hour": {"throughput": 0.0, "failure_rate": 0.0}},
        ]}))
        .expect("statistics");
        insta::assert_snapshot!(table(&stats).render(&PLAIN));
    }

    #[test]
    fn a_watch_has_a_pause() {
        assert_eq!(pause("2s"), Ok(Duration::from_secs(2)));
        assert!(pause("0").is_err());
    }
}
