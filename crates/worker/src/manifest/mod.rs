//! Manifests: tasks that are commands, in a TOML file.

mod command;
mod expected;
mod file;
mod value;

pub use command::CommandTask;
pub use expected::{ExpectedEnds, Failure, signal_name};
pub use file::{Manifest, ManifestError};
