use super::bed::{Bed, Worker, completed, finish, retried, task};
use crate::model::Status;
use crate::store::{MoveOutcome, TaskStore as _};

#[tokio::test]
async fn a_repeated_turn_gives_the_same_answer_and_claims_nothing_new() {
    let bed = Bed::new().await;
    bed.submit(&(0..10).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let first = worker.claim(2).await;
    let claim = worker.claim_of(3);
    let turn = worker.next_turn(vec![finish(&first[0], completed()), finish(&first[1], retried(None))], Some(claim));
    let reply = worker.send(&turn).await;
    let again = worker.send(&turn).await;
    assert_eq!((again.finished, &again.claimed, again.parked), (reply.finished, &reply.claimed, reply.parked));
    assert_eq!(worker.claim(99).await.len(), 6, "of ten, one is completed and three are claimed");
}

#[tokio::test]
async fn a_repeated_turn_answers_what_it_did_even_if_it_took_the_same_task_again() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let first = worker.claim_one().await;
    let claim = worker.claim_of(1);
    let turn = worker.next_turn(vec![finish(&first, retried(None))], Some(claim));
    let reply = worker.send(&turn).await;
    assert_eq!(reply.finished, [MoveOutcome::Applied { status: Status::Submitted }]);
    assert_eq!(reply.claimed[0].attempt, 2);
    let again = worker.send(&turn).await;
    assert_eq!((again.finished, again.claimed), (reply.finished, reply.claimed));
}

#[tokio::test]
async fn a_repeated_turn_returns_only_what_is_still_the_workers() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claim = worker.claim_of(2);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    let claimed = worker.send(&turn).await.claimed;
    let mut late = Worker::new(bed.store(), 2);
    late.finish(&claimed[0], completed()).await;
    assert_eq!(worker.send(&turn).await.claimed, claimed[1..]);
}

#[tokio::test]
async fn a_repeated_empty_claim_stays_empty() {
    let bed = Bed::new().await;
    let mut worker = Worker::new(bed.store(), 1);
    let claim = worker.claim_of(2);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    assert!(worker.send(&turn).await.parked);
    bed.submit(&[task(1)]).await;
    let again = worker.send(&turn).await;
    assert!(again.claimed.is_empty() && again.parked);
    assert_eq!(bed.status(1).await, Status::Submitted);
}

#[tokio::test]
async fn an_older_turn_claims_nothing() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claim = worker.claim_of(1);
    let older = worker.next_turn(Vec::new(), Some(claim.clone()));
    let newer = worker.next_turn(Vec::new(), Some(claim));
    assert_eq!(worker.send(&newer).await.claimed.len(), 1);
    assert!(worker.send(&older).await.claimed.is_empty());
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_does_not_matter() {
    let bed = Bed::new().await;
    for number in 0..50 {
        let new = [task(number)];
        let submit = bed.store().submit(&new);
        tokio::select! {
            biased;
            _ = submit => {}
            () = tokio::task::yield_now() => {}
        }
    }
    bed.submit(&[task(99)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    assert_eq!(worker.claim(100).await.len(), 51);
}
