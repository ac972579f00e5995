use std::time::Duration;

use super::bed::{Bed, START, id, task};
use crate::model::{NewTask, Status, TaskType, Timestamp, When};
use crate::store::{StoreError, SubmitOutcome, TaskStore as _};

#[tokio::test]
async fn a_submitted_task_is_kept_whole() {
    let bed = Bed::new().await;
    let new = NewTask {
        metadata: Some("{\"by\":\"me\"}".into()),
        trace_id: Some("0af7651916cd43dd8448eb211c80319c".into()),
        priority: 3,
        task_type: TaskType::new("report", u32::MAX),
        ..task(1)
    };
    let outcomes = bed.store().submit(std::slice::from_ref(&new)).await.unwrap();
    let submitted_at = Timestamp::from_millis(START);
    assert_eq!(outcomes, [SubmitOutcome::Stored { status: Status::Submitted, submitted_at, run_at: None }]);
    let stored = bed.get(1).await;
    assert_eq!(
        (&stored.task_type, &stored.queue, stored.priority, stored.status),
        (&new.task_type, &new.queue, 3, Status::Submitted)
    );
    assert_eq!(
        (&stored.parameters, &stored.metadata, &stored.trace_id),
        (&new.parameters, &new.metadata, &new.trace_id)
    );
    assert_eq!((stored.attempt, stored.failures, stored.lost, stored.policy), (0, 0, 0, None));
    assert_eq!((stored.submitted_at, stored.run_at, stored.started_at), (submitted_at, None, None));
    assert_eq!(bed.store().get(id(2)).await.unwrap(), None);
}

#[tokio::test]
async fn the_same_submission_is_stored_once_also_within_a_batch() {
    let bed = Bed::new().await;
    let other = NewTask { fingerprint: [2; 8], ..task(1) };
    let later = NewTask { when: When::After(Duration::from_secs(5)), ..task(2) };
    let outcomes = bed.store().submit(&[task(1), task(1), other.clone(), later.clone()]).await.unwrap();
    assert!(matches!(outcomes[0], SubmitOutcome::Stored { status: Status::Submitted, .. }));
    assert_eq!(outcomes[1], SubmitOutcome::Exists { now: Status::Submitted });
    assert_eq!(outcomes[2], SubmitOutcome::Conflict { now: Status::Submitted });
    let run_at = Some(bed.now().after(Duration::from_secs(5)));
    let submitted_at = bed.now();
    assert_eq!(outcomes[3], SubmitOutcome::Stored { status: Status::Scheduled, submitted_at, run_at });
    let again = bed.store().submit(&[task(1), other, later]).await.unwrap();
    assert_eq!(
        again,
        [
            SubmitOutcome::Exists { now: Status::Submitted },
            SubmitOutcome::Conflict { now: Status::Submitted },
            SubmitOutcome::Exists { now: Status::Scheduled },
        ]
    );
}

#[tokio::test]
async fn a_due_time_that_has_passed_counts_as_now() {
    let bed = Bed::new().await;
    let at = |number, when| NewTask { when, ..task(number) };
    let past = When::At(Timestamp::from_millis(START - 1));
    let now = When::At(Timestamp::from_millis(START));
    bed.submit(&[at(1, past), at(2, now), at(3, When::After(Duration::ZERO))]).await;
    for number in 1..=3 {
        let stored = bed.get(number).await;
        assert_eq!((stored.status, stored.run_at), (Status::Submitted, None));
    }
}

#[tokio::test]
async fn a_step_of_too_many_items_is_refused() {
    let bed = Bed::new().await;
    let many: Vec<NewTask> = (0..501).map(task).collect();
    let refused = bed.store().submit(&many).await.unwrap_err();
    assert_eq!(refused.to_string(), "submit: 501 tasks in one step; at most 500 are allowed");
    assert!(matches!(refused, StoreError::Broken { .. }));
    bed.submit(&many[..500]).await;
    assert_eq!(bed.status(499).await, Status::Submitted);
}

#[tokio::test]
async fn two_processes_that_submit_the_same_task_store_it_once() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    for number in 0..20 {
        let new = [task(number)];
        let (one, two) = tokio::join!(bed.store().submit(&new), other.submit(&new));
        let stored = [one.unwrap()[0], two.unwrap()[0]];
        let count = stored.iter().filter(|outcome| matches!(outcome, SubmitOutcome::Stored { .. })).count();
        assert_eq!(count, 1, "{stored:?}");
    }
}
