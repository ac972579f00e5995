//! Limits of what runs at once, over all workers.

use std::time::{Duration, Instant};

use jobbers_e2e::fault::Chance;
use jobbers_e2e::fault::chance::{SEED_VARIABLE, seed};
use jobbers_e2e::fault::journal::{Event, Journal};
use jobbers_e2e::installation::LEASE;
use jobbers_e2e::operator::{AT_ONCE, recorded};
use jobbers_e2e::{Crowd, Installation, eventually};
use serde_json::json;

super::on_both_stores! {
    limits_of_each_worker_and_of_all_hold_over_ten_thousand_tasks,
    one_runs_at_a_time_over_workers_that_die,
    a_saturated_type_holds_up_no_other,
    a_queue_at_its_limit_holds_up_no_other,
    a_limit_that_is_raised_or_lowered_counts_at_once,
    a_stalled_task_keeps_its_place_until_its_code_has_stopped,
}

super::on_postgres! {
    one_runs_at_a_time_over_workers_that_die,
    a_limit_that_is_raised_or_lowered_counts_at_once,
}

const SOON: Duration = Duration::from_secs(30);

/// Waits until so many attempts have begun; what there is to say of them then.
async fn begun(journal: &Journal, count: usize, within: Duration) -> Crowd {
    let what = format!("{count} have begun");
    eventually(&what, within, async || {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some(Crowd::of(&journal.read())).filter(|crowd| crowd.started.len() >= count)
    })
    .await
}

async fn limits_of_each_worker_and_of_all_hold_over_ten_thousand_tasks(jobbers: Installation) {
    const SLOW: usize = 24;
    const QUICK: usize = 10_000;
    let (_manager, api) = jobbers.ready_manager().await;
    let _first = jobbers.worker(&[]);
    api.knows("recorded_task").await;
    let journal = Journal::at(&jobbers.path("journal"));
    api.create_queue("limited", json!({"max_concurrent": 5, "max_concurrent_total": 8})).await;
    api.fill("limited", "recorded_task", &recorded(journal.path(), 4.0), SLOW).await;
    api.give("default", &["default", "limited"]).await;
    assert_eq!(begun(&journal, 5, SOON).await.most, 5, "one worker runs as many as one may");
    let _others = [jobbers.worker(&[]), jobbers.worker(&[])];
    let what = "three workers run as many as all may";
    eventually(what, SOON, async || (Crowd::of(&journal.read()).most == 8).then_some(())).await;
    api.fill("limited", "recorded_task", &recorded(journal.path(), 0.005), QUICK).await;
    let crowd = begun(&journal, SLOW + QUICK, Duration::from_secs(200)).await;
    assert_eq!((crowd.most, crowd.most_in_a_process), (8, 5), "and never more");
    assert_eq!(crowd.started.len(), SLOW + QUICK, "each ran once");
}

async fn one_runs_at_a_time_over_workers_that_die(jobbers: Installation) {
    const TASKS: usize = 30;
    const KILLS: usize = 4;
    let seed = seed();
    println!("{SEED_VARIABLE}={seed}");
    let mut chance = Chance::of(seed, "one at a time");
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let mut workers = vec![jobbers.worker(&[]), jobbers.worker(&[]), jobbers.worker(&[])];
    api.knows("single_task").await;
    let journal = Journal::at(&jobbers.path("journal"));
    api.fill("default", "single_task", &recorded(journal.path(), 0.3), TASKS).await;
    begun(&journal, 1, SOON).await;
    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_secs_f64(chance.between(0.3, 1.5))).await;
        // Mostly the one that has the only place.
        let running = Crowd::running_in(&journal.read());
        let holder = workers.iter().position(|worker| running.contains(&worker.pid()));
        let victim = holder.filter(|_| chance.happens(0.7)).unwrap_or_else(|| chance.below(workers.len()));
        let mut worker = workers.swap_remove(victim);
        worker.kill();
        journal.write(Event::Killed { pid: worker.pid() }).unwrap();
        workers.push(jobbers.worker(&[]));
    }
    eventually("all are completed", Duration::from_secs(120), async || {
        tokio::time::sleep(Duration::from_millis(200)).await;
        (api.listed("name=single_task&status=completed").await.len() == TASKS).then_some(())
    })
    .await;
    let crowd = Crowd::of(&journal.read());
    assert_eq!(crowd.most, 1, "two ran at once");
    assert!(crowd.longest_gap < LEASE + 5.0 + 1.0, "nothing ran for {} s", crowd.longest_gap);
}

async fn a_saturated_type_holds_up_no_other(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _workers = [jobbers.worker(&[]), jobbers.worker(&[])];
    api.knows("single_task").await;
    let journal = Journal::at(&jobbers.path("journal"));
    let first = api.submit_to("default", "single_task", recorded(journal.path(), 20.0)).await;
    api.reaches(&first, "started").await;
    api.fill("default", "single_task", &recorded(journal.path(), 0.0), 10_000).await;
    let submitted = Instant::now();
    let other = api.submit_to("default", "recorded_task", recorded(journal.path(), 0.0)).await;
    api.reaches(&other, "completed").await;
    assert!(submitted.elapsed() < AT_ONCE, "{:?}", submitted.elapsed());
    assert_eq!(begun(&journal, 2, SOON).await.started, [first.clone(), other], "it is the next to start");
    assert_eq!(api.task(&first).await["status"], "started", "the place is still taken");
    // What has waited goes on, one at a time, when the place is free.
    assert_eq!(begun(&journal, 12, SOON).await.most, 2);
}

async fn a_queue_at_its_limit_holds_up_no_other(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _worker = jobbers.worker(&[]);
    api.knows("recorded_task").await;
    let journal = Journal::at(&jobbers.path("journal"));
    api.create_queue("narrow", json!({"max_concurrent": null, "max_concurrent_total": 2})).await;
    let hourly = json!({"max_concurrent": null, "rate_numerator": 3, "rate_denominator": 1, "rate_period": "hour"});
    api.create_queue("hourly", hourly).await;
    api.fill("narrow", "recorded_task", &recorded(journal.path(), 600.0), 500).await;
    api.fill("hourly", "recorded_task", &recorded(journal.path(), 0.0), 500).await;
    api.give("default", &["default", "narrow", "hourly"]).await;
    begun(&journal, 5, SOON).await;
    let own = Journal::at(&jobbers.path("own"));
    api.fill("default", "recorded_task", &recorded(own.path(), 0.0), 300).await;
    begun(&own, 300, SOON).await;
    let crowd = Crowd::of(&journal.read());
    assert_eq!(crowd.started.len(), 5, "two in the one queue, three in the other");
    let waiting = api.listed("queue=hourly&status=submitted").await.len();
    assert_eq!(waiting, 497);
}

async fn a_limit_that_is_raised_or_lowered_counts_at_once(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _workers = [jobbers.worker(&[]), jobbers.worker(&[])];
    api.knows("recorded_task").await;
    let journal = Journal::at(&jobbers.path("journal"));
    let total = |total: Option<u32>| json!({"max_concurrent": null, "max_concurrent_total": total});
    api.open_queue("narrow", total(Some(1))).await;
    api.fill("narrow", "recorded_task", &recorded(journal.path(), 600.0), 100).await;
    begun(&journal, 1, SOON).await;
    for limit in [3, 7] {
        let changed = Instant::now();
        api.limit("narrow", total(Some(limit))).await;
        let crowd = begun(&journal, limit as usize, AT_ONCE).await;
        assert_eq!(crowd.started.len(), limit as usize);
        assert!(changed.elapsed() < AT_ONCE, "{limit} only after {:?}", changed.elapsed());
    }
    // Lowered, it stops nothing and starts nothing.
    api.limit("narrow", total(Some(2))).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let running = api.listed("queue=narrow&status=started").await;
    assert_eq!(running.len(), 7);
    for task in &running[..4] {
        let id = task["id"].as_str().unwrap();
        api.cancel(id).await;
        api.reaches(id, "cancelled").await;
    }
    let sign = api.submit_to("default", "recorded_task", recorded(&jobbers.path("own"), 0.0)).await;
    api.reaches(&sign, "completed").await;
    assert_eq!(Crowd::of(&journal.read()).started.len(), 7, "three run, two may");
    api.limit("narrow", total(None)).await;
    let crowd = begun(&journal, 24, AT_ONCE).await;
    assert_eq!(crowd.started.len(), 24, "all slots of both workers, with the three that ran");
}

async fn a_stalled_task_keeps_its_place_until_its_code_has_stopped(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let _workers = [jobbers.worker(&[]), jobbers.worker(&[])];
    api.knows("stubborn_task").await;
    let journal = Journal::at(&jobbers.path("journal"));
    // Far longer than a lease.
    let stalled = api.submit_to("default", "stubborn_task", recorded(journal.path(), 10.0)).await;
    begun(&journal, 1, SOON).await;
    let next = api.submit_to("default", "stubborn_task", recorded(journal.path(), 0.0)).await;
    eventually("the silence is found", SOON, async || (jobbers.clean(&[]).await["stalled"] == 1).then_some(())).await;
    assert_eq!(api.task(&stalled).await["status"], "stalled");
    assert_eq!(Crowd::running_in(&journal.read()).len(), 1, "its code does not know");
    api.reaches(&next, "completed").await;
    let crowd = Crowd::of(&journal.read());
    assert_eq!((crowd.most, crowd.started), (1, vec![stalled.clone(), next]), "not before the code had stopped");
    assert!(crowd.longest_gap < AT_ONCE.as_secs_f64(), "the place was free for {} s", crowd.longest_gap);
    assert_eq!(api.task(&stalled).await["status"], "stalled");
}
