//! The manager as a client meets it: real HTTP on a real port, over real stores.

mod access;
mod any_body;
mod away;
mod cancel;
mod events;
mod harness;
mod http;
mod load;
mod openapi;
mod program;
mod refused;
mod status;
mod stop;
mod submit;
