//! The Jobbers manager: the REST API.
//!
//! [`bind`] checks the settings and takes the address; [`Bound::serve`] answers until it is told to stop. The manager
//! keeps nothing: any number of them work on the same stores.

mod access;
mod app;
mod command;
mod connection;
mod docs_page;
mod events;
mod extract;
mod failure;
mod openapi;
mod panics;
mod preload;
mod problem;
mod room;
mod router;
mod routes;
mod scheduler_watch;
mod server;
mod service;
mod settings;
mod trace_parent;
mod wire;

pub use access::{InvalidOrigin, InvalidTokens, TokenList};
pub use command::main;
pub use openapi::{document as openapi, write_openapi};
pub use server::{BindError, Bound, bind, serve};
pub use settings::ManagerSettings;
