use std::hash::{BuildHasherDefault, Hasher};

/// A hash for states: nobody chooses them to collide, so that it may be quick.
pub(super) type Quick = BuildHasherDefault<Multiplying>;

#[derive(Debug, Default)]
pub(super) struct Multiplying(u64);

impl Multiplying {
    fn add(&mut self, value: u64) {
        // FxHash, as in rustc.
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
    }
}

impl Hasher for Multiplying {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.add(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.add(u64::from(value));
    }

    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.add(value.cast_unsigned() as u64);
    }
}
