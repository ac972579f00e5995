//! Which tasks nobody can run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jobbers_core::model::{ProcessKind, TaskType, Timestamp};
use jobbers_core::store::{Live, WaitingType};

/// Of what waits: types that no live worker knows, in queues that a live worker has consumed for the whole grace. Such
/// tasks are dropped, as soon as each has waited for the grace as well. With no worker alive it is nothing.
pub(crate) fn unknown<'a>(
    live: &[Live],
    waiting: &'a [WaitingType],
    grace: Duration,
    now: Timestamp,
) -> Vec<&'a WaitingType> {
    let known = known(live);
    let consumed = consumed(workers(live).filter(|worker| now.since(worker.process.started_at) >= grace));
    let is_unknown = |waits: &&WaitingType| !known.contains(&waits.task_type) && consumed.contains(&*waits.queue);
    waiting.iter().filter(is_unknown).collect()
}

/// Since when each type that waits in a queue has been seen with workers that consume the queue, but without any that
/// knows the type. A worker that is started anew is away for a moment, and what has waited for it all the while is not to
/// be dropped in that moment; nor is what waits in a queue that a worker has just begun to consume.
#[derive(Debug, Default)]
pub(crate) struct Missed(BTreeMap<(String, TaskType), Timestamp>);

impl Missed {
    /// Takes in what is seen now.
    pub(crate) fn see(&mut self, live: &[Live], waiting: &[WaitingType], now: Timestamp) {
        let (known, consumed) = (known(live), consumed(workers(live)));
        let is_missed =
            |waits: &&WaitingType| !known.contains(&waits.task_type) && consumed.contains(waits.queue.as_str());
        let missed = waiting.iter().filter(is_missed).map(key);
        self.0 = missed.map(|key| (key.clone(), self.0.get(&key).copied().unwrap_or(now))).collect();
    }

    /// Whether this has been so for that long.
    pub(crate) fn for_long(&self, waits: &WaitingType, grace: Duration, now: Timestamp) -> bool {
        self.0.get(&key(waits)).is_some_and(|since| now.since(*since) >= grace)
    }

    /// What was seen before does not count any more: there was a time in which nothing could be seen.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}

fn key(waits: &WaitingType) -> (String, TaskType) {
    (waits.queue.clone(), waits.task_type.clone())
}

fn consumed<'a>(workers: impl Iterator<Item = &'a Live>) -> BTreeSet<&'a str> {
    workers.flat_map(|worker| worker.process.queues.iter().map(String::as_str)).collect()
}

fn workers(live: &[Live]) -> impl Iterator<Item = &Live> {
    live.iter().filter(|live| live.process.kind == ProcessKind::Worker)
}

fn known(live: &[Live]) -> BTreeSet<&TaskType> {
    workers(live).flat_map(|worker| &worker.process.types).collect()
}

#[cfg(test)]
mod tests {
    use jobbers_core::model::{ProcessInfo, WorkerId};

    use super::*;

    const GRACE: Duration = Duration::from_secs(60);

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1000 * seconds)
    }

    fn live(kind: ProcessKind, started: u64, queues: &[&str], types: &[&str]) -> Live {
        let process = ProcessInfo {
            id: WorkerId::from_bytes([1; 8]),
            kind,
            host: "host".to_owned(),
            pid: 1,
            role: None,
            queues: queues.iter().map(ToString::to_string).collect(),
            slots: 1,
            types: types.iter().map(|name| TaskType::new(*name, 1)).collect(),
            version: String::new(),
            started_at: at(started),
            load: None,
        };
        Live { process, last_seen: at(started) }
    }

    fn worker(started: u64, queues: &[&str], types: &[&str]) -> Live {
        live(ProcessKind::Worker, started, queues, types)
    }

    fn waits(queue: &str, name: &str) -> WaitingType {
        WaitingType { queue: queue.to_owned(), task_type: TaskType::new(name, 1), tasks: 3 }
    }

    /// The names of the unknown types at 100 s.
    fn names(live: &[Live], waiting: &[WaitingType]) -> Vec<String> {
        unknown(live, waiting, GRACE, at(100)).iter().map(|waits| waits.task_type.to_string()).collect()
    }

    #[test]
    fn a_type_that_no_worker_of_its_queue_knows_is_unknown_once_one_has_lived_for_the_grace() {
        let waiting = [waits("default", "known"), waits("default", "unknown"), waits("other", "elsewhere")];
        let unknown = vec![TaskType::new("unknown", 1).to_string()];
        assert_eq!(names(&[worker(40, &["default"], &["known"])], &waiting), unknown);
        assert_eq!(names(&[worker(41, &["default"], &["known"])], &waiting), [] as [String; 0]);
        let one_is_old = [worker(99, &["default"], &[]), worker(1, &["default"], &["known"])];
        assert_eq!(names(&one_is_old, &waiting), unknown);
    }

    #[test]
    fn another_version_is_another_type() {
        let waiting = [WaitingType { task_type: TaskType::new("report", 2), ..waits("default", "report") }];
        assert_eq!(names(&[worker(0, &["default"], &["report"])], &waiting).len(), 1);
    }

    #[test]
    fn a_type_that_any_worker_knows_is_kept_however_new_and_wherever_it_is() {
        let waiting = [waits("default", "new")];
        let deploy = [worker(0, &["default"], &["old"]), worker(100, &["default"], &["new"])];
        assert_eq!(names(&deploy, &waiting), [] as [String; 0]);
        let elsewhere = [worker(0, &["default"], &["old"]), worker(0, &["other"], &["new"])];
        assert_eq!(names(&elsewhere, &waiting), [] as [String; 0]);
    }

    #[test]
    fn without_a_worker_of_its_queue_nothing_is_unknown() {
        let waiting = [waits("default", "unknown")];
        assert_eq!(names(&[], &waiting), [] as [String; 0]);
        assert_eq!(names(&[live(ProcessKind::Scheduler, 0, &["default"], &[])], &waiting), [] as [String; 0]);
        assert_eq!(names(&[worker(0, &["other"], &["known"])], &waiting), [] as [String; 0]);
        assert_eq!(names(&[worker(0, &["default"], &[])], &[]), [] as [String; 0]);
    }

    #[test]
    fn a_worker_that_is_away_for_a_moment_is_not_missed() {
        let waiting = [waits("default", "report")];
        let report = &waiting[0];
        let (knows, other) = (worker(0, &["default"], &["report"]), worker(0, &["default"], &[]));
        let mut missed = Missed::default();
        missed.see(&[knows.clone(), other.clone()], &waiting, at(1000));
        missed.see(std::slice::from_ref(&other), &waiting, at(1010));
        assert!(!missed.for_long(report, GRACE, at(1010)), "it has just gone");
        missed.see(&[knows, other.clone()], &waiting, at(1030));
        missed.see(std::slice::from_ref(&other), &waiting, at(1040));
        assert!(!missed.for_long(report, GRACE, at(1099)));
        missed.see(std::slice::from_ref(&other), &waiting, at(1100));
        assert!(missed.for_long(report, GRACE, at(1100)));
        missed.forget();
        missed.see(&[other], &waiting, at(1101));
        assert!(!missed.for_long(report, GRACE, at(1101)), "nobody knows what was in between");
    }

    #[test]
    fn a_queue_that_a_worker_has_just_begun_to_consume_is_given_time() {
        let waiting = [waits("new", "report")];
        let mut missed = Missed::default();
        missed.see(&[worker(0, &["default"], &[])], &waiting, at(1000));
        missed.see(&[worker(0, &["default", "new"], &[])], &waiting, at(1100));
        assert!(!missed.for_long(&waiting[0], GRACE, at(1159)));
        assert!(missed.for_long(&waiting[0], GRACE, at(1160)));
    }
}
