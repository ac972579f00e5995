//! Started tasks that give no sign of progress.

use std::time::Duration;

use jobbers_core::model::{EndKind, NewTask, Policy, Status};
use jobbers_core::store::{
    ClaimedTask, Moved, NO_HEARTBEAT_IN_INTERVAL, NO_HEARTBEAT_IN_STALE_TIME, Renewed, Resubmit, SilentTask, Stall,
    Stalled, Sweep, WorkerSignal,
};

use super::signals::{expect_signal, listen};
use super::{applied, get, listed_with, stale, status, submit, submit_all};
use crate::Environment;
use crate::cleaner::{self, REHEARSAL, WALK};
use crate::life::snapshot;
use crate::sample::{alpha, completed, failed, failed_expectedly, id, stopped, task, task_in, tasks};
use crate::scheduler;
use crate::worker::Worker;

const SECOND: Duration = Duration::from_secs(1);
/// Shorter than a lease: who is silent for that long still has its task.
const INTERVAL: Duration = Duration::from_secs(5);

/// A worker whose tasks may be silent for five seconds.
async fn limited(env: &Environment, n: u8) -> Worker {
    let policy = Policy { max_heartbeat_interval: Some(INTERVAL), max_retries: 1, ..Policy::default() };
    Worker::with_policy(env.store(), n, policy).await
}

/// Renews the leases without a heartbeat.
async fn keep(worker: &Worker, attempts: &[ClaimedTask]) {
    for attempt in attempts {
        assert_eq!(worker.renew(attempt).await, Renewed::Kept);
    }
}

pub async fn a_silent_task_is_stalled_and_its_worker_is_told(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = limited(env, 1).await;
    worker.claim_one().await;
    let started_at = Some(env.now());
    let mut signals = listen(&worker).await;
    env.advance(INTERVAL).await;
    let stalled = env.store().stall(&Stall { stale: None, sweep: WALK }).await.expect("stall");
    let silent = SilentTask { id: id(1), task_type: alpha(), queue: "default".into(), attempt: 1, worker: worker.id };
    assert_eq!(stalled, Stalled { now: env.now(), tasks: vec![silent], next: None });
    expect_signal(&mut signals, WorkerSignal::Renew).await;

    let shown = get(env.store(), id(1)).await;
    assert_eq!((shown.status, shown.started_at, shown.ended_at), (Status::Stalled, started_at, Some(env.now())));
    assert_eq!((shown.failures, shown.lost, shown.worker), (0, 0, Some(worker.id)), "nobody's failure");
    let [end] = shown.attempts.as_slice() else { panic!("{:?}", shown.attempts) };
    assert_eq!((end.attempt, end.worker, end.ended_at), (1, worker.id, env.now()));
    assert_eq!((end.detail.kind, end.detail.error_type.as_str()), (EndKind::Stalled, "Silent"));
    assert_eq!(end.detail.error, NO_HEARTBEAT_IN_INTERVAL);
}

pub async fn a_stalled_task_can_be_neither_kept_nor_finished(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = limited(env, 1).await;
    let attempt = worker.claim_one().await;
    env.advance(INTERVAL).await;
    assert_eq!(cleaner::stall(env.store(), None).await, [id(1)]);
    let before = get(env.store(), id(1)).await;
    assert_eq!(worker.renew(&attempt).await, Renewed::Taken);
    assert_eq!(worker.beat(&attempt, None).await, Renewed::Taken);
    for outcome in [completed("1"), failed("broken"), failed_expectedly("busy"), stopped()] {
        assert_eq!(worker.finish(&attempt, outcome).await, stale(Status::Stalled));
    }
    assert_eq!(get(env.store(), id(1)).await, before);
    env.advance(INTERVAL).await;
    assert!(scheduler::overdue_ids(env.store()).await.is_empty(), "it has no lease any more");
}

pub async fn a_decision_on_a_dead_worker_comes_too_late_for_a_stalled_task(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = limited(env, 1).await;
    let attempt = worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    let overdue = scheduler::overdue(env.store()).await;
    let verdicts: Vec<_> = overdue.tasks.iter().map(scheduler::decide).collect();
    assert_eq!(worker.renew(&attempt).await, Renewed::Kept);
    assert_eq!(cleaner::stall(env.store(), None).await, [id(1)]);
    assert_eq!(env.store().reap(&verdicts).await.expect("reap"), [stale(Status::Stalled)]);
    assert_eq!(get(env.store(), id(1)).await.lost, 0);
}

pub async fn a_task_that_beats_in_time_is_left_alone(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = limited(env, 1).await;
    let attempt = worker.claim_one().await;
    for _ in 0..3 {
        env.advance(INTERVAL - Duration::from_millis(1)).await;
        assert!(cleaner::stall(env.store(), None).await.is_empty());
        assert_eq!(worker.beat(&attempt, None).await, Renewed::Kept);
    }
    env.advance(INTERVAL - Duration::from_millis(1)).await;
    assert!(cleaner::stall(env.store(), None).await.is_empty());
    env.advance(Duration::from_millis(1)).await;
    assert_eq!(cleaner::stall(env.store(), None).await, [id(1)], "it counts from the last beat on");
}

pub async fn a_kept_lease_is_no_sign_of_progress(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = limited(env, 1).await;
    let attempt = worker.claim_one().await;
    for _ in 0..5 {
        env.advance(SECOND).await;
        assert_eq!(worker.renew(&attempt).await, Renewed::Kept);
    }
    assert_eq!(cleaner::stall(env.store(), None).await, [id(1)]);
}

pub async fn without_an_interval_and_a_stale_time_nothing_is_silent(env: &Environment) {
    submit_all(env.store(), &tasks(1..3)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempts = worker.claim_all().await;
    worker.beat(&attempts[0], None).await;
    env.advance(Duration::from_secs(86_400)).await;
    keep(&worker, &attempts).await;
    assert!(cleaner::stall(env.store(), None).await.is_empty());
    assert_eq!(status(env.store(), id(1)).await, Status::Started);
}

pub async fn a_last_beat_longer_ago_than_the_stale_time_is_silence(env: &Environment) {
    submit_all(env.store(), &tasks(1..4)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempts = worker.claim_all().await;
    worker.beat(&attempts[0], None).await;
    env.advance(SECOND).await;
    worker.beat(&attempts[1], None).await;
    env.advance(3 * SECOND).await;
    assert!(cleaner::stall(env.store(), Some(4 * SECOND)).await.is_empty());
    env.advance(Duration::from_millis(1)).await;
    assert_eq!(cleaner::stall(env.store(), Some(4 * SECOND)).await, [id(1)], "the third one has never beaten");
    let [end] = &get(env.store(), id(1)).await.attempts[..] else { panic!("one end") };
    assert_eq!((end.detail.error.as_str(), end.detail.kind), (NO_HEARTBEAT_IN_STALE_TIME, EndKind::Stalled));
    env.advance(Duration::from_secs(86_400)).await;
    keep(&worker, &attempts[1..]).await;
    assert_eq!(cleaner::stall(env.store(), Some(4 * SECOND)).await, [id(2)], "never beaten is not silent");
    assert_eq!(worker.finish(&attempts[2], completed("1")).await, applied(Status::Completed));
}

pub async fn a_beat_of_an_earlier_attempt_does_not_count(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    worker.beat(&attempt, None).await;
    worker.finish(&attempt, failed_expectedly("busy")).await;
    let attempt = worker.claim_one().await;
    env.advance(5 * SECOND).await;
    assert!(cleaner::stall(env.store(), Some(SECOND)).await.is_empty());
    assert_eq!(worker.finish(&attempt, completed("1")).await, applied(Status::Completed));
}

pub async fn a_task_with_an_interval_is_judged_by_that_alone(env: &Environment) {
    submit_all(env.store(), &tasks(1..3)).await;
    let mut worker = limited(env, 1).await;
    let attempts = worker.claim_all().await;
    worker.beat(&attempts[0], None).await;
    env.advance(4 * SECOND).await;
    assert!(cleaner::stall(env.store(), Some(SECOND)).await.is_empty(), "a shorter stale time is not about it");
    env.advance(SECOND).await;
    let stale = Some(Duration::from_secs(86_400));
    assert_eq!(cleaner::stall(env.store(), stale).await, [id(1), id(2)], "nor is a longer one");
    assert_eq!(get(env.store(), id(1)).await.attempts[0].detail.error, NO_HEARTBEAT_IN_INTERVAL);
}

pub async fn tasks_whose_end_was_asked_for_are_left_alone_and_hide_none_behind_them(env: &Environment) {
    submit_all(env.store(), &tasks(0..30)).await;
    let mut worker = limited(env, 1).await;
    let mut unlimited = Worker::start(env.store(), 2).await;
    worker.claim(15).await;
    for attempt in unlimited.claim(15).await {
        unlimited.beat(&attempt, None).await;
    }
    env.store().cancel_all(&(0..30).map(id).collect::<Vec<_>>()).await.expect("cancel_all");
    env.advance(SECOND).await;
    submit_all(env.store(), &tasks(30..36)).await;
    worker.claim(3).await;
    for attempt in unlimited.claim(3).await {
        unlimited.beat(&attempt, None).await;
    }
    env.advance(6 * SECOND).await;
    let sweep = Sweep { limit: 2, ..WALK };
    let mut found: Vec<_> =
        cleaner::stall_with(env.store(), Some(3 * SECOND), sweep).await.into_iter().map(|task| task.id).collect();
    found.sort();
    assert_eq!(found, (30..36).map(id).collect::<Vec<_>>());
    for task in snapshot(env.store(), 0..30).await.into_iter().flatten() {
        assert_eq!(task.status, Status::Started, "it ends by that wish");
    }
}

pub async fn what_is_over_its_lease_is_left_to_reaping_and_hides_none_behind_it(env: &Environment) {
    submit_all(env.store(), &tasks(0..30)).await;
    let mut worker = limited(env, 1).await;
    let lost = worker.claim(30).await;
    env.advance(6 * SECOND).await;
    submit_all(env.store(), &tasks(30..33)).await;
    worker.claim(3).await;
    env.advance(5 * SECOND).await;
    let sweep = Sweep { limit: 2, ..WALK };
    let mut found: Vec<_> =
        cleaner::stall_with(env.store(), None, sweep).await.into_iter().map(|task| task.id).collect();
    found.sort();
    assert_eq!(found, [id(30), id(31), id(32)]);
    assert_eq!(worker.renew(&lost[0]).await, Renewed::Kept);
    assert_eq!(cleaner::stall(env.store(), None).await, [id(0)], "its worker is there, and still silent");
    let reaped = scheduler::reap(env.store()).await;
    assert_eq!(reaped, [applied(Status::Submitted); 29], "these run again");
}

pub async fn a_stall_that_is_sent_twice_stalls_once(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = limited(env, 1).await;
    worker.claim_one().await;
    env.advance(INTERVAL).await;
    assert_eq!(cleaner::stall(env.store(), None).await, [id(1)]);
    let before = get(env.store(), id(1)).await;
    env.advance(SECOND).await;
    assert!(cleaner::stall(&env.other().await, None).await.is_empty());
    assert_eq!(get(env.store(), id(1)).await, before);
}

pub async fn the_worker_of_a_stalled_task_that_runs_again_is_too_late(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = limited(env, 1).await;
    let first = worker.claim_one().await;
    env.advance(INTERVAL).await;
    assert_eq!(cleaner::stall(env.store(), None).await, [id(1)]);
    let resubmit = Resubmit { ids: vec![id(1)], reset_failures: true, only_dead: false, request: [1; 8] };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    assert_eq!(worker.finish(&first, completed("1")).await, stale(Status::Submitted));
    let mut other = limited(env, 2).await;
    let second = other.claim_one().await;
    assert_eq!(second.attempt, 2);
    env.advance(INTERVAL - SECOND).await;
    assert!(cleaner::stall(env.store(), None).await.is_empty(), "its silence counts from its second start on");
    assert_eq!(worker.beat(&first, None).await, Renewed::Taken);
    env.advance(SECOND).await;
    assert_eq!(cleaner::stall_with(env.store(), None, REHEARSAL).await.len(), 1, "that beat was not its own");
    assert_eq!(worker.finish(&first, failed("broken")).await, stale(Status::Started));
    assert_eq!(other.finish(&second, completed("2")).await, applied(Status::Completed));
}

pub async fn an_attempt_that_is_over_is_silent_no_more(env: &Environment) {
    submit_all(env.store(), &tasks(1..5)).await;
    let mut worker = limited(env, 1).await;
    let attempts = worker.claim_all().await;
    for attempt in &attempts {
        worker.beat(attempt, None).await;
    }
    worker.finish(&attempts[0], completed("1")).await;
    worker.finish(&attempts[1], failed_expectedly("busy")).await;
    worker.finish(&attempts[2], stopped()).await;
    env.store().cancel(id(4)).await.expect("cancel");
    worker.finish(&attempts[3], failed_expectedly("busy")).await;
    env.advance(Duration::from_secs(3_600)).await;
    assert!(cleaner::stall(env.store(), Some(SECOND)).await.is_empty());
}

pub async fn a_rehearsed_stall_changes_nothing(env: &Environment) {
    submit_all(env.store(), &tasks(1..6)).await;
    let mut worker = limited(env, 1).await;
    let attempts = worker.claim_all().await;
    env.advance(INTERVAL).await;
    let before = snapshot(env.store(), 1..6).await;
    let mut found = cleaner::stall_with(env.store(), None, Sweep { limit: 2, ..REHEARSAL }).await;
    found.sort_by_key(|task| task.id);
    assert_eq!(found.iter().map(|task| task.id).collect::<Vec<_>>(), (1..6).map(id).collect::<Vec<_>>());
    assert_eq!(snapshot(env.store(), 1..6).await, before);
    assert_eq!(worker.beat(&attempts[0], None).await, Renewed::Kept);
    assert_eq!(worker.finish(&attempts[1], completed("1")).await, applied(Status::Completed));
    assert_eq!(cleaner::stall(env.store(), None).await, [id(3), id(4), id(5)]);
}

/// Starts 1,200 tasks in two queues, half of them with an interval, all at the same time.
async fn many_silent(env: &Environment) -> Vec<ClaimedTask> {
    let all: Vec<NewTask> = (0..1_200).map(|n| if n % 3 == 0 { task_in("elsewhere", n) } else { task(n) }).collect();
    submit_all(env.store(), &all).await;
    let mut attempts = Vec::new();
    for (n, mut worker) in [(1, limited(env, 1).await), (2, Worker::start(env.store(), 2).await)] {
        let elsewhere = jobbers_core::store::QueueSlots { queue: "elsewhere".into(), ..worker.queues[0].clone() };
        worker.queues.push(elsewhere);
        let mut claimed = worker.claim(300).await;
        claimed.extend(worker.claim(300).await);
        assert_eq!(claimed.len(), 600, "worker {n}");
        for attempt in &claimed {
            worker.beat(attempt, None).await;
        }
        attempts.extend(claimed);
    }
    attempts
}

pub async fn a_walk_over_many_silent_tasks_ends_and_misses_none(env: &Environment) {
    many_silent(env).await;
    env.advance(INTERVAL + SECOND).await;
    for sweep in [REHEARSAL, WALK] {
        let found = cleaner::stall_with(env.store(), Some(INTERVAL), Sweep { limit: 100, ..sweep.clone() }).await;
        let mut ids: Vec<_> = found.iter().map(|task| task.id).collect();
        ids.sort();
        assert_eq!(ids, (0..1_200).map(id).collect::<Vec<_>>(), "{sweep:?}");
    }
    assert_eq!(listed_with(env.store(), Status::Stalled).await.len(), 1_200);
    assert!(listed_with(env.store(), Status::Started).await.is_empty());
    assert!(cleaner::stall(env.store(), Some(INTERVAL)).await.is_empty());
}

pub async fn a_stalled_task_is_listed_counted_and_told(env: &Environment) {
    submit_all(env.store(), &tasks(1..3)).await;
    let mut worker = limited(env, 1).await;
    let attempts = worker.claim_all().await;
    env.advance(2 * SECOND).await;
    worker.beat(&attempts[1], None).await;
    let mut moves = env.store().moves().await.expect("moves");
    env.advance(3 * SECOND).await;
    cleaner::stall(env.store(), None).await;
    assert_eq!(listed_with(env.store(), Status::Stalled).await, [id(1)]);
    assert_eq!(listed_with(env.store(), Status::Started).await, [id(2)]);
    let counts = env.store().counts().await.expect("counts").remove(0);
    assert_eq!((counts.started, counts.waiting, counts.dead), (1, 0, 0));
    let minute = env.now().as_millis() / 60_000;
    let tallies = env.store().tallies(minute..=minute).await.expect("tallies");
    assert_eq!((tallies[0].tally.stalled, tallies[0].tally.lost, tallies[0].tally.failed), (1, 0, 0));
    let told = async { while moves.recv().await != Some(Moved::Task(id(1), Status::Stalled)) {} };
    tokio::time::timeout(Duration::from_secs(5), told).await.expect("whoever watches is told");
}

pub async fn a_stall_and_an_end_at_once_have_one_winner(env: &Environment) {
    let mut worker = limited(env, 1).await;
    worker.store = env.other().await;
    for n in 0..20 {
        submit(env.store(), task(n)).await;
        let attempt = worker.claim_one().await;
        env.advance(INTERVAL).await;
        let (outcome, stalled) =
            tokio::join!(worker.finish(&attempt, completed("1")), cleaner::stall(env.store(), None));
        let shown = get(env.store(), id(n)).await;
        if stalled.is_empty() {
            assert_eq!((outcome, shown.status), (applied(Status::Completed), Status::Completed));
        } else {
            assert_eq!((outcome, shown.status), (stale(Status::Stalled), Status::Stalled));
            assert_eq!(shown.result, None);
        }
    }
}
