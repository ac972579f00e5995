use std::time::Duration;

use super::bed::{Bed, LEASE, Worker, completed, end, failed, finish, id, retried, slots, task, verdict};
use crate::lifecycle::{Outcome, Transition, after_attempt};
use crate::model::{DeadLetter, EndKind, Policy, Status, TaskType, Timestamp};
use crate::store::{
    Beat, Claim, ClaimedTask, Cursor, DiscardOutcome, DropWaiting, Errors, Lease, MoveOutcome, Overdue, Prunable,
    Prune, Renewal, Renewed, Stall, Statistics as _, Sweep, TaskStore as _, Trim, Trimmed, TypeSlots, Upkeep as _,
};

const SECOND: Duration = Duration::from_secs(1);

fn piece(limit: usize, after: Option<Cursor>) -> Sweep {
    Sweep { after, limit, rehearsal: false }
}

fn stall(stale: Option<Duration>) -> Stall {
    Stall { stale, sweep: piece(500, None) }
}

/// Claims tasks of type `echo` that may be silent for so long.
async fn claim(worker: &mut Worker, tasks: u32, interval: Option<Duration>) -> Vec<ClaimedTask> {
    let types = vec![TypeSlots { max_heartbeat_interval: interval, ..slots("echo", 500) }];
    let claim = Claim { types, ..worker.claim_of(tasks) };
    worker.turn(Vec::new(), Some(claim)).await.claimed
}

async fn beat(worker: &Worker, task: &ClaimedTask, interval: Option<Duration>) -> Renewed {
    let beat = Some(Beat { progress: None, max_heartbeat_interval: interval });
    let tasks = vec![Lease { id: task.id, token: task.token, beat }];
    worker.store.renew(&Renewal { worker: worker.id, lease: LEASE, tasks }).await.unwrap().tasks[0]
}

fn dead_letter() -> Transition {
    let policy = Policy { dead_letter: DeadLetter::Save, ..Policy::default() };
    after_attempt(&policy, 0, Outcome::Failed(end(EndKind::Failed)), 0.5, 0.5)
}

#[tokio::test]
async fn a_silent_task_is_stalled_and_can_be_neither_finished_nor_kept_nor_reaped() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = claim(&mut worker, 2, Some(20 * SECOND)).await;
    bed.pass(15 * SECOND);
    let overdue: Overdue = bed.store().overdue(9).await.unwrap();
    beat(&worker, &claimed[1], Some(20 * SECOND)).await;
    let verdict = verdict(overdue.tasks.iter().find(|task| task.id == id(1)).unwrap());
    assert_eq!(worker.renew(&[&claimed[0]]).await, [Renewed::Kept]);
    bed.pass(5 * SECOND);
    let stalled = bed.store().stall(&stall(None)).await.unwrap();
    let found: Vec<_> = stalled.tasks.iter().map(|task| (task.id, task.attempt, task.worker)).collect();
    assert_eq!((found, stalled.next), (vec![(id(1), 1, worker.id)], None));
    assert_eq!(bed.store().stall(&stall(None)).await.unwrap().tasks, []);

    let stored = bed.get(1).await;
    assert_eq!((stored.status, stored.ended_at), (Status::Stalled, Some(bed.now())));
    assert_eq!(stored.attempts[0].detail.error, crate::store::NO_HEARTBEAT_IN_INTERVAL);
    let stale = MoveOutcome::Stale { now: Some(Status::Stalled) };
    assert_eq!(bed.store().reap(&[verdict]).await.unwrap(), [stale]);
    assert_eq!(beat(&worker, &claimed[0], None).await, Renewed::Taken);
    assert_eq!(worker.finish(&claimed[0], completed()).await, stale);
    assert_eq!(worker.finish(&claimed[1], completed()).await, MoveOutcome::Applied { status: Status::Completed });
}

#[tokio::test]
async fn a_last_beat_counts_for_tasks_without_an_interval_only_once_it_is_older_than_the_stale_time() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = claim(&mut worker, 2, None).await;
    beat(&worker, &claimed[0], None).await;
    bed.pass(30 * SECOND);
    worker.renew(&[&claimed[0], &claimed[1]]).await;
    assert_eq!(bed.store().stall(&stall(Some(30 * SECOND))).await.unwrap().tasks, [], "not longer ago than that");
    bed.pass(Duration::from_millis(1));
    assert_eq!(bed.store().stall(&stall(None)).await.unwrap().tasks, []);
    let stalled = bed.store().stall(&stall(Some(30 * SECOND))).await.unwrap();
    assert_eq!(stalled.tasks.iter().map(|task| task.id).collect::<Vec<_>>(), [id(1)], "the other one never beat");
    assert_eq!(bed.get(1).await.attempts[0].detail.error, crate::store::NO_HEARTBEAT_IN_STALE_TIME);
}

#[tokio::test]
async fn a_rehearsed_walk_ends_over_both_ways_and_over_tasks_of_the_same_time() {
    let bed = Bed::new().await;
    bed.submit(&(1..=14).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut claimed = claim(&mut worker, 7, Some(5 * SECOND)).await;
    for beaten in claim(&mut worker, 7, None).await {
        beat(&worker, &beaten, None).await;
        claimed.push(beaten);
    }
    bed.pass(60 * SECOND);
    worker.renew(&claimed.iter().collect::<Vec<_>>()).await;
    let mut stall = stall(Some(5 * SECOND));
    stall.sweep = Sweep { after: None, limit: 3, rehearsal: true };
    let mut found = Vec::new();
    for piece in 0.. {
        assert!(piece < 10, "it goes round in circles");
        let stalled = bed.store().stall(&stall).await.unwrap();
        found.extend(stalled.tasks.into_iter().map(|task| task.id));
        stall.sweep.after = stalled.next;
        if stall.sweep.after.is_none() {
            break;
        }
    }
    assert_eq!(found, (1..=14).map(id).collect::<Vec<_>>());
    assert_eq!(bed.status(1).await, Status::Started);
}

#[tokio::test]
async fn old_dead_letters_are_not_even_looked_at_when_other_tasks_are_pruned() {
    let bed = Bed::new().await;
    bed.submit(&(1..=4).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim(4).await;
    let ends = [dead_letter(), dead_letter(), failed(), completed()];
    worker.turn(claimed.iter().zip(ends).map(|(task, end)| finish(task, end)).collect(), None).await;
    bed.pass(60 * SECOND);
    let prune = |what, limit| Prune { what, age: 60 * SECOND, sweep: piece(limit, None) };
    let swept = bed.store().prune(&prune(Prunable::Ended, 1)).await.unwrap();
    assert!(swept.tasks == 1 && swept.next.is_some());
    let swept = bed.store().prune(&prune(Prunable::Ended, 1)).await.unwrap();
    assert_eq!((swept.tasks, swept.next), (1, None));
    assert_eq!((bed.status(1).await, bed.status(2).await), (Status::Failed, Status::Failed));
    assert_eq!(bed.store().errors(&Errors { limit: 9, ..Errors::default() }).await.unwrap()[0].count, 2);
    let swept = bed.store().prune(&prune(Prunable::DeadLetters, 9)).await.unwrap();
    assert_eq!((swept.tasks, bed.store().get(id(1)).await.unwrap()), (2, None));
    assert_eq!(bed.store().errors(&Errors { limit: 9, ..Errors::default() }).await.unwrap(), []);
}

#[tokio::test]
async fn who_waits_longest_is_dropped_from_behind_those_that_came_back_to_the_head() {
    let bed = Bed::new().await;
    bed.submit(&(1..=4).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let first = worker.claim_one().await;
    bed.pass(30 * SECOND);
    worker.finish(&first, super::bed::handed_back()).await;
    let waited =
        |waited| DropWaiting { queue: "default".into(), task_type: TaskType::new("echo", 1), waited, limit: 2 };
    assert_eq!(bed.store().drop_waiting(&waited(31 * SECOND)).await.unwrap().tasks, 0);
    assert_eq!(bed.store().drop_waiting(&waited(30 * SECOND)).await.unwrap().tasks, 2);
    assert_eq!(bed.store().drop_waiting(&waited(30 * SECOND)).await.unwrap().tasks, 1);
    assert_eq!(bed.status(1).await, Status::Submitted);
    let stored = bed.get(2).await;
    assert_eq!((stored.status, stored.ended_at, stored.waiting_since), (Status::Dropped, Some(bed.now()), None));
    let counts = bed.store().counts().await.unwrap();
    assert_eq!((counts[0].waiting, counts[0].oldest_waiting), (1, Some(bed.now())));
    let minute = bed.now().as_millis() / 60_000;
    let tallies = bed.store().tallies(minute..=minute).await.unwrap();
    assert_eq!(tallies[0].tally.dropped, 3);
}

#[tokio::test]
async fn a_retried_task_waits_since_it_was_retried() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    assert_eq!(bed.get(1).await.waiting_since, Some(bed.now()));
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    assert_eq!(bed.get(1).await.waiting_since, None);
    bed.pass(SECOND);
    worker.finish(&claimed, retried(None)).await;
    assert_eq!(bed.get(1).await.waiting_since, Some(bed.now()));
}

#[tokio::test]
async fn a_discarded_dead_letter_is_discarded_once() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, dead_letter()).await;
    let outcomes = bed.store().discard(&[id(1), id(1), id(2), id(3)]).await.unwrap();
    let not_dead = |now| DiscardOutcome::NotDead { now };
    let expected =
        [DiscardOutcome::Discarded, not_dead(Status::Failed), not_dead(Status::Submitted), DiscardOutcome::NotFound];
    assert_eq!(outcomes, expected);
    assert_eq!(bed.store().counts().await.unwrap()[0].dead, 0);
    assert_eq!(bed.store().errors(&Errors { limit: 9, ..Errors::default() }).await.unwrap(), []);
}

#[tokio::test]
async fn there_is_nothing_to_trim() {
    let bed = Bed::new().await;
    let trim = Trim { since: None, until: Some(Timestamp::MAX), sweep: piece(9, None) };
    let nothing = Trimmed { now: bed.now(), gone: 0, dead: 0, next: None };
    assert_eq!(bed.store().trim(&trim).await.unwrap(), nothing);
}
