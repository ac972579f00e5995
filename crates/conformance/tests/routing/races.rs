use std::time::Duration;

use jobbers_core::model::{Queue, Role};
use jobbers_core::routing::{Removal, RoleOutcome, Routing, UnknownQueues};
use tokio::task::JoinSet;

use super::database::{Database, at};

super::on_both_databases! {
    of_many_that_create_the_same_queue_exactly_one_does,
    of_many_that_create_the_same_role_exactly_one_does,
    many_puts_of_one_queue_are_one_after_the_other,
    a_role_never_keeps_a_queue_that_is_deleted_meanwhile,
    a_queue_deleted_by_hand_meanwhile_is_named,
}

/// As many processes as this, of two hosts.
const MANY: u32 = 20;

fn queue(name: &str) -> Queue {
    Queue { name: name.to_owned(), ..Queue::default() }
}

fn role(name: &str, queues: &[&str]) -> Role {
    Role { name: name.to_owned(), queues: queues.iter().map(|&queue| queue.to_owned()).collect() }
}

/// Does something many times at once, over two stores.
async fn at_once<T: Send + 'static, F>(database: &Database, what: impl Fn(Routing, u32) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
{
    let stores = [database.opened().await, database.opened().await];
    let mut doing = JoinSet::new();
    for n in 0..MANY {
        doing.spawn(what(stores[n as usize % 2].clone(), n));
    }
    doing.join_all().await
}

async fn of_many_that_create_the_same_queue_exactly_one_does(database: Database) {
    let create = |routing: Routing, n: u32| async move {
        let queue = Queue { max_concurrent: Some(n + 1), ..queue("mail") };
        routing.create_queue(&queue, at(1)).await.unwrap().then_some(queue)
    };
    let created: Vec<Queue> = at_once(&database, create).await.into_iter().flatten().collect();
    let routing = database.opened().await;
    assert_eq!(created.len(), 1, "{created:?}");
    assert_eq!(routing.queue("mail").await.unwrap().as_ref(), created.first(), "its own is kept");
    assert_eq!(routing.version().await.unwrap(), 2);
}

async fn of_many_that_create_the_same_role_exactly_one_does(database: Database) {
    let create = |routing: Routing, _| async move { routing.create_role(&role("office", &["default"])).await.unwrap() };
    let outcomes: Vec<RoleOutcome> = at_once(&database, create).await;
    let count = |wanted: &RoleOutcome| outcomes.iter().filter(|outcome| *outcome == wanted).count();
    assert_eq!((count(&RoleOutcome::Done), count(&RoleOutcome::Exists)), (1, MANY as usize - 1));
}

async fn many_puts_of_one_queue_are_one_after_the_other(database: Database) {
    let put = |routing: Routing, n: u32| async move {
        let queue = Queue { max_concurrent: Some(n + 1), ..queue("mail") };
        routing.put_queue(&queue, None, at(1)).await.unwrap()
    };
    let answers = at_once(&database, put).await;
    let routing = database.opened().await;
    assert_eq!(answers.iter().filter(|(_, created)| *created).count(), 1);
    let last = routing.queue("mail").await.unwrap().unwrap();
    assert!(answers.iter().any(|(queue, _)| *queue == last), "{last:?} was put by nobody");
    assert_eq!(routing.version().await.unwrap(), 1 + i64::from(MANY), "none is lost");
}

async fn a_role_never_keeps_a_queue_that_is_deleted_meanwhile(database: Database) {
    let routing = database.opened().await;
    for round in 0..10 {
        routing.create_queue(&queue("mail"), at(1)).await.unwrap();
        let removal = Removal {
            id: round,
            queue: "mail".to_owned(),
            before: None,
            scheduled: true,
            started: true,
            asked_at: at(1),
        };
        let office = role("default", &["mail", "default"]);
        let (put, deleted) = tokio::join!(routing.put_role(&office), routing.delete_queue("mail", &removal));
        assert!(deleted.unwrap());
        let unknown = UnknownQueues { unknown: vec!["mail".to_owned()], existing: vec!["default".to_owned()] };
        let put = put.unwrap();
        assert!(put == RoleOutcome::Done || put == RoleOutcome::UnknownQueues(unknown), "{put:?}");
        assert_eq!(routing.role("default").await.unwrap(), Some(role("default", &["default"])));
    }
}

/// Only on PostgreSQL do two write at once.
async fn a_queue_deleted_by_hand_meanwhile_is_named(database: Database) {
    if !database.is_postgres() {
        return;
    }
    let routing = database.opened().await;
    routing.create_queue(&queue("mail"), at(1)).await.unwrap();
    let mut hand = database.raw().await;
    hand.execute("BEGIN; DELETE FROM queues WHERE name = 'mail'").await;
    let put = tokio::spawn({
        let routing = routing.clone();
        async move { routing.put_role(&role("default", &["mail", "default"])).await }
    });
    // It sees the queue still, and waits for what becomes of it.
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO role_queues%'
         AND datname = current_database()";
    while database.number(waiting).await == 0 {
        assert!(!put.is_finished(), "it does not wait");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    hand.execute("COMMIT").await;
    let unknown = UnknownQueues { unknown: vec!["mail".to_owned()], existing: vec!["default".to_owned()] };
    assert_eq!(put.await.unwrap().unwrap(), RoleOutcome::UnknownQueues(unknown));
    assert_eq!(routing.role("default").await.unwrap(), Some(role("default", &["default"])));
}
