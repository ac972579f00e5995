use std::time::Duration;

use super::bed::{Bed, Worker, id, retried, task, typed};
use crate::model::{NewTask, Status, Timestamp, When};
use crate::store::{Cursor, Purge, Statistics as _, Sweep, Swept, TaskStore as _, Upkeep as _};

const SECOND: Duration = Duration::from_secs(1);

fn purge(before: Timestamp, scheduled: bool, limit: usize) -> Purge {
    Purge { queue: "default".into(), before, scheduled, sweep: Sweep { after: None, limit, rehearsal: false } }
}

/// Goes on to the end; answers how many tasks there were in each piece.
async fn walk(bed: &Bed, mut purge: Purge) -> Vec<usize> {
    let mut pieces = Vec::new();
    loop {
        assert!(pieces.len() < 1_000, "it goes round in circles");
        let Swept { tasks, next, .. } = bed.store().purge(&purge).await.unwrap();
        pieces.push(tasks);
        purge.sweep.after = next;
        if purge.sweep.after.is_none() {
            return pieces;
        }
    }
}

fn later(number: u128) -> NewTask {
    NewTask { when: When::After(600 * SECOND), ..task(number) }
}

#[tokio::test]
async fn what_waits_in_the_queue_is_cancelled_piece_by_piece_and_nothing_else() {
    let bed = Bed::new().await;
    let mut tasks: Vec<NewTask> = (1..=10).map(task).collect();
    tasks.extend((11..=15).map(|number| NewTask { priority: 0, ..typed(number, "add") }));
    tasks.extend([NewTask { queue: "other".into(), ..task(20) }, later(21)]);
    bed.submit(&tasks).await;
    let running = Worker::new(bed.store(), 1).claim_one().await;
    let rehearsed = Purge { sweep: Sweep { after: None, limit: 4, rehearsal: true }, ..purge(bed.now(), false, 4) };
    assert_eq!(walk(&bed, rehearsed).await.iter().sum::<usize>(), 14);
    assert_eq!(bed.status(2).await, Status::Submitted);
    let before = bed.now();
    bed.pass(SECOND);
    bed.submit(&[task(30)]).await;
    assert_eq!(walk(&bed, purge(before, false, 4)).await, [4, 4, 4, 2]);
    for number in (2..=15).map(id) {
        let task = bed.store().get(number).await.unwrap().unwrap();
        assert_eq!((task.status, task.ended_at, task.waiting_since), (Status::Cancelled, Some(bed.now()), None));
    }
    assert_eq!(bed.store().get(running.id).await.unwrap().unwrap().status, Status::Started);
    let left = [bed.status(20).await, bed.status(21).await, bed.status(30).await];
    assert_eq!(left, [Status::Submitted, Status::Scheduled, Status::Submitted]);
    let counts = bed.store().counts().await.unwrap();
    assert_eq!((counts[0].waiting, counts[0].scheduled, counts[0].started), (1, 1, 1));
    let minute = bed.now().as_millis() / 60_000;
    assert_eq!(bed.store().tallies(minute..=minute).await.unwrap()[0].tally.cancelled, 14);
    assert_eq!(walk(&bed, purge(before, false, 4)).await, [0]);
    let cursor = Some(Cursor::Own(vec![255; 24]));
    let made_up = Purge { sweep: Sweep { after: cursor, limit: 4, rehearsal: false }, ..purge(before, false, 4) };
    assert_eq!(walk(&bed, made_up).await, [0]);
}

#[tokio::test]
async fn scheduled_tasks_are_cancelled_if_that_is_asked_for_and_they_were_submitted_by_then() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), later(2), later(3), NewTask { queue: "other".into(), ..later(4) }]).await;
    let before = bed.now();
    bed.pass(SECOND);
    bed.submit(&[later(5)]).await;
    assert_eq!(walk(&bed, purge(before, true, 1)).await, [1, 1, 1]);
    for (number, status) in [(1, Status::Cancelled), (2, Status::Cancelled), (3, Status::Cancelled)] {
        assert_eq!(bed.status(number).await, status);
    }
    assert_eq!([bed.status(4).await, bed.status(5).await], [Status::Scheduled; 2]);
}

#[tokio::test]
async fn a_task_that_waits_again_since_later_is_left_alone() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    let before = bed.now();
    bed.pass(SECOND);
    worker.finish(&claimed, retried(None)).await;
    assert_eq!(walk(&bed, purge(before, true, 9)).await, [1]);
    assert_eq!((bed.status(1).await, bed.status(2).await), (Status::Submitted, Status::Cancelled));
    assert_eq!(walk(&bed, purge(bed.now(), true, 9)).await, [1]);
}

#[tokio::test]
async fn a_piece_looks_at_a_bounded_number_of_tasks_even_if_it_cancels_none() {
    let bed = Bed::new().await;
    let tasks: Vec<NewTask> = (0..6_000).map(later).collect();
    for tasks in tasks.chunks(500) {
        bed.submit(tasks).await;
    }
    bed.pass(SECOND);
    bed.submit(&[task(7_000)]).await;
    let long_ago = Timestamp::from_millis(bed.now().as_millis() - 5_000);
    assert_eq!(walk(&bed, purge(long_ago, true, 500)).await, [0, 0]);
    let rehearsed = Purge { sweep: Sweep { after: None, limit: 1, rehearsal: true }, ..purge(bed.now(), true, 1) };
    assert_eq!(walk(&bed, rehearsed).await, [5_000, 1_001]);
    let pieces = walk(&bed, purge(bed.now(), true, 500)).await;
    assert_eq!((pieces.len(), pieces.iter().sum::<usize>()), (13, 6_001));
}

/// Prints a measurement.
#[tokio::test]
async fn a_large_queue_is_purged_quickly() {
    const TASKS: u128 = if cfg!(debug_assertions) { 10_000 } else { 200_000 };
    let bed = Bed::new().await;
    let tasks: Vec<NewTask> = (0..TASKS).map(task).collect();
    for tasks in tasks.chunks(500) {
        bed.submit(tasks).await;
    }
    let begun = std::time::Instant::now();
    let mut slowest = Duration::ZERO;
    let mut purge = purge(bed.now(), true, 500);
    let mut cancelled = 0;
    loop {
        let step = std::time::Instant::now();
        let swept = bed.store().purge(&purge).await.unwrap();
        slowest = slowest.max(step.elapsed());
        cancelled += swept.tasks;
        purge.sweep.after = swept.next;
        if purge.sweep.after.is_none() {
            break;
        }
    }
    println!("purged {TASKS} tasks in {:?}, the slowest piece in {slowest:?}", begun.elapsed());
    assert_eq!(cancelled as u128, TASKS);
}
