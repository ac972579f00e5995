//! Several tasks at once.

use bytes::Bytes;
use jobbers_core::lifecycle::Outcome;
use jobbers_core::model::{NewTask, TaskId};
use jobbers_core::store::MAX_LISTED;

use super::{get, submit, submit_all};
use crate::Environment;
use crate::life::Guide;
use crate::sample::{id, task, tasks};
use crate::worker::Worker;

const PLENTY: usize = 100_000_000;

pub async fn tasks_come_whole_and_in_the_order_of_their_ids(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    let all = guide.bring_all().await;
    let mut ids: Vec<TaskId> = all.iter().rev().map(|(id, _)| *id).collect();
    ids.insert(3, id(99));
    ids.push(id(1));
    ids.push(id(98));
    let tasks = env.store().tasks(&ids, PLENTY).await.expect("tasks");
    assert_eq!(tasks.len(), ids.len());
    for (id, task) in ids.iter().zip(tasks) {
        assert_eq!(task, env.store().get(*id).await.expect("get"), "{id}");
    }
    assert!(env.store().tasks(&[], PLENTY).await.expect("tasks").is_empty());
}

pub async fn as_many_tasks_come_as_a_page_has(env: &Environment) {
    submit_all(env.store(), &tasks(0..1_000)).await;
    let ids: Vec<_> = (0..1_000).rev().map(id).collect();
    assert_eq!(ids.len(), MAX_LISTED);
    let tasks = env.store().tasks(&ids, PLENTY).await.expect("tasks");
    let found: Vec<_> = tasks.into_iter().flatten().map(|task| task.id).collect();
    assert_eq!(found, ids);
}

/// A task with that many bytes of parameters.
fn heavy(n: u64, bytes: usize) -> NewTask {
    NewTask { parameters: Bytes::from(format!("\"{}\"", "x".repeat(bytes - 2))), ..task(n) }
}

pub async fn large_tasks_come_in_parts(env: &Environment) {
    for n in 0..10 {
        submit(env.store(), heavy(n, 10_000)).await;
    }
    let ids: Vec<_> = (0..10).map(id).collect();
    for (most, expected) in [(35_000, 3), (30_000, 3), (29_999, 2), (100_000, 10), (1, 1), (0, 1)] {
        let tasks = env.store().tasks(&ids, most).await.expect("tasks");
        let found: Vec<_> = tasks.into_iter().flatten().map(|task| task.id).collect();
        assert_eq!(found, ids[..expected], "at most {most} bytes");
    }
    // One alone is answered however large it is.
    submit(env.store(), heavy(50, 1_000_000)).await;
    let tasks = env.store().tasks(&[id(50), id(1)], 1_000).await.expect("tasks");
    assert_eq!(tasks, [Some(get(env.store(), id(50)).await)]);
}

pub async fn results_weigh_as_parameters_do(env: &Environment) {
    let result = Bytes::from(format!("\"{}\"", "y".repeat(10_000)));
    submit_all(env.store(), &tasks(0..4)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    for attempt in worker.claim(4).await {
        worker.finish(&attempt, Outcome::Completed(result.clone())).await;
    }
    let ids: Vec<_> = (0..4).map(id).collect();
    let tasks = env.store().tasks(&ids, 3 * result.len()).await.expect("tasks");
    assert_eq!(tasks.len(), 2, "with their parameters, three are more");
    let tasks = env.store().tasks(&ids, 5 * result.len()).await.expect("tasks");
    assert_eq!(tasks.len(), 4);
}

pub async fn metadata_weigh_as_parameters_do(env: &Environment) {
    let metadata = Bytes::from(format!("{{\"note\":\"{}\"}}", "z".repeat(10_000)));
    for n in 0..4 {
        submit(env.store(), NewTask { metadata: Some(metadata.clone()), ..task(n) }).await;
    }
    let ids: Vec<_> = (0..4).map(id).collect();
    let tasks = env.store().tasks(&ids, 25_000).await.expect("tasks");
    assert_eq!(tasks.len(), 2);
    let tasks = env.store().tasks(&ids, 60_000).await.expect("tasks");
    assert_eq!(tasks.len(), 4);
}

pub async fn unknown_tasks_weigh_nothing(env: &Environment) {
    submit(env.store(), heavy(1, 1_000)).await;
    submit(env.store(), heavy(2, 1_000)).await;
    let tasks = env.store().tasks(&[id(90), id(1), id(91), id(2)], 2_000).await.expect("tasks");
    let found: Vec<_> = tasks.iter().map(|task| task.as_ref().map(|task| task.id)).collect();
    assert_eq!(found, [None, Some(id(1)), None, Some(id(2))]);
}
