use std::collections::HashMap;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::{Connection as _, SqliteConnection};

use super::bed::{Bed, Worker, end, id};
use crate::model::{EndDetail, EndKind, Status, Timestamp};
use crate::sql::{open_sqlite, sqlite_migrator, sqlite_options};
use crate::store::{
    DropWaiting, Errors, Filter, ForgetOutcome, List, Lists as _, Order, QueueCounts, Statistics as _, TaskStore as _,
    Upkeep as _,
};

/// A file as the first release left it, with a task of each status.
async fn first_release(db: &mut SqliteConnection) {
    let first: Vec<_> = sqlite_migrator().iter().filter(|migration| migration.version <= 2).cloned().collect();
    Migrator::with_migrations(first).run(&mut *db).await.unwrap();
    let lane = "INSERT INTO lanes (lane, queue, name, version, priority, waiting, tail) \
                VALUES (1, 'default', 'echo', 1, 5, 2, 2)";
    sqlx::query(lane).execute(&mut *db).await.unwrap();
    for (place, status) in ["W", "W", "L", "R", "C", "F", "F", "X"].into_iter().enumerate() {
        let place = i64::try_from(place + 1).unwrap();
        let when = |wanted: &str| (status == wanted).then_some(place * 100);
        let ended = "CFX".contains(status).then_some(place * 100);
        sqlx::query(
            "INSERT INTO tasks (place, id, status, lane, queue, position, submitted_at, run_at, started_at, ended_at, \
             dead_at, deadline, worker, token) VALUES (?, ?, ?, 1, 'default', ?, 7, ?, ?, ?, ?, ?, 1, ?)",
        )
        .bind(place)
        .bind(&id(u128::try_from(place).unwrap()).to_bytes()[..])
        .bind(status)
        .bind((status == "W").then_some(place))
        .bind(when("L"))
        .bind(when("R"))
        .bind(ended)
        .bind(ended.filter(|_| place == 6))
        .bind((status == "R").then_some(i64::MAX))
        .bind(place)
        .execute(&mut *db)
        .await
        .unwrap();
        let body = "INSERT INTO bodies (place, fingerprint, parameters) VALUES (?, x'0000000000000000', x'7b7d')";
        sqlx::query(body).bind(place).execute(&mut *db).await.unwrap();
    }
}

#[tokio::test]
async fn a_file_of_the_first_release_is_counted_and_listed_after_its_upgrade() {
    let mut bed = Bed::new().await;
    bed.close();
    std::fs::remove_file(bed.path()).unwrap();
    let mut db = open_sqlite(&sqlite_options(&bed.path())).await.unwrap();
    first_release(&mut db).await;
    db.close().await.unwrap();
    bed.reopen().await;

    let counts = bed.store().counts().await.unwrap();
    let oldest_waiting = Some(Timestamp::from_millis(7));
    let queue = "default".to_owned();
    assert_eq!(counts, [QueueCounts { queue, waiting: 2, scheduled: 1, started: 1, dead: 1, oldest_waiting }]);
    let listed = HashMap::from([
        (Status::Submitted, vec![2, 1]),
        (Status::Scheduled, vec![3]),
        (Status::Started, vec![4]),
        (Status::Completed, vec![5]),
        (Status::Failed, vec![7, 6]),
        (Status::Cancelled, vec![8]),
    ]);
    for (status, numbers) in listed {
        for queue in [None, Some("default".to_owned())] {
            let filter = Filter { status: Some(status), queue, ..Filter::default() };
            let list = List { filter, order: Order::NewestFirst, after: None, limit: 10 };
            let page = bed.store().list(&list).await.unwrap();
            let ids: Vec<_> = page.entries.iter().map(|entry| entry.id).collect();
            assert_eq!(ids, numbers.iter().copied().map(id).collect::<Vec<_>>(), "{status}");
        }
    }
    assert_eq!(bed.get(1).await.waiting_since, oldest_waiting);
    let claimed = Worker::new(bed.store(), 1).claim(9).await;
    assert_eq!(claimed.iter().map(|task| task.id).collect::<Vec<_>>(), [id(1), id(2)]);
    assert_eq!(bed.store().expire(9).await.unwrap().next, None);
}

/// A file as the release left it that knew lists, but not yet since when a task waits and which errors are alike.
async fn without_upkeep(db: &mut SqliteConnection) {
    first_release(db).await;
    let lists: Vec<_> = sqlite_migrator().iter().filter(|migration| migration.version <= 3).cloned().collect();
    Migrator::with_migrations(lists).run(&mut *db).await.unwrap();
    // One is back from a dead worker, another one is a dead letter like the one that there is; a third has no history.
    for change in [
        "UPDATE tasks SET started_at = 500 WHERE place = 2",
        "UPDATE tasks SET dead_at = 650, status = 'F' WHERE place = 5",
        "UPDATE tasks SET dead_at = 800, status = 'F' WHERE place = 8",
        "UPDATE lanes SET dead = 3",
    ] {
        sqlx::query(change).execute(&mut *db).await.unwrap();
    }
    let detail = serde_json::to_string(&end(EndKind::Failed)).unwrap();
    let older = serde_json::to_string(&EndDetail { error: "something else".into(), ..end(EndKind::Failed) }).unwrap();
    for (place, attempt, detail) in [(5, 1, &older), (5, 2, &detail), (6, 1, &detail)] {
        let text = "INSERT INTO attempt_ends (place, attempt, retry_attempt, worker, started_at, ended_at, detail) \
                    VALUES (?, ?, 0, 1, 1, 1, ?)";
        sqlx::query(text).bind(place).bind(attempt).bind(detail).execute(&mut *db).await.unwrap();
    }
}

#[tokio::test]
async fn a_file_from_before_there_was_upkeep_knows_who_waits_since_when_and_groups_its_dead_letters() {
    let mut bed = Bed::new().await;
    bed.close();
    std::fs::remove_file(bed.path()).unwrap();
    let mut db = open_sqlite(&sqlite_options(&bed.path())).await.unwrap();
    without_upkeep(&mut db).await;
    db.close().await.unwrap();
    bed.reopen().await;

    let since = [bed.get(1).await.waiting_since, bed.get(2).await.waiting_since, bed.get(3).await.waiting_since];
    assert_eq!(since, [Some(Timestamp::from_millis(7)), Some(Timestamp::from_millis(500)), None]);
    let all = Errors { limit: 10, ..Errors::default() };
    let groups = bed.store().errors(&all).await.unwrap();
    assert_eq!(groups.len(), 1, "{groups:?}");
    let group = &groups[0];
    assert_eq!((group.count, group.kind.message.as_str()), (2, "upstream is away"));
    assert_eq!((group.first, group.last), (Timestamp::from_millis(600), Timestamp::from_millis(650)));
    bed.reopen().await;
    assert_eq!(bed.store().errors(&all).await.unwrap(), groups, "grouped once");
    let outcomes = bed.store().forget(&[id(5), id(8), id(6)]).await.unwrap();
    assert_eq!(outcomes, [ForgetOutcome::Forgotten; 3]);
    assert_eq!(bed.store().errors(&all).await.unwrap(), []);
    let (queue, task_type) = ("default".to_owned(), bed.get(1).await.task_type);
    let waited = Duration::from_millis(bed.now().as_millis() - 100);
    let drop = DropWaiting { queue, task_type, waited, limit: 10 };
    assert_eq!(bed.store().drop_waiting(&drop).await.unwrap().tasks, 1);
    assert_eq!((bed.status(1).await, bed.status(2).await), (Status::Dropped, Status::Submitted));
}
