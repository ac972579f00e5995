use std::fmt::Write as _;

use super::action::Action;
use super::search::Found;
use super::state::State;

/// The way to a state, and one more step, a line each: what happened, and how the tasks are then.
pub(super) fn to(found: &[Found], end: usize, last: Option<(Action, &State)>) -> String {
    let mut way = Vec::new();
    let mut at = end;
    while at > 0 {
        let (state, from, action) = &found[at];
        way.push((*action, state));
        at = *from;
    }
    way.reverse();
    way.extend(last);
    let mut text = String::new();
    for (number, (action, state)) in way.into_iter().enumerate() {
        let _ = writeln!(text, "{:>3}. {action}\n       {}", number + 1, tasks(state));
    }
    text
}

fn tasks(state: &State) -> String {
    let mut text = String::new();
    for (task, record) in state.store.records.iter().enumerate() {
        let Some(record) = record else { continue };
        let separator = if text.is_empty() { "" } else { "; " };
        let _ = write!(text, "{separator}task {task} {}, attempt {}", record.status, record.attempt);
        if let Some(worker) = record.worker {
            let _ = write!(text, " by worker {worker}, {} ticks of its lease left", record.lease);
        }
        if record.wish {
            text.push_str(", to be cancelled");
        }
    }
    if text.is_empty() { "no task is known".to_owned() } else { text }
}
