use std::fmt;
use std::time::Duration;

use super::reason::{Expected, Explanation, Limit, Reason, Waits, Why};
use crate::model::{Progress, Status, TaskId, Timestamp, WorkerId};
use crate::store::Ahead;

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
            Reason::NoConsumer { waits, queue_missing, roles, role_workers, other_workers } => {
                write!(f, "It waits{}: no live worker takes tasks from queue `{queue}`", waiting(waits, now))?;
                let workers = role_workers + other_workers;
                match roles.as_deref() {
                    _ if *queue_missing => f.write_str(", which does not exist any more."),
                    Some([]) => f.write_str(", which no role has."),
                    Some(roles) if *role_workers == 0 => write!(f, "; nobody runs role {}.", listed(roles, "or")),
                    Some(roles) => write!(
                        f,
                        "; the live workers of role {} drain, or have not taken it on yet.",
                        listed(roles, "and")
                    ),
                    None if workers == 0 => f.write_str("; no worker is alive at all."),
                    None => write!(f, "; those that are alive ({workers}) take none or drain."),
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
            Reason::Full { waits, limit, most, running, held_by, estimated_start } => {
                write!(f, "It waits{}: ", waiting(waits, now))?;
                let (one, most) = (*most == Some(1), most.map(|most| format!(" {most}")).unwrap_or_default());
                let (tasks, times) = if one { ("task", "time") } else { ("tasks", "times") };
                let of_type = &self.task_type;
                match limit {
                    Limit::QueueTotal => write!(f, "queue `{queue}` runs{most} {tasks} at once at the most")?,
                    Limit::TypeTotal => write!(f, "{of_type} runs{most} {times} at once at the most")?,
                    Limit::QueuePerWorker => {
                        write!(f, "each live worker runs{most} {tasks} of queue `{queue}` at once at the most")?;
                    }
                    Limit::TypePerWorker => {
                        write!(
                            f,
                            "each live worker that could run it runs {of_type}{most} {times} at once at the most"
                        )?;
                    }
                    Limit::Slots => f.write_str("the live workers that could run it have no free slot")?,
                }
                write!(f, ", and {running} run now{}{}.", held(held_by), estimated(*estimated_start, now))
            }
            Reason::RateLimited { waits, limit, next, estimated_start } => {
                write!(f, "It waits{}: queue `{queue}` may start {limit}", waiting(waits, now))?;
                match next {
                    None if limit.numerator == 0 => f.write_str("."),
                    None => f.write_str(", and has used that up."),
                    Some(next) => {
                        let others = waits.ahead_in_queue.is_some_and(|ahead| ahead > 0);
                        let estimated = if others { estimated(*estimated_start, now) } else { String::new() };
                        write!(f, ", and the next at {next}, in {}{estimated}.", soon(next.since(now)))
                    }
                }
            }
            Reason::Waiting { waits, workers: able, with_free_slot, estimated_start } => {
                let (waiting, able) = (waiting(waits, now), workers(*able, "could run", "could run"));
                let estimated = estimated(*estimated_start, now);
                write!(f, "It waits{waiting} for its turn: {able} it, {with_free_slot} with a free slot{estimated}.")
            }
        }
    }
}

/// ` for 5 s, behind 12 tasks of its type`
fn waiting(waits: &Waits, now: Timestamp) -> String {
    let since = ago(waits.since, now);
    match (waits.ahead, waits.like_it) {
        (Some(Ahead::Exactly(0)), _) => format!("{since}, as the first of its type and priority"),
        (Some(Ahead::Exactly(1)), _) => format!("{since}, behind 1 task of its type"),
        (Some(Ahead::Exactly(tasks)), _) => format!("{since}, behind {tasks} tasks of its type"),
        (Some(Ahead::About(tasks)), _) => format!("{since}, behind about {tasks} tasks of its type"),
        (None, Some(tasks)) if tasks > 1 => format!("{since}, one of {tasks} tasks of its type"),
        (None, _) => since,
    }
}

/// `` `a`, `b` or `c` ``
fn listed(names: &[String], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((only, [])) => only.clone(),
        Some((end, others)) => format!("{} {last} {end}", others.join(", ")),
        None => String::new(),
    }
}

/// Some of the tasks that take up the room.
fn held(by: &[TaskId]) -> String {
    const NAMED: usize = 3;
    if by.is_empty() {
        return String::new();
    }
    let ids: Vec<String> = by.iter().take(NAMED).map(ToString::to_string).collect();
    let more = if by.len() > NAMED { ", …" } else { "" };
    format!(" ({}{more})", ids.join(", "))
}

fn estimated(start: Option<Timestamp>, now: Timestamp) -> String {
    start.map(|start| format!("; it will start in about {}", soon(start.since(now)))).unwrap_or_default()
}

/// What comes is never 0 s away.
fn soon(left: Duration) -> String {
    span(left.max(Duration::from_secs(1)))
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
