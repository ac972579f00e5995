use std::sync::{Arc, OnceLock};

use jobbers_core::operation::Operations;
use tokio_util::sync::CancellationToken;

use crate::access::{Origins, Tokens};
use crate::events::Feed;
use crate::problem::{Kind, Problem};
use crate::room::Room;
use crate::settings::ManagerSettings;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) tokens: Option<Tokens>,
    pub(crate) origins: Origins,
    pub(crate) max_body: usize,
    pub(crate) max_parameters: usize,
    pub(crate) room: Room,
    pub(crate) feed: Arc<Feed>,
    /// Cancelled when the manager stops: nobody is kept waiting then.
    pub(crate) stopping: CancellationToken,
    operations: OnceLock<Arc<Operations>>,
}

impl App {
    pub(crate) fn new(tokens: Option<Tokens>, origins: Origins, settings: &ManagerSettings) -> Self {
        let &ManagerSettings { max_body, max_parameters, .. } = settings;
        let (stopping, operations) = (CancellationToken::new(), OnceLock::new());
        Self {
            tokens,
            origins,
            max_body,
            max_parameters,
            room: Room::new(settings),
            feed: Feed::new(),
            stopping,
            operations,
        }
    }

    /// From now on requests are answered.
    pub(crate) fn open(&self, operations: Operations) -> Arc<Operations> {
        // Opened once, by the server.
        self.operations.get_or_init(|| Arc::new(operations)).clone()
    }

    /// The operations, once the stores have answered.
    pub(crate) fn operations(&self) -> Result<&Arc<Operations>, Problem> {
        let waiting = || Problem::new(Kind::Starting, "the manager waits for its stores: they have not answered yet");
        self.operations.get().ok_or_else(waiting)
    }
}
