//! Where a waiting task stands: what comes before it, and what holds it up.

use std::time::Duration;

use jobbers_core::model::{NewTask, Period, Policy, RateLimit, TaskId};
use jobbers_core::store::{Ahead, Allowance, SharedStore, Standing};

use super::rate::{of_rate, rate};
use super::{submit, submit_all};
use crate::Environment;
use crate::cleaner;
use crate::life::{Guide, Stage};
use crate::sample::{alpha, beta, completed, handed_back, id, task, task_in, task_of, tasks};
use crate::worker::Worker;

const SECOND: Duration = Duration::from_secs(1);

async fn standing(store: &SharedStore, id: TaskId) -> Standing {
    store.standing(id, None).await.expect("standing").unwrap_or_else(|| panic!("{id} waits"))
}

async fn ahead(store: &SharedStore, n: u64) -> Ahead {
    standing(store, id(n)).await.ahead
}

pub async fn only_a_task_that_waits_stands_somewhere(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    for (id, stage) in guide.bring_all().await {
        let stands = env.store().standing(id, None).await.expect("standing").is_some();
        assert_eq!(stands, stage == Stage::Waiting, "{stage:?}");
    }
    assert_eq!(env.store().standing(id(5_000), None).await.expect("standing"), None);
}

pub async fn a_task_that_waits_alone_has_nothing_before_it(env: &Environment) {
    submit(env.store(), task(1)).await;
    let expected = Standing {
        ahead: Ahead::Exactly(0),
        of_better_priority: 0,
        types_in_turn: 1,
        running_in_queue: 0,
        running_of_type: 0,
        allowance: None,
    };
    assert_eq!(standing(env.store(), id(1)).await, expected);
}

pub async fn tasks_before_it_in_its_lane_are_counted_exactly(env: &Environment) {
    submit_all(env.store(), &tasks(0..50)).await;
    submit_all(env.store(), &(100..120).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await;
    submit_all(env.store(), &(200..220).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    for n in [0, 1, 17, 49] {
        assert_eq!(ahead(env.store(), n).await, Ahead::Exactly(n));
    }
    assert_eq!(ahead(env.store(), 119).await, Ahead::Exactly(19));
    assert_eq!(ahead(env.store(), 205).await, Ahead::Exactly(5));
    let mut worker = Worker::start(env.store(), 1).await;
    worker.types[1].1 = 0;
    let claimed = worker.claim(10).await;
    assert_eq!(ahead(env.store(), 49).await, Ahead::Exactly(39), "what runs is not before it");
    env.store().cancel_all(&[20, 21, 22].map(id)).await.expect("cancel_all");
    assert_eq!(ahead(&env.other().await, 49).await, Ahead::Exactly(36), "nor what was cancelled");
    assert_eq!(ahead(env.store(), 19).await, Ahead::Exactly(9));
    worker.finish(&claimed[0], handed_back()).await;
    assert_eq!(ahead(env.store(), 49).await, Ahead::Exactly(37), "but what came back to the head");
    assert_eq!(ahead(env.store(), 0).await, Ahead::Exactly(0));
}

pub async fn the_first_thousand_are_counted_and_those_behind_are_estimated(env: &Environment) {
    submit_all(env.store(), &tasks(0..3_000)).await;
    for n in [0, 500, 999] {
        assert_eq!(ahead(env.store(), n).await, Ahead::Exactly(n));
    }
    for n in [1_000, 1_500, 2_200, 2_999] {
        let Ahead::About(about) = ahead(env.store(), n).await else { panic!("{n} is not among the first") };
        assert!(about >= Ahead::EXACT && about.abs_diff(n) <= n / 10, "about {about} for {n}");
    }
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim(500).await;
    assert_eq!(ahead(env.store(), 1_499).await, Ahead::Exactly(999));
    let Ahead::About(about) = ahead(env.store(), 2_999).await else { panic!("2,499 are before it") };
    assert!(about.abs_diff(2_499) <= 250, "about {about}");
}

pub async fn better_priorities_of_every_type_are_told(env: &Environment) {
    let of = |priority, task_type, n| NewTask { priority, ..task_of(task_type, n) };
    submit_all(env.store(), &(0..4).map(|n| of(1, alpha(), n)).collect::<Vec<_>>()).await;
    submit_all(env.store(), &(10..13).map(|n| of(3, beta(), n)).collect::<Vec<_>>()).await;
    submit_all(env.store(), &(20..30).map(|n| of(5, alpha(), n)).collect::<Vec<_>>()).await;
    submit_all(env.store(), &(30..40).map(|n| of(7, alpha(), n)).collect::<Vec<_>>()).await;
    submit(env.store(), NewTask { priority: 0, ..task_in("other", 50) }).await;
    for (n, expected) in [(3, 0), (12, 4), (29, 7), (39, 17), (50, 0)] {
        assert_eq!(standing(env.store(), id(n)).await.of_better_priority, expected, "{n}");
    }
    env.store().cancel_all(&[id(0), id(10)]).await.expect("cancel_all");
    assert_eq!(standing(env.store(), id(29)).await.of_better_priority, 5);
}

pub async fn types_that_take_turns_are_told(env: &Environment) {
    let gamma = || jobbers_core::model::TaskType::new("gamma", 3);
    submit_all(env.store(), &[task(1), task(2), task_of(beta(), 3), task_of(gamma(), 4)]).await;
    submit(env.store(), NewTask { priority: 6, ..task(5) }).await;
    submit(env.store(), NewTask { queue: "other".into(), ..task_of(beta(), 6) }).await;
    for (n, expected) in [(2, 3), (3, 3), (5, 1), (6, 1)] {
        assert_eq!(standing(env.store(), id(n)).await.types_in_turn, expected, "{n}");
    }
    env.store().cancel(id(4)).await.expect("cancel");
    assert_eq!(standing(env.store(), id(2)).await.types_in_turn, 2);
}

pub async fn what_runs_is_told_as_limits_count_it(env: &Environment) {
    let policy = Policy { max_heartbeat_interval: Some(5 * SECOND), ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, policy).await;
    let other = jobbers_core::store::QueueSlots { queue: "other".into(), ..worker.queues[0].clone() };
    worker.queues.push(other);
    submit_all(env.store(), &[task(0), task(1), task_of(beta(), 2), task_in("other", 3), task_in("other", 4)]).await;
    let attempts = worker.claim_all().await;
    assert_eq!(attempts.len(), 5);
    submit_all(env.store(), &[task(10), task_of(beta(), 11), task_in("other", 12)]).await;
    let running = async |n| {
        let standing = standing(env.store(), id(n)).await;
        (standing.running_in_queue, standing.running_of_type)
    };
    assert_eq!((running(10).await, running(11).await, running(12).await), ((3, 4), (3, 1), (2, 4)));
    let attempt = |n| attempts.iter().find(|attempt| attempt.id == id(n)).expect("all were claimed");
    worker.finish(attempt(0), completed("1")).await;
    assert_eq!((running(10).await, running(12).await), ((2, 3), (2, 3)));
    // Code that was taken away and has not stopped.
    env.advance(5 * SECOND).await;
    assert_eq!(cleaner::stall(env.store(), None).await.len(), 4);
    assert_eq!((running(10).await, running(11).await, running(12).await), ((2, 3), (2, 1), (2, 3)));
    worker.stop(attempt(3)).await;
    assert_eq!((running(10).await, running(12).await), ((2, 2), (1, 2)));
    env.advance(5 * SECOND).await;
    assert_eq!((running(10).await, running(12).await), ((0, 0), (0, 0)), "their leases are over");
}

pub async fn what_a_rate_leaves_is_told_and_nothing_is_taken_from_it(env: &Environment) {
    let limit = rate(10, 10, Period::Second);
    submit_all(env.store(), &tasks(0..30)).await;
    let allowance = async |limit: RateLimit| {
        let standing = env.store().standing(id(29), Some(limit)).await.expect("standing").expect("it waits");
        standing.allowance.expect("a limit was asked about")
    };
    assert_eq!(allowance(limit).await, Allowance { left: 10, next: None }, "before anything has started");
    let mut worker = of_rate(env.store(), 1, limit).await;
    let begin = env.now();
    worker.ask(6).await;
    for _ in 0..3 {
        assert_eq!(allowance(limit).await, Allowance { left: 4, next: None });
    }
    env.advance(3 * SECOND).await;
    worker.ask(4).await;
    assert_eq!(allowance(limit).await, Allowance { left: 0, next: Some(begin.after(limit.window())) });
    let lower = RateLimit { numerator: 4, ..limit };
    assert_eq!(allowance(lower).await, Allowance { left: 0, next: Some(begin.after(limit.window() + 3 * SECOND)) });
    let shorter = RateLimit { denominator: 2, ..limit };
    assert_eq!(allowance(shorter).await, Allowance { left: 6, next: None });
    assert_eq!(allowance(limit).await.left, 0, "what another limit would leave is not kept");
    assert_eq!(allowance(RateLimit { numerator: 0, ..limit }).await, Allowance { left: 0, next: None });
    env.advance(7 * SECOND).await;
    assert_eq!(allowance(limit).await, Allowance { left: 6, next: None });
}
