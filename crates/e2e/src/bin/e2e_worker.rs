//! A worker whose tasks leave a trace outside of Jobbers.

use std::process::ExitCode;

use jobbers_e2e::fault::recorded::{kept_task, recorded_task};
use jobbers_e2e::trace::traced_task;
use jobbers_worker::Tasks;

fn main() -> ExitCode {
    jobbers_worker::main(Tasks::new().register(traced_task).register(recorded_task).register(kept_task))
}
