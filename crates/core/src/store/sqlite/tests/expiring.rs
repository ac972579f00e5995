use std::time::Duration;

use super::bed::{Bed, START, Worker, id, slots, task, typed};
use crate::model::{NewTask, Status, Timestamp};
use crate::store::{Claim, Statistics as _, TaskStore as _};

const SOON: Duration = Duration::from_secs(5);

fn expiring(new: NewTask) -> NewTask {
    NewTask { expires_at: Some(Timestamp::from_millis(START).after(SOON)), ..new }
}

async fn waiting(bed: &Bed) -> u64 {
    bed.store().counts().await.unwrap().iter().map(|counts| counts.waiting).sum()
}

/// Thousands that have expired, at the head of the lane of `echo`.
async fn expired(tasks: u128) -> Bed {
    let bed = Bed::new().await;
    for batch in (0..tasks).collect::<Vec<_>>().chunks(500) {
        bed.submit(&batch.iter().map(|number| expiring(task(*number))).collect::<Vec<_>>()).await;
    }
    bed.pass(SOON);
    bed
}

#[tokio::test]
async fn a_claim_takes_what_is_behind_thousands_of_expired_tasks_and_leaves_these_alone() {
    let bed = expired(3_000).await;
    bed.submit(&(5_000..5_010).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    for number in 5_000..5_010 {
        assert_eq!(worker.claim_one().await.id, id(number));
    }
    assert_eq!(waiting(&bed).await, 3_000, "ending them is not the claim's business while there is work");
    assert_eq!(bed.status(0).await, Status::Submitted);
}

#[tokio::test]
async fn a_claim_that_finds_only_expired_tasks_ends_a_few_and_looks_further() {
    let bed = expired(250).await;
    bed.submit(&[typed(1_000, "other"), NewTask { priority: 9, ..task(1_001) }]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claim = Claim { types: vec![slots("echo", 500), slots("other", 500)], ..worker.claim_of(5) };
    let reply = worker.turn(Vec::new(), Some(claim)).await;
    let claimed: Vec<_> = reply.claimed.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(1_000), id(1_001)]);
    assert!(reply.parked, "there is nothing more to claim");
    assert_eq!(waiting(&bed).await, 150);
    assert_eq!((bed.status(0).await, bed.status(249).await), (Status::Cancelled, Status::Submitted));
    for left in [50, 0, 0] {
        assert!(worker.claim(1).await.is_empty());
        assert_eq!(waiting(&bed).await, left);
    }
    assert_eq!(bed.get(200).await.ended_at, Some(bed.now()));
}

#[tokio::test]
async fn a_claim_of_more_than_a_lane_has_to_start_takes_the_rest_from_others() {
    let bed = expired(4).await;
    let low = NewTask { priority: 9, ..task(20) };
    bed.submit(&[task(10), task(11), low]).await;
    let claimed = Worker::new(bed.store(), 1).claim(6).await;
    assert_eq!(claimed.iter().map(|task| task.id).collect::<Vec<_>>(), [10, 11, 20].map(id));
}

#[tokio::test]
async fn only_what_has_never_started_is_in_the_index_of_what_expires() {
    let bed = Bed::new().await;
    bed.submit(&[1, 2, 3, 4].map(|number| expiring(task(number)))).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, super::bed::retried(None)).await;
    bed.store().cancel(id(2)).await.unwrap();
    bed.pass(SOON);
    let expired = bed.store().expire(1).await.unwrap();
    assert_eq!((expired.moved, expired.next), (1, Some(bed.now())));
    let expired = bed.store().expire(500).await.unwrap();
    assert_eq!((expired.moved, expired.next), (1, None));
    let statuses = [bed.status(1).await, bed.status(2).await, bed.status(3).await, bed.status(4).await];
    assert_eq!(statuses, [Status::Submitted, Status::Cancelled, Status::Cancelled, Status::Cancelled]);
    assert!(bed.get(1).await.expires_at.is_some(), "it is still shown");
}
