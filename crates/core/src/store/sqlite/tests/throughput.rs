use std::time::Instant;

use super::bed::{Worker, completed, finish, limited, task};
use crate::model::{NewTask, Period, RateLimit};
use crate::store::sqlite::{Clock, SqliteStore};
use crate::store::{Claim, TaskStore as _};

/// Prints a measurement; what it asserts is that every task is done exactly once.
#[tokio::test]
async fn a_worker_drains_the_store_in_turns_of_a_hundred() {
    const TASKS: u128 = if cfg!(debug_assertions) { 2_000 } else { 50_000 };
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("jobbers.db"), Clock::System).await.unwrap();
    let begun = Instant::now();
    for batch in 0..TASKS / 500 {
        let tasks: Vec<NewTask> = (batch * 500..(batch + 1) * 500).map(task).collect();
        store.submit(&tasks).await.unwrap();
    }
    let rate = |begun: Instant| f64::from(u32::try_from(TASKS).unwrap()) / begun.elapsed().as_secs_f64();
    println!("submit in batches of 500: {:.0} tasks/s", rate(begun));
    let begun = Instant::now();
    let mut worker = Worker::new(&store, 1);
    let mut claimed = worker.claim(100).await;
    let mut done = 0;
    while !claimed.is_empty() {
        done += claimed.len();
        let ends = claimed.iter().map(|task| finish(task, completed())).collect();
        let claim = worker.claim_of(100);
        claimed = worker.turn(ends, Some(claim)).await.claimed;
    }
    println!("claim and finish in turns of 100: {:.0} tasks/s", rate(begun));
    assert_eq!(done as u128, TASKS);
}

/// Limits over all workers are counted in the claim. Prints what that costs.
#[tokio::test]
async fn limits_over_all_workers_cost_little() {
    const TURNS: u32 = if cfg!(debug_assertions) { 20 } else { 1_000 };
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("jobbers.db"), Clock::System).await.unwrap();
    let rate = Some(RateLimit { numerator: u32::MAX, denominator: 1, period: Period::Second });
    let mut worker = Worker::new(&store, 1);
    let mut next = 0;
    for tasks in [1, 10, 100] {
        let mut rates = [0.0_f64; 2];
        for round in 0..4 {
            for number in 0..u128::from(TURNS * tasks).div_ceil(500) {
                store
                    .submit(&(next..next + 500).map(|first| task(number * 1_000_000 + first)).collect::<Vec<_>>())
                    .await
                    .unwrap();
            }
            next += 500;
            let queue = if round % 2 == 0 { limited(None, None) } else { limited(Some(1_000), rate) };
            let mut ends = Vec::new();
            let begun = Instant::now();
            for _ in 0..TURNS {
                let claim = Claim { queues: vec![queue.clone()], ..worker.claim_of(tasks) };
                let claimed = worker.turn(ends, Some(claim)).await.claimed;
                assert_eq!(claimed.len(), tasks as usize);
                ends = claimed.iter().map(|task| finish(task, completed())).collect();
            }
            let seconds = begun.elapsed().as_secs_f64();
            worker.turn(ends, None).await;
            rates[round % 2] = rates[round % 2].max(f64::from(TURNS * tasks) / seconds);
        }
        println!("turns of {tasks}: {:.0} tasks/s, {:.0} with a total and a rate", rates[0], rates[1]);
    }
}

/// Two processes that are both busy: neither starves the other. Prints a measurement.
#[tokio::test]
async fn two_busy_processes_share_the_store() {
    const TASKS: u128 = if cfg!(debug_assertions) { 1_000 } else { 10_000 };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobbers.db");
    let stores = [
        SqliteStore::open(&path, Clock::System).await.unwrap(),
        SqliteStore::open(&path, Clock::System).await.unwrap(),
    ];
    let tasks: Vec<NewTask> = (0..TASKS).map(task).collect();
    for batch in tasks.chunks(500) {
        stores[0].submit(batch).await.unwrap();
    }
    let begun = Instant::now();
    let drain = async |store: &SqliteStore, number: u8| {
        let mut worker = Worker::new(store, number);
        let mut claimed = worker.claim(10).await;
        let mut done = 0;
        while !claimed.is_empty() {
            done += claimed.len();
            let ends = claimed.iter().map(|task| finish(task, completed())).collect();
            let claim = worker.claim_of(10);
            claimed = worker.turn(ends, Some(claim)).await.claimed;
        }
        done
    };
    let (one, two) = tokio::join!(drain(&stores[0], 1), drain(&stores[1], 2));
    let rate = f64::from(u32::try_from(TASKS).unwrap()) / begun.elapsed().as_secs_f64();
    println!("two processes in turns of 10: {rate:.0} tasks/s, {one} and {two} each");
    assert_eq!((one + two) as u128, TASKS);
    assert!(one > 0 && two > 0, "{one} and {two}");
}
