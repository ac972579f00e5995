//! The named arguments of a script, packed as msgpack.
//!
//! Bytes are packed as msgpack strings: Redis's `cmsgpack` does not know msgpack's `bin`.

use rmp::encode as pack;

/// A map that grows by names; `add` is infallible because it writes to memory.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    names: u32,
    packed: Vec<u8>,
}

/// What a script can be given.
pub(crate) trait Argument {
    fn pack(&self, into: &mut Vec<u8>);
}

impl Arguments {
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Argument) -> Self {
        self.names += 1;
        name.as_bytes().pack(&mut self.packed);
        value.pack(&mut self.packed);
        self
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.packed.len() + 5);
        self.pack(&mut bytes);
        bytes
    }
}

impl Argument for Arguments {
    fn pack(&self, into: &mut Vec<u8>) {
        let _ = pack::write_map_len(into, self.names);
        into.extend_from_slice(&self.packed);
    }
}

impl Argument for u64 {
    fn pack(&self, into: &mut Vec<u8>) {
        let _ = pack::write_uint(into, *self);
    }
}

impl Argument for bool {
    fn pack(&self, into: &mut Vec<u8>) {
        let _ = pack::write_bool(into, *self);
    }
}

impl Argument for [u8] {
    fn pack(&self, into: &mut Vec<u8>) {
        let _ = pack::write_str_len(into, u32::try_from(self.len()).unwrap_or(u32::MAX));
        into.extend_from_slice(self);
    }
}

impl<const N: usize> Argument for [u8; N] {
    fn pack(&self, into: &mut Vec<u8>) {
        self.as_slice().pack(into);
    }
}

/// Bytes, where a list of them would be one of numbers.
pub(crate) struct Packed(pub(crate) Vec<u8>);

impl Argument for Packed {
    fn pack(&self, into: &mut Vec<u8>) {
        self.0.as_slice().pack(into);
    }
}

impl Argument for String {
    fn pack(&self, into: &mut Vec<u8>) {
        self.as_bytes().pack(into);
    }
}

impl<T: Argument> Argument for Vec<T> {
    fn pack(&self, into: &mut Vec<u8>) {
        let _ = pack::write_array_len(into, u32::try_from(self.len()).unwrap_or(u32::MAX));
        for value in self {
            value.pack(into);
        }
    }
}

impl<A: Argument, B: Argument> Argument for (A, B) {
    fn pack(&self, into: &mut Vec<u8>) {
        let _ = pack::write_array_len(into, 2);
        self.0.pack(into);
        self.1.pack(into);
    }
}

impl<A: Argument, B: Argument, C: Argument> Argument for (A, B, C) {
    fn pack(&self, into: &mut Vec<u8>) {
        let _ = pack::write_array_len(into, 3);
        self.0.pack(into);
        self.1.pack(into);
        self.2.pack(into);
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn pack(&self, into: &mut Vec<u8>) {
        (**self).pack(into);
    }
}
