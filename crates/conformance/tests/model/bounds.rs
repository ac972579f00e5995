use jobbers_core::model::Policy;

use super::action::Ending;

/// How far the search goes. Within these it is complete.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// One or two.
    pub tasks: usize,
    /// Of lost answers, deaths of workers, outages of the store, tasks handed back, resubmissions and removals: at most
    /// this many, in any mix and order.
    pub mishaps: u8,
    /// Ticks of a lease.
    pub lease: u8,
    /// Ticks after which a task that did not beat is silent.
    pub silence: u8,
    /// Ticks until a task for later, or a later retry, is due.
    pub delay: u8,
    /// How attempts may end.
    pub endings: &'static [Ending],
    /// More states than this are a failure, not an end of the search.
    pub most_states: usize,
}

impl Bounds {
    /// Enough for most of what can go wrong, and quick.
    pub const SMALL: Self =
        Self { tasks: 1, mishaps: 1, lease: 1, silence: 1, delay: 1, endings: &Ending::ALL, most_states: 100_000 };

    pub const ONE_TASK: Self = Self { mishaps: 2, lease: 2, most_states: 1_000_000, ..Self::SMALL };

    pub const TWO_TASKS: Self = Self {
        tasks: 2,
        mishaps: 1,
        endings: &[Ending::Completed, Ending::FailedExpectedly, Ending::Cancelled],
        most_states: 1_000_000,
        ..Self::SMALL
    };
}

/// The policy of all tasks: each count small, and reached.
pub(super) fn policy() -> Policy {
    Policy { max_retries: 1, max_lost: 2, ..Policy::default() }
}
