//! How each queue is doing.

mod minutes;
mod rate;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

pub(super) use minutes::Minutes;
pub use rate::Rate;
use tokio::time::timeout;

use super::Operations;
use super::patience::{ANSWER_WITHIN, no_answer};
use crate::model::{ProcessInfo, ProcessKind, Timestamp};
use crate::routing::{RoutingError, Snapshot};
use crate::store::{QueueCounts, StoreError, Tally};

/// Every queue, at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueStats {
    /// By the store's clock.
    pub at: Timestamp,
    /// By name: those that there are, and those that have, or had, tasks.
    pub queues: Vec<QueueState>,
}

/// How one queue is doing.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueState {
    pub counts: QueueCounts,
    /// About how long the task has waited that waits longest.
    pub oldest_waiting: Option<Duration>,
    /// Live workers that take tasks from it.
    pub consumers: usize,
    /// Workers claim nothing from it.
    pub paused: bool,
    /// The roles that have it, by name, each with its live workers that take tasks from it. Nobody runs a role that has none.
    pub roles: Vec<(String, usize)>,
    /// What ended in the last minute.
    pub minute: Rate,
    /// What ended in the last hour.
    pub hour: Rate,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Routing(#[from] RoutingError),
}

impl Operations {
    /// Computed once a second, however many ask.
    pub async fn queue_stats(&self) -> Result<Arc<QueueStats>, Error> {
        // Also the wait for whoever else is reading them.
        let stats = timeout(ANSWER_WITHIN, self.queue_stats.recent(self.read_queue_stats())).await;
        stats.unwrap_or_else(|_| Err(no_answer("queue statistics").into()))
    }

    async fn read_queue_stats(&self) -> Result<QueueStats, Error> {
        let configured = self.configured().await?;
        let read = async {
            let store = &self.stores.tasks;
            let at = store.now().await?;
            let found = tokio::try_join!(store.counts(), store.live(), self.tallies(at))?;
            Ok::<_, StoreError>((at, found))
        };
        let (at, (counts, live, tallies)) = read.await?;
        let processes: Vec<ProcessInfo> = live.into_iter().map(|live| live.process).collect();
        Ok(queue_stats(at, &configured, counts, &processes, &tallies))
    }

    /// Tasks of a queue that have started per second, lately.
    pub(super) async fn starts_per_second(&self, queue: &str, at: Timestamp) -> Result<f64, StoreError> {
        let tallies = self.tallies(at).await?;
        Ok(rate::starts(at, |minute| tallies.get(&minute).and_then(|queues| queues.get(queue)).copied()))
    }

    /// What each queue counted in each of the minutes of the last hour.
    async fn tallies(&self, at: Timestamp) -> Result<BTreeMap<u64, HashMap<String, Tally>>, StoreError> {
        let mut minutes = self.minutes.lock().await;
        let missing = minutes.missing(at);
        let found = self.stores.tasks.tallies(missing.clone()).await?;
        minutes.keep(at, missing, found);
        Ok(minutes.all().clone())
    }
}

fn queue_stats(
    at: Timestamp,
    configured: &Snapshot,
    counts: Vec<QueueCounts>,
    processes: &[ProcessInfo],
    tallies: &BTreeMap<u64, HashMap<String, Tally>>,
) -> QueueStats {
    let counts: HashMap<String, QueueCounts> =
        counts.into_iter().map(|counts| (counts.queue.clone(), counts)).collect();
    let tallied = tallies.values().flat_map(HashMap::keys);
    let names = configured.queues.iter().map(|queue| &queue.name);
    let all: BTreeSet<&String> = names.chain(counts.keys()).chain(tallied).collect();
    let workers_of = |role: &str, queue: &str| {
        let of_role = |process: &&ProcessInfo| process.role.as_deref() == Some(role) && consumes(process, queue);
        processes.iter().filter(of_role).count()
    };
    let state = |queue: &String| {
        let counts =
            counts.get(queue).cloned().unwrap_or_else(|| QueueCounts { queue: queue.clone(), ..Default::default() });
        let of_queue = |minute: u64| tallies.get(&minute).and_then(|queues| queues.get(queue)).copied();
        QueueState {
            oldest_waiting: counts.oldest_waiting.map(|since| at.since(since)),
            consumers: processes.iter().filter(|process| consumes(process, queue)).count(),
            paused: configured.queue(queue).is_some_and(|queue| queue.paused),
            roles: configured.roles_with(queue).map(|role| (role.to_owned(), workers_of(role, queue))).collect(),
            minute: Rate::over(1, at, of_queue),
            hour: Rate::over(60, at, of_queue),
            counts,
        }
    };
    QueueStats { at, queues: all.into_iter().map(state).collect() }
}

/// A worker that drains takes nothing any more.
pub(super) fn consumes(process: &ProcessInfo, queue: &str) -> bool {
    process.kind == ProcessKind::Worker
        && process.queues.iter().any(|consumed| consumed == queue)
        && process.load.as_ref().is_none_or(|load| !load.draining)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Queue, Role, WorkerId, WorkerLoad};

    fn process(kind: ProcessKind, queues: &[&str], draining: bool) -> ProcessInfo {
        ProcessInfo {
            id: WorkerId::default(),
            kind,
            host: "h".into(),
            pid: 1,
            role: Some("all".into()),
            queues: queues.iter().map(ToString::to_string).collect(),
            slots: 5,
            types: Vec::new(),
            version: "1".into(),
            started_at: Timestamp::from_millis(0),
            load: Some(WorkerLoad { draining, ..WorkerLoad::default() }),
        }
    }

    #[test]
    fn queues_of_both_stores_are_there_with_who_consumes_them() {
        let at = Timestamp::from_millis(60_000 * 100);
        let counts = QueueCounts {
            queue: "deleted".into(),
            waiting: 3,
            oldest_waiting: Some(Timestamp::from_millis(at.as_millis() - 2_500)),
            ..QueueCounts::default()
        };
        let processes = [
            process(ProcessKind::Worker, &["default", "deleted"], false),
            process(ProcessKind::Worker, &["default"], false),
            process(ProcessKind::Worker, &["default"], true),
            process(ProcessKind::Scheduler, &["default"], false),
        ];
        let tally = Tally { completed: 60, ..Tally::default() };
        let tallies = BTreeMap::from([(99, HashMap::from([("emptied".to_owned(), tally)]))]);
        let roles = ["all", "nobody"].map(|name| Role { name: name.into(), queues: vec!["default".into()] });
        let default = Queue { name: "default".into(), paused: true, ..Queue::default() };
        let configured = Snapshot { version: 1, queues: vec![default], roles: roles.into() };
        let stats = queue_stats(at, &configured, vec![counts], &processes, &tallies);
        let found: Vec<_> = stats
            .queues
            .iter()
            .map(|state| (state.counts.queue.as_str(), state.counts.waiting, state.consumers, state.minute.throughput))
            .collect();
        assert_eq!(found, [("default", 0, 2, 0.0), ("deleted", 3, 1, 0.0), ("emptied", 0, 0, 1.0)]);
        assert_eq!(stats.queues[1].oldest_waiting, Some(Duration::from_millis(2_500)));
        assert_eq!(stats.queues[0].roles, [("all".to_owned(), 2), ("nobody".to_owned(), 0)]);
        assert!(stats.queues[1].roles.is_empty());
        assert_eq!(stats.queues.iter().map(|state| state.paused).collect::<Vec<_>>(), [true, false, false]);
    }
}
