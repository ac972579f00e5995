use std::ffi::OsString;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;

use super::connection::{Connection, Launched};
use super::program::own_program;
use super::{Child, Launch, Streams};

/// Why a process could not be started.
#[derive(Debug, Error)]
pub enum GuardError {
    #[error("the guard process cannot be started")]
    NoGuard(#[source] std::io::Error),
    /// The guard says why.
    #[error("{0}")]
    NotStarted(String),
    #[error("the guard process was killed")]
    Killed,
}

/// Starts processes that do not outlive this one. The guard is started with the first of them. Cheap to clone; when the last
/// clone is gone everything that was started is killed.
#[derive(Debug, Clone)]
pub struct Guard(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    program: OsString,
    connection: Mutex<Option<Arc<Connection>>>,
}

impl Guard {
    /// For programs whose `main` begins with [`main_if_asked`](super::main_if_asked).
    pub fn new() -> Result<Self, GuardError> {
        Ok(Self::of(own_program().map_err(GuardError::NoGuard)?))
    }

    /// With such a program as the guard.
    pub fn of(program: impl Into<OsString>) -> Self {
        Self(Arc::new(Inner { program: program.into(), connection: Mutex::default() }))
    }

    /// Starts a process. Dropped before it answers, it leaves one behind that runs until it ends, or this worker does.
    pub async fn spawn(&self, launch: Launch, streams: Streams) -> Result<Child, GuardError> {
        let connection = self.connection()?;
        let Launched { number, started, ended } = connection.launch(launch, streams);
        let pid = started.await.map_err(|_| GuardError::Killed)?.map_err(GuardError::NotStarted)?;
        Ok(Child { number, pid, ended, connection })
    }

    fn connection(&self) -> Result<Arc<Connection>, GuardError> {
        let mut current = self.0.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = current.as_ref().filter(|connection| !connection.is_gone()) {
            return Ok(Arc::clone(connection));
        }
        let connection = Connection::start(&self.0.program).map_err(GuardError::NoGuard)?;
        *current = Some(Arc::clone(&connection));
        Ok(connection)
    }
}
