//! A worker whose tasks leave a trace outside of Jobbers.

use std::process::ExitCode;

use jobbers_e2e::fault::recorded::{kept_task, recorded_task};
use jobbers_e2e::limited::{single_task, stubborn_task};
use jobbers_e2e::silence::{beats_freely, beats_on, falls_silent};
use jobbers_e2e::trace::traced_task;
use jobbers_worker::Tasks;

fn main() -> ExitCode {
    let tasks = Tasks::new().register(traced_task).register(recorded_task).register(kept_task);
    let tasks = tasks.register(single_task).register(stubborn_task);
    jobbers_worker::main(tasks.register(falls_silent).register(beats_on).register(beats_freely))
}
