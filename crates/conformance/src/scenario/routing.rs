//! That queues or roles have changed is told to every process.

use std::time::Duration;

use jobbers_core::store::RoutingChanges;
use tokio::time::timeout;

use crate::Environment;

const SOON: Duration = Duration::from_secs(5);
/// Long enough for a message that should not come, in a process that has nothing else to do.
const A_WHILE: Duration = Duration::from_millis(300);

async fn told(changes: &mut RoutingChanges) {
    timeout(SOON, changes.recv()).await.expect("a change is told").expect("the changes go on");
}

/// Takes what is told until nothing more comes.
async fn quiet(changes: &mut RoutingChanges) {
    while let Ok(told) = timeout(A_WHILE, changes.recv()).await {
        told.expect("the changes go on");
    }
}

pub async fn whoever_begins_to_listen_is_told_to_look(env: &Environment) {
    for store in [env.store().clone(), env.other().await] {
        let mut changes = store.routing_changes().await.expect("routing_changes");
        told(&mut changes).await;
    }
}

pub async fn a_change_is_told_to_all_who_listen(env: &Environment) {
    let other = env.other().await;
    let mut all = Vec::new();
    for store in [env.store(), env.store(), &other] {
        all.push(store.routing_changes().await.expect("routing_changes"));
    }
    for changes in &mut all {
        quiet(changes).await;
    }
    for store in [env.store(), &other, env.store()] {
        store.tell_routing_changed().await.expect("tell_routing_changed");
        for changes in &mut all {
            told(changes).await;
        }
    }
}

pub async fn many_changes_may_become_one_but_the_last_is_told(env: &Environment) {
    let other = env.other().await;
    let mut changes = other.routing_changes().await.expect("routing_changes");
    quiet(&mut changes).await;
    for _ in 0..100 {
        env.store().tell_routing_changed().await.expect("tell_routing_changed");
    }
    told(&mut changes).await;
    quiet(&mut changes).await;
    env.store().tell_routing_changed().await.expect("tell_routing_changed");
    told(&mut changes).await;
}

pub async fn other_steps_do_not_tell_of_changes(env: &Environment) {
    let mut changes = env.store().routing_changes().await.expect("routing_changes");
    quiet(&mut changes).await;
    super::submit_all(env.store(), &crate::sample::tasks(0..10)).await;
    let mut worker = crate::Worker::start(env.store(), 1).await;
    worker.claim(5).await;
    assert!(timeout(A_WHILE, changes.recv()).await.is_err(), "nothing has changed");
}

pub async fn who_listens_no_more_is_no_hindrance(env: &Environment) {
    drop(env.store().routing_changes().await.expect("routing_changes"));
    let mut changes = env.store().routing_changes().await.expect("routing_changes");
    quiet(&mut changes).await;
    for _ in 0..3 {
        env.store().tell_routing_changed().await.expect("tell_routing_changed");
        told(&mut changes).await;
    }
}
