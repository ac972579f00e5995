use crate::model::{ProcessInfo, Progress, Queue, RateLimit, Status, TaskId, TaskType, Timestamp, WorkerId};
use crate::store::{Ahead, Standing};

/// What an explanation looks at besides the task.
#[derive(Debug, Clone, PartialEq)]
pub struct Surroundings {
    /// By the store's clock.
    pub now: Timestamp,
    /// Live workers and schedulers.
    pub live: Vec<ProcessInfo>,
    /// The task's queue.
    pub queue: QueueNow,
    /// Names of the roles that have its queue; none if they cannot be read.
    pub roles: Option<Vec<String>>,
    /// What workers say of its type now.
    pub of_type: TypeLimits,
    /// How many tasks of its type wait in its queue, it among them; none if that was not asked.
    pub waiting: Option<u64>,
    /// Where it stands, if it waits.
    pub standing: Option<Standing>,
    /// Tasks of its queue that have started per second, lately.
    pub starts_per_second: f64,
}

/// Limits of a task type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TypeLimits {
    /// Per worker.
    pub max_concurrent: Option<u32>,
    /// Over all workers.
    pub max_concurrent_total: Option<u32>,
}

/// A queue, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueNow {
    There(Queue),
    /// It was deleted.
    Missing,
    /// It cannot be read, so nothing is said against it.
    Unread,
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
        /// The roles that have the queue; none if they cannot be read.
        roles: Option<Vec<String>>,
        /// Live workers of these roles: they drain, or have not taken it on yet.
        role_workers: usize,
        /// Other live workers.
        other_workers: usize,
    },
    /// Live workers take tasks from its queue, but none knows its type.
    UnknownType {
        waits: Waits,
        /// Live workers that take tasks from its queue.
        consumers: usize,
        expected: Expected,
    },
    /// As many tasks run as a limit allows.
    Full {
        waits: Waits,
        limit: Limit,
        /// How many it allows; none of slots, which each worker has of its own.
        most: Option<u32>,
        /// Tasks that run under it.
        running: u64,
        /// Some of them.
        held_by: Vec<TaskId>,
        estimated_start: Option<Timestamp>,
    },
    /// As many tasks of its queue have started as its rate limit allows.
    RateLimited {
        waits: Waits,
        limit: RateLimit,
        /// When the next task of the queue may start; none while the limit lets none start at all.
        next: Option<Timestamp>,
        estimated_start: Option<Timestamp>,
    },
    /// Live workers could run it: it waits for its turn.
    Waiting {
        waits: Waits,
        /// Live workers that could run it.
        workers: usize,
        /// Those of them that had a free slot for it when they were heard last.
        with_free_slot: usize,
        estimated_start: Option<Timestamp>,
    },
}

/// A limit to what runs at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Of the queue, over all workers.
    QueueTotal,
    /// Of the task type, over all workers.
    TypeTotal,
    /// Of the queue, per worker.
    QueuePerWorker,
    /// Of the task type, per worker.
    TypePerWorker,
    /// The slots of the workers that could run it.
    Slots,
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
    /// Tasks of its type and priority that come first.
    pub ahead: Option<Ahead>,
    /// Tasks of its queue that start first, of whatever type, by what waits now.
    pub ahead_in_queue: Option<u64>,
}
