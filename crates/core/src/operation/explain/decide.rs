use super::reason::{Expected, Explanation, QueueNow, Reason, Surroundings, Waits, Why};
use crate::model::{ProcessInfo, ProcessKind, Status, Task};
use crate::operation::queue_stats::consumes;

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
    let waits = Waits { since: task.waiting_since, like_it: around.waiting };
    if around.queue == QueueNow::Paused {
        return Reason::QueuePaused { waits };
    }
    let workers = around.live.iter().filter(|process| process.kind == ProcessKind::Worker).count();
    let consumers: Vec<&ProcessInfo> = around.live.iter().filter(|live| consumes(live, &task.queue)).collect();
    if consumers.is_empty() {
        let queue_missing = around.queue == QueueNow::Missing;
        return Reason::NoConsumer { waits, queue_missing, other_workers: workers };
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
    let with_free_slot = able.iter().filter(|process| has_free_slot(process, task)).count();
    Reason::Waiting { waits, workers: able.len(), with_free_slot }
}

/// By what the worker said last; one that says nothing of itself may have one.
fn has_free_slot(process: &ProcessInfo, task: &Task) -> bool {
    let Some(load) = &process.load else { return true };
    let of_queue = load.free_by_queue.iter().find(|(queue, _)| *queue == task.queue).map(|(_, free)| *free);
    let of_type = load.free_by_type.iter().find(|(task_type, _)| *task_type == task.task_type).map(|(_, free)| *free);
    [Some(load.free), of_queue, of_type].into_iter().flatten().all(|free| free > 0)
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
