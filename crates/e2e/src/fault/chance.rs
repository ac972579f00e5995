use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// The random choices of one run. The same seed makes the same choices; what processes make of them may still differ.
#[derive(Debug)]
pub struct Chance(StdRng);

/// Sets the seed of the short matrix.
pub const SEED_VARIABLE: &str = "JOBBERS_SEED";

/// The seed that the environment asks for, or a new one.
pub fn seed() -> u64 {
    match std::env::var(SEED_VARIABLE) {
        // Other random tests print longer ones.
        Ok(text) => text.parse().unwrap_or_else(|_| mixed(0, &text)),
        Err(_) => u64::from(rand::random::<u32>()),
    }
}

/// FNV-1a: the same in each build, unlike the hashes of std.
fn mixed(seed: u64, text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

impl Chance {
    /// Each run has choices of its own, whatever the others do: `run` says which one it is.
    pub fn of(seed: u64, run: &str) -> Self {
        Self(StdRng::seed_from_u64(mixed(seed, run)))
    }

    /// Choices apart from these, for what goes on at the same time.
    pub fn split(&mut self) -> Self {
        Self(StdRng::seed_from_u64(self.0.random()))
    }

    pub fn between(&mut self, least: f64, most: f64) -> f64 {
        self.0.random_range(least..most)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// True in this part of all cases.
    pub fn happens(&mut self, part: f64) -> bool {
        self.0.random_bool(part)
    }

    /// For ids.
    pub fn bits(&mut self) -> u128 {
        self.0.random()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_choices_again_and_other_ones_for_another_run() {
        let choices = |seed, run| {
            let mut chance = Chance::of(seed, run);
            (chance.below(1_000_000), chance.split().below(1_000_000), chance.below(1_000_000))
        };
        assert_eq!(choices(7, "worker killed"), choices(7, "worker killed"));
        assert_ne!(choices(7, "worker killed"), choices(7, "worker frozen"));
        assert_ne!(choices(7, "worker killed"), choices(8, "worker killed"));
    }
}
