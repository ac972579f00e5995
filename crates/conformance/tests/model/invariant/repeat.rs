use jobbers_core::model::Status;

use super::{Broken, hold};
use crate::model::action::Action;
use crate::model::answer::{Answer, Moved, TurnAnswer};
use crate::model::apply::Edge;
use crate::model::state::{State, Turn, Verdict};
use crate::model::store::Store;

/// A step that came before gives the same answer and changes nothing.
pub(super) fn check(before: &State, edge: &Edge, after: &State) -> Result<(), Broken> {
    match edge.action {
        Action::TurnAgain { worker } | Action::CopyArrives { worker } => {
            changes_nothing(before, after)?;
            let last = before.workers[worker].sequence;
            before.workers[worker].copy.map_or(Ok(()), |turn| turn_is_answered(&before.store, &turn, last, edge.answer))
        }
        Action::ResubmitAgain { task } => {
            changes_nothing(before, after)?;
            hold(edge.answer == Answer::WaitsAgain, || format!("task {task} was resubmitted, and now that is refused"))
        }
        Action::Reap { .. } => verdict_is_answered(before, before.reaping, edge, after),
        Action::Stall { .. } => verdict_is_answered(before, before.stalling, edge, after),
        Action::Submit { task, .. } if before.accepted[task] => {
            changes_nothing(before, after)?;
            hold(edge.answer == Answer::Exists, || format!("task {task} was accepted twice"))
        }
        _ => Ok(()),
    }
}

/// Except for what is remembered only to answer again.
fn changes_nothing(before: &State, after: &State) -> Result<(), Broken> {
    let without_turns = |state: &State| Store { turns: Default::default(), ..state.store };
    hold(without_turns(before) == without_turns(after), || "a step that was repeated did something again".to_owned())
}

fn turn_is_answered(store: &Store, turn: &Turn, last: u8, answer: Answer) -> Result<(), Broken> {
    if turn.sequence < last {
        return hold(answer == Answer::TooLate, || "an older turn was not refused".to_owned());
    }
    let is_held = |token, task: usize| {
        store.records[task].is_some_and(|record| record.status == Status::Started && record.token == token)
    };
    let claimed = turn.answer.claimed.filter(|claimed| is_held(claimed.token, claimed.task));
    let expected = Answer::TurnAgain(TurnAnswer { claimed, ..turn.answer });
    hold(answer == expected, || format!("the turn was answered {:?}, and sent again {answer:?}", turn.answer))
}

/// The same while the attempt that it ended is the task's last.
fn verdict_is_answered(before: &State, verdict: Option<Verdict>, edge: &Edge, after: &State) -> Result<(), Broken> {
    let Some(Verdict { task, token, answer: Some(first), .. }) = verdict else { return Ok(()) };
    changes_nothing(before, after)?;
    let is_last = before.store.records[task].is_some_and(|record| record.token == token);
    let expected = Answer::Moved(if is_last { first } else { Moved::Stale });
    hold(edge.answer == expected, || format!("a decision was answered {first:?}, and sent again {:?}", edge.answer))
}
