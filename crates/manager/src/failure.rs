//! Errors of the operations, told to a client. What a client need not know is logged here, once.

use jobbers_core::operation::configure::{delete_queue, find, purge, queues, roles};
use jobbers_core::operation::{again, bulk, cancel, drain, forget, get, list, queue_stats, ready, submit_all};
use jobbers_core::routing::RoutingError;
use jobbers_core::store::StoreError;

use crate::problem::{Kind, Problem};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::warn!(event = "store_error", %error);
        match error {
            StoreError::Unavailable { operation: "submit", .. } => Self::new(
                Kind::StoreAway,
                "the store of tasks did not answer in time: send the request again, best with an `id` of your own, or \
                 with an Idempotency-Key, which makes sure that it is stored once only",
            ),
            StoreError::Unavailable { .. } => {
                Self::new(Kind::StoreAway, "the store of tasks did not answer in time: send the request again")
            }
            StoreError::Full { .. } => {
                Self::new(Kind::StoreFull, "the store of tasks has no room: nothing was stored; try again later")
            }
            StoreError::Broken { .. } | StoreError::Incompatible(_) => Self::new(
                Kind::Bug,
                "the store of tasks gave an answer that the manager does not understand; see its log",
            ),
        }
    }
}

impl From<RoutingError> for Problem {
    fn from(error: RoutingError) -> Self {
        tracing::warn!(event = "sql_store_error", %error);
        match error {
            RoutingError::Unavailable { .. } => {
                Self::new(Kind::StoreAway, "the store of queues did not answer in time: send the request again")
            }
            RoutingError::Unusable { .. } => {
                Self::new(Kind::StoreAway, "the store of queues cannot be used as it is; see the log of the manager")
            }
        }
    }
}

impl From<get::Error> for Problem {
    fn from(error: get::Error) -> Self {
        match error {
            get::Error::NotFound(_) => Self::new(Kind::NoSuchTask, error.to_string()),
            get::Error::Store(error) => error.into(),
        }
    }
}

impl From<cancel::Error> for Problem {
    fn from(error: cancel::Error) -> Self {
        match error {
            cancel::Error::NotFound(_) => Self::new(Kind::NoSuchTask, error.to_string()),
            cancel::Error::Ended { .. } => Self::new(Kind::WrongState, error.to_string()),
            cancel::Error::Store(error) => error.into(),
        }
    }
}

impl From<again::Error> for Problem {
    fn from(error: again::Error) -> Self {
        match error {
            again::Error::NotFound(_) => Self::new(Kind::NoSuchTask, error.to_string()),
            again::Error::NotEnded { .. } | again::Error::NotScheduled { .. } => {
                Self::new(Kind::WrongState, error.to_string())
            }
            again::Error::QueueGone { .. } => Self::new(Kind::QueueGone, error.to_string()),
            again::Error::Store(error) => error.into(),
        }
    }
}

impl From<forget::Error> for Problem {
    fn from(error: forget::Error) -> Self {
        match error {
            forget::Error::NotFound(_) => Self::new(Kind::NoSuchTask, error.to_string()),
            forget::Error::Live { .. } => Self::new(Kind::WrongState, error.to_string()),
            forget::Error::Store(error) => error.into(),
        }
    }
}

impl From<drain::Error> for Problem {
    fn from(error: drain::Error) -> Self {
        match error {
            drain::Error::NotFound(_) => Self::new(Kind::NoSuchWorker, error.to_string()),
            drain::Error::Scheduler(_) => Self::new(Kind::WrongState, error.to_string()),
            drain::Error::Store(error) => error.into(),
        }
    }
}

impl From<list::Error> for Problem {
    fn from(error: list::Error) -> Self {
        match error {
            list::Error::Cursor(_) | list::Error::NoStart(_) | list::Error::StartElsewhere(_) => {
                Self::new(Kind::WrongQuery, error.to_string())
            }
            list::Error::Store(error) => error.into(),
        }
    }
}

impl From<bulk::Error> for Problem {
    fn from(error: bulk::Error) -> Self {
        match error {
            bulk::Error::Cursor(_) => Self::new(Kind::WrongCursor, error.to_string()).at("/cursor"),
            bulk::Error::QueueGone(_) => Self::new(Kind::QueueGone, error.to_string()),
            bulk::Error::Store(error) => error.into(),
            bulk::Error::Amid { tasks, source } => {
                tracing::warn!(event = "store_error", error = %source);
                Self::new(
                    Kind::StoreAway,
                    format!(
                        "the store of tasks went away amid these {tasks} tasks: some may have been dealt with. Send \
                         the request again; nothing is done twice"
                    ),
                )
            }
        }
    }
}

impl From<submit_all::Error> for Problem {
    fn from(error: submit_all::Error) -> Self {
        match error {
            submit_all::Error::Store(error) => error.into(),
            submit_all::Error::Routing(error) => error.into(),
            submit_all::Error::Amid { submissions, source } => {
                tracing::warn!(event = "store_error", error = %source);
                let (kind, what) = match source {
                    StoreError::Full { .. } => (Kind::StoreFull, "has no room for all"),
                    _ => (Kind::StoreAway, "went away before the end"),
                };
                Self::new(
                    kind,
                    format!(
                        "the store of tasks {what} of these {submissions} submissions: some may be stored. Send the \
                         batch again as it was; nothing is stored twice if each has an `id`, or the batch the same \
                         Idempotency-Key"
                    ),
                )
            }
        }
    }
}

impl From<queue_stats::Error> for Problem {
    fn from(error: queue_stats::Error) -> Self {
        match error {
            queue_stats::Error::Store(error) => error.into(),
            queue_stats::Error::Routing(error) => error.into(),
        }
    }
}

impl From<ready::Error> for Problem {
    fn from(error: ready::Error) -> Self {
        match error {
            ready::Error::Store(error) => error.into(),
            ready::Error::Routing(error) => error.into(),
        }
    }
}

impl From<find::Error> for Problem {
    fn from(error: find::Error) -> Self {
        match error {
            find::Error::NotFound(_) => Self::new(Kind::NoSuchQueue, error.to_string()),
            find::Error::Routing(error) => error.into(),
        }
    }
}

impl From<queues::Error> for Problem {
    fn from(error: queues::Error) -> Self {
        match error {
            queues::Error::Exists(_) => Self::new(Kind::NameTaken, error.to_string()).at("/name"),
            queues::Error::Store(error) => error.into(),
            queues::Error::Routing(error) => error.into(),
        }
    }
}

impl From<roles::Error> for Problem {
    fn from(error: roles::Error) -> Self {
        match error {
            roles::Error::Exists(_) => Self::new(Kind::NameTaken, error.to_string()).at("/name"),
            roles::Error::NotFound { .. } => Self::new(Kind::NoSuchRole, error.to_string()),
            roles::Error::UnknownQueues(_) => Self::new(Kind::UnknownQueue, error.to_string()),
            roles::Error::Routing(error) => error.into(),
        }
    }
}

impl From<delete_queue::Error> for Problem {
    fn from(error: delete_queue::Error) -> Self {
        match error {
            delete_queue::Error::NotFound(_) => Self::new(Kind::NoSuchQueue, error.to_string()),
            delete_queue::Error::NotEmpty { .. } => Self::new(Kind::QueueNotEmpty, error.to_string()),
            delete_queue::Error::Store(error) => error.into(),
            delete_queue::Error::Routing(error) => error.into(),
        }
    }
}

impl From<purge::Error> for Problem {
    fn from(error: purge::Error) -> Self {
        match error {
            purge::Error::NotFound(_) => Self::new(Kind::NoSuchQueue, error.to_string()),
            purge::Error::Store(error) => error.into(),
            purge::Error::Routing(error) => error.into(),
            purge::Error::Amid {
                queue,
                source: source @ (StoreError::Unavailable { .. } | StoreError::Full { .. }),
            } => {
                tracing::warn!(event = "store_error", error = %source);
                Self::new(
                    Kind::StoreAway,
                    format!(
                        "the store of tasks went away amid the purge of queue `{queue}`: some tasks may be cancelled. A \
                         scheduler goes on with it, and so does the same request again"
                    ),
                )
            }
            purge::Error::Amid { source, .. } => source.into(),
        }
    }
}
