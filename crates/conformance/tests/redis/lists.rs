//! Lists in stores that are large enough for every way in which they are made.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jobbers_conformance::sample::{
    alpha, beta, completed, failed, failed_for_later, id, stopped, task, task_after, task_in, task_of, worker_id,
};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_conformance::{Environment, Worker};
use jobbers_core::model::{DeadLetter, NewTask, Policy, Status, Task, TaskId, TaskType, Timestamp};
use jobbers_core::store::{
    AgainOutcome, Cursor, Filter, List, Listed, MAX_BATCH, MAX_EXAMINED, Order, QueueSlots, Resubmit, SharedStore,
};

use super::{OwnServer, audit};

async fn page(store: &SharedStore, filter: &Filter, order: Order, after: Option<Cursor>, limit: usize) -> Listed {
    let listed = store.list(&List { filter: filter.clone(), order, after, limit }).await.unwrap();
    assert!(listed.examined <= MAX_EXAMINED, "{} entries were looked at for {filter:?}", listed.examined);
    assert!(listed.entries.len() <= limit);
    listed
}

/// Goes through a list to its end. Goes on from the entry in the middle of each page as well as from its end.
async fn walk(store: &SharedStore, filter: &Filter, order: Order, limit: usize) -> Vec<TaskId> {
    let mut all = Vec::new();
    let mut after = None;
    for round in 0.. {
        assert!(round < 10_000, "the list has no end");
        let mut listed = page(store, filter, order, after, limit).await;
        let cut = listed.entries.len() / 2;
        if round % 2 == 0 && cut > 0 {
            listed.entries.truncate(cut);
            listed.next = listed.entries.last().map(|entry| entry.cursor.clone());
        }
        all.extend(listed.entries.iter().map(|entry| entry.id));
        match listed.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    all
}

/// What the list should be, from the records of all tasks in the order in which they were submitted.
fn computed(records: &[Task], dead: &BTreeSet<TaskId>, filter: &Filter, order: Order) -> Vec<TaskId> {
    let is_let_through = |task: &&Task| filter.admits(task) && (!filter.dead || dead.contains(&task.id));
    let mut tasks: Vec<_> = records.iter().filter(is_let_through).collect();
    match filter.wanted_status() {
        None | Some(Status::Submitted | Status::Unsubmitted) => {
            if order == Order::NewestFirst {
                tasks.reverse();
            }
        }
        Some(Status::Scheduled) => tasks.sort_by_key(|task| (filter.time(task), task.id)),
        Some(_) => tasks.sort_by_key(|task| std::cmp::Reverse((filter.time(task), task.id))),
    }
    tasks.iter().map(|task| task.id).collect()
}

async fn submit(store: &SharedStore, tasks: &[NewTask]) {
    for batch in tasks.chunks(MAX_BATCH) {
        store.submit(batch).await.unwrap();
    }
}

fn ids(numbers: impl IntoIterator<Item = u64>) -> Vec<TaskId> {
    numbers.into_iter().map(id).collect()
}

/// Whole records, of those that are known.
async fn records(store: &SharedStore, ids: Vec<TaskId>) -> Vec<Task> {
    let mut records = Vec::new();
    for some in ids.chunks(1_000) {
        records.extend(store.tasks(some, usize::MAX).await.unwrap().into_iter().flatten());
    }
    records
}

/// Ids whose order is not that of their numbers, of bytes of all kinds.
fn scattered(n: u64) -> TaskId {
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    TaskId::from_parts(mixed >> 16, u128::from(!mixed) << 16 | u128::from(n))
}

fn scattered_ids(numbers: impl IntoIterator<Item = u64>) -> Vec<TaskId> {
    numbers.into_iter().map(scattered).collect()
}

/// `tasks` tasks in three queues, of two types, in every status, most of them of the very same times; also some that
/// were resubmitted and some that were forgotten. Answers the dead letters.
async fn settle(env: &Environment, tasks: u64) -> BTreeSet<TaskId> {
    let store = env.store();
    let saved = Policy { max_retries: 3, dead_letter: DeadLetter::Save, ..Policy::default() };
    let mut worker = Worker::with_policy(store, 1, saved.clone()).await;
    let mut other = Worker::with_policy(store, 2, saved).await;
    for worker in [&mut worker, &mut other] {
        worker.queues.push(QueueSlots { queue: "re:ports".to_owned(), free: 500, ..QueueSlots::default() });
    }
    let new = |n: u64| {
        let new = match n % 7 {
            0 => task_after(3_600 + n % 3, n),
            1 => task_in("re:ports", n),
            2 => task_in("unread", n),
            3 => task_of(beta(), n),
            _ => task(n),
        };
        NewTask { id: scattered(n), ..new }
    };
    let half = tasks / 2;
    submit(store, &(0..half).map(new).collect::<Vec<_>>()).await;
    env.advance(Duration::from_millis(3)).await;
    submit(store, &(half..tasks).map(new).collect::<Vec<_>>()).await;
    let mut dead = BTreeSet::new();
    for round in 0..4_u64 {
        let mut running = worker.claim(tasks as u32 / 14).await;
        running.extend(other.claim(tasks as u32 / 14).await);
        env.advance(Duration::from_millis(round % 2)).await;
        let mut finishes = HashMap::from([(1, Vec::new()), (2, Vec::new())]);
        let held = store.tasks(&running.iter().map(|task| task.id).collect::<Vec<_>>(), usize::MAX).await.unwrap();
        for (n, (attempt, record)) in running.iter().zip(held).enumerate() {
            let outcome = match n % 6 {
                0 => completed("{}"),
                1 => {
                    dead.insert(attempt.id);
                    failed("broken")
                }
                2 => stopped(),
                3 => failed_for_later("busy", 60),
                _ => continue,
            };
            let is_first = record.unwrap().worker == Some(worker_id(1));
            finishes.get_mut(&if is_first { 1 } else { 2 }).unwrap().push(worker.decide(attempt, outcome));
        }
        for (number, worker) in [(1, &mut worker), (2, &mut other)] {
            let finishes = finishes.remove(&number).unwrap();
            assert!(!finishes.is_empty());
            let turn = worker.next_turn(finishes, None);
            worker.send(&turn).await;
        }
    }
    let some = scattered_ids((0..tasks).step_by(11));
    store.cancel_all(&some).await.unwrap();
    let again = scattered_ids((0..tasks).step_by(22));
    let request = Resubmit { ids: again.clone(), reset_failures: true, only_dead: false, request: [7; 8] };
    for (id, outcome) in again.iter().zip(store.resubmit(&request).await.unwrap()) {
        if outcome == AgainOutcome::Applied {
            dead.remove(id);
        }
    }
    store.hasten(&scattered_ids((0..tasks).step_by(21))).await.unwrap();
    store.forget(&scattered_ids((0..tasks).step_by(5))).await.unwrap();
    env.advance(Duration::from_millis(1)).await;
    dead
}

fn filters(now: Timestamp) -> Vec<Filter> {
    let mut filters = Vec::new();
    let before = |milliseconds| Timestamp::from_millis(now.as_millis() - milliseconds);
    for status in Status::ALL.into_iter().map(Some).chain([None]) {
        let of = Filter { status, ..Filter::default() };
        filters.extend([
            of.clone(),
            Filter { queue: Some("re:ports".to_owned()), ..of.clone() },
            Filter { queue: Some("default".to_owned()), ..of.clone() },
            Filter { queue: Some("unread".to_owned()), name: Some(alpha().name), ..of.clone() },
            Filter { queue: Some("nobody's".to_owned()), ..of.clone() },
            Filter { name: Some(beta().name), ..of.clone() },
            Filter { name: Some(beta().name), version: Some(2), ..of.clone() },
            Filter { queue: Some("default".to_owned()), name: Some(beta().name), version: Some(1), ..of.clone() },
            Filter { worker: Some(worker_id(2)), ..of.clone() },
        ]);
        for milliseconds in 1..7 {
            filters.push(Filter { since: Some(before(milliseconds)), ..of.clone() });
            filters.push(Filter { until: Some(before(milliseconds)), ..of.clone() });
        }
        let hour = Some(now.after(Duration::from_millis(3_600_990)));
        filters.push(Filter { since: hour, ..of.clone() });
        filters.push(Filter { until: hour, ..of });
    }
    let dead = Filter { dead: true, ..Filter::default() };
    filters.push(Filter { queue: Some("default".to_owned()), ..dead.clone() });
    filters.push(Filter { status: Some(Status::Completed), ..dead.clone() });
    filters.push(dead);
    filters
}

async fn lists_equal_what_all_records_say(tasks: u64) {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let dead = settle(&env, tasks).await;
    audit::check(&server);
    let records = records(env.store(), scattered_ids(0..tasks)).await;
    let mut statuses: BTreeSet<_> = records.iter().map(|task| task.status).collect();
    for filter in filters(env.now()) {
        for order in [Order::NewestFirst, Order::OldestFirst] {
            let expected = computed(&records, &dead, &filter, order);
            statuses.remove(&filter.status.filter(|_| !expected.is_empty()).unwrap_or(Status::Unsubmitted));
            for limit in [3, 1_000] {
                // Small pages of short lists only: each is a call.
                if limit > 3 || expected.len() < 120 {
                    let listed = walk(env.store(), &filter, order, limit).await;
                    assert_eq!(listed, expected, "{filter:?}, {order:?}, {limit} a page");
                }
            }
        }
    }
    assert!(statuses.is_empty(), "{statuses:?} are in no list");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_a_small_store_equal_what_all_records_say() {
    lists_equal_what_all_records_say(420).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_a_large_store_equal_what_all_records_say() {
    lists_equal_what_all_records_say(4_900).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_many_sets_have_each_task_once() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    let of = |n: u64| task_of(TaskType::new(format!("type-{}", n % 450), 1), n);
    submit(store, &(0..1_000).map(of).collect::<Vec<_>>()).await;
    // The first page is of few sets, which are merged; then there are too many for that.
    store.cancel_all(&ids(0..300)).await.unwrap();
    let filter = Filter { status: Some(Status::Cancelled), ..Filter::default() };
    let first = page(store, &filter, Order::NewestFirst, None, 50).await;
    assert_eq!(first.entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), ids((250..300).rev()));
    env.advance(Duration::from_millis(1)).await;
    for numbers in [300..700, 700..1_000] {
        store.cancel_all(&ids(numbers)).await.unwrap();
    }
    let mut listed = BTreeSet::new();
    let mut after = first.next;
    while let Some(cursor) = after {
        let next = page(store, &filter, Order::NewestFirst, Some(cursor), 7).await;
        for entry in next.entries {
            assert!(listed.insert(entry.id), "{} comes twice", entry.id);
        }
        after = next.next;
    }
    assert_eq!(listed, ids(0..250).into_iter().collect(), "what came before is behind the cursor, nothing else");

    for limit in [9, 1_000] {
        let all = walk(store, &filter, Order::NewestFirst, limit).await;
        assert_eq!(all.len(), 1_000);
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), ids(0..1_000).into_iter().collect());
    }
    let one = Filter { name: Some("type-7".to_owned()), ..filter };
    assert_eq!(walk(store, &one, Order::NewestFirst, 2).await, ids([907, 457, 7]));
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scheduled_tasks_of_many_queues_have_each_task_once() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    let of = |n: u64| NewTask { queue: format!("queue-{}", n % 450), ..task_after(1 + n % 5, n) };
    submit(store, &(0..900).map(of).collect::<Vec<_>>()).await;
    let filter = Filter { status: Some(Status::Scheduled), ..Filter::default() };
    let all = walk(store, &filter, Order::NewestFirst, 11).await;
    assert_eq!(all.len(), 900);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), ids(0..900).into_iter().collect());
    // Many queues, but few of them with scheduled tasks: in order.
    store.cancel_all(&ids(0..300)).await.unwrap();
    store.cancel_all(&ids(450..750)).await.unwrap();
    let mut expected: Vec<_> = (300..450).chain(750..900).collect();
    expected.sort_by_key(|n| (n % 5, *n));
    assert_eq!(walk(store, &filter, Order::NewestFirst, 40).await, ids(expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_started_tasks_are_listed_once_each() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    let of = |n: u64| if n.is_multiple_of(50) { task_of(beta(), n) } else { task(n) };
    submit(store, &(0..4_500).map(of).collect::<Vec<_>>()).await;
    let mut worker = Worker::start(store, 1).await;
    let mut running = Vec::new();
    while running.len() < 4_500 {
        running.extend(worker.claim(500).await);
        env.advance(Duration::from_millis(1)).await;
    }
    let filter = Filter { status: Some(Status::Started), ..Filter::default() };
    for limit in [90, 1_000] {
        let all = walk(store, &filter, Order::NewestFirst, limit).await;
        assert_eq!(all.len(), 4_500);
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), ids(0..4_500).into_iter().collect());
    }
    // What the first pages had, when there were fewer, does not come again; nothing else is missing.
    let few = Filter { name: Some(beta().name), ..filter.clone() };
    let first = page(store, &few, Order::NewestFirst, None, 30).await;
    let last = first.entries.last().unwrap().id;
    let started = |task: Option<Task>| task.unwrap().started_at;
    let bound = (started(store.get(last).await.unwrap()), last);
    let mut expected = Vec::new();
    for record in records(store, ids(0..4_500)).await {
        if (record.started_at, record.id) < bound {
            expected.push(record.id);
        }
    }
    expected.reverse();
    let mut listed = Vec::new();
    let mut after = first.next;
    while let Some(cursor) = after {
        let next = page(store, &filter, Order::NewestFirst, Some(cursor), 300).await;
        listed.extend(next.entries.iter().map(|entry| entry.id));
        after = next.next;
    }
    assert!(expected.len() > 100, "{} tasks began before {bound:?}", expected.len());
    assert_eq!(listed, expected);
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_waiting_tasks_pass_over_what_does_not_wait() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    submit(store, &(0..12_000).map(task).collect::<Vec<_>>()).await;
    for numbers in (1_400..12_000).step_by(500) {
        store.cancel_all(&ids(numbers..(numbers + 500).min(12_000))).await.unwrap();
    }
    let waiting = Filter { status: Some(Status::Submitted), ..Filter::default() };
    let first = page(store, &waiting, Order::NewestFirst, None, 1_000).await;
    assert_eq!(first.entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), ids((400..1_400).rev()));
    assert!(first.examined < 1_300, "{} entries for 1,000 tasks behind 10,600 others", first.examined);
    let of_queue = Filter { queue: Some("default".to_owned()), ..waiting };
    assert_eq!(walk(store, &of_queue, Order::OldestFirst, 1_000).await, ids(0..1_400));
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_keep_their_place_while_tasks_come_and_go() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    let mut worker = Worker::start(store, 1).await;
    submit(store, &(0..3_000).map(task).collect::<Vec<_>>()).await;
    store.cancel_all(&ids((0..3_000).step_by(3)).into_iter().take(500).collect::<Vec<_>>()).await.unwrap();
    let stays = |n: &u64| n.is_multiple_of(6);
    let expected: Vec<_> = (0..1_500).filter(stays).collect();
    let all = Filter::default();
    let cancelled = Filter { status: Some(Status::Cancelled), ..all.clone() };
    let mut goes = (0..1_500).filter(|n| n % 3 == 0 && !stays(n));
    let mut comes = 3_000..;
    for filter in [&cancelled, &all] {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let listed = page(store, filter, Order::NewestFirst, after, 40).await;
            seen.extend(listed.entries.iter().map(|entry| entry.id));
            let Some(next) = listed.next else { break };
            after = Some(next);
            // Others end, are forgotten, and are submitted between the pages.
            store.forget(&ids(goes.by_ref().take(5))).await.unwrap();
            submit(store, &comes.by_ref().take(20).map(task).collect::<Vec<_>>()).await;
            for attempt in worker.claim(10).await {
                worker.finish(&attempt, completed("1")).await;
            }
        }
        let seen: Vec<_> = seen.into_iter().filter(|seen| expected.iter().any(|n| id(*n) == *seen)).collect();
        assert_eq!(seen, ids(expected.iter().rev().copied()));
    }
    audit::check(&server);
}
