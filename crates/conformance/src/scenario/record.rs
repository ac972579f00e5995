//! What `get` shows, in each status; contents come back byte for byte.

use std::time::Duration;

use bytes::Bytes;
use jobbers_core::model::{EndKind, NewTask, Policy, Progress, Status, Task, TaskType, When};

use super::{get, status, submit};
use crate::Environment;
use crate::oracle::differences;
use crate::sample::{
    alpha, completed, confirmed_cancelled, end, failed, failed_for_later, id, stopped, task, task_after, task_of,
};
use crate::worker::Worker;

/// Asserts that a task is shown so, and that another process sees the same.
async fn assert_shown(env: &Environment, expected: &Task) {
    for store in [env.store(), &env.other().await] {
        let actual = get(store, expected.id).await;
        let lines = differences(expected, &actual);
        assert!(lines.is_empty(), "a {} task is shown with\n{}", expected.status, lines.join("\n"));
    }
}

fn new_task() -> NewTask {
    NewTask {
        priority: 2,
        queue: "reports".to_owned(),
        metadata: Some(Bytes::from_static(br#"{"by":"me"}"#)),
        trace_id: Some("4bf92f3577b34da6a3ce929d0e0e4736".to_owned()),
        ..task(1)
    }
}

/// What is shown of it right after it was submitted.
fn shown(env: &Environment) -> Task {
    let new = new_task();
    Task {
        id: new.id,
        task_type: new.task_type,
        queue: new.queue,
        status: Status::Submitted,
        priority: new.priority,
        parameters: new.parameters,
        metadata: new.metadata,
        trace_id: new.trace_id,
        result: None,
        attempt: 0,
        failures: 0,
        lost: 0,
        attempts: Vec::new(),
        policy: None,
        progress: None,
        submitted_at: env.now(),
        run_at: None,
        expires_at: new.expires_at,
        started_at: None,
        heartbeat_at: None,
        waiting_since: Some(env.now()),
        ended_at: None,
        cancel_requested_at: None,
        worker: None,
    }
}

async fn worker(env: &Environment) -> Worker {
    let mut worker = Worker::consuming(env.store(), 1, &["reports"], &[alpha()]).await;
    let policy = Policy { max_retries: 7, timeout: Some(Duration::from_millis(1500)), ..Policy::default() };
    worker.types[0].2 = policy.clone();
    env.store().register(&[crate::sample::registration(alpha(), policy)]).await.expect("register");
    worker
}

pub async fn a_waiting_task_is_shown_whole(env: &Environment) {
    submit(env.store(), new_task()).await;
    assert_shown(env, &shown(env)).await;
}

pub async fn a_scheduled_task_is_shown_whole(env: &Environment) {
    let run_at = env.now().after(Duration::from_secs(90));
    submit(env.store(), NewTask { when: When::At(run_at), ..new_task() }).await;
    assert_shown(env, &Task { status: Status::Scheduled, run_at: Some(run_at), waiting_since: None, ..shown(env) })
        .await;
}

pub async fn a_started_task_is_shown_whole(env: &Environment) {
    submit(env.store(), new_task()).await;
    let submitted = Task { waiting_since: None, ..shown(env) };
    let mut worker = worker(env).await;
    env.advance(Duration::from_millis(1234)).await;
    worker.claim_one().await;
    let expected = Task {
        status: Status::Started,
        attempt: 1,
        policy: Some(worker.types[0].2.clone()),
        started_at: Some(env.now()),
        worker: Some(worker.id),
        ..submitted
    };
    assert_shown(env, &expected).await;
}

pub async fn a_completed_task_is_shown_whole(env: &Environment) {
    submit(env.store(), new_task()).await;
    let mut worker = worker(env).await;
    let submitted = Task { waiting_since: None, ..shown(env) };
    let claimed = worker.claim_one().await;
    let started_at = Some(env.now());
    env.advance(Duration::from_millis(77)).await;
    worker.finish(&claimed, completed(r#"{"rows":[ 1, 2.50 ]}"#)).await;
    let expected = Task {
        status: Status::Completed,
        attempt: 1,
        policy: Some(worker.types[0].2.clone()),
        started_at,
        ended_at: Some(env.now()),
        worker: Some(worker.id),
        result: Some(Bytes::from_static(br#"{"rows":[ 1, 2.50 ]}"#)),
        ..submitted
    };
    assert_shown(env, &expected).await;
}

pub async fn a_failed_task_is_shown_whole(env: &Environment) {
    submit(env.store(), new_task()).await;
    let mut worker = worker(env).await;
    let claimed = worker.claim_one().await;
    let started = get(env.store(), id(1)).await;
    env.advance(Duration::from_millis(77)).await;
    worker.finish(&claimed, failed("no rows")).await;
    let attempts = vec![jobbers_core::model::AttemptEnd {
        attempt: 1,
        retry_attempt: 0,
        worker: worker.id,
        started_at: claimed.started_at,
        ended_at: env.now(),
        detail: end(EndKind::Failed, "no rows"),
    }];
    let expected = Task { status: Status::Failed, failures: 1, ended_at: Some(env.now()), attempts, ..started };
    assert_shown(env, &expected).await;
}

pub async fn a_task_that_waits_for_its_retry_is_shown_whole(env: &Environment) {
    submit(env.store(), new_task()).await;
    let mut worker = worker(env).await;
    let claimed = worker.claim_one().await;
    let started = get(env.store(), id(1)).await;
    env.advance(Duration::from_millis(77)).await;
    worker.finish(&claimed, failed_for_later("not yet", 30)).await;
    let attempts = vec![jobbers_core::model::AttemptEnd {
        attempt: 1,
        retry_attempt: 0,
        worker: worker.id,
        started_at: claimed.started_at,
        ended_at: env.now(),
        detail: end(EndKind::Failed, "not yet"),
    }];
    let run_at = Some(env.now().after(Duration::from_secs(30)));
    assert_shown(env, &Task { status: Status::Scheduled, failures: 1, run_at, attempts, ..started }).await;
}

pub async fn a_stalled_and_a_cancelled_task_show_their_end(env: &Environment) {
    let mut worker = Worker::start(env.store(), 1).await;
    for (n, outcome, expected) in [(1, stopped(), Status::Stalled), (2, confirmed_cancelled(), Status::Cancelled)] {
        submit(env.store(), task(n)).await;
        let claimed = worker.claim_one().await;
        worker.finish(&claimed, outcome).await;
        let task = get(env.store(), id(n)).await;
        assert_eq!((task.status, task.ended_at, task.result), (expected, Some(env.now()), None));
        assert_eq!(task.attempts.len(), 1, "its end is in the history");
    }
}

pub async fn contents_are_kept_byte_for_byte(env: &Environment) {
    let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    let contents = [
        "[]",
        "{}",
        r#"{"list":[],"object":{},"none":null}"#,
        r#"{"big":9007199254740993,"bigger":18446744073709551615,"small":-0.0,"e":1E400}"#,
        r#"{"spaces" :  [ 1 , 2 ] }"#,
        r#"{"text":"naïve – 汉字 – 👩‍👩‍👧‍👦 – \u0000 – \ud83d\ude00 – \"quoted\" – %s – {0}"}"#,
        r#"{"b":1,"a":2,"b":3}"#,
        "\"\u{1}not even JSON\u{0}\r\n\u{7f}\"",
        &deep,
    ];
    let mut worker = Worker::start(env.store(), 1).await;
    for (n, content) in (0..).zip(contents) {
        let bytes = Bytes::copy_from_slice(content.as_bytes());
        let new = NewTask { parameters: bytes.clone(), metadata: Some(bytes.clone()), ..task(n) };
        submit(env.store(), new).await;
        let claimed = worker.claim_one().await;
        assert_eq!((&claimed.parameters, claimed.metadata.as_ref()), (&bytes, Some(&bytes)));
        worker.finish(&claimed, jobbers_core::lifecycle::Outcome::Completed(bytes.clone())).await;
        let task = get(env.store(), id(n)).await;
        assert_eq!(
            (&task.parameters, task.metadata.as_ref(), task.result.as_ref()),
            (&bytes, Some(&bytes), Some(&bytes))
        );
    }
}

pub async fn a_megabyte_of_parameters_and_result_is_kept(env: &Environment) {
    let bytes = Bytes::from(format!("\"{}\"", "é".repeat(500_000)));
    let mut worker = Worker::start(env.store(), 1).await;
    submit(env.store(), NewTask { parameters: bytes.clone(), ..task(1) }).await;
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, jobbers_core::lifecycle::Outcome::Completed(bytes.clone())).await;
    let task = get(env.store(), id(1)).await;
    assert!(task.parameters == bytes && task.result == Some(bytes));
}

pub async fn error_texts_are_kept_as_they_are(env: &Environment) {
    let mut worker = Worker::start(env.store(), 1).await;
    submit(env.store(), task(1)).await;
    let claimed = worker.claim_one().await;
    let detail = jobbers_core::model::EndDetail {
        kind: EndKind::Panicked,
        error: "line one\nline \"two\" \u{0} ünï".to_owned(),
        error_type: "a::B<C>".to_owned(),
        backtrace: Some("0: main\n1: \\start".to_owned()),
    };
    worker.finish(&claimed, jobbers_core::lifecycle::Outcome::Failed(detail.clone())).await;
    assert_eq!(get(env.store(), id(1)).await.attempts[0].detail, detail);
}

pub async fn names_with_separators_do_not_collide(env: &Environment) {
    // Pairs whose plain concatenations are alike.
    let lanes = [
        ("a", "b:c"),
        ("a:b", "c"),
        ("a%3Ab", "c"),
        ("a", "b%3Ac"),
        ("a@1", "b"),
        ("a", "1@b"),
        ("a:b:c", "d"),
        ("a", "b:c:d"),
        ("a.b-c_d", "e.f-g_h"),
    ];
    for (n, (queue, name)) in (0..).zip(lanes) {
        submit(env.store(), NewTask { queue: queue.to_owned(), ..task_of(TaskType::new(name, 1), n) }).await;
    }
    for (n, (queue, name)) in (0u8..).zip(lanes) {
        let mut worker = Worker::consuming(env.store(), n, &[queue], &[TaskType::new(name, 1)]).await;
        let claimed = worker.claim_all().await;
        let ids: Vec<_> = claimed.iter().map(|task| task.id).collect();
        assert_eq!(ids, [id(u64::from(n))], "queue {queue} type {name}");
        assert_eq!((claimed[0].queue.as_str(), claimed[0].task_type.name.as_str()), (queue, name));
    }
}

pub async fn versions_of_a_type_are_types_of_their_own(env: &Environment) {
    for version in [0, 1, 11, u32::MAX] {
        submit(env.store(), task_of(TaskType::new("alpha", version), u64::from(version))).await;
    }
    let mut worker = Worker::consuming(env.store(), 1, &["default"], &[TaskType::new("alpha", 11)]).await;
    let claimed = worker.claim_all().await;
    assert_eq!(claimed.iter().map(|task| task.task_type.version).collect::<Vec<_>>(), [11]);
}

pub async fn progress_is_shown_with_its_message(env: &Environment) {
    let mut worker = Worker::start(env.store(), 1).await;
    submit(env.store(), task(1)).await;
    let claimed = worker.claim_one().await;
    let progress = Progress { percent: 12.5, message: Some("page 1/8 – naïve".to_owned()) };
    worker.beat(&claimed, Some(progress.clone())).await;
    assert_eq!(get(env.store(), id(1)).await.progress, Some(progress));
}

pub async fn a_task_is_in_one_place_at_a_time(env: &Environment) {
    // Whoever waits can be claimed once, whoever is scheduled promoted once, whoever is started reaped once.
    let mut worker = Worker::start(env.store(), 1).await;
    submit(env.store(), task(1)).await;
    submit(env.store(), task_after(5, 2)).await;
    assert_eq!(worker.claim_all().await.len(), 1);
    env.advance(Duration::from_secs(11)).await;
    assert_eq!(crate::scheduler::promote(env.store()).await.moved, 1);
    assert_eq!(crate::scheduler::promote(env.store()).await.moved, 0);
    assert_eq!(crate::scheduler::overdue_ids(env.store()).await, [id(1)]);
    crate::scheduler::reap(env.store()).await;
    assert_eq!(crate::scheduler::overdue_ids(env.store()).await, []);
    assert_eq!(worker.claim_all().await.len(), 2);
    assert_eq!(status(env.store(), id(1)).await, Status::Started);
    assert_eq!(crate::scheduler::promote(env.store()).await.moved, 0);
    assert_eq!(worker.claim_all().await.len(), 0);
}
