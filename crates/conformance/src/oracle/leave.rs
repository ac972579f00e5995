use jobbers_core::lifecycle::{Destination, Event, Position, Transition};
use jobbers_core::model::{AttemptEnd, Status, TaskId, Timestamp, Token};
use jobbers_core::store::{MoveOutcome, Verdict};

use super::Model;
use super::record::{Left, Record};
use super::turn::Objection;

/// Who ends an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mover {
    /// Its worker, by a finish.
    Worker,
    /// The scheduler, because the lease was over.
    Reaper,
    /// The cleaner, because it was silent.
    Cleaner,
}

impl Model {
    /// The step `reap`.
    pub fn reap(&mut self, verdicts: &[Verdict]) -> Vec<MoveOutcome> {
        let head = self.rank_before_all();
        verdicts
            .iter()
            .map(|verdict| match self.renewed_since(verdict) {
                true => MoveOutcome::Stale { now: Some(Status::Started) },
                false => self.leave(Mover::Reaper, verdict.id, verdict.token, &verdict.transition, head),
            })
            .collect()
    }

    /// Whether the lease is another one than what was decided on.
    fn renewed_since(&self, verdict: &Verdict) -> bool {
        let record = self.records.get(&verdict.id).filter(|record| record.is_held_under(verdict.token));
        record.is_some_and(|record| record.deadline != verdict.deadline)
    }

    /// Takes over a store's answers, or says what is wrong with them. Which status the answer to a repeated verdict
    /// names when the task has moved on since is left open.
    pub fn follow_reap(&mut self, verdicts: &[Verdict], actual: &[MoveOutcome]) -> Result<(), Objection> {
        let mut expected = self.reap(verdicts);
        for ((verdict, expected), actual) in verdicts.iter().zip(&mut expected).zip(actual) {
            let now = self.get(verdict.id).map(|task| task.status);
            if let (MoveOutcome::Applied { .. }, MoveOutcome::Applied { status }) = (&expected, actual)
                && Some(*status) == now
            {
                *expected = *actual;
            }
        }
        if expected == actual { Ok(()) } else { Err(format!("reap: {actual:?} instead of {expected:?}")) }
    }

    /// Ends an attempt if the token gives the right to. `head` is the rank of what goes to the head of its lane
    /// in this step.
    pub(super) fn leave(
        &mut self,
        by: Mover,
        id: TaskId,
        token: Token,
        transition: &Transition,
        head: i64,
    ) -> MoveOutcome {
        let now = self.now;
        let Some(record) = self.records.get_mut(&id) else { return MoveOutcome::Stale { now: None } };
        if let Some(left) = record.left
            && (left.token, left.by) == (token, by)
        {
            return MoveOutcome::Applied { status: left.status };
        }
        let lease_holds = record.overdue_since(now).is_none();
        if !record.is_held_under(token) || (by == Mover::Reaper && lease_holds) {
            return MoveOutcome::Stale { now: Some(record.task.status) };
        }

        let yields = transition.yields_to_cancel && record.task.cancel_requested_at.is_some();
        let (event, destination) = if yields {
            (Event::ConfirmCancel, Destination::Cancelled)
        } else {
            (transition.event, transition.destination.clone())
        };
        remember_end(record, transition, now);
        let yielded = yields && transition.destination != Destination::Cancelled;
        record.failures_are_open = yielded && transition.counts_failure;
        record.lost_is_open = yielded && transition.counts_lost;
        record.step(event);
        let status = record.task.status;
        assert_eq!(status, destination.status(), "{event} leads where the transition says");
        record.left = Some(Left { token, by, status });
        record.has_beaten = false;
        if status.is_ended() {
            record.task.ended_at = Some(now);
        }
        let queue = record.task.queue.clone();
        match by {
            Mover::Worker | Mover::Reaper => self.freed.push((queue.clone(), self.records[&id].task.task_type.clone())),
            Mover::Cleaner => self.keep_place(id, token),
        }
        let record = self.record_mut(id);
        match destination {
            Destination::Completed(result) => record.task.result = Some(result),
            Destination::Waiting(Position::Head) => self.wait(id, head),
            Destination::Waiting(Position::Tail) => {
                let rank = self.next_rank();
                self.wait(id, rank);
            }
            Destination::Scheduled(delay) => {
                let due = now.after(delay);
                record.task.run_at = Some(due);
                self.scheduled.insert((due, id));
            }
            Destination::Failed { dead_letter: true } => self.dead_letter_comes(id),
            Destination::Failed { dead_letter: false } | Destination::Cancelled | Destination::Stalled => {}
        }
        self.tally_end(&queue, transition, status, yielded);
        self.note_change(id);
        MoveOutcome::Applied { status }
    }
}

fn remember_end(record: &mut Record, transition: &Transition, now: Timestamp) {
    let task = &mut record.task;
    if let Some(detail) = &transition.end {
        task.attempts.push(AttemptEnd {
            attempt: task.attempt,
            retry_attempt: task.failures,
            worker: task.worker.expect("a started task has a worker"),
            started_at: task.started_at.expect("a started task has a start"),
            ended_at: now,
            detail: detail.clone(),
        });
    }
    task.failures += u32::from(transition.counts_failure);
    task.lost += u32::from(transition.counts_lost);
}
