//! Connections: how many there may be at once, and what each may take.
//!
//! A connection costs a file, a few kilobytes, and a place among `MAX_CONNECTIONS`; what it does not use it loses:
//! without a request after [`pace::IDLE`], with half a request after [`pace::HEAD_WITHIN`], and when it does not take
//! its answer after [`pace::TAKE_WITHIN`]. Where there is no place a client is told so and sent away; only where even
//! those who are sent away are too many does a connection wait, unaccepted, in the backlog of the system.

mod accept;
mod limits;
mod pace;
mod refuse;
mod timed;

pub(crate) use accept::{Serving, serve};
pub(crate) use limits::Files;
