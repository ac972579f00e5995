use std::time::Duration;

use serde_json::json;

use super::bed::{Bed, Worker, process, registration, task};
use crate::model::{Policy, Registration};
use crate::store::{Directory as _, Incompatible, SchemaConflict, StoreError};

#[tokio::test]
async fn who_announced_itself_is_alive_until_its_time_is_over_or_it_retires() {
    let bed = Bed::new().await;
    let store = bed.store();
    let ttl = Duration::from_secs(30);
    for number in [1, 2] {
        store.announce(&process(number), ttl).await.unwrap();
    }
    let live = store.live().await.unwrap();
    assert_eq!(live.len(), 2);
    assert_eq!((&live[0].process, live[0].last_seen), (&process(1), bed.now()));
    store.retire(process(1).id).await.unwrap();
    assert_eq!(store.live().await.unwrap().len(), 1);
    bed.pass(ttl);
    assert_eq!(store.live().await.unwrap(), []);
}

#[tokio::test]
async fn what_is_left_of_dead_processes_is_swept() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    Worker::new(bed.store(), 1).claim_one().await;
    bed.store().announce(&process(1), Duration::from_secs(30)).await.unwrap();
    bed.pass(Duration::from_secs(30 * 3_600));
    bed.store().announce(&process(2), Duration::from_secs(30)).await.unwrap();
    let mut db = bed.store().reader("test").await.unwrap();
    let left: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM turns), (SELECT count(*) FROM processes), (SELECT count(*) FROM tallies)",
    )
    .fetch_one(&mut *db)
    .await
    .unwrap();
    assert_eq!(left, (0, 1, 0));
}

#[tokio::test]
async fn the_newest_registration_wins_and_a_differing_schema_is_named() {
    let bed = Bed::new().await;
    let store = bed.store();
    let plain = [registration("b"), registration("a")];
    assert_eq!(store.register(&plain).await.unwrap(), []);
    assert_eq!(store.register(&plain).await.unwrap(), []);
    let strict = Registration { parameters_schema: Some(json!({"type": "object"})), ..registration("a") };
    let conflict = SchemaConflict { task_type: strict.task_type.clone() };
    assert_eq!(store.register(std::slice::from_ref(&strict)).await.unwrap(), [conflict]);
    let patient = Registration {
        policy: Policy { timeout: Some(Duration::from_millis(1_500)), ..Policy::default() },
        ..registration("b")
    };
    store.register(std::slice::from_ref(&patient)).await.unwrap();
    assert_eq!(store.catalogue().await.unwrap(), [strict, patient]);
}

#[tokio::test]
async fn a_store_belongs_to_the_first_installation_that_asks() {
    let bed = Bed::new().await;
    assert_eq!(bed.store().belong("one").await.unwrap(), "one");
    assert_eq!(bed.store().belong("two").await.unwrap(), "one");
    assert_eq!(bed.open().await.belong("two").await.unwrap(), "one");
}

#[tokio::test]
async fn another_number_of_partitions_is_refused() {
    let bed = Bed::new().await;
    let mut db = crate::sql::open_sqlite(&crate::sql::sqlite_options(&bed.path())).await.unwrap();
    sqlx::query("UPDATE store_meta SET value = '4' WHERE name = 'partitions'").execute(&mut db).await.unwrap();
    let refused = bed.store().belong("one").await.unwrap_err();
    let store = bed.path().display().to_string();
    match refused {
        StoreError::Incompatible(reason) => {
            assert_eq!(reason, Incompatible::Partitions { store, found: "4".into() });
        }
        other => panic!("{other}"),
    }
}
