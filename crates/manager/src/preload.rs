//! Task types that the manager knows before any worker does: those of a task module that it was given.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use jobbers_core::model::Registration;
use jobbers_core::process::Shutdown;
use jobbers_core::store::{SharedStore, StoreError};

const WORKER: &str = "jobbers_worker";

/// Asks the worker program for the types of a task module, since it is what knows all kinds of modules.
///
/// The error is for the user; where the worker complains of the module, it is the same text.
pub(crate) fn types_of(module: &str) -> Result<Vec<Registration>, String> {
    let program = worker_program();
    let tell = |what: String| format!("task module `{module}`: {what}");
    let output = Command::new(&program).args(["--types", "--", module]).output().map_err(|error| {
        tell(format!("{} is asked for its types, and cannot be started: {error}", program.display()))
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(said.trim().trim_start_matches("error: ").to_owned());
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| tell(format!("{} answers what this manager does not understand: {error}", program.display())))
}

/// The one that was installed together with this program; else the one in `PATH`.
fn worker_program() -> PathBuf {
    let beside = std::env::current_exe().ok().map(|own| own.with_file_name(WORKER));
    beside.filter(|program| program.is_file()).unwrap_or_else(|| WORKER.into())
}

/// Makes them known, however long it takes.
pub(crate) async fn publish(
    store: &SharedStore,
    types: &[Registration],
    shutdown: &Shutdown,
) -> Result<(), StoreError> {
    loop {
        match store.register(types).await {
            Ok(conflicts) => {
                for conflict in conflicts {
                    tracing::warn!(
                        event = "schema_changed", task = %conflict.task_type,
                        "the parameters of this task had another schema before; raise its version for a breaking change"
                    );
                }
                tracing::info!(
                    event = "types_preloaded",
                    types = types.len(),
                    "task types are known from the task module"
                );
                return Ok(());
            }
            Err(error) if error.is_transient() => {}
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
            () = shutdown.graceful.cancelled() => return Ok(()),
        }
    }
}
