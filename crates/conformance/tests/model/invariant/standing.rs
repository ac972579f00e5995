use jobbers_core::model::Status;

use super::{Broken, hold};
use crate::model::rules::Rules;
use crate::model::state::{State, TASKS};
use crate::model::store::Record;

pub(super) fn check(rules: &Rules, state: &State) -> Result<(), Broken> {
    for task in 0..TASKS {
        let record = state.store.records[task].as_ref();
        hold(state.accepted[task] == record.is_some(), || format!("task {task} was accepted, and is not known"))?;
        is_in_one_set(state, task, record)?;
        if let Some(record) = record {
            counts_are_bounded(rules, task, record)?;
            has_one_holder(state, task, record)?;
            let may_have_wish = record.status == Status::Started || record.status.is_ended();
            hold(!record.wish || may_have_wish, || format!("task {task} goes on although its end was asked for"))?;
        }
    }
    Ok(())
}

/// The one that its status names.
fn is_in_one_set(state: &State, task: usize, record: Option<&Record>) -> Result<(), Broken> {
    let store = &state.store;
    let is_in = [
        store.lane.entries(task),
        usize::from(store.scheduled.contains(task)),
        usize::from(store.started.contains(task)),
        usize::from(store.ended.contains(task) || store.dead.contains(task)),
    ];
    let both = store.ended.contains(task) && store.dead.contains(task);
    let named = match record.map_or(Status::Unsubmitted, |record| record.status) {
        Status::Unsubmitted => [0, 0, 0, 0],
        Status::Submitted => [1, 0, 0, 0],
        Status::Scheduled => [0, 1, 0, 0],
        Status::Started => [0, 0, 1, 0],
        Status::Completed | Status::Failed | Status::Cancelled | Status::Stalled | Status::Dropped => [0, 0, 0, 1],
    };
    hold(is_in == named && !both, || {
        format!("task {task} is in other sets than its status names: lane, scheduled, started, ended {is_in:?}")
    })?;
    let is_failed = record.is_some_and(|record| record.status == Status::Failed);
    hold(!store.dead.contains(task) || is_failed, || format!("task {task} is a dead letter and has not failed"))
}

/// Retries end, and a task under which workers die is taken out.
fn counts_are_bounded(rules: &Rules, task: usize, record: &Record) -> Result<(), Broken> {
    let policy = &rules.policy;
    let (failures, lost) = (u32::from(record.failures), u32::from(record.lost));
    if !record.status.is_ended() {
        hold(failures <= policy.max_retries, || format!("task {task} goes on after {failures} failures"))?;
        hold(lost < policy.max_lost, || format!("task {task} goes on after {lost} lost workers"))?;
    }
    hold(record.failures + record.lost <= record.attempt, || format!("task {task} ended more often than it began"))
}

/// Nobody but its worker has the token that can end it.
fn has_one_holder(state: &State, task: usize, record: &Record) -> Result<(), Broken> {
    if record.status != Status::Started {
        return hold(record.worker.is_none(), || format!("task {task} is not started, and is a worker's"));
    }
    for (index, worker) in state.workers.iter().enumerate() {
        let has_token = worker.held[task].is_some_and(|held| held.token == record.token);
        hold(!has_token || record.worker == Some(index), || {
            format!("worker {index} has the token of task {task}, which is another's")
        })?;
    }
    Ok(())
}
