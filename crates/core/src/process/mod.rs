//! How a process is set up: settings, adapters, telemetry, shutdown. The only module that names adapters.

mod connector;
mod log;
mod settings;
mod shutdown;

pub use connector::{Connector, StartError, Stores};
pub use log::{LogFormat, LogSettings};
pub use settings::{InvalidUrl, SqlUrl, StoreSettings, StoreUrl, TaskAdapter};
pub use shutdown::Shutdown;
