//! What a claim promises: who gets what.

use std::collections::HashSet;

use jobbers_core::model::{Status, TaskType};

use super::{get, status, submit, submit_all};
use crate::Environment;
use crate::sample::{QUEUE, alpha, beta, id, task, task_in, task_of, tasks};
use crate::worker::Worker;

pub async fn claim_is_exclusive(env: &Environment) {
    submit_all(env.store(), &tasks(0..100)).await;
    let mut one = Worker::start(env.store(), 1).await;
    let mut two = Worker::start(&env.other().await, 2).await;
    let mut seen = HashSet::new();
    for _ in 0..10 {
        for claimed in [one.claim(7).await, two.claim(7).await] {
            for task in claimed {
                assert!(seen.insert(task.id), "{} was claimed twice", task.id);
            }
        }
    }
    assert_eq!(seen.len(), 100);
    assert!(one.claim_all().await.is_empty() && two.claim_all().await.is_empty());
}

pub async fn a_claimed_task_carries_all_that_its_attempt_needs(env: &Environment) {
    submit(env.store(), task(1)).await;
    let submitted = get(env.store(), id(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    env.advance(std::time::Duration::from_secs(3)).await;
    let claimed = worker.claim_one().await;
    assert_eq!((claimed.id, &claimed.task_type, claimed.queue.as_str()), (id(1), &alpha(), "default"));
    assert_eq!((claimed.priority, claimed.attempt, claimed.failures, claimed.lost), (5, 1, 0, 0));
    assert_eq!((claimed.submitted_at, claimed.started_at), (submitted.submitted_at, env.now()));
    assert_eq!(claimed.parameters, submitted.parameters);
    assert_eq!((claimed.metadata, claimed.trace_id), (None, None));
}

pub async fn every_claim_has_a_token_of_its_own(env: &Environment) {
    submit_all(env.store(), &tasks(0..20)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let mut tokens = HashSet::new();
    for _ in 0..2 {
        let claim = worker.claim_of(10);
        let seed = claim.token_seed;
        let turn = worker.next_turn(Vec::new(), Some(claim));
        for task in worker.send(&turn).await.claimed {
            assert!(task.token.to_bytes().starts_with(&seed), "a token begins with the claim's random bytes");
            tokens.insert(task.token);
        }
    }
    assert_eq!(tokens.len(), 20);
}

pub async fn unknown_types_are_never_taken(env: &Environment) {
    submit(env.store(), task_of(TaskType::new("unknown", 1), 1)).await;
    submit(env.store(), task_of(TaskType::new("alpha", 2), 2)).await;
    submit(env.store(), task(3)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_all().await;
    assert_eq!(claimed.iter().map(|task| task.id).collect::<Vec<_>>(), [id(3)]);
    for n in [1, 2] {
        assert_eq!(status(env.store(), id(n)).await, Status::Submitted);
    }
}

pub async fn other_queues_are_never_taken(env: &Environment) {
    submit(env.store(), task_in("other", 1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    assert!(worker.claim_all().await.is_empty());
    let mut other = Worker::consuming(env.store(), 2, &["other"], &[alpha(), beta()]).await;
    assert_eq!(other.claim_all().await.len(), 1);
}

pub async fn a_cancelled_task_is_passed_over(env: &Environment) {
    submit_all(env.store(), &tasks(0..5)).await;
    for n in [0, 2, 4] {
        env.store().cancel(id(n)).await.expect("cancel");
    }
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(1), id(3)]);
}

pub async fn any_number_of_cancelled_tasks_hides_none_behind_them(env: &Environment) {
    submit_all(env.store(), &tasks(0..1501)).await;
    for n in 0..1500 {
        env.store().cancel(id(n)).await.expect("cancel");
    }
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(1500)]);
}

pub async fn a_lane_whose_tasks_were_all_cancelled_is_empty(env: &Environment) {
    submit_all(env.store(), &tasks(0..30)).await;
    for n in 0..30 {
        env.store().cancel(id(n)).await.expect("cancel");
    }
    let mut worker = Worker::start(env.store(), 1).await;
    assert!(worker.claim_all().await.is_empty());
    submit(env.store(), task(99)).await;
    assert_eq!(worker.claim_one().await.id, id(99));
}

pub async fn a_claim_of_nothing_takes_nothing(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    assert!(worker.claim(0).await.is_empty());
    worker.queues.clear();
    assert!(worker.claim(5).await.is_empty());
    let mut typeless = Worker::consuming(env.store(), 2, &["default"], &[]).await;
    assert!(typeless.claim(5).await.is_empty());
    assert_eq!(status(env.store(), id(1)).await, Status::Submitted);
}

pub async fn a_claim_that_gets_less_than_it_asked_for_parks(env: &Environment) {
    submit_all(env.store(), &tasks(0..3)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claim = worker.claim_of(2);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    let reply = worker.send(&turn).await;
    assert_eq!((reply.claimed.len(), reply.parked), (2, false));
    let claim = worker.claim_of(2);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    let reply = worker.send(&turn).await;
    assert_eq!((reply.claimed.len(), reply.parked), (1, true));
}

pub async fn a_turn_without_a_claim_takes_nothing(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let turn = worker.next_turn(Vec::new(), None);
    let reply = worker.send(&turn).await;
    assert!(reply.claimed.is_empty() && !reply.parked);
    assert_eq!(status(env.store(), id(1)).await, Status::Submitted);
}

/// Of twenty queues and types that all have tasks, each is served by the time that all could have been, if claims are small.
pub async fn many_queues_and_types_take_turns(env: &Environment) {
    const MANY: u64 = 20;
    let queues: Vec<String> = (0..MANY).map(|n| format!("queue-{n}")).collect();
    let names: Vec<&str> = queues.iter().map(String::as_str).collect();
    let types: Vec<TaskType> = (0..MANY).map(|n| TaskType::new(format!("type-{n}"), 1)).collect();
    let type_of = |n: u64| types[usize::try_from(n % MANY).expect("small")].clone();
    let by_queue: Vec<_> = (0..MANY * MANY).map(|n| task_in(names[(n % MANY) as usize], n)).collect();
    let by_type: Vec<_> = (0..MANY * MANY).map(|n| task_of(type_of(n), 1_000 + n)).collect();
    submit_all(env.store(), &by_queue).await;
    submit_all(env.store(), &by_type).await;
    for (n, queues, types) in [(1, &names[..], &[alpha()][..]), (2, &[QUEUE][..], &types[..])] {
        let mut worker = Worker::consuming(env.store(), n, queues, types).await;
        let mut served = HashSet::new();
        for _ in 0..MANY {
            let claimed = worker.claim(2).await;
            assert_eq!(claimed.len(), 2);
            served.extend(claimed.into_iter().map(|task| (task.queue, task.task_type)));
        }
        assert_eq!(served.len() as u64, MANY, "{served:?}");
    }
}
