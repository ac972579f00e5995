use tokio::signal::unix::{Signal, SignalKind, signal};
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
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        let shutdown = Self::default();
        tokio::spawn(shutdown.clone().listen(terminate, interrupt));
        Ok(shutdown)
    }

    async fn listen(self, mut terminate: Signal, mut interrupt: Signal) {
        let name = received(&mut terminate, &mut interrupt).await;
        tracing::info!(event = "shutdown", signal = name, "{name}: ending in good order, a second signal ends at once");
        self.graceful.cancel();
        let name = received(&mut terminate, &mut interrupt).await;
        tracing::warn!(event = "shutdown_now", signal = name, "{name} again: ending at once");
        self.immediate.cancel();
        // Further signals are received and change nothing.
        loop {
            received(&mut terminate, &mut interrupt).await;
        }
    }
}

async fn received(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}
