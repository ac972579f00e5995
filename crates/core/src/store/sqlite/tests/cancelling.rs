use std::time::Duration;

use super::bed::{
    Bed, LEASE, Worker, completed, end, failed, handed_back, id, register, retried, stopped, task, verdict,
};
use crate::lifecycle::{Outcome, after_attempt};
use crate::model::{EndKind, NewTask, Policy, Status, When};
use crate::store::{CancelOutcome, MoveOutcome, Renewed, TaskStore as _};

#[tokio::test]
async fn a_waiting_task_is_cancelled_at_once_and_never_claimed() {
    let bed = Bed::new().await;
    let later = NewTask { when: When::After(Duration::from_secs(5)), ..task(2) };
    bed.submit(&[task(1), later, task(3)]).await;
    for number in 1..=2 {
        assert_eq!(bed.store().cancel(id(number)).await.unwrap(), CancelOutcome::Cancelled);
        let again = CancelOutcome::Ended { status: Status::Cancelled };
        assert_eq!(bed.store().cancel(id(number)).await.unwrap(), again);
        let stored = bed.get(number).await;
        assert_eq!((stored.status, stored.ended_at, stored.run_at), (Status::Cancelled, Some(bed.now()), None));
    }
    assert_eq!(bed.store().cancel(id(99)).await.unwrap(), CancelOutcome::NotFound);
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim(9).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].id, id(3));
}

#[tokio::test]
async fn a_started_task_is_asked_to_end_and_its_worker_learns_of_it() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    let since = bed.now();
    assert_eq!(bed.store().cancel(id(1)).await.unwrap(), CancelOutcome::Requested { since });
    bed.pass(Duration::from_secs(1));
    assert_eq!(bed.store().cancel(id(1)).await.unwrap(), CancelOutcome::Requested { since });
    let stored = bed.get(1).await;
    assert_eq!((stored.status, stored.cancel_requested_at), (Status::Started, Some(since)));
    assert_eq!(worker.renew(&[&claimed]).await, [Renewed::CancelRequested]);
    let confirmed = after_attempt(&Policy::default(), 0, Outcome::Cancelled(end(EndKind::Cancelled)), 0.0, 0.0);
    assert_eq!(worker.finish(&claimed, confirmed).await, MoveOutcome::Applied { status: Status::Cancelled });
    let ended = CancelOutcome::Ended { status: Status::Cancelled };
    assert_eq!(bed.store().cancel(id(1)).await.unwrap(), ended);
}

#[tokio::test]
async fn every_end_but_success_yields_to_a_cancellation() {
    let ends = [
        (completed(), Status::Completed),
        (failed(), Status::Cancelled),
        (retried(None), Status::Cancelled),
        (retried(Some(30)), Status::Cancelled),
        (handed_back(), Status::Cancelled),
        (stopped(), Status::Cancelled),
    ];
    let bed = Bed::new().await;
    let mut worker = Worker::new(bed.store(), 1);
    for (number, (transition, status)) in (0..).zip(ends) {
        bed.submit(&[task(number)]).await;
        let claimed = worker.claim_one().await;
        bed.store().cancel(id(number)).await.unwrap();
        let kept = usize::from(transition.end.is_some());
        assert_eq!(worker.finish(&claimed, transition).await, MoveOutcome::Applied { status });
        let stored = bed.get(number).await;
        assert_eq!((stored.status, stored.attempts.len(), stored.run_at), (status, kept, None));
    }
    assert!(worker.claim(9).await.is_empty(), "nothing waits again");
}

#[tokio::test]
async fn a_task_whose_worker_died_is_cancelled_if_that_was_asked() {
    let bed = Bed::new().await;
    register(bed.store(), &["echo"]).await;
    bed.submit(&[task(1)]).await;
    Worker::new(bed.store(), 1).claim_one().await;
    bed.store().cancel(id(1)).await.unwrap();
    bed.pass(LEASE);
    let overdue = bed.store().overdue(9).await.unwrap();
    let reaped = bed.store().reap(&[verdict(&overdue.tasks[0])]).await.unwrap();
    assert_eq!(reaped, [MoveOutcome::Applied { status: Status::Cancelled }]);
    let stored = bed.get(1).await;
    assert_eq!((stored.status, stored.attempts[0].detail.kind), (Status::Cancelled, EndKind::Lost));
}

#[tokio::test]
async fn a_cancellation_and_a_claim_that_race_have_one_winner() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    let mut worker = Worker::new(&other, 1);
    for number in 0..30 {
        bed.submit(&[task(number)]).await;
        let (cancelled, claimed) = tokio::join!(bed.store().cancel(id(number)), worker.claim(1));
        match cancelled.unwrap() {
            CancelOutcome::Cancelled => assert!(claimed.is_empty()),
            CancelOutcome::Requested { .. } => {
                assert_eq!(worker.renew(&[&claimed[0]]).await, [Renewed::CancelRequested]);
            }
            other => panic!("{other:?}"),
        }
    }
}
