//! Dead letters, grouped by errors that are alike.

use std::time::Duration;

use jobbers_core::lifecycle::{Outcome, likeness};
use jobbers_core::model::{DeadLetter, EndDetail, EndKind, ErrorGroup, NewTask, Policy, TaskType};
use jobbers_core::store::{Errors, Prunable, Resubmit, SharedStore};

use super::{submit, submit_all};
use crate::Environment;
use crate::cleaner::{self, WALK};
use crate::sample::{
    alpha, beta, confirmed_cancelled, end, failed, failed_expectedly, handed_back, id, stopped, task, task_in, task_of,
    tasks,
};
use crate::scheduler;
use crate::worker::{PLENTY, Worker};

const SECOND: Duration = Duration::from_secs(1);

/// A worker of the queues `default` and `elsewhere` whose failed tasks become dead letters.
async fn keeper(env: &Environment) -> Worker {
    let policy = Policy { dead_letter: DeadLetter::Save, max_retries: 0, max_lost: 1, ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, policy).await;
    let elsewhere = jobbers_core::store::QueueSlots {
        queue: "elsewhere".into(),
        free: PLENTY,
        ..jobbers_core::store::QueueSlots::default()
    };
    worker.queues.push(elsewhere);
    worker
}

/// Submits a task and lets it fail.
async fn bury(worker: &mut Worker, task: NewTask, outcome: Outcome) {
    submit(&worker.store, task).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, outcome).await;
}

async fn groups(store: &SharedStore) -> Vec<ErrorGroup> {
    store.errors(&Errors { limit: 100, ..Errors::default() }).await.expect("errors")
}

/// Message and count of each group, in order of the messages.
async fn messages(store: &SharedStore) -> Vec<(String, u64)> {
    let mut messages: Vec<_> = groups(store).await.into_iter().map(|group| (group.kind.message, group.count)).collect();
    messages.sort();
    messages
}

fn again(n: u64, request: u8) -> Resubmit {
    Resubmit { ids: vec![id(n)], reset_failures: true, only_dead: true, request: [request; 8] }
}

pub async fn errors_that_are_alike_are_one_group(env: &Environment) {
    assert!(groups(env.store()).await.is_empty());
    let mut worker = keeper(env).await;
    let first = env.now();
    bury(&mut worker, task(1), failed("order 17 timed out")).await;
    env.advance(SECOND).await;
    bury(&mut worker, task(2), failed_expectedly("order 4711 timed out")).await;
    let last = env.now();
    let detail = end(EndKind::Failed, "order 5 timed out");
    let kind = likeness::kind(&detail);
    let group = ErrorGroup { queue: "default".into(), task_type: alpha(), kind, count: 2, first, last };
    assert_eq!(groups(env.store()).await, std::slice::from_ref(&group));
    env.advance(SECOND).await;
    bury(&mut worker, task(3), Outcome::Failed(EndDetail { error_type: "Panic".into(), ..detail })).await;
    bury(&mut worker, task(4), failed("order 17 was refused")).await;
    let all = groups(env.store()).await;
    assert_eq!(all.len(), 3);
    assert_eq!(all[0], group, "the largest group comes first");
    assert!(all[1..].iter().all(|group| (group.count, group.first, group.last) == (1, env.now(), env.now())));
}

pub async fn groups_are_of_one_queue_and_type(env: &Environment) {
    let mut worker = keeper(env).await;
    let newer = TaskType { version: 2, ..alpha() };
    worker.types.push((newer.clone(), PLENTY, worker.types[0].2.clone()));
    let urgent = NewTask { priority: 0, ..task(2) };
    for task in [task(1), urgent, task_in("elsewhere", 3), task_of(beta(), 4), task_of(newer.clone(), 5)] {
        bury(&mut worker, task, failed("broken")).await;
    }
    let of = async |errors: Errors| {
        let groups = env.store().errors(&Errors { limit: 100, ..errors }).await.expect("errors");
        let mut found: Vec<_> =
            groups.into_iter().map(|group| (group.queue, group.task_type.to_string(), group.count)).collect();
        found.sort();
        found
    };
    let row = |queue: &str, task_type: &TaskType, count: u64| (queue.to_owned(), task_type.to_string(), count);
    let default = [row("default", &alpha(), 2), row("default", &newer, 1), row("default", &beta(), 1)];
    let elsewhere = row("elsewhere", &alpha(), 1);
    assert_eq!(of(Errors::default()).await, [&default[..], &[elsewhere.clone()][..]].concat());
    assert_eq!(of(Errors { queue: Some("default".into()), ..Errors::default() }).await, default);
    let alphas = Errors { name: Some("alpha".into()), ..Errors::default() };
    let expected = [default[0].clone(), default[1].clone(), elsewhere];
    assert_eq!(of(alphas.clone()).await, expected);
    assert_eq!(of(Errors { version: Some(2), ..alphas }).await, [default[1].clone()]);
    assert!(of(Errors { queue: Some("nowhere".into()), ..Errors::default() }).await.is_empty());
    assert!(of(Errors { name: Some("alph".into()), ..Errors::default() }).await.is_empty());
}

pub async fn the_largest_groups_come_first_and_no_more_than_wanted(env: &Environment) {
    let mut worker = keeper(env).await;
    submit_all(env.store(), &tasks(0..55)).await;
    let attempts = worker.claim_all().await;
    // One of the first kind, two of the second, and so on.
    let kinds = (0..10usize).flat_map(|kind| std::iter::repeat_n(kind, kind + 1));
    let word = |kind: usize| char::from(b"abcdefghij"[kind]).to_string();
    let finishes: Vec<_> =
        attempts.iter().zip(kinds).map(|(attempt, kind)| worker.decide(attempt, failed(&word(kind)))).collect();
    let turn = worker.next_turn(finishes, None);
    worker.send(&turn).await;
    let largest = env.store().errors(&Errors { limit: 3, ..Errors::default() }).await.expect("errors");
    let largest: Vec<_> = largest.into_iter().map(|group| (group.kind.message, group.count)).collect();
    assert_eq!(largest, [("j".to_owned(), 10), ("i".to_owned(), 9), ("h".to_owned(), 8)]);
    assert_eq!(groups(env.store()).await.len(), 10);
}

pub async fn a_group_counts_down_however_its_dead_letters_leave(env: &Environment) {
    let mut worker = keeper(env).await;
    for n in 1..7 {
        bury(&mut worker, task(n), failed("broken")).await;
    }
    bury(&mut worker, task(7), failed("something else")).await;
    let count = async || messages(env.store()).await;
    let both = |broken| vec![("broken".to_owned(), broken), ("something else".to_owned(), 1)];
    assert_eq!(count().await, both(6));
    env.store().resubmit(&again(1, 1)).await.expect("resubmit");
    assert_eq!(count().await, both(5));
    env.store().resubmit(&again(1, 1)).await.expect("resubmit");
    assert_eq!(count().await, both(5), "a repeated request");
    env.store().forget(&[id(2), id(2)]).await.expect("forget");
    assert_eq!(count().await, both(4));
    env.store().discard(&[id(3), id(3)]).await.expect("discard");
    env.store().forget(&[id(3)]).await.expect("forget");
    assert_eq!(count().await, both(3), "discarded before it was forgotten");
    env.store().resubmit(&Resubmit { only_dead: false, ..again(4, 2) }).await.expect("resubmit");
    assert_eq!(count().await, both(2));
    assert_eq!(cleaner::prune(env.store(), Duration::ZERO).await, 0);
    assert_eq!(cleaner::prune_with(env.store(), Prunable::DeadLetters, Duration::ZERO, WALK).await, 3);
    assert!(groups(env.store()).await.is_empty(), "a group without any is gone");
}

pub async fn the_times_of_a_group_never_move_back(env: &Environment) {
    let mut worker = keeper(env).await;
    let first = env.now();
    for n in 1..4 {
        bury(&mut worker, task(n), failed("broken")).await;
        env.advance(SECOND).await;
    }
    let last = first.after(2 * SECOND);
    env.store().discard(&[id(1)]).await.expect("discard");
    env.store().forget(&[id(3)]).await.expect("forget");
    let group = groups(env.store()).await.remove(0);
    assert_eq!((group.count, group.first, group.last), (1, first, last), "also of those that have left");
    env.store().forget(&[id(2)]).await.expect("forget");
    bury(&mut worker, task(4), failed("broken")).await;
    let group = groups(env.store()).await.remove(0);
    assert_eq!((group.count, group.first, group.last), (1, env.now(), env.now()), "a group that begins anew");
}

pub async fn only_dead_letters_count(env: &Environment) {
    let mut keeper = keeper(env).await;
    submit_all(env.store(), &tasks(1..4)).await;
    let attempts = keeper.claim_all().await;
    env.store().cancel(id(1)).await.expect("cancel");
    keeper.finish(&attempts[0], failed("cancelled instead")).await;
    env.store().cancel(id(2)).await.expect("cancel");
    keeper.finish(&attempts[1], confirmed_cancelled()).await;
    keeper.finish(&attempts[2], stopped()).await;
    submit_all(env.store(), &tasks(4..6)).await;
    let attempts = keeper.claim_all().await;
    keeper.finish(&attempts[0], handed_back()).await;
    keeper.finish(&attempts[1], crate::sample::completed("1")).await;
    let mut plain = Worker::start(env.store(), 2).await;
    let attempt = plain.claim_one().await;
    plain.finish(&attempt, failed("not saved")).await;
    assert!(groups(env.store()).await.is_empty());
}

pub async fn a_repeated_end_counts_once(env: &Environment) {
    let mut worker = keeper(env).await;
    submit(env.store(), task(1)).await;
    let attempt = worker.claim_one().await;
    let finish = worker.decide(&attempt, failed("broken"));
    let turn = worker.next_turn(vec![finish.clone()], None);
    worker.send(&turn).await;
    worker.send(&turn).await;
    worker.finish_with(finish).await;
    assert_eq!(messages(env.store()).await, [("broken".to_owned(), 1)]);
}

pub async fn a_task_that_fails_otherwise_later_changes_its_group(env: &Environment) {
    let mut worker = keeper(env).await;
    bury(&mut worker, task(1), failed("broken")).await;
    env.store().resubmit(&again(1, 1)).await.expect("resubmit");
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed("something else")).await;
    assert_eq!(messages(env.store()).await, [("something else".to_owned(), 1)]);
    env.store().forget(&[id(1)]).await.expect("forget");
    submit(env.store(), task(1)).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed("broken")).await;
    assert_eq!(messages(env.store()).await, [("broken".to_owned(), 1)], "a new task under an old id");
}

pub async fn a_task_under_which_workers_died_is_in_a_group(env: &Environment) {
    let mut worker = keeper(env).await;
    submit_all(env.store(), &tasks(1..3)).await;
    worker.claim_all().await;
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    let group = groups(env.store()).await.remove(0);
    assert_eq!((group.count, group.kind.error_type.as_str()), (2, "WorkerLost"));
    env.store().discard(&[id(1), id(2)]).await.expect("discard");
    assert!(groups(env.store()).await.is_empty());
}
