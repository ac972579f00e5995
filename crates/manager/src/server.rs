use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jobbers_core::operation::Operations;
use jobbers_core::process::{Shutdown, StartError, Stores};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::access::{InvalidOrigin, InvalidTokens, Origins, Tokens};
use crate::app::App;
use crate::connection::{self, Files, Serving};
use crate::scheduler_watch;
use crate::service::Service;
use crate::settings::ManagerSettings;

/// How long requests may take to end after the manager was told to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(10);

/// Why the manager cannot serve under these settings.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("MANAGER_BIND is `{value}`: a host and a port are expected, such as 127.0.0.1:8000 ({detail})")]
    Address { value: String, detail: String },
    #[error(
        "MANAGER_BIND is `{value}`, which other hosts can reach, and there are no JOBBERS_TOKENS: set them, bind a \
         loopback address such as 127.0.0.1:8000, or say --insecure if whoever reaches it may do everything"
    )]
    Open { value: String },
    #[error(transparent)]
    Tokens(#[from] InvalidTokens),
    #[error(transparent)]
    Origin(#[from] InvalidOrigin),
    /// The address is in use, or not of this host.
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: io::Error },
}

impl BindError {
    /// Whether other settings are needed (else another moment may do).
    pub const fn is_configuration(&self) -> bool {
        !matches!(self, Self::Listen { .. })
    }
}

/// A manager that has its address; connections wait until it serves.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    app: Arc<App>,
    max_connections: usize,
    accept_unknown: bool,
}

/// Checks the settings and takes the address.
pub fn bind(settings: &ManagerSettings) -> Result<Bound, BindError> {
    let value = &settings.bind;
    let wrong = |detail: String| BindError::Address { value: value.clone(), detail };
    let addresses: Vec<SocketAddr> = value.to_socket_addrs().map_err(|error| wrong(error.to_string()))?.collect();
    let address = *addresses.first().ok_or_else(|| wrong("the host has no address".into()))?;
    let tokens = settings.tokens.as_ref().map(Tokens::parse).transpose()?;
    let loopback = address.ip().to_canonical().is_loopback();
    if !loopback && tokens.is_none() && !settings.insecure {
        return Err(BindError::Open { value: value.clone() });
    }
    let origins = Origins::new(&settings.origins, loopback && tokens.is_none())?;
    let failed = |source| BindError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let app = Arc::new(App::new(tokens, origins, settings));
    let max_connections = settings.max_connections;
    Ok(Bound { listener, address, app, max_connections, accept_unknown: settings.accept_unknown })
}

/// Serves the stores under these settings until `shutdown`.
pub async fn serve(settings: &ManagerSettings, stores: Stores, shutdown: Shutdown) -> anyhow::Result<()> {
    bind(settings)?.serve(stores, shutdown).await
}

impl Bound {
    /// Where it listens; the port is never 0.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`.
    pub async fn serve(self, stores: Stores, shutdown: Shutdown) -> anyhow::Result<()> {
        self.serve_when(async { Ok(stores) }, shutdown).await
    }

    /// Serves until `shutdown`. Until there are stores, only `/livez` is well; an error in getting them ends it.
    ///
    /// After `shutdown.graceful` what was accepted is finished, for ten seconds at the most, and whoever waits for a
    /// task gets it as it is. `shutdown.immediate` ends at once.
    pub async fn serve_when(
        self,
        stores: impl Future<Output = Result<Stores, StartError>>,
        shutdown: Shutdown,
    ) -> anyhow::Result<()> {
        let Self { listener, address, app, max_connections, accept_unknown } = self;
        let listener = tokio::net::TcpListener::from_std(listener).context("take over the listening socket")?;
        let most = make_room(max_connections);
        tracing::info!(event = "listening", %address, "manager listens on http://{address}");
        let end = CancellationToken::new();
        let _end_when_left = end.clone().drop_guard();
        let serving = Serving { most, stop: app.stopping.clone(), end };
        let server = connection::serve(listener, Service::new(app.clone()), serving);
        let opening = async {
            let stores = match stores.await {
                Ok(stores) => stores,
                Err(StartError::Stopped) => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            let operations = app.open(Operations::new(stores, accept_unknown));
            tracing::info!(event = "ready", "the stores have answered");
            match scheduler_watch::watch(&operations).await {}
        };
        let time_over = async {
            shutdown.graceful.cancelled().await;
            app.stopping.cancel();
            sleep(FINISH_WITHIN).await;
        };
        let mut server = pin!(server);
        tokio::select! {
            () = &mut server => {}
            ended = opening => return ended,
            () = shutdown.immediate.cancelled() => {}
            () = time_over => tracing::warn!(event = "unfinished", "requests were still open at the end"),
        }
        Ok(())
    }
}

/// How many connections there may be, under the limit of open files.
fn make_room(wanted: usize) -> usize {
    let files = match Files::make_room(wanted) {
        Ok(files) => files,
        Err(error) => {
            tracing::warn!(event = "limits", %error, "the limit of open files is unknown");
            return wanted;
        }
    };
    let Files { limit, connections } = files;
    if connections < wanted {
        tracing::warn!(
            event = "limits",
            files = limit,
            connections,
            "{limit} files may be open, so there may be {connections} connections and not {wanted} (MAX_CONNECTIONS): \
             raise the limit (ulimit -n, LimitNOFILE=)"
        );
    } else {
        tracing::info!(event = "limits", files = limit, connections, "up to {connections} connections at once");
    }
    connections
}
