//! Where the tasks of a worker come from.

mod runtime;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use jobbers_core::model::Registration;

use crate::executor::{Commands, Executor, ImportError, Native, Python};
use crate::guard::{Guard, GuardError};
use crate::manifest::{Manifest, ManifestError};
use crate::{InvalidTasks, Tasks, WorkerSettings, demo};
use runtime::HandlerRuntime;

/// The tasks that a worker runs, and by what.
#[derive(Debug)]
pub enum TaskModule {
    /// Compiled into this program.
    Native(Tasks),
    /// Commands, from a TOML manifest.
    Commands(Manifest),
    /// A Python module, by its name or its file.
    Python(PythonModule),
    /// Ready to run.
    Started(Started),
}

/// A Python module that has not been imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonModule {
    pub name: String,
    /// The program of the guard, where it is not this one.
    pub guard: Option<std::ffi::OsString>,
}

/// What runs the tasks of a module, with its threads.
#[derive(Debug)]
pub struct Started {
    pub(crate) executor: Ready,
    pub(crate) handlers: HandlerRuntime,
}

/// An executor that has started.
pub(crate) struct Ready(pub(crate) Arc<dyn Executor>);

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a task module cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    #[error(
        "task module `{0}` is none: there are `demo`, a manifest of commands (`tasks.toml`), a Python module (`myapp.tasks`) and a \
         Python file (`/srv/myapp/tasks.py`)"
    )]
    Unknown(String),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Tasks(#[from] InvalidTasks),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Guard(#[from] GuardError),
    #[error("the threads of handlers cannot be started")]
    Threads(#[source] std::io::Error),
}

impl TaskModule {
    /// What the command line names: `demo`, a manifest (`….toml`), or a Python module or file. A Python module is imported when
    /// it is started.
    pub fn load(name: &str) -> Result<Self, ModuleError> {
        let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
        if name == "demo" {
            Ok(Self::Native(demo::tasks()))
        } else if extension == Some("toml") {
            Ok(Self::Commands(Manifest::read(Path::new(name))?))
        } else if extension == Some("py") || is_python_module(name) {
            Ok(Self::Python(PythonModule { name: name.to_owned(), guard: None }))
        } else {
            Err(ModuleError::Unknown(name.to_owned()))
        }
    }

    /// Checks the tasks, and starts what runs them.
    pub async fn start(self, settings: &WorkerSettings) -> Result<Started, ModuleError> {
        let slots = settings.worker_concurrent_tasks;
        let threads = || HandlerRuntime::start(slots).map_err(ModuleError::Threads);
        let guard = |program: &Option<std::ffi::OsString>| match program {
            Some(program) => Ok(Guard::of(program)),
            None => Guard::new(),
        };
        let (executor, handlers): (Arc<dyn Executor>, _) = match self {
            Self::Started(started) => return Ok(started),
            Self::Native(tasks) => {
                tasks.check()?;
                let handlers = threads()?;
                (Arc::new(Native::new(tasks, handlers.handle())), handlers)
            }
            Self::Commands(manifest) => {
                let (guard, handlers) = (guard(&manifest.guard)?, threads()?);
                (Arc::new(Commands::new(manifest, guard, handlers.handle())), handlers)
            }
            Self::Python(module) => {
                let (guard, handlers) = (guard(&module.guard)?, threads()?);
                let python = settings.python.clone();
                let executor = Python::start(module.name, python, slots, guard, handlers.handle()).await?;
                (Arc::new(executor), handlers)
            }
        };
        Ok(Started { executor: Ready(executor), handlers })
    }
}

impl Started {
    /// The task types, as the worker publishes them.
    pub fn registrations(&self) -> Vec<Registration> {
        self.executor.0.registrations()
    }
}

/// Whether it is a name, with dots between.
fn is_python_module(name: &str) -> bool {
    let is_word = |word: &str| {
        let mut characters = word.chars();
        characters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
            && characters.all(|other| other == '_' || other.is_alphanumeric())
    };
    name.split('.').all(is_word)
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

impl From<PythonModule> for TaskModule {
    fn from(module: PythonModule) -> Self {
        Self::Python(module)
    }
}

impl From<Started> for TaskModule {
    fn from(started: Started) -> Self {
        Self::Started(started)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_module_is_in_its_name() {
        assert!(matches!(TaskModule::load("demo"), Ok(TaskModule::Native(_))));
        for name in ["myapp.tasks", "tasks", "/srv/myapp/tasks.py", "tasks.py", "_a.b2"] {
            assert!(matches!(TaskModule::load(name), Ok(TaskModule::Python(_))), "{name}");
        }
        for name in ["my-app", "a..b", "", "tasks.yaml/x", "2a", "./tasks"] {
            assert!(matches!(TaskModule::load(name), Err(ModuleError::Unknown(_))), "{name}");
        }
        assert!(matches!(TaskModule::load("no/tasks.toml"), Err(ModuleError::Manifest(_))));
    }
}
