//! The same scenarios over tasks that are compiled in, commands, and functions of a Python module: whatever runs a task, its life
//! is the same.

mod scenarios;
mod tasks;

use jobbers_worker::TaskModule;

/// What runs the tasks, which have the same names and the same behaviour.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Native,
    Command,
    Python,
}

/// The tasks, with whatever folder they need.
pub struct Sample {
    pub module: TaskModule,
    _folder: tempfile::TempDir,
}

macro_rules! over_all_executors {
    ($($scenario:ident,)*) => {
        mod native {
            $(#[tokio::test] async fn $scenario() { super::scenarios::$scenario(super::Kind::Native).await; })*
        }
        mod command {
            $(#[tokio::test] async fn $scenario() { super::scenarios::$scenario(super::Kind::Command).await; })*
        }
        mod python {
            $(#[tokio::test] async fn $scenario() { super::scenarios::$scenario(super::Kind::Python).await; })*
        }
    };
}

over_all_executors! {
    a_result_is_what_the_task_gave,
    an_error_that_nobody_expects_fails_the_task_at_once,
    an_expected_error_is_tried_again_while_retries_are_left,
    a_timeout_ends_the_attempt,
    a_cancelled_task_stops,
    heartbeats_and_progress_are_seen_while_it_runs,
    at_shutdown_each_task_ends_as_its_policy_says,
    a_result_that_is_too_large_fails_the_task_and_names_its_size,
    what_failed_for_good_is_a_dead_letter_if_it_is_to_be_kept,
    no_more_of_a_type_run_at_once_than_it_allows,
    the_catalogue_has_policies_and_schemas,
}
