use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::bed::{
    Bed, LEASE, Worker, completed, failed, finish, handed_back, id, register, retried, slots, stopped, task, verdict,
};
use crate::lifecycle::{Outcome, Transition, after_attempt, likeness};
use crate::model::{DeadLetter, EndDetail, EndKind, NewTask, Policy, Status, Task, TaskId, TaskType, Timestamp, When};
use crate::store::{
    Claim, ClaimedTask, DropWaiting, Errors, Filter, List, Lists as _, Order, Promote, Prunable, Prune, Purge,
    QueueCounts, QueueSlots, Resubmit, Stall, Statistics as _, Sweep, TaskStore as _, TypeSlots, Upkeep as _,
    WaitingType,
};

#[derive(Debug, Clone)]
enum Happening {
    Submit { number: u8, queue: u8, name: u8, delay: Option<u8>, expires: Option<u8> },
    Claim(u8),
    End { which: usize, how: u8 },
    Cancel([u8; 3]),
    Resubmit([u8; 3], bool, bool),
    Hasten([u8; 2]),
    Forget([u8; 2]),
    Discard([u8; 3]),
    Drop(u8),
    Purge(u8, bool),
    Stall,
    Prune(bool),
    Expire,
    Promote,
    Reap,
    Pass(u16),
}

fn happening() -> impl Strategy<Value = Happening> {
    let number = || 0u8..40;
    prop_oneof![
        6 => (number(), 0u8..3, 0u8..3, prop::option::weighted(0.3, 0u8..20), prop::option::weighted(0.3, 0u8..20))
            .prop_map(|(number, queue, name, delay, expires)| Happening::Submit { number, queue, name, delay, expires }),
        4 => (1u8..5).prop_map(Happening::Claim),
        6 => (any::<usize>(), 0u8..9).prop_map(|(which, how)| Happening::End { which, how }),
        2 => [number(), number(), number()].prop_map(Happening::Cancel),
        3 => ([number(), number(), number()], any::<bool>(), prop::bool::weighted(0.3))
            .prop_map(|(ids, reset, only_dead)| Happening::Resubmit(ids, reset, only_dead)),
        1 => [number(), number()].prop_map(Happening::Hasten),
        1 => [number(), number()].prop_map(Happening::Forget),
        1 => [number(), number(), number()].prop_map(Happening::Discard),
        1 => (0u8..20).prop_map(Happening::Drop),
        1 => (0u8..20, any::<bool>()).prop_map(|(seconds, scheduled)| Happening::Purge(seconds, scheduled)),
        1 => Just(Happening::Stall),
        1 => any::<bool>().prop_map(Happening::Prune),
        1 => Just(Happening::Expire),
        1 => Just(Happening::Promote),
        1 => Just(Happening::Reap),
        3 => (0u16..9_000).prop_map(Happening::Pass),
    ]
}

const QUEUES: [&str; 3] = ["default", "mail", "a:b"];
const NAMES: [&str; 3] = ["echo", "add", "word"];

const PIECE: Sweep = Sweep { after: None, limit: 2, rehearsal: false };

/// One of the types has a heartbeat interval.
fn limited(name: &str) -> TypeSlots {
    let max_heartbeat_interval = (name == "echo").then_some(Duration::from_secs(8));
    TypeSlots { max_heartbeat_interval, ..slots(name, 9) }
}

fn dead_letter(error: &str) -> Transition {
    let policy = Policy { dead_letter: DeadLetter::Save, ..Policy::default() };
    let end = EndDetail { error: error.into(), ..super::bed::end(EndKind::Failed) };
    after_attempt(&policy, 0, Outcome::Failed(end), 0.5, 0.5)
}

struct History {
    bed: Bed,
    worker: Worker,
    held: Vec<ClaimedTask>,
    requests: u64,
}

impl History {
    async fn begin() -> Self {
        let bed = Bed::new().await;
        register(bed.store(), &NAMES).await;
        let worker = Worker::new(bed.store(), 1);
        Self { bed, worker, held: Vec::new(), requests: 0 }
    }

    async fn happens(&mut self, what: Happening) {
        let store = self.bed.store().clone();
        let ids = |numbers: &[u8]| numbers.iter().map(|number| id(u128::from(*number))).collect::<Vec<_>>();
        match what {
            Happening::Submit { number, queue, name, delay, expires } => {
                let seconds = |seconds: u8| Duration::from_secs(seconds.into());
                let new = NewTask {
                    queue: QUEUES[usize::from(queue)].into(),
                    task_type: TaskType::new(NAMES[usize::from(name)], 1),
                    when: delay.map_or(When::Now, |delay| When::After(seconds(delay))),
                    expires_at: expires.map(|expires| self.bed.now().after(seconds(expires))),
                    ..task(number.into())
                };
                store.submit(&[new]).await.unwrap();
            }
            Happening::Claim(tasks) => {
                let claim = Claim {
                    queues: QUEUES
                        .map(|queue| QueueSlots { queue: queue.into(), free: 9, ..QueueSlots::default() })
                        .into(),
                    types: NAMES.map(limited).into(),
                    ..self.worker.claim_of(tasks.into())
                };
                self.held.extend(self.worker.turn(Vec::new(), Some(claim)).await.claimed);
            }
            Happening::End { which, how } if !self.held.is_empty() => {
                let task = self.held.swap_remove(which % self.held.len());
                let transition = match how {
                    0 => failed(),
                    1 => retried(None),
                    2 => retried(Some(3)),
                    3 => handed_back(),
                    4 => stopped(),
                    5 => dead_letter("order 1 is away"),
                    6 => dead_letter("order 2 is away"),
                    7 => dead_letter("nobody knows"),
                    _ => completed(),
                };
                self.worker.turn(vec![finish(&task, transition)], None).await;
            }
            Happening::End { .. } => {}
            Happening::Cancel(numbers) => drop(store.cancel_all(&ids(&numbers)).await.unwrap()),
            Happening::Resubmit(numbers, reset_failures, only_dead) => {
                self.requests += 1;
                let request = self.requests.to_be_bytes();
                store.resubmit(&Resubmit { ids: ids(&numbers), reset_failures, only_dead, request }).await.unwrap();
            }
            Happening::Hasten(numbers) => drop(store.hasten(&ids(&numbers)).await.unwrap()),
            Happening::Forget(numbers) => drop(store.forget(&ids(&numbers)).await.unwrap()),
            Happening::Discard(numbers) => drop(store.discard(&ids(&numbers)).await.unwrap()),
            Happening::Drop(seconds) => {
                let (queue, task_type) = ("mail".to_owned(), TaskType::new("add", 1));
                let waited = Duration::from_secs(seconds.into());
                store.drop_waiting(&DropWaiting { queue, task_type, waited, limit: 2 }).await.unwrap();
            }
            Happening::Purge(seconds, scheduled) => {
                let before = self.bed.now().as_millis() - u64::from(seconds) * 1_000;
                let (queue, before) = ("mail".to_owned(), Timestamp::from_millis(before));
                store.purge(&Purge { queue, before, scheduled, sweep: PIECE }).await.unwrap();
            }
            Happening::Stall => drop(store.stall(&Stall { stale: None, sweep: PIECE }).await.unwrap()),
            Happening::Prune(dead) => {
                let what = if dead { Prunable::DeadLetters } else { Prunable::Ended };
                store.prune(&Prune { what, age: Duration::from_secs(20), sweep: PIECE }).await.unwrap();
            }
            Happening::Expire => drop(store.expire(2).await.unwrap()),
            Happening::Promote => drop(store.promote(&Promote { queues: None, limit: 2 }).await.unwrap()),
            Happening::Reap => {
                let overdue = store.overdue(3).await.unwrap();
                store.reap(&overdue.tasks.iter().map(verdict).collect::<Vec<_>>()).await.unwrap();
            }
            Happening::Pass(milliseconds) => self.bed.pass(Duration::from_millis(milliseconds.into()).min(LEASE)),
        }
    }

    async fn tasks(&self) -> Vec<Task> {
        let ids: Vec<TaskId> = (0..40).map(id).collect();
        self.bed.store().tasks(&ids, usize::MAX).await.unwrap().into_iter().flatten().collect()
    }

    /// All ids of a list, three at a time.
    async fn listed(&self, filter: &Filter, order: Order) -> Vec<TaskId> {
        let mut list = List { filter: filter.clone(), order, after: None, limit: 3 };
        let mut ids = Vec::new();
        loop {
            let page = self.bed.store().list(&list).await.unwrap();
            ids.extend(page.entries.iter().map(|entry| entry.id));
            list.after = page.next;
            if list.after.is_none() {
                return ids;
            }
        }
    }

    async fn check_lists(&self) {
        let tasks = self.tasks().await;
        let statuses = Status::ALL.into_iter().map(Some).chain([None]);
        let queues = [None, Some("mail".to_owned())];
        let names = [None, Some("add".to_owned())];
        for status in statuses {
            for (queue, name) in queues.iter().flat_map(|queue| names.iter().map(move |name| (queue, name))) {
                let filter = Filter { status, queue: queue.clone(), name: name.clone(), ..Filter::default() };
                for order in [Order::NewestFirst, Order::OldestFirst] {
                    let ids = self.listed(&filter, order).await;
                    let mut sorted = ids.clone();
                    sorted.sort();
                    let mut expected: Vec<_> =
                        tasks.iter().filter(|task| filter.admits(task)).map(|task| task.id).collect();
                    expected.sort();
                    assert_eq!(sorted, expected, "{filter:?}");
                    let time = |id| filter.time(tasks.iter().find(|task| task.id == id).unwrap()).unwrap();
                    let by_submission = matches!(status, None | Some(Status::Submitted));
                    let rises = status == Some(Status::Scheduled) || (by_submission && order == Order::OldestFirst);
                    let in_order = |pair: &[TaskId]| (time(pair[0]) <= time(pair[1])) == rises;
                    let in_order = |pair: &[TaskId]| time(pair[0]) == time(pair[1]) || in_order(pair);
                    assert!(ids.windows(2).all(in_order), "{filter:?} {order:?}");
                }
            }
        }
    }

    async fn check_counts(&self) {
        let mut counted: BTreeMap<String, QueueCounts> = BTreeMap::new();
        for task in self.tasks().await {
            let counts = counted.entry(task.queue.clone()).or_default();
            match task.status {
                Status::Submitted => counts.waiting += 1,
                Status::Scheduled => counts.scheduled += 1,
                Status::Started => counts.started += 1,
                _ => {}
            }
        }
        for queue in QUEUES {
            let dead = Filter { dead: true, queue: Some(queue.into()), ..Filter::default() };
            let counts = counted.entry(queue.into()).or_default();
            counts.dead = self.listed(&dead, Order::NewestFirst).await.len() as u64;
            counts.queue = queue.into();
        }
        let mut waiting: BTreeMap<(String, TaskType), u64> = BTreeMap::new();
        for task in self.tasks().await.into_iter().filter(|task| task.status == Status::Submitted) {
            *waiting.entry((task.queue, task.task_type)).or_default() += 1;
        }
        let waiting: Vec<_> =
            waiting.into_iter().map(|((queue, task_type), tasks)| WaitingType { queue, task_type, tasks }).collect();
        assert_eq!(self.bed.store().waiting().await.unwrap(), waiting);
        for told in self.bed.store().counts().await.unwrap() {
            let counts = &counted[&told.queue];
            assert_eq!(told.oldest_waiting.is_some(), counts.waiting > 0);
            assert_eq!(QueueCounts { oldest_waiting: None, ..told }, *counts);
        }
    }
}

impl History {
    async fn check_groups(&self) {
        let dead = self.listed(&Filter { dead: true, ..Filter::default() }, Order::NewestFirst).await;
        let mut groups = BTreeMap::new();
        for task in self.tasks().await {
            assert_eq!(task.waiting_since.is_some(), task.status == Status::Submitted, "{task:?}");
            if dead.contains(&task.id) {
                let kind = likeness::kind(&task.attempts.last().unwrap().detail);
                *groups.entry((task.queue, task.task_type, kind.error_type, kind.message)).or_insert(0) += 1;
            }
        }
        let told = self.bed.store().errors(&Errors { limit: 100, ..Errors::default() }).await.unwrap();
        assert!(told.windows(2).all(|pair| pair[0].count >= pair[1].count), "{told:?}");
        let told = told.into_iter().map(|group| {
            assert!(group.first <= group.last);
            ((group.queue, group.task_type, group.kind.error_type, group.kind.message), group.count)
        });
        assert_eq!(told.collect::<BTreeMap<_, _>>(), groups);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn after_any_history_lists_and_counts_say_what_the_records_say(
        happenings in prop::collection::vec(happening(), 1..80),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut history = History::begin().await;
            for what in happenings {
                history.happens(what).await;
            }
            history.check_lists().await;
            history.check_counts().await;
            history.check_groups().await;
        });
    }
}
