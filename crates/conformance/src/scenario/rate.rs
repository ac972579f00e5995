//! How often tasks of a queue start: never more in any window than its limit says, over all workers.

use std::time::Duration;

use jobbers_core::model::{NewTask, Period, RateLimit, Timestamp};
use jobbers_core::store::SharedStore;

use super::waking::Sleeper;
use super::{get, submit, submit_all};
use crate::Environment;
use crate::sample::{alpha, beta, completed, failed_expectedly, id, task, task_in, task_of, tasks};
use crate::worker::Worker;

pub(super) const MOMENT: Duration = Duration::from_millis(1);

pub(super) const fn rate(numerator: u32, denominator: u32, period: Period) -> RateLimit {
    RateLimit { numerator, denominator, period }
}

/// Ten in any ten seconds: counted in parts of ten milliseconds.
pub(super) const TEN: RateLimit = rate(10, 10, Period::Second);

/// A worker that knows how often tasks of the queue `default` may start.
pub(super) async fn of_rate(store: &SharedStore, n: u8, limit: RateLimit) -> Worker {
    let mut worker = Worker::start(store, n).await;
    worker.limit_rate("default", limit);
    worker
}

/// Starts over all windows that begin with one.
fn assert_bound(starts: &[Timestamp], limit: RateLimit) {
    for (index, first) in starts.iter().enumerate() {
        let end = first.after(limit.window());
        let count = starts[index..].iter().take_while(|start| **start < end).count();
        assert!(count <= limit.numerator as usize, "{count} from {first} on under {limit}: {starts:?}");
    }
}

/// Three workers ask in turn, as the clock goes on by these steps again and again; answers when tasks started.
async fn starts(env: &Environment, limit: RateLimit, steps: &[u64], wanted: usize) -> Vec<Timestamp> {
    submit_all(env.store(), &tasks(0..wanted as u64 + 50)).await;
    let mut workers = Vec::new();
    for n in 1..=3 {
        let store = if n == 2 { env.other().await } else { env.store().clone() };
        workers.push(of_rate(&store, n, limit).await);
    }
    let mut starts = Vec::new();
    for (turn, step) in steps.iter().cycle().enumerate().take(3_000) {
        let tasks = [1, 4, 2, 7, 3][turn % 5];
        let reply = workers[turn % 3].ask(tasks).await;
        starts.extend(reply.claimed.iter().map(|task| task.started_at));
        if starts.len() >= wanted {
            return starts;
        }
        env.advance(Duration::from_millis(*step)).await;
    }
    panic!("{} of {wanted} have started until {}", starts.len(), env.now());
}

pub async fn no_more_start_than_allowed_in_any_window(env: &Environment) {
    // Steps about the parts in which starts may be counted, and such that lead to the ends of windows.
    let steps = [0, 3, 9, 1, 10, 0, 250, 11, 999, 1, 4_000, 7, 20, 3_000, 5, 1_700, 0, 13];
    assert_bound(&starts(env, TEN, &steps, 200).await, TEN);
}

pub async fn no_more_start_than_allowed_in_any_short_window(env: &Environment) {
    let limit = rate(7, 1, Period::Second);
    assert_bound(&starts(env, limit, &[0, 1, 1, 0, 2, 333, 1, 90, 400, 1, 170], 200).await, limit);
}

pub async fn no_more_start_than_allowed_in_any_window_of_a_minute(env: &Environment) {
    let limit = rate(25, 1, Period::Minute);
    assert_bound(&starts(env, limit, &[59, 1, 60, 61, 0, 3_000, 119, 12_345, 100, 7], 300).await, limit);
}

pub async fn a_start_counts_for_a_whole_window_whatever_started_just_before_it(env: &Environment) {
    submit_all(env.store(), &tasks(0..50)).await;
    let mut worker = of_rate(env.store(), 1, TEN).await;
    assert_eq!(worker.ask(5).await.claimed.len(), 5);
    env.advance(Duration::from_millis(9)).await;
    assert_eq!(worker.ask(20).await.claimed.len(), 5);
    env.advance(TEN.window() - Duration::from_millis(9)).await;
    let mut started = 0;
    for _ in 0..9 {
        started += worker.ask(20).await.claimed.len();
        assert!(started <= 5, "{started} at {}: five others count until they were ten seconds ago", env.now());
        env.advance(MOMENT).await;
    }
    started += worker.ask(20).await.claimed.len();
    assert_eq!(started, 10);
}

pub async fn as_much_starts_as_the_rate_allows(env: &Environment) {
    let begin = env.now();
    let starts = starts(env, TEN, &[40], 60).await;
    assert_bound(&starts, TEN);
    // Ten at once, and fifty more in five windows.
    let took = starts.last().expect("some started").since(begin);
    let ideal = TEN.window() * 5;
    assert!(took.as_secs_f64() <= ideal.as_secs_f64() / 0.95, "{took:?} for what may take {ideal:?}");
}

pub async fn steady_work_is_not_slowed_by_a_rate_that_it_keeps_to(env: &Environment) {
    let limit = rate(20, 10, Period::Second);
    let mut worker = of_rate(env.store(), 1, limit).await;
    for n in 0..100 {
        submit(env.store(), task(n)).await;
        // Nineteen in ten seconds.
        let reply = worker.ask(1).await;
        assert_eq!(reply.claimed.len(), 1, "task {n} at {}", env.now());
        env.advance(Duration::from_millis(527)).await;
    }
}

pub async fn a_hundred_an_hour(env: &Environment) {
    let limit = rate(100, 1, Period::Hour);
    submit_all(env.store(), &tasks(0..250)).await;
    let mut worker = of_rate(env.store(), 1, limit).await;
    let first = worker.ask(60).await.claimed;
    env.advance(Duration::from_secs(1_800)).await;
    let reply = worker.ask(200).await;
    assert_eq!((first.len(), reply.claimed.len()), (60, 40));
    let hour = Duration::from_secs(3_600);
    assert_eq!(reply.next_slot, Some(first[0].started_at.after(hour)));
    env.advance(hour / 2 - MOMENT).await;
    assert!(worker.ask(200).await.claimed.is_empty());
    env.advance(MOMENT).await;
    assert_eq!(worker.ask(200).await.claimed.len(), 60);
    env.advance(hour).await;
    assert_eq!(worker.ask(200).await.claimed.len(), 90, "what is left");
}

pub async fn fifty_thousand_a_second(env: &Environment) {
    let limit = rate(50_000, 1, Period::Second);
    submit_all(env.store(), &tasks(0..2_000)).await;
    let mut worker = of_rate(env.store(), 1, limit).await;
    for _ in 0..3 {
        let reply = worker.ask(500).await;
        assert_eq!((reply.claimed.len(), reply.next_slot), (500, None));
        env.advance(MOMENT).await;
    }
    let left = async || {
        let standing = env.store().standing(id(1_999), Some(limit)).await.expect("standing").expect("it waits");
        standing.allowance.expect("a limit was asked about").left
    };
    assert_eq!(left().await, 48_500, "each start is counted");
    env.advance(Duration::from_millis(998)).await;
    assert_eq!(left().await, 49_500, "until it was a second ago");
    env.advance(MOMENT).await;
    assert_eq!(left().await, 50_000);
}

pub async fn nothing_starts_under_a_rate_of_none(env: &Environment) {
    submit_all(env.store(), &[task(1), task_in("other", 2)]).await;
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha()]).await;
    worker.limit_rate("default", rate(0, 1, Period::Second));
    let reply = worker.ask(10).await;
    assert_eq!((reply.claimed.len(), reply.claimed[0].id, reply.next_slot), (1, id(2), None));
    env.advance(Duration::from_secs(3_600)).await;
    let reply = worker.ask(10).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (0, None));
    worker.limit_rate("default", None);
    assert_eq!(worker.ask(10).await.claimed.len(), 1, "no limit is no limit");
}

pub async fn a_limited_queue_holds_up_no_other(env: &Environment) {
    submit_all(env.store(), &tasks(0..300)).await;
    submit_all(env.store(), &(500..540).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha()]).await;
    worker.limit_rate("default", rate(2, 1, Period::Hour));
    let reply = worker.ask(10).await;
    let limited = reply.claimed.iter().filter(|task| task.queue == "default").count();
    assert_eq!((reply.claimed.len(), limited, reply.next_slot), (10, 2, None));
    let reply = worker.ask(10).await;
    assert!(reply.claimed.len() == 10 && reply.claimed.iter().all(|task| task.queue == "other"), "{reply:?}");
    let reply = worker.ask(100).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (22, Some(env.now().after(Duration::from_secs(3_600)))));
}

pub async fn priorities_and_turns_stay_inside_what_a_rate_leaves(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    submit_all(env.store(), &(10..20).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await;
    let urgent = |n| NewTask { priority: 0, ..task_of(beta(), n) };
    submit_all(env.store(), &(20..22).map(urgent).collect::<Vec<_>>()).await;
    let mut worker = of_rate(env.store(), 1, RateLimit { numerator: 8, ..TEN }).await;
    let claimed = worker.ask(100).await.claimed;
    assert_eq!(claimed[..2].iter().map(|task| task.id).collect::<Vec<_>>(), [id(20), id(21)]);
    let alphas = claimed[2..].iter().filter(|task| task.task_type == alpha()).count();
    assert_eq!((claimed.len(), alphas), (8, 3), "types take turns for the other six");
}

pub async fn a_retry_is_a_start_as_well(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = of_rate(env.store(), 1, RateLimit { numerator: 3, ..TEN }).await;
    let mut attempt = worker.claim_one().await;
    for _ in 0..2 {
        let finish = worker.decide(&attempt, failed_expectedly("busy"));
        attempt = worker.finish_and_claim(vec![finish], 1).await.claimed.remove(0);
    }
    let finish = worker.decide(&attempt, failed_expectedly("busy"));
    let reply = worker.finish_and_claim(vec![finish], 1).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (0, Some(env.now().after(TEN.window()))));
    assert_eq!(get(env.store(), id(1)).await.attempt, 3);
}

pub async fn an_end_gives_back_no_start(env: &Environment) {
    submit_all(env.store(), &tasks(0..30)).await;
    let mut worker = of_rate(env.store(), 1, TEN).await;
    let claimed = worker.ask(20).await.claimed;
    let finishes: Vec<_> = claimed.iter().map(|attempt| worker.decide(attempt, completed("1"))).collect();
    assert!(worker.finish_and_claim(finishes, 20).await.claimed.is_empty());
}

pub async fn each_queue_has_a_rate_of_its_own(env: &Environment) {
    for (n, queue) in [(0, "default"), (100, "other")] {
        submit_all(env.store(), &(n..n + 30).map(|n| task_in(queue, n)).collect::<Vec<_>>()).await;
    }
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha()]).await;
    worker.limit_rate("default", TEN);
    worker.limit_rate("other", RateLimit { numerator: 3, ..TEN });
    let slots = worker.queues.pop().expect("two queues");
    assert_eq!(worker.ask(100).await.claimed.len(), 10);
    worker.queues.push(slots);
    let claimed = worker.ask(100).await.claimed;
    let others = claimed.iter().filter(|task| task.queue == "other").count();
    assert_eq!((claimed.len(), others), (3, 3), "what starts in one queue takes nothing from the other");
    env.advance(TEN.window()).await;
    assert_eq!(worker.ask(100).await.claimed.len(), 13);
}

pub async fn a_total_and_a_rate_are_kept_together(env: &Environment) {
    submit_all(env.store(), &tasks(0..50)).await;
    let mut worker = of_rate(env.store(), 1, TEN).await;
    worker.limit_total("default", 7);
    let running = worker.ask(50).await.claimed;
    assert_eq!(running.len(), 7, "the total is less");
    let finishes: Vec<_> = running.iter().map(|attempt| worker.decide(attempt, completed("1"))).collect();
    let reply = worker.finish_and_claim(finishes, 50).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (3, Some(env.now().after(TEN.window()))), "now the rate is");
    env.advance(TEN.window()).await;
    assert_eq!(worker.ask(50).await.claimed.len(), 4);
}

pub async fn a_claim_that_takes_nothing_counts_nothing(env: &Environment) {
    let mut worker = of_rate(env.store(), 1, TEN).await;
    for _ in 0..20 {
        assert!(worker.ask(10).await.claimed.is_empty());
    }
    submit_all(env.store(), &tasks(0..30)).await;
    worker.queues[0].free = 0;
    assert!(worker.ask(10).await.claimed.is_empty());
    worker.queues[0].free = 4;
    assert_eq!(worker.ask(20).await.claimed.len(), 4, "and no more than it has slots for");
    worker.queues[0].free = 500;
    assert_eq!(worker.ask(20).await.claimed.len(), 6);
}

pub async fn a_submission_into_a_queue_whose_rate_is_used_up_wakes_nobody(env: &Environment) {
    submit_all(env.store(), &tasks(0..15)).await;
    of_rate(env.store(), 1, TEN).await.ask(10).await;
    let mut sleepers = Vec::new();
    for n in 2..=3 {
        sleepers.push(Sleeper::park(env, of_rate(env.store(), n, TEN).await, u64::from(n)).await);
    }
    for n in 100..110 {
        submit(env.store(), task(n)).await;
    }
    submit_all(env.store(), &tasks(200..300)).await;
    for sleeper in &mut sleepers {
        let woken = sleeper.is_woken(env).await;
        assert!(!woken || !env.capabilities.wakes_no_more_than_needed);
    }
}

pub async fn another_queue_wakes_a_worker_that_waits_for_a_rate(env: &Environment) {
    submit_all(env.store(), &tasks(0..15)).await;
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha()]).await;
    worker.limit_rate("default", TEN);
    worker.ask(10).await;
    let mut sleeper = Sleeper::park(env, worker, 1).await;
    submit(env.store(), task_in("other", 300)).await;
    sleeper.wakes().await;
    assert_eq!(sleeper.worker.claim_one().await.id, id(300));
}

pub async fn a_clock_that_is_set_back_does_not_stop_a_queue(env: &Environment) {
    submit_all(env.store(), &tasks(0..50)).await;
    let mut worker = of_rate(env.store(), 1, TEN).await;
    // Somebody had set it to the wrong day.
    env.advance(Duration::from_secs(86_400)).await;
    assert_eq!(worker.ask(20).await.claimed.len(), 10);
    env.set_back(86_400_000).await;
    assert_eq!(worker.ask(20).await.claimed.len(), 10);
    assert!(worker.ask(20).await.claimed.is_empty(), "these count");
    env.advance(TEN.window()).await;
    assert_eq!(worker.ask(20).await.claimed.len(), 10);
}

pub async fn a_clock_that_is_set_back_a_little_lets_no_more_start(env: &Environment) {
    submit_all(env.store(), &tasks(0..50)).await;
    let mut worker = of_rate(env.store(), 1, TEN).await;
    env.advance(Duration::from_secs(5)).await;
    assert_eq!(worker.ask(6).await.claimed.len(), 6);
    env.set_back(3_000).await;
    assert_eq!(worker.ask(20).await.claimed.len(), 4);
    assert!(worker.ask(20).await.claimed.is_empty());
    env.advance(Duration::from_secs(13)).await;
    assert_eq!(worker.ask(20).await.claimed.len(), 10, "a window after the last of them, by whichever time");
}
