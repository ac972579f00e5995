//! Changes of queues and roles are told through Redis to every process.

use std::time::Duration;

use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_core::store::RoutingChanges;
use tokio::time::timeout;

use super::OwnServer;

const SOON: Duration = Duration::from_secs(10);

async fn hear(changes: &mut RoutingChanges) {
    timeout(SOON, changes.recv()).await.expect("a change is told").expect("the changes go on");
}

/// How many listen, as Redis knows it.
fn listeners(server: &OwnServer, channel: &str) -> String {
    server.server.command(&["PUBSUB", "NUMSUB", channel]).remove(1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_are_told_to_other_processes_and_once_more_after_a_lost_connection() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let mut changes = env.other().await.routing_changes().await.unwrap();
    let mut stranger = OwnServer { prefix: "other".to_owned(), ..server.clone() }
        .environment()
        .await
        .store()
        .routing_changes()
        .await
        .unwrap();
    hear(&mut changes).await;
    hear(&mut stranger).await;
    assert!(changes.try_recv().is_err(), "it begins with one");
    env.store().tell_routing_changed().await.unwrap();
    hear(&mut changes).await;
    assert!(stranger.try_recv().is_err(), "another installation on the same server hears nothing");
    // Nothing is under way any more.
    assert!(changes.try_recv().is_err());
    server.server.restart();
    hear(&mut changes).await;
    assert_eq!(listeners(&server, "jobbers:0:routing"), "1");
    // Several that nobody has read yet may be one.
    let other = env.other().await;
    for _ in 0..100 {
        other.tell_routing_changed().await.unwrap();
    }
    hear(&mut changes).await;
    // Who does not read any more is forgotten.
    drop(changes);
    let deadline = std::time::Instant::now() + SOON;
    while listeners(&server, "jobbers:0:routing") != "0" {
        assert!(std::time::Instant::now() < deadline, "it still listens");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
