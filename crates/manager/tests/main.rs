//! The manager as a client meets it: real HTTP on a real port, over real stores.

mod access;
mod again;
mod any_body;
mod away;
mod batch;
mod bulk;
mod cancel;
mod dead_letters;
mod docs;
mod events;
mod expiry;
mod harness;
mod http;
mod idempotency;
mod lists;
mod load;
mod midway;
mod openapi;
mod program;
mod queue_stats;
mod refused;
mod staged;
mod status;
mod stop;
mod submit;
mod workers;
