use jobbers_client::{Filter, Status};

use super::moment::{Moment, moment};

/// Which tasks
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Filter")]
pub(crate) struct FilterArgs {
    /// Only tasks of this queue
    #[arg(long, short)]
    pub(crate) queue: Option<String>,

    /// Only tasks of this name
    #[arg(long, short)]
    pub(crate) name: Option<String>,

    /// Only tasks of this version of their type
    #[arg(long = "version", value_name = "NUMBER")]
    pub(crate) task_version: Option<u32>,

    /// Only tasks since then: a time such as 2030-01-01T08:00:00Z, or so long ago, such as 90s, 5m, 2h or 1d. It is
    /// about the time of the submission; of the start, the end or the due time with a status that has one
    #[arg(long, value_name = "TIME|AGE", value_parser = moment)]
    since: Option<Moment>,

    /// Only tasks before then, likewise
    #[arg(long, value_name = "TIME|AGE", value_parser = moment)]
    until: Option<Moment>,
}

/// Only running tasks of a worker
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Filter")]
pub(crate) struct WorkerArg {
    /// Only running tasks that this worker has (`jobbers workers` tells ids)
    #[arg(long, value_name = "ID")]
    worker: Option<String>,
}

/// Only tasks of a status
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Filter")]
pub(crate) struct StatusArg {
    /// Only tasks of this status
    #[arg(long, short, value_parser = STATUSES, value_name = "STATUS")]
    status: Option<String>,
}

const STATUSES: [&str; 8] =
    ["submitted", "scheduled", "started", "completed", "failed", "cancelled", "stalled", "dropped"];

impl FilterArgs {
    pub(crate) fn filter(&self, status: Option<Status>) -> Filter {
        let now = super::out::now();
        Filter {
            status,
            queue: self.queue.clone(),
            name: self.name.clone(),
            version: self.task_version,
            worker: None,
            since: self.since.as_ref().map(|since| since.before(now)),
            until: self.until.as_ref().map(|until| until.before(now)),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.filter(None).is_empty()
    }
}

impl WorkerArg {
    /// The filter, only for this worker if there is one.
    pub(crate) fn narrow(&self, filter: Filter) -> Filter {
        match &self.worker {
            Some(worker) => {
                Filter { worker: Some(worker.clone()), status: filter.status.or(Some(Status::Started)), ..filter }
            }
            None => filter,
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.worker.is_none()
    }
}

impl StatusArg {
    pub(crate) fn get(&self) -> Option<Status> {
        let name = self.status.as_ref()?;
        serde_json::from_value(name.as_str().into()).ok()
    }
}
