//! A Redis that goes away in the middle of the work.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jobbers_conformance::server::redis::{RedisServer, WITH_AOF};
use jobbers_core::model::Status;
use jobbers_worker::{Data, Tasks, WorkerEnd, task};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::place::{PATIENCE, Place, settings, within};

struct Gate {
    begun: AtomicUsize,
    ended: AtomicUsize,
    open: Semaphore,
}

#[task(version = 1, max_concurrent = "none")]
async fn waits_at_the_gate(Data(gate): Data<Arc<Gate>>) -> Result<usize, String> {
    gate.begun.fetch_add(1, Ordering::SeqCst);
    gate.open.acquire().await.map_err(|error| error.to_string())?.forget();
    Ok(gate.ended.fetch_add(1, Ordering::SeqCst))
}

async fn until(condition: impl Fn() -> bool) {
    within(PATIENCE, async {
        while !condition() {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn results_are_kept_while_redis_is_away_and_delivered_when_it_is_back() {
    let mut server = RedisServer::start(&WITH_AOF);
    let place = Place::redis(&server).await;
    let gate = Arc::new(Gate { begun: AtomicUsize::new(0), ended: AtomicUsize::new(0), open: Semaphore::new(0) });
    let tasks = Tasks::new().data(Arc::clone(&gate)).register(waits_at_the_gate);
    let worker = place.work(tasks, settings());
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(place.submit("waits_at_the_gate", "{}").await);
    }
    until(|| gate.begun.load(Ordering::SeqCst) == 3).await;
    server.kill();
    gate.open.add_permits(3);
    until(|| gate.ended.load(Ordering::SeqCst) == 3).await;
    server.start_again();
    for id in ids {
        let task = within(PATIENCE, async {
            loop {
                // The client's connection has to come back, too.
                if let Ok(Some(task)) = place.stores.tasks.get(id).await
                    && task.status.is_ended()
                {
                    return task;
                }
                sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        assert_eq!((task.status, task.attempt), (Status::Completed, 1));
    }
    let WorkerEnd::Stopped(counts) = worker.stop().await else { panic!("not stopped in good order") };
    assert_eq!((counts.completed, counts.lost), (3, 0));
}
