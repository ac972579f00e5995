//! A worker whose tasks leave a trace outside of Jobbers.

use std::process::ExitCode;

use jobbers_worker::Tasks;

fn main() -> ExitCode {
    jobbers_worker::main(Tasks::new().register(jobbers_e2e::trace::traced_task))
}
