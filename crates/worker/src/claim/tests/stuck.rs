use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobbers_core::lifecycle::Destination;
use jobbers_core::model::{OnShutdown, Policy, Registration, Status, TaskType};
use tokio::time::{Instant, sleep};

use super::rig::{Rig, destinations};
use crate::attempt::{Ended, Interruption, Start};
use crate::claim::LoopEnd;
use crate::executor::Executor;

/// Runs handlers that stop when they are told to by the test, and not when the worker asks.
#[derive(Debug, Default)]
pub(super) struct Deaf(Mutex<Vec<Start>>);

impl Deaf {
    pub(super) fn end_all(&self) {
        for start in self.0.lock().unwrap().drain(..) {
            start.end(Ended::Interrupted);
        }
    }
}

impl Executor for Deaf {
    fn registrations(&self) -> Vec<Registration> {
        let policy = Policy {
            max_concurrent: None,
            cancel_grace: Duration::from_secs(3),
            on_shutdown: OnShutdown::Stop,
            ..Policy::default()
        };
        let task_type = TaskType::new("deaf", 1);
        vec![Registration { task_type, queue: "default".to_owned(), policy, parameters_schema: None }]
    }

    fn start(&self, attempts: Vec<Start>) {
        self.0.lock().unwrap().extend(attempts);
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_task_that_was_taken_away_is_thrown_away() {
    let rig = Rig::start(1, None);
    rig.store.submit("stops", 1);
    rig.until(|store| store.claimed == 1).await;
    let attempt = rig.running.snapshot().remove(0);
    assert!(rig.running.take_away(&attempt));
    assert!(!rig.running.take_away(&attempt), "said once");
    rig.store.submit("quick", 1);
    rig.until(|store| store.finished.len() == 1).await;
    assert!(rig.running.snapshot().is_empty());
    let store = rig.stop().await;
    let store = store.lock();
    assert_eq!(store.finished[0].transition.destination.status(), Status::Completed);
    assert_eq!(store.claimed, 2);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_does_not_stop_keeps_its_slot_and_ends_its_worker() {
    let deaf = Arc::new(Deaf::default());
    let rig = Rig::with(deaf.clone(), 2, None, None);
    rig.store.submit("deaf", 3);
    rig.until(|store| store.claimed == 2).await;
    let stuck = rig.running.snapshot().remove(0);
    assert!(rig.running.interrupt(&stuck, Interruption::Cancelled));
    let asked = Instant::now();
    while !stuck.is_overdue() {
        sleep(Duration::from_millis(1)).await;
    }
    assert!((3000..3010).contains(&asked.elapsed().as_millis()), "{:?}", asked.elapsed());
    // The other one ends well: it is delivered, and nothing more is claimed.
    let mut starts = std::mem::take(&mut *deaf.0.lock().unwrap());
    let other = starts.iter().position(|start| !Arc::ptr_eq(start.attempt(), &stuck)).unwrap();
    starts.remove(other).end(Ended::Returned("1".into()));
    let (end, store) = rig.end().await;
    assert!(matches!(end, LoopEnd::Stuck { handlers: 1, .. }), "{end:?}");
    let store = store.lock();
    assert_eq!((store.finished.len(), store.claimed, store.started), (1, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_its_executor_forgets_has_failed() {
    let deaf = Arc::new(Deaf::default());
    let rig = Rig::with(deaf.clone(), 1, None, None);
    rig.store.submit("deaf", 1);
    rig.until(|store| store.claimed == 1).await;
    deaf.0.lock().unwrap().clear();
    rig.until(|store| store.finished.len() == 1).await;
    let store = rig.stop().await;
    assert_eq!(destinations(&store), [Destination::Failed { dead_letter: false }]);
}
