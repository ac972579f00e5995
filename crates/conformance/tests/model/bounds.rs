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
    /// As in the tasks' policy.
    pub max_retries: u32,
    pub max_lost: u32,
    /// Ticks of a lease.
    pub lease: u8,
    /// Ticks after which a task that did not beat is silent; 0: tasks need not beat.
    pub silence: u8,
    /// Ticks until a task for later, or a later retry, is due; 0: no task is submitted for later.
    pub delay: u8,
    /// How attempts may end.
    pub endings: &'static [Ending],
    /// More states than this are a failure, not an end of the search.
    pub most_states: usize,
}

impl Bounds {
    /// Everything that is modelled, to one task.
    pub const ONE_TASK: Self = Self {
        tasks: 1,
        mishaps: 1,
        max_retries: 1,
        max_lost: 2,
        lease: 1,
        silence: 1,
        delay: 1,
        endings: &Ending::ALL,
        most_states: 400_000,
    };

    /// What tasks have to do with each other: lines, turns that end one and begin another, workers with both.
    pub const TWO_TASKS: Self =
        Self { tasks: 2, max_retries: 0, silence: 0, delay: 0, endings: &[Ending::Completed], ..Self::ONE_TASK };

    /// The smallest in which every part still has something to do.
    pub const SMALL: Self = Self { max_retries: 0, endings: &[Ending::Completed, Ending::Failed], ..Self::ONE_TASK };

    pub fn policy(&self) -> Policy {
        Policy { max_retries: self.max_retries, max_lost: self.max_lost, ..Policy::default() }
    }
}
