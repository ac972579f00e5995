use std::collections::BTreeMap;

use jobbers_core::model::{DeadLetter, EndKind, OnShutdown, Status, Task};
use jobbers_core::store::{Filter, List, Order};
use jobbers_worker::WorkerEnd;

use super::Kind;
use super::tasks::sample;
use crate::place::{Place, last_error, settings};

async fn run(kind: Kind, name: &str, parameters: &'static str) -> Task {
    Place::run(sample(kind).module, name, parameters).await
}

pub async fn a_result_is_what_the_task_gave(kind: Kind) {
    let task = run(kind, "echo", r#"{"n":42}"#).await;
    assert_eq!((task.status, task.result.as_deref()), (Status::Completed, Some(&br#"{"n":42}"#[..])), "{task:?}");
}

pub async fn an_error_that_nobody_expects_fails_the_task_at_once(kind: Kind) {
    let task = run(kind, "fails", "{}").await;
    assert_eq!((task.status, task.failures, task.attempt), (Status::Failed, 1, 1));
    let (error, error_type) = last_error(&task);
    let expected = match kind {
        Kind::Native => ("no line", "NoLine"),
        Kind::Command => ("exit code 3: no line", "ExitCode(3)"),
        Kind::Python => ("no line", "tasks.NoLine"),
    };
    assert_eq!((error, error_type), expected);
}

pub async fn an_expected_error_is_tried_again_while_retries_are_left(kind: Kind) {
    let task = run(kind, "flaky", "{}").await;
    assert_eq!((task.status, task.failures, task.attempts.len()), (Status::Failed, 2, 2));
}

pub async fn a_timeout_ends_the_attempt(kind: Kind) {
    let task = run(kind, "slow", "{}").await;
    assert_eq!((task.status, last_error(&task)), (Status::Failed, ("timed out after 0.3 s", "TimedOut")));
    assert_eq!(task.attempts[0].detail.kind, EndKind::TimedOut);
}

pub async fn a_cancelled_task_stops(kind: Kind) {
    let (place, sample) = (Place::sqlite().await, sample(kind));
    let worker = place.work(sample.module, settings());
    let id = place.submit("waits", "{}").await;
    place.until(id, |task| task.status == Status::Started).await;
    place.stores.tasks.cancel(id).await.unwrap();
    let task = place.ended(id).await;
    assert_eq!((task.status, task.attempts[0].detail.kind), (Status::Cancelled, EndKind::Cancelled));
    assert!(matches!(worker.stop().await, WorkerEnd::Stopped(_)));
}

pub async fn heartbeats_and_progress_are_seen_while_it_runs(kind: Kind) {
    let (place, sample) = (Place::sqlite().await, sample(kind));
    let worker = place.work(sample.module, settings());
    let id = place.submit("tells", "{}").await;
    let task = place.until(id, |task| task.progress.is_some()).await;
    let progress = task.progress.unwrap();
    assert_eq!((progress.percent, progress.message.as_deref()), (40.0, Some("page 4 of 10")));
    assert!(task.heartbeat_at.is_some());
    worker.stop().await;
}

pub async fn at_shutdown_each_task_ends_as_its_policy_says(kind: Kind) {
    let (place, sample) = (Place::sqlite().await, sample(kind));
    let worker = place.work(sample.module, settings());
    let mut ids = Vec::new();
    for name in ["waits", "again", "lasts"] {
        let id = place.submit(name, "{}").await;
        place.until(id, |task| task.status == Status::Started).await;
        ids.push(id);
    }
    assert!(matches!(worker.stop().await, WorkerEnd::Stopped(_)));
    assert_eq!(place.get(ids[0]).await.status, Status::Stalled);
    let again = place.get(ids[1]).await;
    assert_eq!((again.status, again.failures, again.lost), (Status::Submitted, 0, 0));
    let lasts = place.get(ids[2]).await;
    assert_eq!((lasts.status, lasts.result.as_deref()), (Status::Completed, Some(&b"7"[..])));
}

pub async fn a_result_that_is_too_large_fails_the_task_and_names_its_size(kind: Kind) {
    let task = run(kind, "large", "{}").await;
    // Quoted, where it was made JSON.
    let bytes = if matches!(kind, Kind::Command) { 2_000_000 } else { 2_000_002 };
    let text = format!("the result has {bytes} bytes; MAX_RESULT allows 1048576");
    assert_eq!((task.status, last_error(&task)), (Status::Failed, (text.as_str(), "ResultTooLarge")));
}

pub async fn what_failed_for_good_is_a_dead_letter_if_it_is_to_be_kept(kind: Kind) {
    let (place, sample) = (Place::sqlite().await, sample(kind));
    let worker = place.work(sample.module, settings());
    let (saved, other) = (place.submit("saved", "{}").await, place.submit("fails", "{}").await);
    place.ended(saved).await;
    place.ended(other).await;
    let list =
        List { filter: Filter { dead: true, ..Filter::default() }, order: Order::NewestFirst, after: None, limit: 10 };
    let letters: Vec<_> = place.stores.tasks.list(&list).await.unwrap().entries.iter().map(|entry| entry.id).collect();
    assert_eq!(letters, [saved]);
    worker.stop().await;
}

pub async fn no_more_of_a_type_run_at_once_than_it_allows(kind: Kind) {
    let (place, sample) = (Place::sqlite().await, sample(kind));
    let worker = place.work(sample.module, settings());
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(place.submit("two", "{}").await);
    }
    // Behind them; when it has run, they have had their chance.
    place.until(ids[1], |task| task.status == Status::Started).await;
    let behind = place.submit("echo", r#"{"n":1}"#).await;
    place.ended(behind).await;
    assert_eq!(place.get(ids[2]).await.status, Status::Submitted);
    place.stores.tasks.cancel(ids[0]).await.unwrap();
    place.until(ids[2], |task| task.status == Status::Started).await;
    worker.stop().await;
}

pub async fn the_catalogue_has_policies_and_schemas(kind: Kind) {
    let started = sample(kind).module.start(&settings()).await.unwrap();
    let types: BTreeMap<String, _> =
        started.registrations().into_iter().map(|one| (one.task_type.name.clone(), one)).collect();
    assert_eq!(types.len(), 11);
    let schema = types["echo"].parameters_schema.as_ref().unwrap();
    assert_eq!((&schema["required"][0], &schema["properties"]["n"]["type"]), (&"n".into(), &"integer".into()));
    assert_eq!((types["saved"].queue.as_str(), types["saved"].policy.dead_letter), ("letters", DeadLetter::Save));
    assert_eq!(types["again"].policy.on_shutdown, OnShutdown::Resubmit);
    assert_eq!(types["two"].policy.max_concurrent, Some(2));
    assert_eq!(types["echo"].policy.max_concurrent, Some(1));
    assert_eq!(types["slow"].policy.timeout.map(|timeout| timeout.as_millis()), Some(300));
}
