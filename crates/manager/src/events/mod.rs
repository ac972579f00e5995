//! Server-sent events.
//!
//! A stream costs a place among `MAX_STREAMS` and its connection, and never more memory for being slow: what is said to
//! everybody is in one ring, and a stream that falls out of it is told so (`resync`); of one task a stream has only the
//! newest look. A client that takes nothing at all loses its connection as any other does.

mod feed;
mod response;
mod ring;
mod tick;

pub(crate) use feed::Feed;
pub(crate) use response::stream;
