//! How what is opaque to scripts is packed.

pub(crate) mod msgpack;
