//! The `#[task]` attribute of `jobbers-worker`, which re-exports and documents it.

mod expand;
mod handler;
mod options;
mod value;

use proc_macro::TokenStream;

/// Makes a task of a function: an `async fn`, or a plain `fn` that may block and gets a thread of its own.
///
/// The function becomes a unit struct of its name, which `Tasks::register` takes; the function itself is `name::call`.
/// It takes up to eight extractors in any order (`Params<T>`, `Data<T>`, `TaskContext`) and returns `Result<T, E>`.
///
/// | option | default | meaning |
/// | --- | --- | --- |
/// | `name` | the function's name | unique with `version` |
/// | `version` | required | raise it for a breaking change |
/// | `queue` | `"default"` | where a submission goes that names no queue |
/// | `max_retries` | 3 | after the first failure |
/// | `retry_delay` | none | base delay in seconds; none = at once, 0 = through the scheduler |
/// | `backoff` | `"exponential"` | `"constant"`, `"linear"`, `"exponential"`, `"exponential_jitter"` |
/// | `backoff_factor` | 2 | by which an exponential delay grows |
/// | `retry_jitter` | 0 | lengthens a delay at random: up to 1 by that part of it, above 1 by that many seconds at the most |
/// | `max_retry_delay` | 3600 | cap of the delay, in seconds |
/// | `expected_errors(…)` | none | error types that are retried, or `any`; every other error, and a panic, fails at once |
/// | `timeout` | none | seconds that an attempt may take; counts as an expected error |
/// | `dead_letter` | `"none"` | `"save"` keeps tasks that failed for good in the dead letter queue |
/// | `max_heartbeat_interval` | none | seconds of silence after which the task is stalled |
/// | `max_concurrent` | 1 | per worker; `"none"` = unlimited |
/// | `max_concurrent_total` | none | over all workers |
/// | `on_shutdown` | `"stop"` | `"stop"`, `"resubmit"`, `"continue"` |
/// | `cancel_grace` | 10 | seconds from asking a handler to stop until its worker gives up on it |
/// | `max_lost` | 3 | workers that may die under a task until it is taken out |
/// | `redact("field", …)` | none | parameter and result fields that are never shown or logged |
#[proc_macro_attribute]
pub fn task(options: TokenStream, function: TokenStream) -> TokenStream {
    expand::expand(options.into(), function.into()).into()
}
