//! Queues that are emptied while the manager that does it dies.

use std::time::Duration;

use jobbers_e2e::fault::journal::Journal;
use jobbers_e2e::fault::tally::Tally;
use jobbers_e2e::operator::recorded;
use jobbers_e2e::{Api, Crowd, Installation, Program, eventually};
use reqwest::Method;
use serde_json::json;

super::on_both_stores! {
    a_purge_whose_manager_is_killed_goes_on,
    a_forced_deletion_whose_manager_is_killed_goes_on,
}

super::on_postgres! {
    a_forced_deletion_whose_manager_is_killed_goes_on,
}

const SOON: Duration = Duration::from_secs(30);
/// Cancelling this many on a busy machine, from the death of the manager on.
const LONG: Duration = Duration::from_secs(150);

/// Asks a manager for something that takes long, and kills it as soon as a part is done.
async fn killed_in_the_middle(jobbers: &Installation, mut manager: Program, api: Api, method: Method, path: &str) {
    let path = path.to_owned();
    let asked = tokio::spawn(async move { api.send(method, &path, None).await.is_ok() });
    eventually("some are cancelled", SOON, async || (Tally::of(jobbers).await.count("cancelled") > 0).then_some(()))
        .await;
    manager.kill();
    assert!(!asked.await.unwrap(), "it was answered before the manager was killed");
}

async fn a_purge_whose_manager_is_killed_goes_on(jobbers: Installation) {
    const TASKS: usize = 200_000;
    let (_manager, api) = jobbers.ready_manager().await;
    let (doomed, doomed_api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let _worker = jobbers.worker(&[]);
    api.knows("recorded_task").await;
    let journal = Journal::at(&jobbers.path("journal"));
    api.create_queue("bulk", json!({"max_concurrent": null})).await;
    api.fill("bulk", "recorded_task", &recorded(journal.path(), 0.05), TASKS).await;
    api.give("default", &["default", "bulk"]).await;
    eventually("some run", SOON, async || (Crowd::of(&journal.read()).started.len() > 20).then_some(())).await;
    killed_in_the_middle(&jobbers, doomed, doomed_api, Method::POST, "/queues/bulk/purge").await;
    let tally = Tally::of(&jobbers).await;
    let left = TASKS as i64 - tally.count("cancelled") - tally.count("completed");
    assert!(left > 1_000, "only {left} were left: nothing was interrupted");
    // What comes after the wish is not purged.
    let late = api.submit_to("bulk", "recorded_task", recorded(journal.path(), 0.0)).await;
    eventually("all have ended", LONG, async || {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let tally = Tally::of(&jobbers).await;
        (tally.count("cancelled") + tally.count("completed") == TASKS as i64 + 1).then_some(())
    })
    .await;
    assert_eq!(api.task(&late).await["status"], "completed");
    let tally = Tally::of(&jobbers).await;
    assert!(tally.count("cancelled") > TASKS as i64 / 2, "{tally:?}");
    let started = Crowd::of(&journal.read()).started;
    assert_eq!(started.len() as i64, tally.count("completed"), "what ran is completed, what is cancelled never ran");
    let running = api.listed("queue=bulk&status=started").await;
    assert_eq!(running.len(), 0);
}

async fn a_forced_deletion_whose_manager_is_killed_goes_on(jobbers: Installation) {
    const TASKS: usize = 100_000;
    let (_manager, api) = jobbers.ready_manager().await;
    let (doomed, doomed_api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let _worker = jobbers.worker(&[]);
    api.knows("recorded_task").await;
    let journal = Journal::at(&jobbers.path("journal"));
    api.create_queue("bulk", json!({"max_concurrent": null})).await;
    api.fill("bulk", "recorded_task", &recorded(journal.path(), 600.0), TASKS).await;
    api.give("default", &["default", "bulk"]).await;
    eventually("ten run", SOON, async || (Crowd::of(&journal.read()).started.len() == 10).then_some(())).await;
    killed_in_the_middle(&jobbers, doomed, doomed_api, Method::DELETE, "/queues/bulk?force=true").await;
    let left = TASKS as i64 - Tally::of(&jobbers).await.count("cancelled");
    assert!(left > 1_000, "only {left} were left: nothing was interrupted");
    eventually("all are cancelled", LONG, async || {
        tokio::time::sleep(Duration::from_millis(200)).await;
        (Tally::of(&jobbers).await.count("cancelled") == TASKS as i64).then_some(())
    })
    .await;
    assert_eq!(Crowd::of(&journal.read()).started.len(), 10, "nothing more began");
    assert_eq!(Crowd::running_in(&journal.read()), [0_u32; 0], "what ran was stopped");
    let (_, queues) = api.call(Method::GET, "/queues", None).await;
    assert_eq!(queues, json!({"queues": ["default"]}));
}
