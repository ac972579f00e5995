use std::time::Duration;

use sqlx::Row as _;

use super::bed::{Bed, Worker, failed, id, retried, task};
use crate::model::{NewTask, Status};
use crate::store::{ForgetOutcome, Moved, Signals as _, SubmitOutcome, TaskStore as _};

async fn rows(bed: &Bed, table: &str) -> i64 {
    let mut db = bed.store().reader("test").await.unwrap();
    let text = format!("SELECT count(*) AS n FROM {table}");
    sqlx::query(sqlx::AssertSqlSafe(text)).fetch_one(&mut *db).await.unwrap().get("n")
}

#[tokio::test]
async fn nothing_is_left_of_a_forgotten_task() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, retried(None)).await;
    worker.claim_one().await;
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, failed()).await;
    assert_eq!((rows(&bed, "tasks").await, rows(&bed, "attempt_ends").await), (2, 2));
    let mut moves = bed.store().moves().await.unwrap();
    let outcomes = bed.store().forget(&[id(1), id(2), id(3), id(1)]).await.unwrap();
    let live = ForgetOutcome::Live { now: Status::Started };
    assert_eq!(outcomes, [ForgetOutcome::Forgotten, live, ForgetOutcome::NotFound, ForgetOutcome::NotFound]);
    for table in ["tasks", "bodies"] {
        assert_eq!(rows(&bed, table).await, 1, "{table}");
    }
    assert_eq!(rows(&bed, "attempt_ends").await, 0);
    let told = async { while moves.recv().await != Some(Moved::Task(id(1), Status::Unsubmitted)) {} };
    tokio::time::timeout(Duration::from_secs(10), told).await.unwrap();
}

#[tokio::test]
async fn old_idempotency_keys_are_swept_while_new_ones_come() {
    let bed = Bed::new().await;
    let keyed = |number: u128| NewTask { idempotency_key: Some(number.to_be_bytes()), ..task(number) };
    bed.submit(&(0..10).map(keyed).collect::<Vec<_>>()).await;
    bed.pass(crate::store::IDEMPOTENCY_KEPT);
    bed.submit(&[task(50)]).await;
    assert_eq!(rows(&bed, "idempotency").await, 10, "who brings no key pays for none");
    bed.submit(&[keyed(100), keyed(101)]).await;
    assert_eq!(rows(&bed, "idempotency").await, 12 - 4);
    bed.submit(&[keyed(102), keyed(103)]).await;
    bed.submit(&[keyed(104)]).await;
    assert_eq!(rows(&bed, "idempotency").await, 5);
    let again = NewTask { id: id(200), ..keyed(101) };
    let same = SubmitOutcome::SameKey { id: id(101), now: Status::Submitted, same: true };
    assert_eq!(bed.store().submit(&[again]).await.unwrap(), [same]);
}
