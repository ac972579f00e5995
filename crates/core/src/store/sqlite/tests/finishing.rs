use std::time::Duration;

use super::bed::{Bed, Worker, completed, end, failed, finish, handed_back, register, retried, stopped, task};
use crate::lifecycle::{Outcome, after_attempt};
use crate::model::{DeadLetter, EndKind, Policy, Status, Token};
use crate::store::{Finish, MoveOutcome, TaskStore as _};

const fn applied(status: Status) -> MoveOutcome {
    MoveOutcome::Applied { status }
}

#[tokio::test]
async fn every_end_leads_where_its_transition_says() {
    let bed = Bed::new().await;
    register(bed.store(), &["echo"]).await;
    bed.submit(&(0..6).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim(6).await;
    bed.pass(Duration::from_secs(1));
    let transitions = [completed(), failed(), retried(None), retried(Some(30)), handed_back(), stopped()];
    let ends = claimed.iter().zip(transitions).map(|(task, transition)| finish(task, transition)).collect();
    let reply = worker.turn(ends, None).await;
    let statuses =
        [Status::Completed, Status::Failed, Status::Submitted, Status::Scheduled, Status::Submitted, Status::Stalled];
    assert_eq!(reply.finished, statuses.map(applied));
    for (number, status) in (0..).zip(statuses) {
        let stored = bed.get(number).await;
        assert_eq!(stored.status, status);
        assert_eq!(stored.ended_at, status.is_ended().then(|| bed.now()));
        assert_eq!(stored.failures, u32::from((1..=3).contains(&number)));
        assert_eq!(stored.attempts.len(), usize::from(number > 0));
        assert_eq!(stored.worker, Some(worker.id));
    }
    assert_eq!(bed.get(0).await.result.unwrap(), "{\"ok\":true}");
    assert_eq!(bed.get(3).await.run_at, Some(bed.now().after(Duration::from_secs(30))));
    let ended = &bed.get(1).await.attempts[0];
    assert_eq!((ended.attempt, ended.retry_attempt, ended.worker), (1, 0, worker.id));
    assert_eq!(ended.ended_at.since(ended.started_at), Duration::from_secs(1));
    assert_eq!(ended.detail, end(EndKind::Failed));
}

#[tokio::test]
async fn a_finish_sent_again_is_applied_while_its_token_is_the_last() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let first = worker.claim_one().await;
    assert_eq!(worker.finish(&first, retried(None)).await, applied(Status::Submitted));
    assert_eq!(worker.finish(&first, retried(None)).await, applied(Status::Submitted));
    assert_eq!(bed.get(1).await.failures, 1, "the second time changes nothing");
    let second = worker.claim_one().await;
    assert_eq!(worker.finish(&first, retried(None)).await, MoveOutcome::Stale { now: Some(Status::Started) });
    assert_eq!(worker.finish(&second, completed()).await, applied(Status::Completed));
    let twice = vec![finish(&second, completed()), finish(&second, failed())];
    assert_eq!(worker.turn(twice, None).await.finished, [applied(Status::Completed); 2]);
    assert_eq!(bed.get(1).await.attempts.len(), 1);
}

#[tokio::test]
async fn a_finish_with_a_wrong_token_or_of_an_unknown_task_changes_nothing() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut claimed = worker.claim_one().await;
    let token = std::mem::replace(&mut claimed.token, Token::from_bytes([9; 8]));
    assert_eq!(worker.finish(&claimed, completed()).await, MoveOutcome::Stale { now: Some(Status::Started) });
    let unknown = Finish { id: super::bed::id(99), token, transition: completed() };
    assert_eq!(worker.turn(vec![unknown], None).await.finished, [MoveOutcome::Stale { now: None }]);
    assert_eq!(bed.status(1).await, Status::Started);
}

#[tokio::test]
async fn a_dead_letter_is_marked() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    let policy = Policy { dead_letter: DeadLetter::Save, ..Policy::default() };
    worker.finish(&claimed, after_attempt(&policy, 0, Outcome::Failed(end(EndKind::Failed)), 0.0, 0.0)).await;
    let mut db = bed.store().reader("test").await.unwrap();
    let dead: Option<i64> = sqlx::query_scalar("SELECT dead_at FROM tasks").fetch_one(&mut *db).await.unwrap();
    assert_eq!(dead, Some(i64::try_from(bed.now().as_millis()).unwrap()));
}

#[tokio::test]
async fn the_newest_hundred_ends_are_kept() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut next = vec![worker.claim_one().await];
    for _ in 0..104 {
        let claim = worker.claim_of(1);
        next = worker.turn(vec![finish(&next[0], retried(None))], Some(claim)).await.claimed;
    }
    let stored = bed.get(1).await;
    let attempts: Vec<u32> = stored.attempts.iter().map(|end| end.attempt).collect();
    assert_eq!(attempts, (5..=104).collect::<Vec<_>>());
    assert_eq!((stored.attempt, stored.failures), (105, 104));
}

#[tokio::test]
async fn what_happened_is_counted_by_the_minute() {
    let bed = Bed::new().await;
    bed.submit(&(0..7).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim(5).await;
    let transitions = [completed(), failed(), retried(None), retried(Some(1)), stopped()];
    let ends = claimed.iter().zip(transitions).map(|(task, transition)| finish(task, transition)).collect();
    worker.turn(ends, None).await;
    bed.store().cancel(super::bed::id(6)).await.unwrap();
    let mut db = bed.store().reader("test").await.unwrap();
    let counts: (i64, i64, i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT submitted, started, completed, failed, cancelled, stalled, retried FROM tallies WHERE queue = 'default'",
    )
    .fetch_one(&mut *db)
    .await
    .unwrap();
    assert_eq!(counts, (7, 5, 1, 1, 1, 1, 2));
}
