use jobbers_core::model::Status;

use super::{Broken, hold};
use crate::model::action::{Action, Ending};
use crate::model::answer::{Answer, Moved};
use crate::model::apply::Edge;
use crate::model::state::{State, TASKS, Token};
use crate::model::store::Record;

pub(super) fn check(before: &State, edge: &Edge, after: &State) -> Result<(), Broken> {
    for task in 0..TASKS {
        match (before.store.records[task], after.store.records[task]) {
            (None, None) => {}
            (None, Some(_)) => hold(matches!(edge.action, Action::Submit { .. }), || format!("task {task} came up"))?,
            (Some(record), None) => {
                let is_removed = matches!(edge.action, Action::Forget { .. }) && record.status.is_ended();
                hold(is_removed, || format!("task {task} is lost"))?;
            }
            (Some(old), Some(new)) => Change { before, edge, task, old, new }.check()?,
        }
    }
    nothing_is_listed_too_early(before, edge, after)
}

fn nothing_is_listed_too_early(before: &State, edge: &Edge, after: &State) -> Result<(), Broken> {
    let (Action::Overdue { task }, Answer::Listed) = (edge.action, edge.answer) else { return Ok(()) };
    hold(before.store.grace == 0, || format!("task {task} is overdue, right after the store was away"))?;
    let counts = after.reaping.is_some_and(|verdict| verdict.counts_as_lost);
    let excused = before.store.records[task].is_some_and(|record| record.excused);
    hold(!(counts && excused), || format!("task {task} counts as lost, but its lease ended with the store away"))
}

/// One task that was known before and is known after.
struct Change<'a> {
    before: &'a State,
    edge: &'a Edge,
    task: usize,
    old: Record,
    new: Record,
}

impl Change<'_> {
    fn check(&self) -> Result<(), Broken> {
        self.ends_are_final()?;
        self.attempts_grow_by_claims()?;
        self.counts_grow_by_their_ends()?;
        self.promoted_when_due()?;
        self.started_is_left_by_right()?;
        self.wish_is_kept()
    }

    fn say(&self, holds: bool, what: &str) -> Result<(), Broken> {
        hold(holds, || format!("task {} {what}", self.task))
    }

    /// Perhaps by the turn that ended the attempt before.
    fn is_claimed(&self) -> bool {
        matches!(self.edge.answer, Answer::Turn(answer) if answer.claimed.is_some_and(|claimed| claimed.task == self.task))
    }

    fn ends_are_final(&self) -> Result<(), Broken> {
        if !self.old.status.is_ended() {
            return Ok(());
        }
        let again = matches!(self.edge.action, Action::Resubmit { task, .. } if task == self.task);
        self.say(again || self.old == self.new, "had ended, and changed")?;
        self.say(self.old.status != Status::Completed || self.old == self.new, "was completed, and changed")
    }

    fn attempts_grow_by_claims(&self) -> Result<(), Broken> {
        let more = u8::from(self.is_claimed());
        self.say(self.new.attempt == self.old.attempt + more, "has another attempt than claims made")?;
        if !self.is_claimed() {
            return self.say(self.new.token == self.old.token, "has another token without a claim");
        }
        let knows = |token: Option<Token>| token == Some(self.new.token);
        let is_known = self.before.workers.iter().any(|worker| {
            knows(worker.held[self.task].map(|held| held.token))
                || knows(worker.copy.and_then(|turn| turn.finish).filter(|f| f.task == self.task).map(|f| f.token))
        });
        let is_old = is_known || (self.old.attempt > 0 && self.old.token == self.new.token);
        self.say(!is_old, "was claimed under a token that somebody has")
    }

    fn counts_grow_by_their_ends(&self) -> Result<(), Broken> {
        let resubmitted = matches!(self.edge.action, Action::Resubmit { .. });
        if resubmitted {
            return Ok(());
        }
        let failed = matches!(
            self.edge.action,
            Action::Turn {
                finish: Some((task, Ending::Failed | Ending::FailedExpectedly | Ending::FailedForLater)), ..
            } if task == self.task
        );
        let applied = self.old.status == Status::Started && self.has_token();
        let failures = u8::from(failed && applied);
        self.say(self.new.failures == self.old.failures + failures, "has other failures than ends by failure")?;
        let counts = matches!(self.edge.action, Action::Reap { .. })
            && applied
            && self.before.reaping.is_some_and(|verdict| verdict.counts_as_lost)
            && self.new.status != Status::Started;
        self.say(self.new.lost == self.old.lost + u8::from(counts), "has other lost workers than leases that ended")
    }

    fn promoted_when_due(&self) -> Result<(), Broken> {
        if self.old.status != Status::Scheduled || self.new.status == Status::Scheduled {
            return Ok(());
        }
        match self.edge.action {
            Action::Promote { .. } => self.say(self.old.due == 0, "was promoted before it was due"),
            Action::Cancel { .. } => self.say(self.new.status == Status::Cancelled, "was cancelled, and is not"),
            _ => self.say(false, "left its schedule"),
        }
    }

    /// The token that whoever acts was given for this task.
    fn given_token(&self) -> Option<Token> {
        match self.edge.action {
            Action::Turn { worker, finish: Some((task, _)), .. } if task == self.task => {
                self.before.workers[worker].held[task].map(|held| held.token)
            }
            Action::Reap { .. } => self.before.reaping.filter(|verdict| verdict.task == self.task).map(|v| v.token),
            Action::Stall { .. } => self.before.stalling.filter(|verdict| verdict.task == self.task).map(|v| v.token),
            _ => None,
        }
    }

    fn has_token(&self) -> bool {
        self.given_token() == Some(self.old.token)
    }

    fn started_is_left_by_right(&self) -> Result<(), Broken> {
        let stays = self.new.status == Status::Started && self.new.token == self.old.token;
        if self.old.status != Status::Started || stays {
            return self.renewed_by_right();
        }
        self.say(self.has_token(), "was taken from its worker by an old token, or none")?;
        let applied = match self.edge.answer {
            Answer::Turn(answer) => matches!(answer.finished, Some(Moved::Applied(_))),
            Answer::Moved(moved) => moved == Moved::Applied(self.new.status),
            _ => false,
        };
        self.say(applied, "moved, and that was not said")?;
        match self.edge.action {
            Action::Reap { .. } => self.say(self.old.lease == 0, "was reaped under a lease that holds"),
            Action::Stall { .. } => {
                self.say(self.old.silence == 0, "was stalled and is not silent")?;
                self.say(!self.old.wish, "was stalled although its end was asked for")
            }
            _ => Ok(()),
        }
    }

    /// Only the worker that has the task keeps it.
    fn renewed_by_right(&self) -> Result<(), Broken> {
        let Action::Renew { worker, task, .. } = self.edge.action else { return Ok(()) };
        if task != self.task {
            return self.say(self.old == self.new, "was renewed with another");
        }
        let token = self.before.workers[worker].held[task].map(|held| held.token);
        let is_his = self.old.status == Status::Started && token == Some(self.old.token);
        self.say(is_his || self.old == self.new, "was renewed by an old token")?;
        self.say(
            is_his == (self.edge.answer != Answer::Taken),
            "was taken away, and its worker is not told, or not and is",
        )
    }

    /// When ends race: a task whose end was asked for is completed, or cancelled.
    fn wish_is_kept(&self) -> Result<(), Broken> {
        if !(self.old.status == Status::Started && self.old.wish) {
            return Ok(());
        }
        let completed = matches!(self.edge.action, Action::Turn { finish: Some((_, Ending::Completed)), .. });
        match self.new.status {
            Status::Started => self.say(self.new.wish, "forgot that its end was asked for"),
            Status::Completed => self.say(completed, "was completed by another end"),
            Status::Cancelled => self.say(!completed, "ended well, and is cancelled"),
            status => self.say(false, &format!("became {status} although its end was asked for")),
        }
    }
}
