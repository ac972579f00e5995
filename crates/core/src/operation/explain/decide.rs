use super::reason::{Expected, Explanation, QueueNow, Reason, Surroundings, Waits, Why};
use super::turn::in_turn;
use crate::model::{ProcessInfo, ProcessKind, Status, Task};
use crate::operation::queue_stats::consumes;
use crate::store::Standing;

/// Why the task is where it is.
pub fn explain(task: &Task, around: &Surroundings) -> Explanation {
    Explanation {
        status: task.status,
        at: around.now,
        queue: task.queue.clone(),
        task_type: task.task_type.clone(),
        reason: reason(task, around),
    }
}

fn reason(task: &Task, around: &Surroundings) -> Reason {
    match task.status {
        Status::Completed | Status::Failed | Status::Cancelled | Status::Stalled | Status::Dropped => ended(task),
        Status::Started => started(task, around),
        Status::Scheduled => expired(task, around).unwrap_or_else(|| scheduled(task, around)),
        Status::Unsubmitted | Status::Submitted => expired(task, around).unwrap_or_else(|| waiting(task, around)),
    }
}

fn ended(task: &Task) -> Reason {
    let went_wrong = |status| matches!(status, Status::Failed | Status::Stalled);
    let error = task.attempts.last().filter(|_| went_wrong(task.status)).map(|end| end.detail.error.clone());
    Reason::Ended { at: task.ended_at, attempt: task.attempt, error, expired: task.expired_at() }
}

fn started(task: &Task, around: &Surroundings) -> Reason {
    let (attempt, since, worker) = (task.attempt, task.started_at, task.worker);
    let is_its_worker = |process: &ProcessInfo| Some(process.id) == worker && process.kind == ProcessKind::Worker;
    let requested = task.cancel_requested_at;
    match requested {
        requested if !around.live.iter().any(is_its_worker) => {
            let scheduler_alive = around.scheduler_alive();
            Reason::WorkerLost { attempt, since, worker, requested, scheduler_alive }
        }
        Some(requested) => Reason::Stopping { attempt, since, worker, requested },
        None => {
            let (heartbeat, progress) = (task.heartbeat_at, task.progress.clone());
            Reason::Running { attempt, since, worker, heartbeat, progress }
        }
    }
}

/// A task that has started once does not expire any more.
fn expired(task: &Task, around: &Surroundings) -> Option<Reason> {
    let expired = task.expires_at.filter(|expires_at| task.attempt == 0 && *expires_at <= around.now)?;
    Some(Reason::Expired { expired, scheduler_alive: around.scheduler_alive() })
}

fn scheduled(task: &Task, around: &Surroundings) -> Reason {
    // A scheduled task has a due time.
    let due = task.run_at.unwrap_or(task.submitted_at);
    let scheduler_alive = around.scheduler_alive();
    let why = if task.failures > 0 { Why::Retry { retry: task.failures } } else { Why::Later };
    if due > around.now {
        return Reason::Scheduled { due, why, scheduler_alive };
    }
    Reason::Overdue { due, why, scheduler_alive, only_roles: around.only_roles() }
}

fn waiting(task: &Task, around: &Surroundings) -> Reason {
    let ahead = around.standing.map(|standing| standing.ahead);
    let ahead_in_queue = around.standing.map(ahead_in_queue);
    let waits = Waits { since: task.waiting_since, like_it: around.waiting, ahead, ahead_in_queue };
    if matches!(&around.queue, QueueNow::There(queue) if queue.paused) {
        return Reason::QueuePaused { waits };
    }
    let workers: Vec<&ProcessInfo> = around.live.iter().filter(|process| process.kind == ProcessKind::Worker).collect();
    let consumers: Vec<&ProcessInfo> = workers.iter().copied().filter(|live| consumes(live, &task.queue)).collect();
    if consumers.is_empty() {
        let has_role =
            |process: &&&ProcessInfo| around.roles.iter().flatten().any(|role| process.role.as_ref() == Some(role));
        let role_workers = workers.iter().filter(has_role).count();
        return Reason::NoConsumer {
            waits,
            queue_missing: around.queue == QueueNow::Missing,
            roles: around.roles.clone(),
            role_workers,
            other_workers: workers.len() - role_workers,
        };
    }
    let able: Vec<&ProcessInfo> =
        consumers.iter().copied().filter(|process| process.types.contains(&task.task_type)).collect();
    if able.is_empty() {
        let known_elsewhere = around.live.iter().any(|process| process.types.contains(&task.task_type));
        let expected = match around.scheduler_alive() {
            _ if known_elsewhere => Expected::KnownElsewhere,
            true => Expected::Dropped,
            false => Expected::Stays,
        };
        return Reason::UnknownType { waits, consumers: consumers.len(), expected };
    }
    in_turn(task, around, waits, &able)
}

/// As types of one priority take turns, each place in its own line stands for one of each of them.
fn ahead_in_queue(standing: Standing) -> u64 {
    let turns = u64::from(standing.types_in_turn.max(1));
    standing.of_better_priority.saturating_add(standing.ahead.tasks().saturating_mul(turns))
}

impl Surroundings {
    fn schedulers(&self) -> impl Iterator<Item = &ProcessInfo> {
        self.live.iter().filter(|process| process.kind == ProcessKind::Scheduler)
    }

    fn scheduler_alive(&self) -> bool {
        self.schedulers().next().is_some()
    }

    /// The roles of the live schedulers, if each is limited to one.
    fn only_roles(&self) -> Vec<String> {
        let roles: Option<Vec<String>> = self.schedulers().map(|process| process.role.clone()).collect();
        let mut roles = roles.unwrap_or_default();
        roles.sort();
        roles.dedup();
        roles
    }
}
