use std::sync::Arc;
use std::time::{Duration, Instant};

use jobbers_conformance::server::postgres::PostgresServer;
use jobbers_core::model::Queue;
use jobbers_core::operation::follow_routing;
use jobbers_core::process::Stores;
use jobbers_core::routing::{Routing, Snapshot};
use jobbers_core::store::SharedStore;
use jobbers_core::store::sqlite::{Clock, SqliteStore};
use tempfile::TempDir;
use tokio::sync::watch;

use super::Heard;
use super::database::{Database, at};

super::on_both_databases! {
    a_change_is_followed_without_any_message,
}

/// What a lost message costs at the most.
const LOST: Duration = Duration::from_secs(5);
/// What a machine that is busy with other tests may take besides.
const SLOW: Duration = Duration::from_secs(3);

/// A store of tasks of which nobody tells that something has changed.
async fn silent_store() -> (TempDir, SharedStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("tasks.db"), Clock::System).await.unwrap();
    (folder, Arc::new(store))
}

/// What is known, and when it ends.
fn followed(tasks: SharedStore, routing: Routing) -> (watch::Receiver<Arc<Snapshot>>, tokio::task::JoinHandle<()>) {
    let (known, seen) = watch::channel(Arc::default());
    (seen, tokio::spawn(follow_routing(Stores { tasks, routing }, known)))
}

async fn next(seen: &mut watch::Receiver<Arc<Snapshot>>, within: Duration) -> Arc<Snapshot> {
    tokio::time::timeout(within, seen.changed()).await.expect("it is followed").unwrap();
    Arc::clone(&seen.borrow_and_update())
}

fn queue(name: &str) -> Queue {
    Queue { name: name.to_owned(), ..Queue::default() }
}

async fn a_change_is_followed_without_any_message(database: Database) {
    let routing = database.opened().await;
    let (_folder, tasks) = silent_store().await;
    let (mut seen, following) = followed(tasks, routing.clone());
    assert_eq!(next(&mut seen, LOST + SLOW).await.queues, [queue("default")]);
    // By somebody else.
    database.opened().await.create_queue(&queue("mail"), at(1)).await.unwrap();
    let snapshot = next(&mut seen, LOST + SLOW).await;
    assert_eq!((snapshot.version, snapshot.queue("mail")), (2, Some(&queue("mail"))));
    drop(seen);
    tokio::time::timeout(Duration::from_secs(5), following).await.expect("it ends with its listeners").unwrap();
}

/// On one thread, which is listened to.
#[tokio::test]
async fn the_last_ones_hold_while_the_server_is_away() {
    let mut server = PostgresServer::start();
    let url = server.create_database().await.parse().unwrap();
    Routing::migrate(&url).await.unwrap();
    let routing = Routing::open(&url).await.unwrap();
    let (_folder, tasks) = silent_store().await;
    let (mut seen, following) = followed(tasks, routing.clone());
    let first = next(&mut seen, LOST + SLOW).await;
    let heard = Heard::listen();
    server.kill();
    // Until it has looked in vain several times.
    let began = Instant::now();
    while began.elapsed() < LOST + Duration::from_secs(2) {
        assert!(!following.is_finished() && *seen.borrow() == first);
        assert!(!seen.has_changed().unwrap());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let complaints = ["WARN", "queues and roles cannot be read, the last ones hold"];
    assert_eq!((heard.lines(&complaints), heard.lines(&["can be read again"])), (1, 0));
    server.start_again();
    while routing.create_queue(&queue("mail"), at(1)).await.is_err() {}
    // It asks twice a second now.
    assert!(next(&mut seen, Duration::from_millis(500) + SLOW).await.queue("mail").is_some());
    assert_eq!((heard.lines(&complaints), heard.lines(&["INFO", "can be read again"])), (1, 1));
}
