use jobbers_core::routing::{Routing, RoutingError};
use tokio::task::JoinSet;

use super::database::Database;

super::on_both_databases! {
    a_migration_says_what_it_did_and_then_finds_nothing_to_do,
    many_that_migrate_at_once_all_succeed_and_each_step_is_done_once,
    what_was_configured_survives_the_next_version,
    a_schema_from_the_future_is_refused,
    somebody_elses_tables_are_left_alone,
    a_database_without_tables_says_how_to_make_them,
}

/// The steps that both databases have.
const STEPS: [&str; 2] = ["routing", "routing changes"];

fn unusable(answer: Result<Routing, RoutingError>) -> String {
    match answer {
        Err(error @ RoutingError::Unusable { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Takes back the version of the schema that brought versions and removals.
async fn make_old(database: &Database) {
    database
        .execute(
            "DROP TABLE routing_version; DROP TABLE removals;
             DELETE FROM _sqlx_migrations WHERE description = 'routing changes'",
        )
        .await;
}

async fn a_migration_says_what_it_did_and_then_finds_nothing_to_do(database: Database) {
    let applied = Routing::migrate(&database.url).await.unwrap();
    for step in STEPS {
        assert!(applied.iter().any(|applied| applied[5..] == *step), "{step}: {applied:?}");
    }
    assert!(applied.is_sorted(), "{applied:?}");
    assert_eq!(Routing::migrate(&database.url).await.unwrap(), [""; 0]);
    Routing::open(&database.url).await.unwrap().ping().await.unwrap();
}

async fn many_that_migrate_at_once_all_succeed_and_each_step_is_done_once(database: Database) {
    let mut migrating = JoinSet::new();
    for _ in 0..6 {
        let url = database.url.clone();
        migrating.spawn(async move { Routing::migrate(&url).await.unwrap() });
    }
    let applied = migrating.join_all().await;
    assert_eq!(applied.iter().filter(|applied| !applied.is_empty()).count(), 1, "{applied:?}");
    assert_eq!(database.opened().await.queues().await.unwrap().len(), 1);
}

async fn what_was_configured_survives_the_next_version(database: Database) {
    Routing::migrate(&database.url).await.unwrap();
    make_old(&database).await;
    database.execute("UPDATE queues SET max_concurrent = 3; INSERT INTO roles VALUES ('office')").await;
    if database.is_postgres() {
        let text = unusable(Routing::open(&database.url).await);
        assert!(text.contains("its tables lack 0002 routing changes: run jobbers_migrate"), "{text}");
    }
    let applied = Routing::migrate(&database.url).await.unwrap();
    assert!(applied.len() == 1 && applied[0].ends_with("routing changes"), "{applied:?}");
    let snapshot = Routing::open(&database.url).await.unwrap().snapshot().await.unwrap();
    assert_eq!((snapshot.version, snapshot.queues[0].max_concurrent, snapshot.roles.len()), (1, Some(3), 2));
}

async fn a_schema_from_the_future_is_refused(database: Database) {
    Routing::migrate(&database.url).await.unwrap();
    database
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9000, 'what comes', TRUE, '', 0)",
        )
        .await;
    for text in
        [unusable(Routing::open(&database.url).await), Routing::migrate(&database.url).await.unwrap_err().to_string()]
    {
        assert!(text.contains("version 9000, newer than this program knows"), "{text}");
    }
}

async fn somebody_elses_tables_are_left_alone(database: Database) {
    database.execute("CREATE TABLE role_queues (what INTEGER); INSERT INTO role_queues VALUES (5)").await;
    let error = Routing::migrate(&database.url).await.unwrap_err();
    assert!(matches!(error, RoutingError::Unusable { .. }), "{error}");
    assert!(error.to_string().contains("already exists"), "{error}");
    assert_eq!(database.number("SELECT count(*) FROM role_queues WHERE what = 5").await, 1);
    database.execute("DROP TABLE role_queues").await;
    assert_eq!(database.opened().await.queues().await.unwrap().len(), 1, "the half that was done was taken back");
}

async fn a_database_without_tables_says_how_to_make_them(database: Database) {
    if database.is_postgres() {
        let text = unusable(Routing::open(&database.url).await);
        assert!(text.contains("its tables are missing or too old: run jobbers_migrate"), "{text}");
    } else {
        // A file has none either before it is opened.
        assert_eq!(Routing::open(&database.url).await.unwrap().queues().await.unwrap().len(), 1);
    }
}
