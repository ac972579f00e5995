use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use super::bed::{Bed, START, Worker, completed, task};
use crate::model::{NewTask, Status};
use crate::sql::{open_sqlite, sqlite_options};
use crate::store::sqlite::options::Options;
use crate::store::sqlite::trouble::Trouble;
use crate::store::sqlite::{Clock, SqliteStore};
use crate::store::{Incompatible, StoreError, TaskStore as _};

fn clock() -> Clock {
    Clock::Manual(Arc::new(AtomicU64::new(START)))
}

#[tokio::test]
async fn everything_is_still_there_after_a_restart() {
    let mut bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let claimed = Worker::new(bed.store(), 1).claim_one().await;
    bed.close();
    bed.reopen().await;
    let mut worker = Worker::new(bed.store(), 1);
    worker.sequence = 1;
    worker.finish(&claimed, completed()).await;
    assert_eq!(bed.status(1).await, Status::Completed);
    assert_eq!(worker.claim(9).await.len(), 1);
}

#[tokio::test]
async fn processes_that_start_at_once_on_a_new_file_all_succeed() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let path = folder.path().join(format!("{round}.db"));
        let opened = futures_util::future::join_all((0..4).map(|_| SqliteStore::open(&path, clock()))).await;
        for store in opened {
            store.unwrap().now().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_file_of_a_newer_layout_is_refused_and_left_alone() {
    let mut bed = Bed::new().await;
    bed.close();
    let mut db = open_sqlite(&sqlite_options(&bed.path())).await.unwrap();
    sqlx::query("UPDATE store_meta SET value = '2' WHERE name = 'layout'").execute(&mut db).await.unwrap();
    let refused = SqliteStore::open(&bed.path(), clock()).await.unwrap_err();
    let store = bed.path().display().to_string();
    match refused {
        StoreError::Incompatible(reason) => {
            assert_eq!(reason, Incompatible::Layout { store, found: "2".into(), known: 1 });
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_file_with_a_migration_from_the_future_is_refused() {
    let mut bed = Bed::new().await;
    bed.close();
    let mut db = open_sqlite(&sqlite_options(&bed.path())).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9000, 'later', '2030-01-01', 1, x'00', 0)")
        .execute(&mut db)
        .await
        .unwrap();
    let refused = SqliteStore::open(&bed.path(), clock()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Incompatible(Incompatible::Layout { .. })), "{refused}");
    assert!(refused.to_string().contains("migration 9000"), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_and_a_missing_folder_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "dear diary, ".repeat(1_000)).unwrap();
    let nowhere = folder.path().join("nowhere").join("jobbers.db");
    for path in [&text, &nowhere] {
        let refused = SqliteStore::open(path, clock()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Broken { .. }), "{refused:?}");
        assert!(refused.to_string().contains(&path.display().to_string()), "{refused}");
    }
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("dear diary"));
}

#[tokio::test]
async fn a_write_to_a_read_only_file_is_named_as_that() {
    let bed = Bed::new().await;
    let mut db = open_sqlite(&sqlite_options(&bed.path()).pragma("query_only", "1")).await.unwrap();
    let refused = sqlx::query("DELETE FROM tasks").execute(&mut db).await.unwrap_err();
    let error = Trouble::from(refused).of("submit", "the SQLite file x.db");
    assert!(matches!(error, StoreError::Broken { .. }), "{error:?}");
    assert!(error.to_string().starts_with("submit: the SQLite file x.db: "), "{error}");
}

#[tokio::test]
async fn a_locked_file_is_unavailable_for_a_while_only() {
    let bed = Bed::new().await;
    let mut db = open_sqlite(&sqlite_options(&bed.path())).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut db).await.unwrap();
    let new = [task(1)];
    let refused = tokio::time::timeout(Duration::from_secs(10), bed.store().submit(&new)).await.unwrap().unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable { .. }), "{refused:?}");
    assert!(refused.is_transient());
    bed.store().now().await.expect("reads do not wait for writers");
    sqlx::query("ROLLBACK").execute(&mut db).await.unwrap();
    bed.submit(&new).await;
}

#[tokio::test]
async fn a_full_store_refuses_submissions_whole_and_goes_on_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobbers.db");
    drop(SqliteStore::open(&path, clock()).await.unwrap());
    let options = Options::of(&path).pragma("max_page_count", "150");
    let store = SqliteStore::open_with(&path, options, clock()).await.unwrap();
    let mut stored: u128 = 0;
    let refused = loop {
        let batch: Vec<_> = (stored..stored + 50).map(task).collect();
        match store.submit(&batch).await {
            Ok(_) => stored += 50,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, StoreError::Full { .. }), "{refused:?}");
    for number in stored..stored + 50 {
        assert_eq!(store.get(super::bed::id(number)).await.unwrap(), None, "all or none");
    }
    drop(store);
    let roomy = SqliteStore::open(&path, clock()).await.unwrap();
    let mut worker = Worker::new(&roomy, 1);
    for number in 0..stored {
        let claimed = worker.claim_one().await;
        assert_eq!(claimed.id, super::bed::id(number));
        worker.finish(&claimed, completed()).await;
    }
    assert!(worker.claim(1).await.is_empty());
}

#[tokio::test]
async fn what_one_step_lacks_room_for_does_not_undo_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobbers.db");
    drop(SqliteStore::open(&path, clock()).await.unwrap());
    let options = Options::of(&path).pragma("max_page_count", "150");
    let store = SqliteStore::open_with(&path, options, clock()).await.unwrap();
    let huge = NewTask { parameters: vec![b' '; 1_000_000].into(), ..task(1) };
    let (huge, small) = ([huge], [task(2)]);
    let (refused, stored) = tokio::join!(store.submit(&huge), store.submit(&small));
    assert!(matches!(refused, Err(StoreError::Full { .. })), "{refused:?}");
    stored.unwrap();
    assert_eq!(store.get(super::bed::id(1)).await.unwrap(), None);
    assert_eq!(Worker::new(&store, 1).claim(9).await.len(), 1);
}

#[test]
fn handles_work_from_any_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let bed = first.block_on(Bed::new());
    first.block_on(bed.submit(&[task(1)]));
    drop(first);
    let status = second.block_on(async {
        bed.submit(&[task(2)]).await;
        bed.status(1).await
    });
    assert_eq!(status, Status::Submitted);
}
