//! How often tasks may start, over all workers.

use std::time::{Duration, Instant};

use jobbers_e2e::operator::AT_ONCE;
use jobbers_e2e::trace::Trace;
use jobbers_e2e::{Api, Installation, eventually};
use jobbers_worker::model::Timestamp;
use serde_json::{Value, json};

super::on_both_stores! {
    no_window_has_more_starts_than_the_rate_allows_and_the_rate_is_used,
    a_low_rate_starts_exactly_so_many_and_a_high_one_holds_up_nothing,
    a_changed_rate_counts_at_once,
}

super::on_postgres! {
    a_low_rate_starts_exactly_so_many_and_a_high_one_holds_up_nothing,
    a_changed_rate_counts_at_once,
}

const SOON: Duration = Duration::from_secs(30);

fn rate(numerator: u32, denominator: u32, period: &str) -> Value {
    json!({"max_concurrent": null, "rate_numerator": numerator, "rate_denominator": denominator, "rate_period": period})
}

/// Starts in milliseconds, by the clock of the store, in order.
async fn starts(api: &Api, queue: &str) -> Vec<u64> {
    let tasks = api.listed(&format!("queue={queue}")).await;
    let started = tasks.iter().filter_map(|task| task["started_at"].as_str());
    let mut starts: Vec<u64> = started.map(|text| Timestamp::parse(text).unwrap().as_millis()).collect();
    starts.sort_unstable();
    starts
}

/// Waits until so many tasks have come to their end.
async fn ended(file: &std::path::Path, count: usize, within: Duration) {
    let what = format!("{count} have ended");
    eventually(&what, within, async || {
        tokio::time::sleep(Duration::from_millis(100)).await;
        (Trace::read(file).ended() >= count).then_some(())
    })
    .await;
}

async fn no_window_has_more_starts_than_the_rate_allows_and_the_rate_is_used(jobbers: Installation) {
    const RATE: usize = 100;
    const WINDOW: u64 = 2_000;
    const WINDOWS: usize = 15;
    // The first window begins full; after each further one as many have started again.
    const TASKS: usize = RATE * (WINDOWS + 1);
    let (_manager, api) = jobbers.ready_manager().await;
    let _workers = [(); 4].map(|()| jobbers.worker(&[]));
    api.knows("traced_task").await;
    let file = jobbers.path("trace");
    api.create_queue("metered", rate(100, 2, "second")).await;
    api.fill("metered", "traced_task", &json!({"file": file, "seconds": 0.01}), TASKS).await;
    api.give("default", &["default", "metered"]).await;
    ended(&file, TASKS, Duration::from_secs(90)).await;
    let starts = starts(&api, "metered").await;
    assert_eq!(starts.len(), TASKS);
    for (first, after) in starts.iter().zip(&starts[RATE..]) {
        assert!(after - first >= WINDOW, "{} starts in less than {WINDOW} ms, from {first} on", RATE + 1);
    }
    let took = starts[TASKS - 1] - starts[0];
    let allowed = WINDOW * WINDOWS as u64;
    assert!(took * 95 <= allowed * 100, "{TASKS} tasks took {took} ms, and could have taken {allowed}");
}

async fn a_low_rate_starts_exactly_so_many_and_a_high_one_holds_up_nothing(jobbers: Installation) {
    const MANY: usize = 3_000;
    let (_manager, api) = jobbers.ready_manager().await;
    let _workers = [jobbers.worker(&[]), jobbers.worker(&[])];
    api.knows("traced_task").await;
    let (hourly, quick) = (jobbers.path("hourly"), jobbers.path("quick"));
    api.create_queue("hourly", rate(100, 1, "hour")).await;
    api.create_queue("quick", rate(50_000, 1, "second")).await;
    api.fill("hourly", "traced_task", &json!({"file": hourly}), 150).await;
    api.fill("quick", "traced_task", &json!({"file": quick}), MANY).await;
    let opened = Instant::now();
    api.give("default", &["default", "hourly", "quick"]).await;
    ended(&hourly, 100, SOON).await;
    ended(&quick, MANY, Duration::from_secs(60)).await;
    println!("{MANY} tasks at 50,000 a second took {:?}", opened.elapsed());
    // Every worker has asked again since.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(Trace::read(&hourly).tasks(), 100);
    let waiting = api.listed("queue=hourly&status=submitted").await;
    assert_eq!(waiting.len(), 50);
}

async fn a_changed_rate_counts_at_once(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _workers = [jobbers.worker(&[]), jobbers.worker(&[])];
    api.knows("traced_task").await;
    let file = jobbers.path("trace");
    api.open_queue("metered", rate(10, 1, "hour")).await;
    api.fill("metered", "traced_task", &json!({"file": file}), 200).await;
    ended(&file, 10, SOON).await;
    let changed = Instant::now();
    api.limit("metered", rate(40, 1, "hour")).await;
    ended(&file, 40, AT_ONCE).await;
    assert!(changed.elapsed() < AT_ONCE, "{:?}", changed.elapsed());
    // What has started counts against a new limit as well.
    api.limit("metered", rate(30, 2, "day")).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(Trace::read(&file).tasks(), 40);
    let changed = Instant::now();
    api.limit("metered", json!({"max_concurrent": null})).await;
    ended(&file, 200, AT_ONCE).await;
    assert!(changed.elapsed() < AT_ONCE, "{:?}", changed.elapsed());
}
