//! The delay before a retry.
//!
//! `d` is `retry_delay`, `f` is `backoff_factor` (2), `n` is 1 for the first retry:
//! constant `d`, linear `d × n`, exponential `d × fⁿ`, exponential with jitter uniform in `[0, d × fⁿ]`
//! ("full jitter", AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
//! `retry_jitter` then lengthens it; `max_retry_delay` caps what comes out.

use std::time::Duration;

use crate::model::{Backoff, Policy};

/// The delay before retry `n` (from 1), or none where the policy says at once.
///
/// `random` is uniform in `[0, 1)`; `spread` likewise, for `retry_jitter`.
pub fn delay(policy: &Policy, n: u32, random: f64, spread: f64) -> Option<Duration> {
    let base = policy.retry_delay?.as_secs_f64();
    let power = || policy.backoff_factor.powf(f64::from(n));
    let grown = match policy.backoff {
        Backoff::Constant => base,
        Backoff::Linear => base * f64::from(n),
        Backoff::Exponential => base * power(),
        Backoff::ExponentialJitter => base * power() * random,
    };
    // 0 × ∞ is not a number: a base of 0 stays 0 whatever the factor.
    let grown = if base == 0.0 { 0.0 } else { grown };
    let jitter = if policy.retry_jitter <= 1.0 { grown * policy.retry_jitter } else { policy.retry_jitter };
    let seconds = (grown + jitter * spread).min(policy.max_retry_delay.as_secs_f64());
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(policy.max_retry_delay))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn policy(backoff: Backoff, retry_delay: f64) -> Policy {
        Policy { backoff, retry_delay: Some(Duration::from_secs_f64(retry_delay)), ..Policy::default() }
    }

    fn seconds(policy: &Policy, n: u32, random: f64) -> f64 {
        delay(policy, n, random, 0.0).expect("a delay").as_secs_f64()
    }

    #[test]
    fn each_strategy_follows_its_formula() {
        assert_eq!(seconds(&policy(Backoff::Constant, 30.0), 4, 0.5), 30.0);
        assert_eq!(seconds(&policy(Backoff::Linear, 30.0), 4, 0.5), 120.0);
        assert_eq!(seconds(&policy(Backoff::Exponential, 30.0), 1, 0.5), 60.0);
        assert_eq!(seconds(&policy(Backoff::Exponential, 30.0), 4, 0.5), 480.0);
        assert_eq!(seconds(&policy(Backoff::ExponentialJitter, 30.0), 4, 0.5), 240.0);
        assert_eq!(seconds(&policy(Backoff::ExponentialJitter, 30.0), 4, 0.0), 0.0);
    }

    #[test]
    fn without_a_base_delay_a_retry_is_at_once_and_zero_goes_through_the_scheduler() {
        assert_eq!(delay(&Policy::default(), 1, 0.5, 0.5), None);
        assert_eq!(delay(&policy(Backoff::Exponential, 0.0), u32::MAX, 0.5, 0.5), Some(Duration::ZERO));
    }

    #[test]
    fn the_cap_holds_after_the_jitter() {
        let policy =
            Policy { retry_jitter: 0.5, max_retry_delay: Duration::from_secs(100), ..policy(Backoff::Constant, 90.0) };
        assert_eq!(delay(&policy, 1, 0.0, 0.99), Some(Duration::from_secs(100)));
    }

    proptest! {
        #[test]
        fn delays_stay_within_their_bounds(
            strategy in prop_oneof![
                Just(Backoff::Constant), Just(Backoff::Linear), Just(Backoff::Exponential), Just(Backoff::ExponentialJitter)
            ],
            base in 0u64..=100_000_000, cap in 0u64..=100_000_000, factor in 0.0f64..=10.0, jitter in 0.0f64..=100.0,
            n in any::<u32>(), random in 0.0f64..1.0, spread in 0.0f64..1.0,
        ) {
            let policy = Policy {
                backoff_factor: factor, retry_jitter: jitter, max_retry_delay: Duration::from_secs(cap),
                ..policy(strategy, base as f64)
            };
            let delay = delay(&policy, n, random, spread).expect("a delay");
            prop_assert!(delay <= Duration::from_secs(cap));
        }

        #[test]
        fn delays_do_not_shrink_as_retries_go_on(
            strategy in prop_oneof![Just(Backoff::Constant), Just(Backoff::Linear), Just(Backoff::Exponential)],
            base in 0u64..=10_000, n in 1u32..1000,
        ) {
            let policy = policy(strategy, base as f64);
            prop_assert!(delay(&policy, n, 0.0, 0.0) <= delay(&policy, n + 1, 0.0, 0.0));
        }

        #[test]
        fn jitter_covers_the_whole_range(base in 1u64..=100, n in 1u32..4, random in 0.0f64..1.0) {
            let jittered = seconds(&policy(Backoff::ExponentialJitter, base as f64), n, random);
            let full = seconds(&policy(Backoff::Exponential, base as f64), n, 0.0);
            prop_assert!((jittered - full * random).abs() < 1e-6);
        }
    }
}
