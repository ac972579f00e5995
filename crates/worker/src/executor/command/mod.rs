//! Commands: a process an attempt.

mod capture;
mod environment;
mod log;
mod run;
mod signs;

use std::sync::Arc;
use std::time::Duration;

use jobbers_core::model::Registration;
use tokio::runtime::Handle;

use super::Executor;
use crate::attempt::Start;
use crate::guard::Guard;
use crate::manifest::{CommandTask, Manifest};

/// Runs the commands of a manifest, each as a process group of its own that the guard ends if this worker cannot.
#[derive(Debug)]
pub struct Commands {
    tasks: Arc<[CommandTask]>,
    guard: Guard,
    runtime: Handle,
}

impl Commands {
    pub fn new(manifest: Manifest, guard: Guard, runtime: Handle) -> Self {
        Self { tasks: manifest.tasks.into(), guard, runtime }
    }
}

impl Executor for Commands {
    fn registrations(&self) -> Vec<Registration> {
        self.tasks.iter().map(|task| task.registration.clone()).collect()
    }

    fn start(&self, attempts: Vec<Start>) {
        for mut start in attempts {
            let (tasks, guard) = (Arc::clone(&self.tasks), self.guard.clone());
            // A process takes its time: nothing is waited for.
            start.begun();
            self.runtime.spawn(async move {
                // A claim names the types that were registered.
                let Some(task) = tasks.get(start.attempt().type_index()) else { return };
                let attempt = Arc::clone(start.attempt());
                let ended = run::run(task, &attempt, &guard).await;
                start.end(ended);
            });
        }
    }

    fn time_to_kill(&self) -> Duration {
        /// What a process that was killed may take to be gone.
        const TIME: Duration = Duration::from_secs(10);
        TIME
    }
}
