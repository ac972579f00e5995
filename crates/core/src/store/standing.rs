use crate::model::Timestamp;

/// Where a waiting task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Tasks before it in its lane.
    pub ahead: Ahead,
    /// Tasks of better priority that wait in its queue, of whatever type.
    pub of_better_priority: u64,
    /// Task types with tasks of its priority that wait in its queue, its own among them: they take turns.
    pub types_in_turn: u32,
    /// What counts against the limit of its queue over all workers.
    pub running_in_queue: u64,
    /// What counts against the limit of its type over all workers.
    pub running_of_type: u64,
    /// What the rate limit that was asked about leaves.
    pub allowance: Option<Allowance>,
}

/// How many tasks come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// Exactly so many; told so of a task among the first [`Ahead::EXACT`] of its lane.
    Exactly(u64),
    /// At least [`Ahead::EXACT`], and about so many.
    About(u64),
}

impl Ahead {
    /// Places of a lane up to which it is counted.
    pub const EXACT: u64 = 1_000;

    pub const fn tasks(self) -> u64 {
        match self {
            Self::Exactly(tasks) | Self::About(tasks) => tasks,
        }
    }
}

/// What a rate limit leaves at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Tasks that may start now.
    pub left: u64,
    /// When the next one may, if none may now; none as well while the limit lets none start at all.
    pub next: Option<Timestamp>,
}
