//! How a process is set up: settings, adapters, telemetry, shutdown. The only module that names adapters.

mod connector;
mod installation;
mod log;
mod outage;
mod patience;
mod settings;
mod shutdown;
mod size;
mod store_url;

pub use connector::{Connector, StartError};
pub use log::{LogFormat, LogSettings};
pub use outage::Outage;
pub use settings::{StoreSettings, TaskAdapter};
pub use shutdown::Shutdown;
pub use size::parse_size;
pub use store_url::StoreUrl;

pub use crate::operation::Stores;
pub use crate::routing::{InvalidUrl, SqlUrl};
