//! Tasks that promise a sign of progress every second, and keep that promise or not.

use std::time::Duration;

use jobbers_worker::{Params, TaskContext, TaskError, task};

use crate::trace::{Traced, Writer};

/// Far below the interval, so that a machine with much else to do keeps the promise as well.
const BEAT: Duration = Duration::from_millis(200);

/// Beats once and is silent from then on. Its `end` is written when its code has stopped, however that came.
#[task(version = 1, max_concurrent = "none", max_heartbeat_interval = 1)]
pub async fn falls_silent(Params(traced): Params<Traced>, task: TaskContext) -> Result<(), TaskError> {
    let stopped = Stopped(Writer::of(&traced, &task));
    stopped.0.write("start")?;
    task.heartbeat();
    tokio::time::sleep(traced.duration()).await;
    Ok(())
}

/// Beats all the time.
#[task(version = 1, max_concurrent = "none", max_heartbeat_interval = 2)]
pub async fn beats_on(Params(traced): Params<Traced>, task: TaskContext) -> Result<(), TaskError> {
    let writer = Writer::of(&traced, &task);
    writer.write("start")?;
    let beats = async {
        loop {
            task.heartbeat();
            tokio::time::sleep(BEAT).await;
        }
    };
    tokio::select! {
        () = beats => {}
        () = tokio::time::sleep(traced.duration()) => {}
    }
    writer.write("end")
}

/// Beats now and then, without a promise.
#[task(version = 1, max_concurrent = "none")]
pub async fn beats_freely(Params(traced): Params<Traced>, task: TaskContext) -> Result<(), TaskError> {
    let writer = Writer::of(&traced, &task);
    writer.write("start")?;
    task.progress(10.0, "begun");
    tokio::time::sleep(traced.duration()).await;
    writer.write("end")
}

struct Stopped(Writer);

impl Drop for Stopped {
    fn drop(&mut self) {
        drop(self.0.write("end"));
    }
}
