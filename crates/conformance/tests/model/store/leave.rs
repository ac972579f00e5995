use jobbers_core::lifecycle::{Destination, Event, Position, Transition};
use jobbers_core::model::Status;

use super::Step;
use crate::model::answer::Moved;
use crate::model::guard::Guard;
use crate::model::state::Token;

/// Who ends an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::model) enum Mover {
    Worker,
    Reaper,
    Staller,
}

impl Mover {
    const fn token(self) -> Guard {
        match self {
            Self::Worker => Guard::TokenOnFinish,
            Self::Reaper => Guard::TokenOnReap,
            Self::Staller => Guard::TokenOnStall,
        }
    }

    const fn state(self) -> Guard {
        match self {
            Self::Worker => Guard::StateOnFinish,
            Self::Reaper => Guard::StateOnReap,
            Self::Staller => Guard::StateOnStall,
        }
    }

    const fn wish(self) -> Guard {
        match self {
            Self::Worker => Guard::WishOnFinish,
            Self::Reaper => Guard::WishOnReap,
            Self::Staller => Guard::WishOnStall,
        }
    }
}

impl Step<'_> {
    /// Ends an attempt, if that is this mover's to do.
    pub fn leave(&mut self, by: Mover, task: usize, token: Token, transition: &Transition) -> Moved {
        let rules = self.rules;
        let Some(record) = &mut self.store.records[task] else { return Moved::Stale };
        if let Some((mover, status)) = record.left
            && (mover, record.token) == (by, token)
            && rules.has(Guard::RememberedEnd)
        {
            return Moved::Applied(status);
        }
        let is_guarded = match by {
            Mover::Worker => false,
            Mover::Reaper => rules.has(Guard::LeaseOverOnReap) && record.lease > 0,
            Mover::Staller => {
                (rules.has(Guard::SilenceOnStall) && record.silence > 0) || (rules.has(by.wish()) && record.wish)
            }
        };
        if is_guarded
            || (rules.has(by.token()) && record.token != token)
            || (rules.has(by.state()) && record.status != Status::Started)
        {
            return Moved::Stale;
        }

        let yields = transition.yields_to_cancel && record.wish && rules.has(by.wish());
        let cancelled = (Event::ConfirmCancel, &Destination::Cancelled);
        let (event, destination) = if yields { cancelled } else { (transition.event, &transition.destination) };
        record.failures += u8::from(transition.counts_failure);
        record.lost += u8::from(transition.counts_lost);
        record.left = Some((by, destination.status()));
        (record.worker, record.lease, record.silence, record.excused) = (None, 0, 0, false);
        self.follow(task, event);
        self.store.started.remove(task);
        match destination {
            Destination::Waiting(Position::Head) => self.store.lane.push_first(task),
            Destination::Waiting(Position::Tail) => self.store.lane.push(task),
            Destination::Scheduled(_) => {
                self.record(task).due = self.rules.bounds.delay;
                self.store.scheduled.insert(task);
            }
            Destination::Failed { dead_letter: true } => self.store.dead.insert(task),
            Destination::Completed(_)
            | Destination::Failed { dead_letter: false }
            | Destination::Cancelled
            | Destination::Stalled => self.store.ended.insert(task),
        }
        Moved::Applied(destination.status())
    }
}
