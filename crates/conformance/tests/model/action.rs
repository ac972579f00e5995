use std::fmt;

use jobbers_core::model::Status;

use super::bounds::Bounds;
use super::state::{State, WORKERS};

/// How an attempt ends, as its handler has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Ending {
    Completed,
    Failed,
    FailedExpectedly,
    FailedForLater,
    /// Only after the worker was told of the wish.
    Cancelled,
    Stopped,
    HandedBack,
}

impl Ending {
    pub const ALL: [Self; 7] = [
        Self::Completed,
        Self::Failed,
        Self::FailedExpectedly,
        Self::FailedForLater,
        Self::Cancelled,
        Self::Stopped,
        Self::HandedBack,
    ];
}

/// What becomes of the store's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Arrives,
    /// The step was taken, its caller does not know, and sends it again.
    IsLost,
}

impl Fate {
    const BOTH: [Self; 2] = [Self::Arrives, Self::IsLost];
}

/// What can happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Submit {
        task: usize,
        later: bool,
    },
    Cancel {
        task: usize,
    },
    Resubmit {
        task: usize,
        answer: Fate,
    },
    ResubmitAgain {
        task: usize,
    },
    Forget {
        task: usize,
    },
    Turn {
        worker: usize,
        finish: Option<(usize, Ending)>,
        claims: bool,
        answer: Fate,
    },
    TurnAgain {
        worker: usize,
    },
    /// Of a turn that was sent again, or whose worker died: nobody hears the answer.
    CopyArrives {
        worker: usize,
    },
    Renew {
        worker: usize,
        task: usize,
        beats: bool,
    },
    /// A new process takes its place.
    Die {
        worker: usize,
    },
    Promote {
        task: usize,
    },
    Overdue {
        task: usize,
    },
    Reap {
        answer: Fate,
    },
    Silent {
        task: usize,
    },
    Stall {
        answer: Fate,
    },
    Outage,
    Tick,
}

impl Action {
    /// Whether it is of those that are to happen only so often.
    pub fn is_mishap(self) -> bool {
        match self {
            Self::Resubmit { .. } | Self::Forget { .. } | Self::Die { .. } | Self::Outage => true,
            Self::Turn { finish: Some((_, Ending::HandedBack)), .. } => true,
            Self::Turn { answer, .. } | Self::Reap { answer } | Self::Stall { answer } => answer == Fate::IsLost,
            Self::Submit { .. }
            | Self::Cancel { .. }
            | Self::ResubmitAgain { .. }
            | Self::TurnAgain { .. }
            | Self::CopyArrives { .. }
            | Self::Renew { .. }
            | Self::Promote { .. }
            | Self::Overdue { .. }
            | Self::Silent { .. }
            | Self::Tick => false,
        }
    }

    /// Whether it happens by itself where all is well: no client and no mishap is needed to end what was accepted.
    pub fn is_ordinary(self) -> bool {
        let by_client = matches!(self, Self::Submit { .. } | Self::Cancel { .. } | Self::ResubmitAgain { .. });
        !self.is_mishap() && !by_client
    }

    /// All that can happen in this state.
    pub fn all(state: &State, bounds: &Bounds, found: &mut Vec<Self>) {
        found.clear();
        for task in 0..bounds.tasks {
            Self::to_task(state, bounds, task, found);
        }
        for worker in 0..WORKERS {
            Self::by_worker(state, bounds, worker, found);
        }
        if let Some(task) = state.resubmitting {
            found.push(Self::ResubmitAgain { task });
        }
        // Sent again, a decision is answered, and that is the end of it.
        let fates = |answered: bool| if answered { &Fate::BOTH[..1] } else { &Fate::BOTH[..] };
        if let Some(verdict) = state.reaping {
            found.extend(fates(verdict.answer.is_some()).iter().map(|answer| Self::Reap { answer: *answer }));
        }
        if let Some(verdict) = state.stalling {
            found.extend(fates(verdict.answer.is_some()).iter().map(|answer| Self::Stall { answer: *answer }));
        }
        found.extend([Self::Outage, Self::Tick]);
        if state.mishaps_left == 0 {
            found.retain(|action| !action.is_mishap());
        }
    }

    fn to_task(state: &State, bounds: &Bounds, task: usize, found: &mut Vec<Self>) {
        found.push(Self::Submit { task, later: false });
        if bounds.delay > 0 {
            found.push(Self::Submit { task, later: true });
        }
        match state.status(task) {
            Status::Unsubmitted => return,
            Status::Scheduled => found.push(Self::Promote { task }),
            Status::Started => {
                if state.reaping.is_none() {
                    found.push(Self::Overdue { task });
                }
                if state.stalling.is_none() && bounds.silence > 0 {
                    found.push(Self::Silent { task });
                }
            }
            Status::Submitted
            | Status::Completed
            | Status::Failed
            | Status::Cancelled
            | Status::Stalled
            | Status::Dropped => {}
        }
        found.extend([Self::Cancel { task }, Self::Forget { task }, Self::Resubmit { task, answer: Fate::Arrives }]);
        if state.resubmitting.is_none() {
            found.push(Self::Resubmit { task, answer: Fate::IsLost });
        }
    }

    fn by_worker(state: &State, bounds: &Bounds, worker: usize, found: &mut Vec<Self>) {
        let me = &state.workers[worker];
        if me.waits {
            found.push(Self::TurnAgain { worker });
        } else if me.copy.is_some() {
            found.push(Self::CopyArrives { worker });
        }
        let mut finishes = vec![None];
        for task in 0..bounds.tasks {
            let Some(held) = me.held[task] else { continue };
            found.push(Self::Renew { worker, task, beats: false });
            if bounds.silence > 0 {
                found.push(Self::Renew { worker, task, beats: true });
            }
            let endings = bounds.endings.iter().filter(|ending| held.asked || **ending != Ending::Cancelled);
            finishes.extend(endings.map(|ending| Some((task, *ending))));
        }
        if me.waits || finishes.len() > 1 {
            found.push(Self::Die { worker });
        }
        if me.waits {
            return;
        }
        for finish in finishes {
            for claims in [true, false] {
                if claims || finish.is_some() {
                    found.extend(Fate::BOTH.map(|answer| Self::Turn { worker, finish, claims, answer }));
                }
            }
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fate = |answer: &Fate| if *answer == Fate::IsLost { "; the answer is lost" } else { "" };
        match self {
            Self::Submit { task, later: false } => write!(f, "a client submits task {task}"),
            Self::Submit { task, later: true } => write!(f, "a client submits task {task} for later"),
            Self::Cancel { task } => write!(f, "a client cancels task {task}"),
            Self::Resubmit { task, answer } => write!(f, "a client resubmits task {task}{}", fate(answer)),
            Self::ResubmitAgain { task } => write!(f, "the same resubmission of task {task} arrives again"),
            Self::Forget { task } => write!(f, "a client removes task {task}"),
            Self::Turn { worker, finish, claims, answer } => {
                write!(f, "worker {worker}")?;
                if let Some((task, ending)) = finish {
                    write!(f, " finishes task {task} ({ending:?})")?;
                }
                let claim = match (finish, claims) {
                    (Some(_), true) => " and claims",
                    (None, true) => " claims",
                    (_, false) => "",
                };
                write!(f, "{claim}{}", fate(answer))
            }
            Self::TurnAgain { worker } => write!(f, "worker {worker} sends its turn again"),
            Self::CopyArrives { worker } => write!(f, "a late copy of a turn of worker {worker} arrives"),
            Self::Renew { worker, task, beats } => {
                let beat = if *beats { ", with a heartbeat" } else { "" };
                write!(f, "worker {worker} renews its lease of task {task}{beat}")
            }
            Self::Die { worker } => write!(f, "worker {worker} dies, and a new one takes its place"),
            Self::Promote { task } => write!(f, "the scheduler promotes task {task}"),
            Self::Overdue { task } => write!(f, "the scheduler asks whether the lease of task {task} is over"),
            Self::Reap { answer } => write!(f, "the scheduler reaps as it decided{}", fate(answer)),
            Self::Silent { task } => write!(f, "the scheduler asks whether task {task} is silent"),
            Self::Stall { answer } => write!(f, "the scheduler stalls as it decided{}", fate(answer)),
            Self::Outage => f.write_str("the store is away, and comes back"),
            Self::Tick => f.write_str("time passes"),
        }
    }
}
