//! A worker dies, or only seems to.

use std::time::{Duration, Instant};

use jobbers_conformance::server::Signal;
use jobbers_e2e::installation::LEASE;
use jobbers_e2e::trace::Trace;
use jobbers_e2e::{Installation, eventually};
use serde_json::json;

super::on_both_stores! {
    a_task_of_a_killed_worker_runs_again_on_another,
    a_frozen_worker_cannot_finish_what_was_taken_away,
}

const SOON: Duration = Duration::from_secs(30);

async fn a_task_of_a_killed_worker_runs_again_on_another(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let mut first = jobbers.worker(&[]);
    api.knows("traced_task").await;
    let file = jobbers.path("trace");
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(api.submit("traced_task", json!({"file": file, "seconds": 3})).await);
    }
    eventually("all three run", SOON, async || (Trace::read(&file).tasks() == 3).then_some(())).await;
    let _second = jobbers.worker(&[]);
    first.kill();
    let killed = Instant::now();
    eventually("all three run again", SOON, async || {
        let trace = Trace::read(&file);
        ids.iter().all(|id| trace.starts(id) == [1, 2]).then_some(())
    })
    .await;
    let took = killed.elapsed();
    assert!(took < Duration::from_secs_f64(LEASE + 5.0), "they run again within lease + 5 s, not after {took:?}");
    for id in &ids {
        let task = api.reaches(id, "completed").await;
        assert_eq!((&task["attempt"], &task["lost"]), (&json!(2), &json!(1)));
        assert_eq!(task["result"], json!({"attempt": 2}));
        assert_eq!(Trace::read(&file).ends(id), [2], "the first attempt never came to its end");
    }
}

async fn a_frozen_worker_cannot_finish_what_was_taken_away(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let mut frozen = jobbers.worker(&[]);
    api.knows("traced_task").await;
    let file = jobbers.path("trace");
    let id = api.submit("traced_task", json!({"file": file, "seconds": 3})).await;
    eventually("it runs", SOON, async || (Trace::read(&file).starts(&id) == [1]).then_some(())).await;
    frozen.signal(Signal::Stop);
    let second = jobbers.worker(&[]);
    eventually("it runs again", SOON, async || (Trace::read(&file).starts(&id) == [1, 2]).then_some(())).await;
    // Awake again, the first finds its time over at once, long before the second is done.
    frozen.signal(Signal::Cont);
    let task = api.reaches(&id, "completed").await;
    assert_eq!((&task["result"], &task["attempt"]), (&json!({"attempt": 2}), &json!(2)));
    // It lives and goes on with other tasks.
    assert!(frozen.has_ended().is_none());
    drop(second);
    let next = api.submit("traced_task", json!({"file": file})).await;
    api.reaches(&next, "completed").await;
    let task = api.task(&id).await;
    assert_eq!((&task["result"], &task["status"]), (&json!({"attempt": 2}), &json!("completed")));
}
