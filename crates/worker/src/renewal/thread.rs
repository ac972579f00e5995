use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jobbers_core::store::{Result, SharedStore};
use tokio::sync::oneshot;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Renewer;

/// Opens a connection to the store that is driven by the runtime that calls it.
#[derive(Clone)]
pub(crate) struct Connect(pub(crate) Arc<dyn Fn() -> BoxFuture<'static, Result<SharedStore>> + Send + Sync>);

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connect")
    }
}

/// The renewal's thread. It ends when this is dropped, too.
#[derive(Debug)]
pub(crate) struct RenewalThread {
    stop: CancellationToken,
    connected: CancellationToken,
    ended: oneshot::Receiver<()>,
}

impl RenewalThread {
    pub(crate) fn start(renewer: Renewer, connect: Connect) -> std::io::Result<Self> {
        let stop = renewer.stop.clone();
        let connected = CancellationToken::new();
        let tell_connected = connected.clone();
        let (tell, ended) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new().name("jobbers-renewal".to_owned()).spawn(move || {
            runtime.block_on(async {
                let stop = renewer.stop.clone();
                if let Some(store) = open(&connect, &stop).await {
                    tell_connected.cancel();
                    renewer.run(store).await;
                }
            });
            let _ = tell.send(());
        })?;
        Ok(Self { stop, connected, ended })
    }

    /// Waits until it can renew leases: before that nothing should be claimed.
    pub(crate) async fn connected(&self) {
        self.connected.cancelled().await;
    }

    /// Stops it and waits until it has said that the worker has ended.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let _ = (&mut self.ended).await;
    }
}

impl Drop for RenewalThread {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Opens the store, however long it takes; none when it is to stop.
async fn open(connect: &Connect, stop: &CancellationToken) -> Option<SharedStore> {
    let mut complained = false;
    loop {
        let opened = tokio::select! {
            opened = (connect.0)() => opened,
            () = stop.cancelled() => return None,
        };
        match opened {
            Ok(store) => return Some(store),
            Err(error) if complained => tracing::debug!(event = "renewal_away", %error, "still no connection"),
            Err(error) => {
                complained = true;
                tracing::warn!(event = "renewal_away", %error, "no connection for the renewal of leases; it is tried again");
            }
        }
        tokio::select! {
            () = sleep(Duration::from_millis(500)) => {}
            () = stop.cancelled() => return None,
        }
    }
}
