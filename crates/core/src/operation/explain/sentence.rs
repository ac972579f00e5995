use std::fmt;
use std::time::Duration;

use super::reason::{Expected, Explanation, Reason, Waits, Why};
use crate::model::{Progress, Status, Timestamp, WorkerId};

/// What a scheduler does is not done while there is none.
const NO_SCHEDULER: &str = "but no scheduler is alive";

impl fmt::Display for Explanation {
    /// One sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (queue, now) = (&self.queue, self.at);
        match &self.reason {
            Reason::Ended { at, attempt, error, expired } => {
                match (expired, self.status) {
                    (Some(expired), _) => write!(f, "It expired at {expired}, before it had started")?,
                    (None, Status::Dropped) => f.write_str("It was dropped, because no worker knew its type,")?,
                    (None, Status::Cancelled) => f.write_str("It was cancelled")?,
                    (None, Status::Stalled) => f.write_str("It stalled")?,
                    (None, status) => write!(f, "It {status}")?,
                }
                if let (Some(at), None) = (at, expired) {
                    write!(f, " at {at}")?;
                }
                if *attempt > 0 {
                    write!(f, " in attempt {attempt}")?;
                }
                match error {
                    Some(error) => write!(f, ": {}", end(error)),
                    None => f.write_str("."),
                }
            }
            Reason::Running { attempt, since, worker, heartbeat, progress } => {
                write!(f, "It runs{}{} in attempt {attempt}", on(*worker), ago(*since, now))?;
                if let Some(heartbeat) = heartbeat {
                    write!(f, "; its last heartbeat came {} ago", span(now.since(*heartbeat)))?;
                }
                match progress {
                    Some(Progress { percent, message: Some(message) }) => {
                        write!(f, "; it is at {percent:.0} %: {}", end(message))
                    }
                    Some(Progress { percent, message: None }) => write!(f, "; it is at {percent:.0} %."),
                    None => f.write_str("."),
                }
            }
            Reason::Stopping { worker, since, requested, .. } => {
                let since = ago(*since, now);
                write!(
                    f,
                    "It still runs{}{since}: its end was asked for at {requested}, and its worker was told.",
                    on(*worker)
                )
            }
            Reason::WorkerLost { worker, requested, scheduler_alive, .. } => {
                let what = if requested.is_some() { "cancel it, as was asked for," } else { "let it wait again" };
                write!(
                    f,
                    "The worker that has it{} is not alive: a scheduler will {what} once its lease is over",
                    named(*worker)
                )?;
                f.write_str(if *scheduler_alive { "." } else { ", " })?;
                if *scheduler_alive { Ok(()) } else { write!(f, "{NO_SCHEDULER}.") }
            }
            Reason::Scheduled { due, why, scheduler_alive } => {
                let left = span(due.since(now));
                match why {
                    Why::Later => write!(f, "It is scheduled for {due}, in {left}")?,
                    Why::Retry { retry } => write!(f, "It is tried again at {due}, in {left} (retry {retry})")?,
                }
                if *scheduler_alive { f.write_str(".") } else { write!(f, ", {NO_SCHEDULER}.") }
            }
            Reason::Overdue { due, scheduler_alive, only_roles, .. } => {
                write!(
                    f,
                    "It has been due for {} (since {due}) and waits for a scheduler to move it into its queue",
                    span(now.since(*due))
                )?;
                match (scheduler_alive, &only_roles[..]) {
                    (false, _) => write!(f, ", {NO_SCHEDULER}."),
                    (true, []) => f.write_str("."),
                    (true, roles) => {
                        write!(f, "; those that are alive look after the queues of role {} only.", roles.join(" and "))
                    }
                }
            }
            Reason::Expired { expired, scheduler_alive } => {
                write!(
                    f,
                    "It expired at {expired}, before it had started: no worker starts it any more, and a scheduler will cancel it"
                )?;
                if *scheduler_alive { f.write_str(".") } else { write!(f, ", {NO_SCHEDULER}.") }
            }
            Reason::QueuePaused { waits } => {
                write!(f, "It waits{}: queue `{queue}` is paused.", waiting(waits, now))
            }
            Reason::NoConsumer { waits, queue_missing, other_workers } => {
                write!(f, "It waits{}: no live worker takes tasks from queue `{queue}`", waiting(waits, now))?;
                match (queue_missing, other_workers) {
                    (true, _) => f.write_str(", which does not exist any more."),
                    (false, 0) => f.write_str("; no worker is alive at all."),
                    (false, 1) => f.write_str("; the only one that is alive takes none or drains."),
                    (false, others) => write!(f, "; the {others} that are alive take none or drain."),
                }
            }
            Reason::UnknownType { waits, consumers, expected } => {
                let (waiting, consumers) = (waiting(waits, now), workers(*consumers, "takes", "take"));
                write!(
                    f,
                    "It waits{waiting}: {consumers} tasks from queue `{queue}`, but none knows {}; ",
                    self.task_type
                )?;
                match expected {
                    Expected::Dropped => f.write_str(
                        "a scheduler drops it once it has waited so for its UNKNOWN_TASK_GRACE (60 s unless set \
                         otherwise; `never` keeps it).",
                    ),
                    Expected::KnownElsewhere => {
                        f.write_str("it stays, because a live worker knows it that takes no tasks from this queue.")
                    }
                    Expected::Stays => f.write_str("it stays, because no scheduler is alive that would drop it."),
                }
            }
            Reason::Waiting { waits, workers: able, with_free_slot } => {
                let (waiting, able) = (waiting(waits, now), workers(*able, "could run", "could run"));
                match with_free_slot {
                    0 => write!(f, "It waits{waiting}: {able} it, with no free slot for it when last heard of."),
                    _ => write!(
                        f,
                        "It waits{waiting} and will start soon: {able} it, {with_free_slot} with a free slot."
                    ),
                }
            }
        }
    }
}

/// ` for 5 s, one of 12 of its type`
fn waiting(waits: &Waits, now: Timestamp) -> String {
    let since = ago(waits.since, now);
    match waits.like_it {
        Some(tasks) if tasks > 1 => format!("{since}, one of {tasks} tasks of its type"),
        _ => since,
    }
}

fn ago(since: Option<Timestamp>, now: Timestamp) -> String {
    since.map(|since| format!(" for {}", span(now.since(since)))).unwrap_or_default()
}

fn on(worker: Option<WorkerId>) -> String {
    worker.map(|worker| format!(" on worker {worker}")).unwrap_or_default()
}

fn named(worker: Option<WorkerId>) -> String {
    worker.map(|worker| format!(" ({worker})")).unwrap_or_default()
}

fn workers(count: usize, one: &str, several: &str) -> String {
    match count {
        1 => format!("1 live worker {one}"),
        count => format!("{count} live workers {several}"),
    }
}

/// Somebody else's words as the end of a sentence: on one line, and not endless.
fn end(text: &str) -> String {
    const MOST: usize = 300;
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = line.char_indices().nth(MOST) {
        line.truncate(cut);
        line.push('…');
    }
    if !line.ends_with(['.', '!', '?', '…']) {
        line.push('.');
    }
    line
}

/// As exact as people need it.
fn span(duration: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match duration.as_secs() {
        seconds if seconds < 2 * MINUTE => format!("{seconds} s"),
        seconds if seconds < 2 * HOUR => format!("{} min", seconds / MINUTE),
        seconds if seconds < 2 * DAY => format!("{} h", seconds / HOUR),
        seconds => format!("{} days", seconds / DAY),
    }
}
