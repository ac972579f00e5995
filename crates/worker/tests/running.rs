//! What happens to tasks while they run.

use std::time::{Duration, Instant};

use jobbers_core::model::{EndKind, Status};
use jobbers_core::store::CancelOutcome;
use jobbers_worker::{TaskContext, Tasks, WorkerEnd, WorkerSettings, demo, task};

use crate::place::{Place, last_error, settings};

#[tokio::test]
async fn a_cancelled_task_stops_at_once_whether_it_awaits_or_computes() {
    let place = Place::sqlite().await;
    let worker = place.work(demo::tasks(), settings());
    for name in ["slow_task", "busy_task"] {
        let id = place.submit(name, r#"{"seconds":3600}"#).await;
        place.until(id, |task| task.status == Status::Started).await;
        let outcome = place.stores.tasks.cancel(id).await.unwrap();
        assert!(matches!(outcome, CancelOutcome::Requested { .. }), "{outcome:?}");
        let asked = Instant::now();
        let task = place.ended(id).await;
        assert_eq!(task.status, Status::Cancelled, "{name}");
        assert_eq!(task.attempts.last().unwrap().detail.kind, EndKind::Cancelled);
        // By the signal, not by the next regular renewal after 3.3 s.
        assert!(asked.elapsed() < Duration::from_secs(3), "{name}: {:?}", asked.elapsed());
    }
    worker.stop().await;
}

#[task(version = 1)]
async fn tells() -> Result<(), String> {
    std::future::pending().await
}

#[task(version = 1)]
async fn reports_progress(task: TaskContext) -> Result<(), String> {
    task.progress(40.0, "page 4 of 10");
    task.cancelled().await;
    Err("stopped".to_owned())
}

#[tokio::test]
async fn progress_is_seen_while_the_task_runs() {
    let place = Place::sqlite().await;
    let worker = place.work(Tasks::new().register(reports_progress).register(tells), settings());
    let (id, silent) = (place.submit("reports_progress", "{}").await, place.submit("tells", "{}").await);
    let task = place.until(id, |task| task.progress.is_some()).await;
    assert_eq!(task.progress.unwrap().message.as_deref(), Some("page 4 of 10"));
    assert!(task.heartbeat_at.is_some());
    assert_eq!(place.get(silent).await.heartbeat_at, None);
    worker.stop().await;
}

#[task(version = 1, timeout = 0.2, max_retries = 1)]
async fn too_slow() -> Result<(), String> {
    std::future::pending().await
}

#[tokio::test]
async fn a_timeout_counts_as_an_expected_error() {
    let task = Place::run(Tasks::new().register(too_slow), "too_slow", "{}").await;
    assert_eq!((task.status, task.attempt), (Status::Failed, 2));
    assert_eq!(last_error(&task), ("timed out after 0.2 s", "TimedOut"));
    assert_eq!(task.attempts[1].detail.kind, EndKind::TimedOut);
}

/// Asynchronous, and blocks its thread all the same.
#[task(version = 1, max_concurrent = "none", timeout = 0.1, cancel_grace = 0.2)]
async fn blocks(task: TaskContext) -> Result<(), String> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(3600) && task.attempt() < 2 {
        std::thread::park_timeout(Duration::from_millis(50));
        // Until the test has seen what it came for.
        if RELEASED.load(std::sync::atomic::Ordering::SeqCst) {
            break;
        }
    }
    Ok(())
}

static RELEASED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

#[tokio::test]
async fn handlers_that_block_every_thread_do_not_block_their_worker() {
    let place = Place::sqlite().await;
    let threads = std::thread::available_parallelism().unwrap().get();
    let slots = u32::try_from(threads).unwrap() * 2;
    let settings = WorkerSettings { worker_concurrent_tasks: slots, ..settings() };
    let worker = place.work(Tasks::new().register(blocks), settings);
    let mut ids = Vec::new();
    for _ in 0..threads {
        ids.push(place.submit("blocks", "{}").await);
    }
    let WorkerEnd::Stuck { handlers, .. } = worker.end().await else { panic!("the worker is not stuck") };
    assert_eq!(handlers, threads);
    assert_eq!(WorkerEnd::Stuck { counts: Default::default(), handlers }.exit_code(), 1);
    for id in ids {
        let task = place.get(id).await;
        assert_eq!((task.status, task.attempt), (Status::Started, 1), "kept until its lease is over");
    }
    RELEASED.store(true, std::sync::atomic::Ordering::SeqCst);
}

#[tokio::test]
async fn a_worker_appears_among_the_living_and_disappears_when_it_stops() {
    let place = Place::sqlite().await;
    let worker = place.work(demo::tasks(), settings());
    let id = place.submit("noop", "{}").await;
    place.ended(id).await;
    let live = crate::place::within(crate::place::PATIENCE, async {
        loop {
            let live = place.stores.tasks.live().await.unwrap();
            if live.iter().any(|live| live.process.queues == ["default"]) {
                return live;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!((live.len(), live[0].process.slots, live[0].process.types.len()), (1, 5, 11));
    worker.stop().await;
    assert!(place.stores.tasks.live().await.unwrap().is_empty());
}

#[tokio::test]
async fn many_tasks_run_once_each() {
    let place = Place::sqlite().await;
    let mut ids = Vec::new();
    for _ in 0..300 {
        ids.push(place.submit("noop", "{}").await);
    }
    let workers = [place.work(demo::tasks(), settings()), place.work(demo::tasks(), settings())];
    for id in ids {
        let task = place.ended(id).await;
        assert_eq!((task.status, task.attempt), (Status::Completed, 1));
    }
    let mut completed = 0;
    for worker in workers {
        let WorkerEnd::Stopped(counts) = worker.stop().await else { panic!("not stopped in good order") };
        completed += counts.completed;
    }
    assert_eq!(completed, 300);
}
