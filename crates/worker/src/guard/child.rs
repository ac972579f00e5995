use std::sync::Arc;

use rustix::process::Signal;
use tokio::sync::oneshot;

use super::connection::Connection;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Exited(i32),
    /// By this signal.
    Killed(i32),
    /// The guard was killed: what became of the process nobody knows, but that it runs no more.
    Lost,
}

/// A process that the guard started.
#[derive(Debug)]
pub struct Child {
    pub(super) number: u64,
    pub(super) pid: u32,
    pub(super) ended: oneshot::Receiver<End>,
    pub(super) connection: Arc<Connection>,
}

impl Child {
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Signals its process group, unless it has ended.
    pub fn signal_group(&self, signal: Signal) {
        self.connection.signal(self.number, signal.as_raw());
    }

    /// Waits until it has ended; then nothing is left of its process group either. Can be dropped and called again, until it has
    /// answered.
    pub async fn wait(&mut self) -> End {
        (&mut self.ended).await.unwrap_or(End::Lost)
    }
}
