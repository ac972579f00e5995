//! How what is opaque to scripts is packed.

pub(crate) mod arguments;
pub(crate) mod msgpack;
