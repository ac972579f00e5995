//! The task module `demo`: small tasks that show one thing each, and one that does real work.
//!
//! They are for trying things out: `word_count` reads any file that its worker may read.

mod counting;
mod examples;
mod files;
mod words;

use crate::Tasks;

pub use examples::{
    always_fail_task, busy_task, crash_task, echo_task, noop, resubmit_task, scheduled_fail_task, silent_task,
    slow_task, stubborn_task,
};
pub use words::word_count;

/// All demo tasks.
pub fn tasks() -> Tasks {
    Tasks::new()
        .register(echo_task)
        .register(always_fail_task)
        .register(scheduled_fail_task)
        .register(crash_task)
        .register(slow_task)
        .register(resubmit_task)
        .register(stubborn_task)
        .register(silent_task)
        .register(busy_task)
        .register(noop)
        .register(word_count)
}
