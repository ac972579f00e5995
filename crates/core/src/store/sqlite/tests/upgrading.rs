use std::collections::HashMap;

use sqlx::migrate::Migrator;
use sqlx::{Connection as _, SqliteConnection};

use super::bed::{Bed, Worker, id};
use crate::model::Status;
use crate::sql::{open_sqlite, sqlite_migrator, sqlite_options};
use crate::store::{Filter, List, Lists as _, Order, QueueCounts, Statistics as _, TaskStore as _};

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
    let oldest_waiting = Some(crate::model::Timestamp::from_millis(7));
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
    let claimed = Worker::new(bed.store(), 1).claim(9).await;
    assert_eq!(claimed.iter().map(|task| task.id).collect::<Vec<_>>(), [id(1), id(2)]);
    assert_eq!(bed.store().expire(9).await.unwrap().next, None);
}
