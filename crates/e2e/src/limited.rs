//! Tasks of which one runs at a time, over all workers.

use jobbers_worker::{Params, TaskContext, TaskError, task};

use crate::fault::journal::How;
use crate::fault::recorded::{Completed, Recorded, Stop, run};

/// Writes down that it begins, takes its time, and ends as it is told.
#[task(
    version = 1,
    max_concurrent = "none",
    max_concurrent_total = 1,
    max_retries = 10,
    max_lost = 1000,
    on_shutdown = "resubmit"
)]
pub async fn single_task(Params(recorded): Params<Recorded>, task: TaskContext) -> Result<Completed, TaskError> {
    run(recorded, &task).await
}

/// Promises a sign of progress every second, gives none, and does not stop before its time is over.
#[task(version = 1, max_concurrent = "none", max_concurrent_total = 1, max_heartbeat_interval = 1, cancel_grace = 600)]
pub fn stubborn_task(Params(recorded): Params<Recorded>, task: TaskContext) -> Result<(), TaskError> {
    let mut stop = Stop::after_start(&recorded, &task)?;
    std::thread::sleep(recorded.duration());
    stop.how = How::Ended;
    Ok(())
}
