//! The cleaner beside real workers.

use std::time::{Duration, Instant};

use jobbers_conformance::server::Signal;
use jobbers_e2e::installation::api_of;
use jobbers_e2e::trace::Trace;
use jobbers_e2e::{Installation, Store, eventually};
use serde_json::{Value, json};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

super::on_both_stores! {
    the_cleaner_alone_stalls_a_silent_task_and_its_worker_goes_on,
    a_dry_run_changes_nothing,
    the_lines_of_the_crontab_harm_no_healthy_task,
    healthy_tasks_survive_a_cleaner_that_never_rests,
}

const SOON: Duration = Duration::from_secs(30);

async fn the_cleaner_alone_stalls_a_silent_task_and_its_worker_goes_on(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    // One slot is the silent task's, until its worker has stopped it.
    let worker = jobbers.worker(&[("WORKER_CONCURRENT_TASKS", "2")]);
    api.knows("falls_silent").await;
    let file = jobbers.path("trace");
    let silent = api.submit("falls_silent", json!({"file": file, "seconds": 600})).await;
    let beats = api.submit("beats_on", json!({"file": file, "seconds": 6})).await;
    eventually("both run", SOON, async || (Trace::read(&file).tasks() == 2).then_some(())).await;
    let waits = api.submit("traced_task", json!({"file": file})).await;
    let summary = eventually("the silence is found", SOON, async || {
        Some(jobbers.clean(&[]).await).filter(|summary| summary["stalled"] != 0)
    })
    .await;
    assert_eq!(summary["stalled"], 1, "{summary}");
    let task = api.task(&silent).await;
    assert_eq!(task["status"], "stalled", "{task}");
    assert_eq!(task["attempts"][0]["error"], "no heartbeat within its max_heartbeat_interval", "{task}");
    eventually("its handler is stopped", SOON, async || (Trace::read(&file).ends(&silent) == [1]).then_some(())).await;
    assert!(worker.log().contains("lease_lost"), "the worker was told");
    // It has the slot for others, and the silent task stays as it is.
    api.reaches(&waits, "completed").await;
    assert_eq!(api.reaches(&beats, "completed").await["attempt"], 1, "one that beats is left alone");
    assert_eq!(jobbers.clean(&["--stale-time", "300"]).await["stalled"], 0);
    let task = api.task(&silent).await;
    assert_eq!((&task["status"], task["attempts"].as_array().map(Vec::len)), (&json!("stalled"), Some(1)), "{task}");
    // A person looks at it and lets it run again.
    assert_eq!(api.post(&format!("/tasks/{silent}/resubmit"), json!({})).await.0, 200);
    eventually("it runs again", SOON, async || (Trace::read(&file).starts(&silent) == [1, 2]).then_some(())).await;
}

async fn a_dry_run_changes_nothing(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _worker = jobbers.worker(&[]);
    let _demo = jobbers.demo_worker(&[]);
    api.knows("falls_silent").await;
    api.knows("always_fail_task").await;
    let file = jobbers.path("trace");
    let completed = api.submit("traced_task", json!({"file": file})).await;
    let dead = api.submit("always_fail_task", json!({})).await;
    let silent = api.submit("falls_silent", json!({"file": file, "seconds": 600})).await;
    api.reaches(&completed, "completed").await;
    api.reaches(&dead, "failed").await;
    let flags = ["--completed-task-age", "0", "--dlq-age", "0", "--max-queue-age", "4000000000"];
    let counts = |summary: &Value| {
        ["stalled", "pruned", "dead_letters_pruned"].map(|field| summary[field].as_u64().expect("a number"))
    };
    let summary = eventually("the silence is found", SOON, async || {
        let summary = jobbers.clean(&[flags.as_slice(), &["--dry-run"]].concat()).await;
        (counts(&summary)[0] > 0).then_some(summary)
    })
    .await;
    assert_eq!((counts(&summary), &summary["dry_run"]), ([1, 1, 1], &json!(true)));
    for (id, status) in [(&completed, "completed"), (&dead, "failed"), (&silent, "started")] {
        assert_eq!(api.task(id).await["status"], status);
    }
    assert_eq!(Trace::read(&file).ends(&silent), [] as [u32; 0], "it runs on");
    // Now in earnest: what was stalled has ended, and is old enough at once.
    let summary = jobbers.clean(&flags).await;
    let [stalled, pruned, dead_letters] = counts(&summary);
    assert_eq!((stalled, dead_letters), (1, 1), "{summary}");
    assert!((1..=2).contains(&pruned), "{summary}");
    for id in [&completed, &dead] {
        assert_eq!(api.status(&format!("/tasks/{id}")).await, Some(404));
    }
}

/// A load of every healthy kind, while a cleaner with these flags runs again and again; how often each task ran.
async fn cleaned_under_load(jobbers: &Installation, cleaners: &[&[&str]]) -> (Vec<String>, Vec<String>) {
    const SHORT: usize = 300;
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let slots = [("WORKER_CONCURRENT_TASKS", "20")];
    let _workers = [jobbers.worker(&slots), jobbers.worker(&slots), jobbers.demo_worker(&[])];
    api.knows("falls_silent").await;
    api.knows("always_fail_task").await;
    let mut dead = Vec::new();
    for _ in 0..5 {
        dead.push(api.submit("always_fail_task", json!({})).await);
    }
    for id in &dead {
        api.reaches(id, "failed").await;
    }
    let file = jobbers.path("trace");
    let mut ids = Vec::new();
    for (name, seconds) in [("traced_task", 8.0), ("beats_on", 8.0), ("beats_freely", 8.0)] {
        for _ in 0..4 {
            ids.push(api.submit(name, json!({"file": file, "seconds": seconds})).await);
        }
    }
    for _ in 0..SHORT {
        ids.push(api.submit("traced_task", json!({"file": file, "seconds": 0.1})).await);
    }
    let later = json!({"name": "traced_task", "version": 1, "parameters": {"file": file}, "delay": 3});
    ids.push(api.post("/tasks", later).await.1["id"].as_str().unwrap().to_owned());
    let began = Instant::now();
    while Trace::read(&file).ended() < ids.len() {
        for flags in cleaners {
            let summary = jobbers.clean(flags).await;
            assert_eq!((&summary["stalled"], &summary["dead_letters_pruned"]), (&json!(0), &json!(0)), "{summary}");
        }
        assert!(began.elapsed() < SOON * 2, "the load does not end");
    }
    let trace = Trace::read(&file);
    for id in &ids {
        assert_eq!((trace.starts(id), trace.ends(id)), ([1].as_slice(), [1].as_slice()), "{id} ran once");
    }
    for id in &dead {
        let task = api.task(id).await;
        assert_eq!((&task["status"], &task["attempt"]), (&json!("failed"), &json!(3)), "{task}");
    }
    let (_, letters) = api.call(reqwest::Method::GET, "/dead-letter-queue", None).await;
    assert_eq!(letters["tasks"].as_array().map(Vec::len), Some(dead.len()), "{letters}");
    let mut known = Vec::new();
    for id in &ids {
        if api.status(&format!("/tasks/{id}")).await == Some(200) {
            known.push(api.reaches(id, "completed").await["id"].as_str().unwrap().to_owned());
        }
    }
    (ids, known)
}

async fn the_lines_of_the_crontab_harm_no_healthy_task(jobbers: Installation) {
    let often = ["--stale-time", "300"];
    let nightly = ["--completed-task-age", "86400", "--dlq-age", "2592000", "--rate-limit-age", "604800"];
    let (ids, known) = cleaned_under_load(&jobbers, &[&often, &nightly]).await;
    assert_eq!(ids, known, "nothing is old enough to be removed");
}

async fn healthy_tasks_survive_a_cleaner_that_never_rests(jobbers: Installation) {
    // Removes what has ended at once; `beats_freely` beats once and is then silent for less than that.
    let sharp = ["--stale-time", "30", "--completed-task-age", "0", "--min-queue-age", "0"];
    let (ids, known) = cleaned_under_load(&jobbers, &[&sharp]).await;
    assert!(known.len() < ids.len(), "what has ended is removed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_in_the_middle_ends_a_cleaner_with_1_and_it_tells_what_was_done() {
    const TASKS: usize = 1200;
    let jobbers = Installation::on(Store::Sqlite);
    let manager = jobbers.start("jobbers_manager", &["--accept-unknown"], &[]);
    let api = api_of(&manager).await;
    eventually("the manager is ready", SOON, async || (api.status("/readyz").await? == 200).then_some(())).await;
    let task = json!({"name": "nobody_knows", "version": 1, "parameters": {}});
    assert_eq!(api.post("/tasks/batch", Value::Array(vec![task; TASKS])).await.0, 200);
    let (_, cancelled) = api.post("/tasks/cancel", json!({"filter": {"status": "submitted"}, "limit": TASKS})).await;
    assert_eq!(cancelled["results"].as_array().map(Vec::len), Some(TASKS));
    let options = SqliteConnectOptions::new().filename(jobbers.path("tasks.db"));
    let mut file = options.connect().await.unwrap();
    // One batch is removed, the second one fails.
    let trigger = "CREATE TRIGGER full BEFORE DELETE ON tasks WHEN (SELECT count(*) FROM tasks) <= 700 \
                   BEGIN SELECT RAISE(ABORT, 'told to fail'); END";
    sqlx::query(trigger).execute(&mut file).await.unwrap();
    let mut cleaner = jobbers.cleaner(&["--completed-task-age", "0"]);
    assert_eq!(cleaner.ends_within(SOON).await, Some(1), "{}", cleaner.log());
    assert_eq!(cleaner.summary()["pruned"], 500, "{}", cleaner.log());
    assert!(cleaner.log().contains("told to fail"), "{}", cleaner.log());
    sqlx::query("DROP TRIGGER full").execute(&mut file).await.unwrap();
    assert_eq!(jobbers.clean(&["--completed-task-age", "0"]).await["pruned"], 700);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_away_ends_a_cleaner_with_1_after_5_seconds() {
    let mut jobbers = Installation::on(Store::Redis);
    jobbers.redis.as_mut().unwrap().kill();
    let began = Instant::now();
    let mut cleaner = jobbers.cleaner(&["--stale-time", "300"]);
    assert_eq!(cleaner.ends_within(SOON).await, Some(1));
    let took = began.elapsed();
    assert!((5..9).contains(&took.as_secs()), "{took:?}");
    assert!(cleaner.log().contains(&jobbers.store_url()), "it names the store: {}", cleaner.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cleaner_that_runs_as_a_service_lives_through_outages() {
    let mut jobbers = Installation::on(Store::Redis);
    let (_manager, api) = jobbers.ready_manager().await;
    let mut service = jobbers.cleaner(&["--interval", "0.5"]);
    eventually("it cleans", SOON, async || service.log().contains("rate_limits_pruned").then_some(())).await;
    jobbers.redis.as_mut().unwrap().kill();
    eventually("it says that the store is away", SOON, async || service.log().contains("store_away").then_some(()))
        .await;
    jobbers.redis.as_mut().unwrap().start_again();
    eventually("it says that the store is back", SOON, async || service.log().contains("store_back").then_some(()))
        .await;
    let _worker = jobbers.worker(&[]);
    api.knows("falls_silent").await;
    let silent = api.submit("falls_silent", json!({"file": jobbers.path("trace"), "seconds": 600})).await;
    api.reaches(&silent, "stalled").await;
    assert!(service.log().contains(&silent), "it tells of the task: {}", service.log());
    assert!(service.has_ended().is_none());
    service.signal(Signal::Term);
    assert_eq!(service.ends_within(SOON).await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_ends_a_cleaner_at_once() {
    let jobbers = Installation::on(Store::Redis);
    let mut service = jobbers.cleaner(&["--interval", "0.1"]);
    eventually("it cleans", SOON, async || service.log().contains("rate_limits_pruned").then_some(())).await;
    let redis = jobbers.redis.as_ref().unwrap().pid().unwrap();
    jobbers_conformance::server::signal(redis, Signal::Stop);
    // It begins its next step within 100 ms, and stays in the middle of it.
    tokio::time::sleep(Duration::from_secs(1)).await;
    service.signal(Signal::Term);
    eventually("it has the first signal", SOON, async || service.log().contains("in good order").then_some(())).await;
    service.signal(Signal::Term);
    let code = service.ends_within(Duration::from_secs(3)).await;
    jobbers_conformance::server::signal(redis, Signal::Cont);
    assert_eq!(code, Some(130), "{}", service.log());
}
