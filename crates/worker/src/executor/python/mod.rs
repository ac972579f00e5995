//! Python modules: their handlers run in hosts, which are Python processes that take many attempts at once.
//! What they say to each other is in `docs/python-host.md`.

mod begin;
mod frame;
mod host;
mod log;
mod package;
mod pool;
mod running;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use jobbers_core::model::Registration;
use tokio::runtime::Handle;

use super::Executor;
use crate::attempt::Start;
use crate::guard::Guard;

pub use begin::ImportError;
use pool::Pool;
pub use settings::PythonSettings;

/// Runs the tasks of a Python module.
#[derive(Debug)]
pub struct Python {
    pool: Arc<Pool>,
    runtime: Handle,
}

impl Python {
    /// Starts the hosts; answers when the first has imported the module.
    pub async fn start(
        module: String,
        settings: PythonSettings,
        slots: u32,
        guard: Guard,
        runtime: Handle,
    ) -> Result<Self, ImportError> {
        let pool = Pool::start(module, settings, slots, guard, runtime.clone()).await?;
        Ok(Self { pool, runtime })
    }
}

impl Executor for Python {
    fn registrations(&self) -> Vec<Registration> {
        self.pool.registrations().to_vec()
    }

    fn start(&self, attempts: Vec<Start>) {
        let pool = Arc::clone(&self.pool);
        self.runtime.spawn(async move {
            for start in attempts {
                pool.run(start);
            }
            pool.flush();
        });
    }

    /// A host with nothing but attempts that do not stop is killed, however long its other attempts take before that.
    fn time_to_kill(&self) -> Duration {
        Duration::MAX
    }
}
