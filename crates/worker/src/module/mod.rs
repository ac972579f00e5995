//! Where the tasks of a worker come from.

use jobbers_core::model::Registration;
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::executor::{Commands, Executor, Native};
use crate::guard::{Guard, GuardError};
use crate::manifest::{Manifest, ManifestError};
use crate::{InvalidTasks, Tasks, demo};

/// The tasks that a worker runs, and by what.
#[derive(Debug)]
pub enum TaskModule {
    /// Compiled into this program.
    Native(Tasks),
    /// Commands, from a TOML manifest.
    Commands(Manifest),
}

/// Why a task module cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    #[error(
        "task module `{0}`: Python modules are not built yet; there are `demo` and manifests of commands (`tasks.toml`)"
    )]
    NotBuiltYet(String),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Tasks(#[from] InvalidTasks),
}

impl TaskModule {
    /// Loads what the command line names: `demo`, or a manifest (`….toml`).
    pub fn load(name: &str) -> Result<Self, ModuleError> {
        if name == "demo" {
            Ok(Self::Native(demo::tasks()))
        } else if Path::new(name).extension().is_some_and(|extension| extension == "toml") {
            Ok(Self::Commands(Manifest::read(Path::new(name))?))
        } else {
            Err(ModuleError::NotBuiltYet(name.to_owned()))
        }
    }

    /// Says all that keeps these tasks from being run.
    pub fn check(&self) -> Result<(), ModuleError> {
        match self {
            Self::Native(tasks) => Ok(tasks.check()?),
            // Checked as it was read.
            Self::Commands(_) => Ok(()),
        }
    }

    /// The task types, as the worker publishes them.
    pub fn registrations(&self) -> Vec<Registration> {
        match self {
            Self::Native(tasks) => tasks.registrations().cloned().collect(),
            Self::Commands(manifest) => manifest.registrations().cloned().collect(),
        }
    }

    /// What runs them, on these threads.
    pub(crate) fn executor(self, runtime: Handle) -> Result<Arc<dyn Executor>, GuardError> {
        Ok(match self {
            Self::Native(tasks) => Arc::new(Native::new(tasks, runtime)),
            Self::Commands(manifest) => {
                let guard = manifest.guard.clone().map_or_else(Guard::new, |program| Ok(Guard::of(program)))?;
                Arc::new(Commands::new(manifest, guard, runtime))
            }
        })
    }
}

impl From<Tasks> for TaskModule {
    fn from(tasks: Tasks) -> Self {
        Self::Native(tasks)
    }
}

impl From<Manifest> for TaskModule {
    fn from(manifest: Manifest) -> Self {
        Self::Commands(manifest)
    }
}
