//! What a store counts by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use jobbers_core::model::{DeadLetter, NewTask, Policy, TaskType};
use jobbers_core::store::{MAX_BATCH, QueueCounts, Resubmit, SharedStore, Tally};

use super::{submit, submit_all};
use crate::Environment;
use crate::life::Guide;
use crate::sample::{
    completed, confirmed_cancelled, failed, failed_expectedly, failed_for_later, handed_back, id, stopped, task,
    task_after, task_in, tasks,
};
use crate::scheduler;
use crate::worker::Worker;

/// Counts of the queues that have anything.
async fn counts(store: &SharedStore) -> BTreeMap<String, QueueCounts> {
    let all = store.counts().await.expect("counts");
    let queues = all.len();
    let mut by_queue: BTreeMap<_, _> = all.into_iter().map(|counts| (counts.queue.clone(), counts)).collect();
    assert_eq!(by_queue.len(), queues, "each queue once");
    by_queue.retain(|queue, counts| *counts != QueueCounts { queue: queue.clone(), ..QueueCounts::default() });
    by_queue
}

/// Waiting, scheduled, started and dead.
async fn numbers(env: &Environment) -> (u64, u64, u64, u64) {
    let counts = counts(env.store()).await.remove("default").unwrap_or_default();
    assert_eq!(counts.oldest_waiting.is_some(), counts.waiting > 0, "{counts:?}");
    (counts.waiting, counts.scheduled, counts.started, counts.dead)
}

/// The sum of what happened in so many minutes, the last one being this.
async fn tally_of(env: &Environment, queue: &str, minutes: u64) -> Tally {
    let now = env.now().as_millis() / 60_000;
    let mut sum = Tally::default();
    for minute in env.store().tallies(now + 1 - minutes..=now).await.expect("tallies") {
        assert!(minute.minute <= now && minute.minute + minutes > now, "{minute:?} was not asked for");
        if minute.queue == queue {
            sum.submitted += minute.tally.submitted;
            sum.started += minute.tally.started;
            sum.completed += minute.tally.completed;
            sum.failed += minute.tally.failed;
            sum.cancelled += minute.tally.cancelled;
            sum.stalled += minute.tally.stalled;
            sum.dropped += minute.tally.dropped;
            sum.retried += minute.tally.retried;
            sum.lost += minute.tally.lost;
        }
    }
    sum
}

pub async fn counts_follow_a_task_through_its_life(env: &Environment) {
    assert!(counts(env.store()).await.is_empty());
    submit(env.store(), task_after(5, 1)).await;
    assert_eq!(numbers(env).await, (0, 1, 0, 0));
    env.advance(Duration::from_secs(5)).await;
    scheduler::promote(env.store()).await;
    assert_eq!(numbers(env).await, (1, 0, 0, 0));
    let keeps = Policy { dead_letter: DeadLetter::Save, ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, keeps).await;
    let attempt = worker.claim_one().await;
    assert_eq!(numbers(env).await, (0, 0, 1, 0));
    worker.finish(&attempt, failed_expectedly("busy")).await;
    assert_eq!(numbers(env).await, (1, 0, 0, 0));
    worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    assert_eq!(numbers(env).await, (1, 0, 0, 0));
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed_for_later("busy", 60)).await;
    assert_eq!(numbers(env).await, (0, 1, 0, 0));
    env.store().hasten(&[id(1)]).await.expect("hasten");
    assert_eq!(numbers(env).await, (1, 0, 0, 0));
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed("no")).await;
    assert_eq!(numbers(env).await, (0, 0, 0, 1));
    let resubmit = Resubmit { ids: vec![id(1)], reset_failures: true, only_dead: false, request: [1; 8] };
    for _ in 0..2 {
        env.store().resubmit(&resubmit).await.expect("resubmit");
        assert_eq!(numbers(env).await, (1, 0, 0, 0));
    }
    for _ in 0..2 {
        env.store().cancel(id(1)).await.expect("cancel");
        assert_eq!(numbers(env).await, (0, 0, 0, 0));
    }
    env.store().forget(&[id(1)]).await.expect("forget");
    assert_eq!(numbers(env).await, (0, 0, 0, 0));
}

pub async fn each_queue_is_counted_by_itself(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    let mut n = 0;
    let queues = ["default", "re:ports", "re%3Aports", "é@1"];
    for (times, queue) in (1..).zip(queues) {
        for _ in 0..times {
            for stage in crate::life::Stage::ALL {
                n += 1;
                // What waits already must not come before what is brought to its end.
                guide.bring_task(task_in(queue, n), stage).await;
            }
        }
    }
    let counts = counts(env.store()).await;
    assert_eq!(counts.len(), 4);
    for (times, queue) in (1..).zip(queues) {
        let expected = QueueCounts {
            queue: queue.to_owned(),
            waiting: times,
            scheduled: times,
            started: times,
            dead: times,
            oldest_waiting: Some(env.now()),
        };
        assert_eq!(counts[queue], expected);
    }
}

pub async fn a_cancelled_and_resubmitted_task_is_counted_once(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    for round in 0..3 {
        let ids: Vec<_> = (0..5).map(id).collect();
        env.store().cancel_all(&ids).await.expect("cancel_all");
        assert_eq!(numbers(env).await, (5, 0, 0, 0));
        let resubmit = Resubmit { ids, reset_failures: true, only_dead: false, request: [round; 8] };
        env.store().resubmit(&resubmit).await.expect("resubmit");
        assert_eq!(numbers(env).await, (10, 0, 0, 0));
    }
    let mut worker = Worker::start(env.store(), 1).await;
    let mut claimed = worker.claim(7).await;
    assert_eq!(numbers(env).await, (3, 0, 7, 0));
    claimed.extend(worker.claim_all().await);
    assert_eq!(numbers(env).await, (0, 0, 10, 0));
    for attempt in &claimed {
        worker.finish(attempt, completed("1")).await;
    }
    assert_eq!(numbers(env).await, (0, 0, 0, 0));
}

pub async fn expired_tasks_are_counted_as_what_they_are_shown_as(env: &Environment) {
    let expires_at = Some(env.now().after(Duration::from_secs(1)));
    let all: Vec<_> = (0..20).map(|n| NewTask { expires_at, ..task(n) }).collect();
    submit_all(env.store(), &all).await;
    submit_all(env.store(), &tasks(20..23)).await;
    env.advance(Duration::from_secs(2)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim(2).await;
    // Whether the claim has cancelled those that it met is the store's choice.
    let waiting = super::listed_with(env.store(), jobbers_core::model::Status::Submitted).await.len() as u64;
    assert_eq!(numbers(env).await, (waiting, 0, 2, 0));
    env.store().expire(MAX_BATCH).await.expect("expire");
    assert_eq!(numbers(env).await, (1, 0, 2, 0));
    assert_eq!(tally_of(env, "default", 1).await.cancelled, 20);
}

pub async fn the_oldest_that_waits_tells_since_when(env: &Environment) {
    let start = env.now();
    let oldest = async || counts(env.store()).await.remove("default").and_then(|counts| counts.oldest_waiting);
    submit(env.store(), task(1)).await;
    env.advance(Duration::from_secs(10)).await;
    submit_all(env.store(), &[task(2), NewTask { task_type: TaskType::new("beta", 1), priority: 0, ..task(3) }]).await;
    assert_eq!(oldest().await, Some(start));
    env.advance(Duration::from_secs(10)).await;
    let mut worker = Worker::consuming(env.store(), 1, &["default"], &[crate::sample::alpha()]).await;
    worker.claim_one().await;
    assert_eq!(oldest().await, Some(start.after(Duration::from_secs(10))));
    worker.claim_one().await;
    assert_eq!(oldest().await, Some(start.after(Duration::from_secs(10))));
    let mut betas = Worker::consuming(env.store(), 2, &["default"], &[crate::sample::beta()]).await;
    betas.claim_one().await;
    assert_eq!(oldest().await, None);
}

pub async fn everything_that_happens_is_tallied(env: &Environment) {
    let tally = async || tally_of(env, "default", 10).await;
    let policy = Policy { max_retries: 1, max_lost: 2, ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, policy).await;
    let mut expected = Tally::default();

    submit_all(env.store(), &tasks(0..6)).await;
    submit(env.store(), task_after(5, 10)).await;
    expected.submitted += 7;
    assert_eq!(tally().await, expected);
    env.store().submit(&[task(0)]).await.expect("submit");
    assert_eq!(tally().await, expected, "a repeated submission is none");

    let attempts = worker.claim(6).await;
    expected.started += 6;
    let ends = [completed("1"), failed("no"), failed_expectedly("busy"), stopped(), handed_back()];
    for (attempt, end) in attempts.iter().zip(ends) {
        worker.finish(attempt, end).await;
    }
    expected.completed += 1;
    expected.failed += 1;
    expected.retried += 1;
    expected.stalled += 1;
    assert_eq!(tally().await, expected);
    worker.finish(&attempts[0], completed("1")).await;
    worker.finish(&attempts[1], failed("no")).await;
    assert_eq!(tally().await, expected, "a repeated end is none");

    let again = worker.claim(2).await;
    expected.started += 2;
    for attempt in &again {
        worker.finish(attempt, failed_expectedly("busy")).await;
    }
    // One had a retry left (it was handed back before), the other had not.
    expected.failed += 1;
    expected.retried += 1;
    assert_eq!(tally().await, expected);

    // The sixth dies with its worker, twice.
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    expected.lost += 1;
    assert_eq!(tally().await, expected);
    let mut retried = worker.claim(2).await;
    expected.started += 2;
    retried.retain(|attempt| attempt.id != attempts[5].id);
    env.store().cancel(retried[0].id).await.expect("cancel");
    assert_eq!(tally().await, expected, "a wish is not yet an end");
    worker.finish(&retried[0], confirmed_cancelled()).await;
    expected.cancelled += 1;
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    expected.lost += 1;
    expected.failed += 1;
    assert_eq!(tally().await, expected);

    let resubmit = Resubmit { ids: vec![id(1), id(3), id(0)], reset_failures: true, only_dead: false, request: [1; 8] };
    for _ in 0..2 {
        env.store().resubmit(&resubmit).await.expect("resubmit");
        assert_eq!(tally().await, Tally { submitted: expected.submitted + 2, ..expected }, "a completed one is none");
    }
    expected.submitted += 2;
    env.store().hasten(&[id(10)]).await.expect("hasten");
    assert_eq!(tally().await, expected, "it was submitted before");
    for _ in 0..2 {
        env.store().cancel_all(&[id(1), id(10), id(10)]).await.expect("cancel_all");
        assert_eq!(tally().await, Tally { cancelled: expected.cancelled + 2, ..expected });
    }
    expected.cancelled += 2;
    env.store().forget(&[id(1), id(10), id(0)]).await.expect("forget");
    assert_eq!(tally().await, expected, "it happened all the same");
    submit(env.store(), NewTask { expires_at: Some(env.now()), ..task(20) }).await;
    env.store().expire(MAX_BATCH).await.expect("expire");
    expected.submitted += 1;
    expected.cancelled += 1;
    assert_eq!(tally().await, expected);
    let ended = expected.completed + expected.failed + expected.cancelled + expected.stalled;
    assert_eq!(expected.submitted - ended, 1, "what was submitted and has not ended is live");
    assert_eq!(numbers(env).await, (1, 0, 0, 1), "what died with its workers is a dead letter");
}

pub async fn an_end_that_yielded_is_tallied_as_cancelled(env: &Environment) {
    submit_all(env.store(), &tasks(0..3)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempts = worker.claim(3).await;
    env.store().cancel_all(&[id(0), id(1), id(2)]).await.expect("cancel_all");
    for (attempt, end) in attempts.iter().zip([failed("no"), failed_expectedly("busy"), failed_for_later("busy", 1)]) {
        worker.finish(attempt, end).await;
    }
    let expected = Tally { submitted: 3, started: 3, cancelled: 3, ..Tally::default() };
    assert_eq!(tally_of(env, "default", 1).await, expected);
}

pub async fn each_minute_and_queue_is_tallied_by_itself(env: &Environment) {
    // To the first millisecond of a minute.
    env.advance(Duration::from_millis(60_000 - env.now().as_millis() % 60_000)).await;
    let first = env.now().as_millis() / 60_000;
    submit_all(env.store(), &tasks(0..3)).await;
    env.advance(Duration::from_millis(59_999)).await;
    submit_all(env.store(), &[task(3), task_in("re:ports", 4)]).await;
    env.advance(Duration::from_millis(1)).await;
    submit_all(env.store(), &[task(5)]).await;
    env.advance(Duration::from_secs(180)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_all().await;

    let of = async |from, to| {
        let mut found: Vec<_> = env.other().await.tallies(from..=to).await.expect("tallies");
        found.retain(|minute| minute.tally != Tally::default());
        found.sort_by_key(|minute| (minute.minute, minute.queue.clone()));
        found
            .into_iter()
            .map(|minute| (minute.minute - first, minute.queue, minute.tally.submitted, minute.tally.started))
            .collect::<Vec<_>>()
    };
    let queue = "default".to_owned();
    let other = "re:ports".to_owned();
    let all = [(0, queue.clone(), 4, 0), (0, other, 1, 0), (1, queue.clone(), 1, 0), (4, queue, 0, 5)];
    assert_eq!(of(first, first + 10).await, all);
    assert_eq!(of(first, first).await, all[..2]);
    assert_eq!(of(first + 1, first + 1).await, all[2..3]);
    assert_eq!(of(first + 2, first + 3).await, []);
    assert_eq!(of(first + 4, first + 4).await, all[3..]);
    assert_eq!(of(first - 5, first - 1).await, []);
}

pub async fn tallies_are_kept_for_a_day(env: &Environment) {
    submit_all(env.store(), &tasks(0..3)).await;
    env.advance(Duration::from_secs(23 * 3600 + 59 * 60)).await;
    // Also when many minutes have something.
    for n in 10..20 {
        env.advance(Duration::from_secs(5)).await;
        submit(env.store(), task(n)).await;
    }
    assert_eq!(tally_of(env, "default", 24 * 60 + 1).await.submitted, 13);
}

pub async fn what_waits_is_counted_by_type(env: &Environment) {
    let waiting = async || {
        let mut waiting = env.store().waiting().await.expect("waiting");
        waiting.sort();
        waiting.into_iter().map(|waiting| (waiting.queue, waiting.task_type, waiting.tasks)).collect::<Vec<_>>()
    };
    assert!(waiting().await.is_empty());
    let (alpha, beta) = (crate::sample::alpha(), crate::sample::beta());
    let newer = TaskType { version: 2, ..alpha.clone() };
    let of = |task_type: &TaskType, task: NewTask| NewTask { task_type: task_type.clone(), ..task };
    let urgent = NewTask { priority: 0, ..task(2) };
    submit_all(env.store(), &[task(1), urgent, of(&newer, task(3)), of(&beta, task(4)), task_in("elsewhere", 5)]).await;
    submit_all(env.store(), &[task_after(60, 6), of(&beta, task_after(60, 7))]).await;
    let row = |queue: &str, task_type: &TaskType, tasks: u64| (queue.to_owned(), task_type.clone(), tasks);
    let mut expected =
        [row("default", &alpha, 2), row("default", &newer, 1), row("default", &beta, 1), row("elsewhere", &alpha, 1)];
    assert_eq!(waiting().await, expected);
    let mut worker = Worker::consuming(env.store(), 1, &["default"], std::slice::from_ref(&alpha)).await;
    let attempt = worker.claim_one().await;
    env.store().cancel_all(&[id(3), id(4)]).await.expect("cancel_all");
    expected[0].2 = 1;
    assert_eq!(waiting().await, [expected[0].clone(), expected[3].clone()], "only where some do");
    worker.finish(&attempt, handed_back()).await;
    env.store().hasten(&[id(7)]).await.expect("hasten");
    expected[0].2 = 2;
    assert_eq!(waiting().await, [expected[0].clone(), expected[2].clone(), expected[3].clone()]);
}
