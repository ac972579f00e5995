//! Where a waiting task stands, also in lanes that are long, or have dead entries.

use jobbers_conformance::sample::{alpha, beta, failed_expectedly, id, task, task_after, task_in, task_of, tasks};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_conformance::{Environment, Worker};
use jobbers_core::model::NewTask;
use jobbers_core::store::{Ahead, MAX_BATCH, Standing};

use super::OwnServer;

async fn standing(env: &Environment, n: u64) -> Option<Standing> {
    env.store().standing(id(n), None).await.unwrap()
}

async fn ahead(env: &Environment, n: u64) -> Ahead {
    standing(env, n).await.expect("it waits").ahead
}

async fn submit(env: &Environment, numbers: std::ops::Range<u64>) {
    for some in tasks(numbers).chunks(MAX_BATCH) {
        env.store().submit(some).await.unwrap();
    }
}

async fn cancel(env: &Environment, numbers: impl Iterator<Item = u64>) {
    let ids: Vec<_> = numbers.map(id).collect();
    for some in ids.chunks(MAX_BATCH) {
        env.store().cancel_all(some).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_stands_behind_what_comes_first_in_its_lane_and_queue() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    submit(&env, 0..10).await;
    let urgent = (10..13).map(|n| NewTask { priority: 1, ..task(n) });
    let others = (13..15).map(|n| task_of(beta(), n)).chain([task_in("other", 15), task_after(9, 16)]);
    let late = [NewTask { priority: 7, ..task_of(beta(), 17) }];
    store.submit(&urgent.chain(others).chain(late).collect::<Vec<_>>()).await.unwrap();
    let mut worker = Worker::consuming(store, 1, &["default", "other"], &[alpha()]).await;
    worker.queues[1].free = 1;
    // The three urgent ones, two more, and the one of the other queue.
    let attempts = worker.claim(6).await;
    assert_eq!(attempts.len(), 6);
    let expected = Standing {
        ahead: Ahead::Exactly(7),
        of_better_priority: 0,
        types_in_turn: 2,
        running_in_queue: 5,
        running_of_type: 6,
        allowance: None,
    };
    assert_eq!(standing(&env, 9).await, Some(expected));
    let of_beta = Standing { ahead: Ahead::Exactly(1), running_of_type: 0, ..expected };
    assert_eq!(standing(&env, 14).await, Some(of_beta));
    let behind = Standing { ahead: Ahead::Exactly(0), of_better_priority: 10, types_in_turn: 1, ..of_beta };
    assert_eq!(standing(&env, 17).await, Some(behind));
    for n in [0, 10, 15, 16, 99] {
        assert_eq!(standing(&env, n).await, None, "{n} does not wait");
    }
    // One that is tried again is last.
    let again = attempts.iter().find(|attempt| attempt.id == id(0)).unwrap();
    worker.finish(again, failed_expectedly("busy")).await;
    assert_eq!((ahead(&env, 0).await, ahead(&env, 2).await), (Ahead::Exactly(8), Ahead::Exactly(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_entries_do_not_count_and_long_lanes_are_estimated() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    submit(&env, 0..20_000).await;
    assert_eq!(ahead(&env, 999).await, Ahead::Exactly(999));
    assert_eq!(ahead(&env, 1_000).await, Ahead::About(1_000));
    let about = |n| {
        let env = &env;
        async move {
            let Ahead::About(tasks) = ahead(env, n).await else { panic!("{n} is not among the first") };
            assert!(tasks.abs_diff(n) <= n / 20, "{tasks} before {n}");
        }
    };
    for n in [1_001, 4_999, 5_000, 12_345, 19_999] {
        about(n).await;
    }
    // Of the first 3,000 only every third one is left, and the first entries are dead.
    cancel(&env, (0..3_000).filter(|n| n % 3 != 0 || *n < 60)).await;
    assert_eq!(ahead(&env, 60).await, Ahead::Exactly(0));
    assert_eq!(ahead(&env, 2_999 / 3 * 3).await, Ahead::Exactly(999 - 20));
    assert_eq!(ahead(&env, 3_020).await, Ahead::About(1_000));
    assert_eq!(ahead(&env, 3_019).await, Ahead::Exactly(999));
    let Ahead::About(tasks) = ahead(&env, 12_000).await else { panic!("it is not among the first") };
    let exactly = 12_000 - 2_000 - 20;
    assert!(tasks.abs_diff(exactly) <= 1_200, "{tasks} before it, not {exactly}");
}
