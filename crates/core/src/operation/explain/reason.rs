use crate::model::{ProcessInfo, Progress, Status, TaskType, Timestamp, WorkerId};

/// What an explanation looks at besides the task.
#[derive(Debug, Clone, PartialEq)]
pub struct Surroundings {
    /// By the store's clock.
    pub now: Timestamp,
    /// Live workers and schedulers.
    pub live: Vec<ProcessInfo>,
    /// The task's queue.
    pub queue: QueueNow,
    /// How many tasks of its type wait in its queue, it among them; none if that was not asked.
    pub waiting: Option<u64>,
}

/// A queue, as far as it matters for its tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueNow {
    Open,
    /// Workers claim nothing from it until it is resumed.
    Paused,
    /// It was deleted.
    Missing,
}

/// Why a task is where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The task's.
    pub status: Status,
    /// By the store's clock.
    pub at: Timestamp,
    pub queue: String,
    pub task_type: TaskType,
    pub reason: Reason,
}

/// The reason, and what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// It has ended; only a resubmission changes that.
    Ended {
        at: Option<Timestamp>,
        attempt: u32,
        /// What went wrong last, where something did.
        error: Option<String>,
        /// It was cancelled because it had not started before this time.
        expired: Option<Timestamp>,
    },
    /// A live worker runs it.
    Running {
        attempt: u32,
        since: Option<Timestamp>,
        worker: Option<WorkerId>,
        heartbeat: Option<Timestamp>,
        progress: Option<Progress>,
    },
    /// A live worker runs it, and was asked to end it.
    Stopping { attempt: u32, since: Option<Timestamp>, worker: Option<WorkerId>, requested: Timestamp },
    /// The worker that has it is not alive: a scheduler takes it from there once its lease is over.
    WorkerLost {
        attempt: u32,
        since: Option<Timestamp>,
        worker: Option<WorkerId>,
        /// Its end was asked for: then it is cancelled, else it waits again.
        requested: Option<Timestamp>,
        scheduler_alive: bool,
    },
    /// It is due later.
    Scheduled { due: Timestamp, why: Why, scheduler_alive: bool },
    /// It is due, and no scheduler has moved it into its queue yet.
    Overdue {
        due: Timestamp,
        why: Why,
        scheduler_alive: bool,
        /// The roles whose queues alone the live schedulers look after; empty if one looks after all.
        only_roles: Vec<String>,
    },
    /// It did not start in time: no worker starts it any more, and a scheduler cancels it.
    Expired { expired: Timestamp, scheduler_alive: bool },
    /// Workers claim nothing from its queue.
    QueuePaused { waits: Waits },
    /// No live worker takes tasks from its queue.
    NoConsumer {
        waits: Waits,
        /// There is no such queue any more.
        queue_missing: bool,
        /// Live workers that take tasks from other queues, or drain.
        other_workers: usize,
    },
    /// Live workers take tasks from its queue, but none knows its type.
    UnknownType {
        waits: Waits,
        /// Live workers that take tasks from its queue.
        consumers: usize,
        expected: Expected,
    },
    /// Live workers could run it: it waits for its turn. Where it stands in its line, and what limits hold it back, is
    /// not known yet.
    Waiting {
        waits: Waits,
        /// Live workers that could run it.
        workers: usize,
        /// Those of them that had a free slot for it when they were heard last.
        with_free_slot: usize,
    },
}

/// Why a task does not start at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was submitted for later.
    Later,
    /// It is tried again for the n-th time.
    Retry { retry: u32 },
}

/// What becomes of a task whose type nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A scheduler drops it, once it has waited for as long as that scheduler allows; some never do.
    Dropped,
    /// Nothing, while no scheduler is alive.
    Stays,
    /// Nothing, while a live worker knows it that takes no tasks from this queue.
    KnownElsewhere,
}

/// How a task waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waits {
    pub since: Option<Timestamp>,
    /// Tasks of its type that wait in its queue, it among them.
    pub like_it: Option<u64>,
}
