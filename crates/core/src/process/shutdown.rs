use tokio_util::sync::CancellationToken;

/// SIGTERM and SIGINT, as two tokens: the first signal asks for an end in good order, the second for an end at once.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    /// Cancelled by the first signal.
    pub graceful: CancellationToken,
    /// Cancelled by the second signal.
    pub immediate: CancellationToken,
}

impl Shutdown {
    /// Listens for the signals from now on, in a task of the current runtime.
    pub fn on_signals() -> std::io::Result<Self> {
        todo!()
    }
}
