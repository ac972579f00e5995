//! How many ends a turn brings.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobbers_core::model::{Policy, Registration, TaskType};
use tokio::task::yield_now;
use tokio::time::sleep;

use super::rig::Rig;
use crate::attempt::{Ended, Start};
use crate::executor::Executor;
use crate::fake::Inner;

/// Runs handlers that end at once, one after the other; the first ones of each batch compute until the test ends them.
#[derive(Debug, Default)]
struct OneByOne {
    computing: usize,
    kept: Mutex<Vec<Start>>,
}

impl Executor for OneByOne {
    fn registrations(&self) -> Vec<Registration> {
        let policy = Policy { max_concurrent: None, ..Policy::default() };
        let task_type = TaskType::new("brief", 1);
        vec![Registration { task_type, queue: "default".to_owned(), policy, parameters_schema: None }]
    }

    fn start(&self, mut attempts: Vec<Start>) {
        let others = attempts.split_off(self.computing);
        self.kept.lock().unwrap().append(&mut attempts);
        tokio::spawn(async move {
            for start in others {
                for _ in 0..3 {
                    yield_now().await;
                }
                start.end(Ended::Returned("1".into()));
            }
        });
    }
}

/// The ends that each turn brought, of those that brought any.
fn brought(store: &Inner) -> Vec<usize> {
    store.turns.iter().map(|turn| turn.finishes.len()).filter(|ends| *ends > 0).collect()
}

#[tokio::test(start_paused = true)]
async fn what_ends_at_once_is_told_in_one_turn() {
    let rig = Rig::with(Arc::new(OneByOne::default()), 10, None, None);
    rig.store.submit("brief", 30);
    rig.until(|store| store.finished.len() == 30).await;
    let store = rig.stop().await;
    assert_eq!(brought(&store.lock()), [10, 10, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_computes_holds_up_no_end_of_others() {
    let executor = Arc::new(OneByOne { computing: 3, ..OneByOne::default() });
    let rig = Rig::with(executor.clone(), 10, None, None);
    rig.store.submit("brief", 10);
    rig.until(|store| store.finished.len() == 7).await;
    {
        let store = rig.store.lock();
        assert_eq!(brought(&store), [7]);
        assert_eq!(store.turned_at[1], store.turned_at[0], "no time is waited");
    }
    for start in executor.kept.lock().unwrap().drain(..) {
        start.end(Ended::Returned("1".into()));
    }
    rig.until(|store| store.finished.len() == 10).await;
    assert_eq!(brought(&rig.stop().await.lock()), [7, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_for_something_is_not_about_to_end() {
    let rig = Rig::start(5, None);
    rig.store.submit("stops", 3);
    rig.store.submit("too_slow", 2);
    rig.until(|store| store.claimed == 5).await;
    while rig.reports.beginning() > 0 {
        assert_eq!(rig.store.lock().finished.len(), 0, "they wait, and count as beginning");
        sleep(Duration::from_millis(1)).await;
    }
    rig.shutdown.graceful.cancel();
    rig.until(|store| store.finished.len() == 5).await;
    assert_eq!(rig.reports.beginning(), 0, "each is counted once");
    rig.stop().await;
}
