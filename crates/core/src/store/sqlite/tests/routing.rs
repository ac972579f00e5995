use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::bed::Bed;
use crate::store::{RoutingChanges, Signals as _};

async fn next(changes: &mut RoutingChanges) {
    timeout(Duration::from_secs(10), changes.recv()).await.expect("in time").expect("still open");
}

#[tokio::test]
async fn changes_of_queues_and_roles_are_told_in_the_own_process_at_once_and_begin_with_one() {
    let bed = Bed::new().await;
    let clone = bed.store().clone();
    let mut changes = bed.store().routing_changes().await.unwrap();
    assert!(changes.try_recv().is_ok());
    assert!(changes.try_recv().is_err());
    for _ in 0..3 {
        clone.tell_routing_changed().await.unwrap();
        assert!(changes.try_recv().is_ok());
    }
    clone.tell_routing_changed().await.unwrap();
    clone.tell_routing_changed().await.unwrap();
    assert!(changes.try_recv().is_ok());
    assert!(changes.try_recv().is_err(), "several that nobody has read yet are one");
    let mut late = bed.store().routing_changes().await.unwrap();
    assert!(late.try_recv().is_ok() && late.try_recv().is_err());
}

#[tokio::test]
async fn changes_of_queues_and_roles_reach_another_process_soon_and_once() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    let mut changes = other.routing_changes().await.unwrap();
    next(&mut changes).await;
    for _ in 0..3 {
        let told = Instant::now();
        bed.store().tell_routing_changed().await.unwrap();
        next(&mut changes).await;
        assert!(told.elapsed() < Duration::from_millis(800), "{:?}", told.elapsed());
    }
    // Whatever else others write, and the next looks, tell nothing.
    let mut moves = other.moves().await.unwrap();
    while moves.try_recv().is_ok() {}
    bed.submit(&[super::bed::task(1)]).await;
    timeout(Duration::from_secs(10), moves.recv()).await.expect("in time").expect("still open");
    assert!(changes.try_recv().is_err());
}
