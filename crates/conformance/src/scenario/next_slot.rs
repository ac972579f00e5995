//! When the next task of a queue may start, as its rate says at the moment.

use std::time::Duration;

use jobbers_core::model::{Period, RateLimit};
use jobbers_core::store::TurnReply;

use super::rate::{MOMENT, TEN, of_rate, rate};
use super::submit_all;
use crate::Environment;
use crate::sample::{alpha, id, task_in, tasks};
use crate::worker::Worker;

pub async fn the_next_slot_is_when_the_next_task_starts(env: &Environment) {
    submit_all(env.store(), &tasks(0..100)).await;
    let mut worker = of_rate(env.store(), 1, TEN).await;
    assert_eq!(worker.ask(4).await.next_slot, None, "it got all that it asked for");
    env.advance(Duration::from_millis(2_345)).await;
    let reply = worker.ask(20).await;
    assert_eq!(reply.claimed.len(), 6);
    let mut next = reply.next_slot;
    for expected in [4, 6, 4] {
        let time = next.expect("more wait, and the rate is used up");
        env.advance(time.since(env.now()) - MOMENT).await;
        let reply = worker.ask(20).await;
        assert_eq!((reply.claimed.len(), reply.next_slot), (0, next), "one moment before it");
        env.advance(MOMENT).await;
        let reply = worker.ask(20).await;
        assert_eq!(reply.claimed.len(), expected);
        next = reply.next_slot;
    }
}

pub async fn no_slot_is_named_where_nothing_was_held_back(env: &Environment) {
    submit_all(env.store(), &tasks(0..12)).await;
    let mut worker = of_rate(env.store(), 1, TEN).await;
    assert_eq!(worker.ask(10).await.claimed.len(), 10);
    // Two wait still, but these are not for this worker.
    worker.types[0].1 = 0;
    assert_eq!(worker.ask(10).await.next_slot, None);
    worker.types[0].1 = 10;
    assert!(worker.ask(10).await.next_slot.is_some());
    env.store().cancel_all(&[id(10), id(11)]).await.expect("cancel_all");
    env.advance(Duration::from_secs(10)).await;
    let reply = worker.ask(10).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (0, None));
    let turn = worker.next_turn(Vec::new(), None);
    assert_eq!(worker.send(&turn).await.next_slot, None);
}

pub async fn the_first_of_several_next_slots_is_named(env: &Environment) {
    for (n, queue) in [(0, "default"), (100, "other")] {
        submit_all(env.store(), &(n..n + 10).map(|n| task_in(queue, n)).collect::<Vec<_>>()).await;
    }
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha()]).await;
    worker.limit_rate("default", rate(2, 1, Period::Minute));
    worker.limit_rate("other", rate(3, 20, Period::Second));
    let begin = env.now();
    let reply = worker.ask(100).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (5, Some(begin.after(Duration::from_secs(20)))));
    worker.queues.retain(|slots| slots.queue == "default");
    assert_eq!(worker.ask(100).await.next_slot, Some(begin.after(Duration::from_secs(60))));
}

pub async fn a_repeated_turn_counts_once_and_names_the_same_slot(env: &Environment) {
    submit_all(env.store(), &tasks(0..30)).await;
    let mut worker = of_rate(env.store(), 1, TEN).await;
    let send = async |worker: &mut Worker, tasks| -> Vec<TurnReply> {
        let claim = worker.claim_of(tasks);
        let turn = worker.next_turn(Vec::new(), Some(claim));
        vec![worker.send(&turn).await, worker.send(&turn).await, worker.send(&turn).await]
    };
    let replies = send(&mut worker, 6).await;
    assert!(replies.iter().all(|reply| reply.claimed == replies[0].claimed && reply.next_slot.is_none()));
    let expected = Some(env.now().after(TEN.window()));
    for reply in send(&mut worker, 6).await {
        assert_eq!((reply.claimed.len(), reply.next_slot), (4, expected));
    }
    for reply in send(&mut worker, 6).await {
        assert_eq!((reply.claimed.len(), reply.next_slot), (0, expected));
    }
}

pub async fn a_changed_numerator_holds_at_once(env: &Environment) {
    submit_all(env.store(), &tasks(0..100)).await;
    let mut worker = of_rate(env.store(), 1, TEN).await;
    let begin = env.now();
    assert_eq!(worker.ask(6).await.claimed.len(), 6);
    env.advance(Duration::from_secs(1)).await;
    worker.limit_rate("default", RateLimit { numerator: 8, ..TEN });
    assert_eq!(worker.ask(20).await.claimed.len(), 2);
    env.advance(Duration::from_secs(1)).await;
    worker.limit_rate("default", RateLimit { numerator: 12, ..TEN });
    assert_eq!(worker.ask(20).await.claimed.len(), 4);
    // Twelve count: the first six leave together, and then the next two.
    for (numerator, seconds) in [(12, 10), (7, 10), (6, 11), (5, 11), (4, 12), (1, 12)] {
        worker.limit_rate("default", RateLimit { numerator, ..TEN });
        let reply = worker.ask(20).await;
        let expected = Some(begin.after(Duration::from_secs(seconds)));
        assert_eq!((reply.claimed.len(), reply.next_slot), (0, expected), "{numerator}");
    }
    env.advance(Duration::from_secs(8)).await;
    assert_eq!(worker.ask(20).await.claimed.len(), 0, "six of one");
    worker.limit_rate("default", RateLimit { numerator: 7, ..TEN });
    assert_eq!(worker.ask(20).await.claimed.len(), 1);
}

pub async fn a_changed_window_holds_at_once(env: &Environment) {
    submit_all(env.store(), &tasks(0..100)).await;
    let mut worker = of_rate(env.store(), 1, rate(10, 1, Period::Minute)).await;
    let begin = env.now();
    assert_eq!(worker.ask(20).await.claimed.len(), 10);
    env.advance(Duration::from_secs(5)).await;
    assert!(worker.ask(20).await.claimed.is_empty());
    worker.limit_rate("default", rate(10, 6, Period::Second));
    let reply = worker.ask(20).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (0, Some(begin.after(Duration::from_secs(6)))));
    worker.limit_rate("default", rate(10, 5, Period::Second));
    assert_eq!(worker.ask(8).await.claimed.len(), 8, "they started five seconds ago");
    worker.limit_rate("default", rate(10, 1, Period::Hour));
    let reply = worker.ask(20).await;
    assert!(reply.claimed.len() <= 2, "{reply:?}");
    assert!(reply.next_slot >= Some(begin.after(Duration::from_secs(3_600))), "{reply:?}");
}
