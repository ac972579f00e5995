//! Random interleavings of the steps, by several workers and schedulers that send twice, late and out of turn: after
//! each step a store must have answered and must show what the oracle says, and every list, read at once or page by page
//! meanwhile, must have what it should, computed from all tasks.
//!
//! A failing case is shrunk and printed. `JOBBERS_SEED` (64 hexadecimal digits, printed with every failure, or a whole
//! number, as all random tests take it) repeats a run, `JOBBERS_CASES` makes it longer.

mod limits;
mod play;
mod reader;
mod sent;
mod step;
mod upkeep;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use rand::Rng as _;

use crate::Environment;
use play::Play;

/// Cases of a run that names no other number.
const CASES: u32 = 60;

/// Plays random cases, each in an environment of its own, and panics with the shortest that goes wrong.
pub fn check(environment: impl AsyncFn() -> Environment) {
    let seed = std::env::var("JOBBERS_SEED").ok().map_or_else(random_seed, |text| parse_seed(&text));
    let cases = std::env::var("JOBBERS_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES);
    let config = Config { cases, max_shrink_iters: 400, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let outcome = runner.run(&step::case(), |case| {
        runtime.block_on(async {
            let mut play = Play::new(environment().await, case.workers, case.windows).await;
            play.all(&case).await.map_err(TestCaseError::fail)
        })
    });
    let seed: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, case)) => panic!("{reason}\n{case:#?}\nJOBBERS_SEED={seed} repeats this run"),
        Err(TestError::Abort(reason)) => panic!("{reason}\nJOBBERS_SEED={seed} repeats this run"),
    }
}

fn random_seed() -> [u8; 32] {
    let mut seed = [0; 32];
    rand::rng().fill_bytes(&mut seed);
    seed
}

fn parse_seed(text: &str) -> [u8; 32] {
    const EXPECTED: &str = "JOBBERS_SEED is a whole number, or 64 hexadecimal digits";
    let mut seed = [0; 32];
    if let Ok(number) = text.parse::<u64>() {
        seed[..8].copy_from_slice(&number.to_be_bytes());
        return seed;
    }
    assert!(text.len() == 64 && text.is_ascii(), "{EXPECTED}, not `{text}`");
    for (index, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).expect(EXPECTED);
    }
    seed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_number_or_what_a_failure_prints() {
        assert_eq!(parse_seed("258")[..9], [0, 0, 0, 0, 0, 0, 1, 2, 0]);
        assert_eq!(parse_seed(&"0f".repeat(32)), [15; 32]);
    }
}
