//! Workers that are asked to end.

use std::time::Duration;

use jobbers_core::model::{ProcessInfo, ProcessKind};
use jobbers_core::store::{Announced, SharedStore, WorkerSignal};

use super::directory::process;
use super::signals::{expect_signal, listen};
use crate::Environment;
use crate::sample::worker_id;
use crate::worker::Worker;

const TTL: Duration = Duration::from_secs(30);

async fn announce(store: &SharedStore, info: &ProcessInfo) -> Announced {
    store.announce(info, TTL).await.expect("announce")
}

async fn drain(store: &SharedStore, n: u8) -> bool {
    store.drain(worker_id(n)).await.expect("drain")
}

pub async fn a_worker_that_is_to_drain_learns_it_when_it_announces_itself(env: &Environment) {
    let (one, two) = (process(env, 1), process(env, 2));
    assert_eq!(announce(env.store(), &one).await, Announced { drain: false });
    assert_eq!(announce(env.store(), &two).await, Announced { drain: false });
    assert!(drain(&env.other().await, 1).await);
    for _ in 0..2 {
        env.advance(Duration::from_secs(10)).await;
        assert_eq!(announce(env.store(), &one).await, Announced { drain: true }, "until it is gone");
        assert_eq!(announce(env.store(), &two).await, Announced { drain: false });
    }
    assert!(drain(env.store(), 1).await, "asked again");
    assert_eq!(announce(env.store(), &one).await, Announced { drain: true });
}

pub async fn a_worker_that_is_to_drain_learns_it_by_a_signal(env: &Environment) {
    announce(env.store(), &process(env, 1)).await;
    announce(env.store(), &process(env, 2)).await;
    let mut signals = listen(&Worker::start(env.store(), 1).await).await;
    let mut others = listen(&Worker::start(env.store(), 2).await).await;
    assert!(drain(&env.other().await, 1).await);
    expect_signal(&mut signals, WorkerSignal::Drain).await;
    // Its own comes after whatever came before.
    assert!(drain(&env.other().await, 2).await);
    expect_signal(&mut others, WorkerSignal::Drain).await;
    assert!(others.try_recv().is_err(), "it was told once, for itself");
}

pub async fn only_a_live_worker_can_be_asked_to_drain(env: &Environment) {
    assert!(!drain(env.store(), 1).await, "never heard of");
    announce(env.store(), &process(env, 1)).await;
    env.advance(Duration::from_secs(31)).await;
    assert!(!drain(env.store(), 1).await, "silent for too long");
    announce(env.store(), &process(env, 2)).await;
    env.store().retire(worker_id(2)).await.expect("retire");
    assert!(!drain(env.store(), 2).await, "ended in good order");
    let scheduler = ProcessInfo { kind: ProcessKind::Scheduler, ..process(env, 3) };
    announce(env.store(), &scheduler).await;
    assert!(!drain(env.store(), 3).await, "no worker");
    assert_eq!(announce(env.store(), &scheduler).await, Announced { drain: false });
    // None of that is held against a worker of the same id that comes later.
    assert_eq!(announce(env.store(), &process(env, 1)).await, Announced { drain: false });
}

pub async fn a_wish_to_drain_outlives_a_pause_of_its_worker(env: &Environment) {
    let info = process(env, 1);
    announce(env.store(), &info).await;
    assert!(drain(env.store(), 1).await);
    env.advance(Duration::from_secs(29)).await;
    assert_eq!(announce(env.store(), &info).await, Announced { drain: true });
    env.advance(Duration::from_secs(29)).await;
    assert_eq!(announce(env.store(), &info).await, Announced { drain: true }, "it holds as long as its worker lives");
}

pub async fn how_busy_a_worker_is_is_told(env: &Environment) {
    let load = jobbers_core::model::WorkerLoad {
        running: 3,
        free: 2,
        free_by_queue: vec![("a".to_owned(), 2), ("b:c".to_owned(), 0)],
        free_by_type: vec![(crate::sample::alpha(), 1)],
        draining: true,
    };
    let info = ProcessInfo { load: Some(load), ..process(env, 1) };
    announce(env.store(), &info).await;
    assert_eq!(env.other().await.live().await.expect("live")[0].process, info);
}
