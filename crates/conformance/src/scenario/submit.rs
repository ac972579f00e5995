//! What `submit` promises.

use std::time::Duration;

use jobbers_core::model::{NewTask, Status, Timestamp, When};
use jobbers_core::store::{Filter, MAX_BATCH, SubmitOutcome};

use super::{get, list_all, status, submit, submit_all};
use crate::Environment;
use crate::sample::{alpha, beta, completed, id, task, task_after, task_of, tasks};
use crate::worker::Worker;

pub async fn a_submitted_task_waits(env: &Environment) {
    let outcomes = env.store().submit(&[task(1)]).await.expect("submit");
    let stored = SubmitOutcome::Stored { status: Status::Submitted, submitted_at: env.now(), run_at: None };
    assert_eq!(outcomes, [stored]);
    assert_eq!(status(env.store(), id(1)).await, Status::Submitted);
}

pub async fn a_task_for_later_is_scheduled(env: &Environment) {
    let due = env.now().after(Duration::from_secs(60));
    let outcomes =
        env.store().submit(&[task_after(60, 1), NewTask { when: When::At(due), ..task(2) }]).await.expect("submit");
    let stored = SubmitOutcome::Stored { status: Status::Scheduled, submitted_at: env.now(), run_at: Some(due) };
    assert_eq!(outcomes, [stored, stored]);
    assert_eq!(get(env.store(), id(1)).await.run_at, Some(due));
    let mut worker = Worker::start(env.store(), 1).await;
    assert!(worker.claim(10).await.is_empty(), "a scheduled task does not run before its time");
}

pub async fn a_due_time_that_has_passed_counts_as_now(env: &Environment) {
    env.advance(Duration::from_secs(60)).await;
    let past = Timestamp::from_millis(env.now().as_millis() - 1);
    for (n, when) in [(1, When::At(past)), (2, When::After(Duration::ZERO)), (3, When::At(Timestamp::from_millis(0)))] {
        let outcomes = env.store().submit(&[NewTask { when, ..task(n) }]).await.expect("submit");
        let stored = SubmitOutcome::Stored { status: Status::Submitted, submitted_at: env.now(), run_at: None };
        assert_eq!(outcomes, [stored], "{when:?}");
    }
}

pub async fn a_time_in_the_far_future_is_kept(env: &Environment) {
    submit(env.store(), NewTask { when: When::At(Timestamp::MAX), ..task(1) }).await;
    submit(env.store(), NewTask { when: When::After(Duration::MAX), ..task(2) }).await;
    assert_eq!(get(env.store(), id(1)).await.run_at, Some(Timestamp::MAX));
    // A delay may be cut to what is for ever to anybody.
    let century = env.now().after(Duration::from_secs(100 * 365 * 86_400));
    assert!(get(env.store(), id(2)).await.run_at.is_some_and(|due| (century..=Timestamp::MAX).contains(&due)));
}

pub async fn a_repeated_submission_changes_nothing(env: &Environment) {
    submit(env.store(), task(1)).await;
    let before = get(env.store(), id(1)).await;
    env.advance(Duration::from_secs(1)).await;
    let again = env.other().await.submit(&[task(1)]).await.expect("submit");
    assert_eq!(again, [SubmitOutcome::Exists { now: Status::Submitted }]);
    assert_eq!(get(env.store(), id(1)).await, before);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 1, "it waits once");
}

pub async fn a_repeated_submission_is_told_what_the_task_is_now(env: &Environment) {
    let mut worker = Worker::start(env.store(), 1).await;
    submit(env.store(), task(1)).await;
    let claimed = worker.claim_one().await;
    let again = env.store().submit(&[task(1)]).await.expect("submit");
    assert_eq!(again, [SubmitOutcome::Exists { now: Status::Started }]);
    worker.finish(&claimed, completed("1")).await;
    let again = env.store().submit(&[task(1)]).await.expect("submit");
    assert_eq!(again, [SubmitOutcome::Exists { now: Status::Completed }]);
    assert!(worker.claim(10).await.is_empty(), "a completed task does not run again because it was sent again");
}

pub async fn another_submission_with_the_same_id_is_a_conflict(env: &Environment) {
    submit(env.store(), task(1)).await;
    let before = get(env.store(), id(1)).await;
    let other = NewTask { id: id(1), priority: 0, ..task(2) };
    let outcomes = env.store().submit(&[other]).await.expect("submit");
    assert_eq!(outcomes, [SubmitOutcome::Conflict { now: Status::Submitted }]);
    assert_eq!(get(env.store(), id(1)).await, before);
}

pub async fn a_batch_may_hold_new_known_and_conflicting_tasks(env: &Environment) {
    submit(env.store(), task(1)).await;
    submit(env.store(), task(2)).await;
    let conflicting = NewTask { fingerprint: [9; 8], ..task(2) };
    let outcomes = env.store().submit(&[task(1), task(3), conflicting, task_after(5, 4)]).await.expect("submit");
    let run_at = Some(env.now().after(Duration::from_secs(5)));
    assert_eq!(
        outcomes,
        [
            SubmitOutcome::Exists { now: Status::Submitted },
            SubmitOutcome::Stored { status: Status::Submitted, submitted_at: env.now(), run_at: None },
            SubmitOutcome::Conflict { now: Status::Submitted },
            SubmitOutcome::Stored { status: Status::Scheduled, submitted_at: env.now(), run_at },
        ]
    );
}

pub async fn a_batch_of_waiting_tasks_may_hold_known_ones(env: &Environment) {
    let stored = SubmitOutcome::Stored { status: Status::Submitted, submitted_at: env.now(), run_at: None };
    submit(env.store(), task(1)).await;
    let outcomes = env.store().submit(&[task(2), task(1), task(3)]).await.expect("submit");
    assert_eq!(outcomes, [stored, SubmitOutcome::Exists { now: Status::Submitted }, stored]);
    let conflicting = NewTask { fingerprint: [9; 8], ..task(2) };
    let outcomes = env.store().submit(&[conflicting, task(4)]).await.expect("submit");
    assert_eq!(outcomes, [SubmitOutcome::Conflict { now: Status::Submitted }, stored]);
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(1), id(2), id(3), id(4)], "each once, in order");
}

pub async fn a_task_twice_in_one_batch_is_stored_once(env: &Environment) {
    let conflicting = NewTask { fingerprint: [9; 8], ..task(1) };
    let outcomes = env.store().submit(&[task(1), task(1), conflicting]).await.expect("submit");
    assert_eq!(
        outcomes,
        [
            SubmitOutcome::Stored { status: Status::Submitted, submitted_at: env.now(), run_at: None },
            SubmitOutcome::Exists { now: Status::Submitted },
            SubmitOutcome::Conflict { now: Status::Submitted },
        ]
    );
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 1);
}

pub async fn a_full_batch_is_stored_at_once(env: &Environment) {
    let most = u64::try_from(MAX_BATCH).unwrap_or_default();
    let outcomes = env.store().submit(&tasks(0..most)).await.expect("submit");
    assert_eq!(outcomes.len(), MAX_BATCH);
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, (0..most).map(id).collect::<Vec<_>>(), "each once, in order");
}

pub async fn a_batch_of_many_lanes_is_counted_listed_and_claimed_in_order(env: &Environment) {
    const QUEUES: [&str; 3] = ["default", "other", "third"];
    let of = |n: u64| {
        let [queue, of_type, priority] = [n % 3, n % 2, n / 7 % 2];
        let queue = QUEUES[usize::try_from(queue).unwrap_or_default()];
        let task_type = if of_type == 0 { alpha() } else { beta() };
        let priority = if priority == 0 { 3 } else { 7 };
        NewTask { queue: queue.to_owned(), priority, ..task_of(task_type, n) }
    };
    // More than a store may keep in one piece, in two calls: the lanes of the second are there before.
    submit_all(env.store(), &(0..400).map(of).collect::<Vec<_>>()).await;
    submit_all(env.store(), &(400..900).map(of).collect::<Vec<_>>()).await;

    for counts in env.store().counts().await.expect("counts") {
        assert_eq!((counts.waiting, counts.oldest_waiting), (300, Some(env.now())), "{counts:?}");
    }
    let minute = env.now().as_millis() / 60_000;
    let tallies = env.store().tallies(minute..=minute).await.expect("tallies");
    assert_eq!(tallies.iter().map(|tally| tally.tally.submitted).collect::<Vec<_>>(), [300; 3]);
    let newest_first: Vec<_> = (0..900).rev().map(id).collect();
    assert_eq!(list_all(env.store(), &Filter::default(), 1000).await, newest_first);
    let waiting = Filter { status: Some(Status::Submitted), queue: Some("other".to_owned()), ..Filter::default() };
    let of_other: Vec<_> = (0..900).rev().filter(|n| n % 3 == 1).map(id).collect();
    assert_eq!(list_all(env.store(), &waiting, 1000).await, of_other);

    let mut worker = Worker::consuming(env.store(), 1, &QUEUES, &[alpha(), beta()]).await;
    let mut claimed = worker.claim_all().await;
    assert_eq!(claimed.len(), 900);
    claimed.sort_by_key(|task| (task.queue.clone(), task.task_type.clone(), task.priority));
    for of_lane in claimed.chunk_by(|one, next| {
        (&one.queue, &one.task_type, one.priority) == (&next.queue, &next.task_type, next.priority)
    }) {
        assert!(of_lane.is_sorted_by_key(|task| task.id), "a lane is a line");
    }
}

pub async fn an_empty_batch_is_no_error(env: &Environment) {
    assert_eq!(env.store().submit(&[]).await.expect("no error"), []);
    assert_eq!(env.store().reap(&[]).await.expect("no error"), []);
    let mut worker = Worker::start(env.store(), 1).await;
    let turn = worker.next_turn(Vec::new(), None);
    let reply = worker.send(&turn).await;
    assert!(reply.claimed.is_empty() && !reply.parked && reply.now == env.now());
}

pub async fn an_unknown_task_is_none(env: &Environment) {
    assert_eq!(env.store().get(id(1)).await.expect("no error"), None);
}
