//! Purges on Redis: in slices, through lanes of many kinds, and on a store that is full.

use std::time::{Duration, Instant};

use jobbers_conformance::sample::{beta, failed_expectedly, id, task, task_after, task_in, task_of, tasks};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_conformance::{Environment, Worker, scheduler};
use jobbers_core::model::{NewTask, Status, TaskId, When};
use jobbers_core::store::{Cursor, MAX_BATCH, Moved, Purge, SharedStore, Sweep};

use super::{OwnServer, audit};

const SECOND: Duration = Duration::from_secs(1);

fn purge(env: &Environment, limit: usize) -> Purge {
    let sweep = Sweep { after: None, limit, rehearsal: false };
    Purge { queue: "default".to_owned(), before: env.now(), scheduled: true, sweep }
}

/// Goes on from here to the end; answers how many tasks each call swept.
async fn all(store: &SharedStore, mut purge: Purge) -> Vec<usize> {
    let mut swept = Vec::new();
    for _ in 0..10_000 {
        let slice = store.purge(&purge).await.unwrap();
        swept.push(slice.tasks);
        purge.sweep.after = slice.next;
        if purge.sweep.after.is_none() {
            return swept;
        }
    }
    panic!("the walk does not end");
}

async fn submit(env: &Environment, some: &[NewTask]) {
    for some in some.chunks(MAX_BATCH) {
        env.store().submit(some).await.unwrap();
    }
}

async fn with_status(env: &Environment, ids: impl IntoIterator<Item = u64>, status: Status) -> Vec<u64> {
    let mut found = Vec::new();
    for n in ids {
        if env.store().get(id(n)).await.unwrap().unwrap().status == status {
            found.push(n);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_purged_in_slices_and_what_came_later_stays() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    // Of several lanes and queues, long records, and such as have run before.
    let large = bytes::Bytes::from(format!("\"{}\"", "x".repeat(2_000)));
    let mixed: Vec<NewTask> = (0..1_200)
        .map(|n| match n % 6 {
            0 => task_in("re:ports", n),
            1 => task_of(beta(), n),
            2 => NewTask { priority: 2, parameters: large.clone(), ..task(n) },
            3 => task_after(60 + n, n),
            _ => task(n),
        })
        .collect();
    submit(&env, &mixed).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempts = worker.claim(40).await;
    for attempt in &attempts[..20] {
        worker.finish(attempt, failed_expectedly("busy")).await;
    }
    env.store().cancel_all(&[id(4), id(9)]).await.unwrap();
    let wish = purge(&env, 37);
    env.advance(SECOND).await;
    submit(&env, &tasks(1_200..1_230)).await;
    submit(&env, &[task_after(90, 1_230)]).await;
    // One of before goes back to its lane after the wish.
    worker.finish(&attempts[20], failed_expectedly("busy")).await;

    let mut moves = env.store().moves().await.unwrap();
    let expected = 1_200 - 200 - 20 - 2;
    let rehearsal = Purge { sweep: Sweep { rehearsal: true, ..wish.sweep.clone() }, ..wish.clone() };
    assert_eq!(all(env.store(), rehearsal).await.iter().sum::<usize>(), expected);
    audit::check(&server);
    let slices = all(env.store(), wish.clone()).await;
    assert_eq!(slices.iter().sum::<usize>(), expected);
    assert!(slices.iter().all(|tasks| *tasks <= 37) && slices.len() > 20, "{slices:?}");
    audit::check(&server);
    assert_eq!(all(env.store(), wish).await, [0]);
    assert_eq!(with_status(&env, 1_200..1_230, Status::Submitted).await.len(), 30);
    assert_eq!(with_status(&env, [1_230], Status::Scheduled).await.len(), 1);
    assert_eq!(with_status(&env, (0..1_200).step_by(6), Status::Submitted).await.len(), 200);
    assert_eq!(with_status(&env, 0..1_200, Status::Cancelled).await.len(), expected + 2);
    // It is told and counted as any other end.
    let mut told = 0;
    while let Ok(moved) = moves.try_recv() {
        told += usize::from(matches!(moved, Moved::Task(_, Status::Cancelled)));
    }
    assert_eq!(told, expected);
    let tallies = env.store().tallies(0..=u64::MAX).await.unwrap();
    let cancelled: u64 = tallies.iter().map(|minute| minute.tally.cancelled).sum();
    assert_eq!(cancelled, expected as u64 + 2);
    // What stayed can be claimed, and nothing else.
    assert_eq!(worker.claim_all().await.len(), 30 + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purge_without_what_is_scheduled_leaves_it() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    submit(&env, &[task(1), task_after(60, 2), task(3)]).await;
    let wish = Purge { scheduled: false, ..purge(&env, 500) };
    assert_eq!(all(env.store(), wish).await, [2]);
    assert_eq!(with_status(&env, 1..4, Status::Scheduled).await, [2]);
    let wish = purge(&env, 500);
    assert_eq!(all(env.store(), wish).await, [1]);
    audit::check(&server);
    env.advance(60 * SECOND).await;
    assert_eq!(scheduler::promote(env.store()).await.next_due, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slice_that_is_sent_again_and_a_walk_that_is_begun_anew_lose_nothing() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    // Many are due at the same time, and every other one came after the wish.
    let due = When::At(env.now().after(100 * SECOND));
    let scheduled = |n| NewTask { when: due, ..task(n) };
    submit(&env, &(0..300).step_by(2).map(scheduled).collect::<Vec<_>>()).await;
    submit(&env, &tasks(300..600)).await;
    let mut wish = purge(&env, 40);
    env.advance(SECOND).await;
    submit(&env, &(0..300).skip(1).step_by(2).map(scheduled).collect::<Vec<_>>()).await;
    let mut swept = 0;
    let mut calls = 0;
    loop {
        calls += 1;
        let first = env.store().purge(&wish).await.unwrap();
        // The answer was lost.
        let again = env.store().purge(&wish).await.unwrap();
        swept += first.tasks + again.tasks;
        // And now and then the process that walks.
        let is_over = again.next.is_none();
        wish.sweep.after = again.next.filter(|_| calls % 5 != 0);
        if is_over {
            break;
        }
        assert!(calls < 100, "no end");
    }
    assert_eq!(swept, 150 + 300);
    assert_eq!(with_status(&env, 0..300, Status::Scheduled).await.len(), 150);
    // A cursor of something else begins anew.
    wish.sweep.after = Some(Cursor::Own(b"other".to_vec()));
    assert_eq!(all(env.store(), wish).await.iter().sum::<usize>(), 0);
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_thousand_tasks_are_purged_quickly() {
    const TASKS: u64 = 200_000;
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    for from in (0..TASKS).step_by(MAX_BATCH) {
        submit(&env, &tasks(from..from + MAX_BATCH as u64)).await;
    }
    let rehearsal = Purge { sweep: Sweep { rehearsal: true, ..purge(&env, MAX_BATCH).sweep }, ..purge(&env, 1) };
    let counted = all(env.store(), rehearsal).await;
    assert_eq!(counted.iter().sum::<usize>() as u64, TASKS);
    assert!(counted.len() <= 41, "{} calls", counted.len());
    let began = Instant::now();
    let slices = all(env.store(), purge(&env, MAX_BATCH)).await;
    let took = began.elapsed();
    assert_eq!(slices.iter().sum::<usize>() as u64, TASKS);
    assert!(slices.len() <= 402, "{} calls", slices.len());
    println!("{TASKS} tasks were purged in {took:?}");
    assert!(took < 60 * SECOND, "{took:?}, also on a busy machine");
    assert_eq!(server.server.command(&["KEYS", "jobbers:{0}:lane*"]), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_store_can_be_purged() {
    let server = OwnServer::start(&["--save", "", "--maxmemory", "4mb", "--maxmemory-policy", "noeviction"]);
    let env = server.environment().await;
    submit(&env, &[task_after(60, 1), task_after(70, 2)]).await;
    let (accepted, _): (Vec<TaskId>, _) = super::memory::fill(env.store()).await;
    let swept: usize = all(env.store(), purge(&env, 200)).await.iter().sum();
    assert_eq!(swept, accepted.len() + 2);
    audit::check(&server);
    let mut worker = Worker::start(env.store(), 1).await;
    assert!(worker.claim(1).await.is_empty());
}
