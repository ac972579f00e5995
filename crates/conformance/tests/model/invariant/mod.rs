//! What must hold: in every state, and on every edge. Said anew here, not by what the store checks.

mod change;
mod repeat;
mod standing;

use super::apply::Edge;
use super::rules::Rules;
use super::state::State;

/// What is wrong.
pub(super) type Broken = String;

/// A state by itself.
pub(super) fn state(rules: &Rules, state: &State) -> Result<(), Broken> {
    standing::check(rules, state)
}

/// One step.
pub(super) fn edge(before: &State, edge: &Edge, after: &State) -> Result<(), Broken> {
    if let Some(refused) = edge.refused {
        return Err(format!("the lifecycle says: {refused}"));
    }
    change::check(before, edge, after)?;
    repeat::check(before, edge, after)
}

/// An error unless it holds.
fn hold(holds: bool, otherwise: impl FnOnce() -> Broken) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
