use std::collections::{BTreeMap, HashMap};

use super::action::Action;
use super::apply::apply;
use super::hasher::Quick;
use super::rules::Rules;
use super::state::State;
use super::{invariant, progress, trace};

/// What a complete search has seen.
#[derive(Debug)]
pub(super) struct Report {
    pub states: usize,
    pub edges: usize,
    /// How often each event and each kind of answer came about.
    pub seen: BTreeMap<&'static str, usize>,
}

/// What is wrong, and a shortest way there.
#[derive(Debug)]
pub(super) struct Violation {
    pub what: String,
    pub trace: String,
}

/// A state that was found, and by which step from which other it was found first.
pub(super) type Found = (State, usize, Action);

/// All states that can be reached, the nearest first.
pub(super) fn search(rules: &Rules) -> Result<Report, Violation> {
    let first = State::new(rules.bounds.mishaps);
    let mut found: Vec<Found> = vec![(first, 0, Action::Tick)];
    let mut known: HashMap<State, u32, Quick> = HashMap::default();
    known.insert(first.key(rules.bounds.tasks), 0);
    let mut ordinary: Vec<(u32, u32)> = Vec::new();
    let mut report = Report { states: 0, edges: 0, seen: BTreeMap::new() };
    let mut actions = Vec::new();
    let mut at = 0;
    while let Some(&(before, ..)) = found.get(at) {
        Action::all(&before, &rules.bounds, &mut actions);
        for &action in &actions {
            let (after, edge) = apply(rules, &before, action);
            report.edges += 1;
            *report.seen.entry(edge.answer.word()).or_default() += 1;
            for event in edge.events.iter().flatten() {
                *report.seen.entry(event.as_str()).or_default() += 1;
            }
            let violation = |what: String| Violation { what, trace: trace::to(&found, at, Some((action, &after))) };
            invariant::edge(&before, &edge, &after).map_err(violation)?;
            let next = u32::try_from(found.len()).expect("fewer states than that");
            let index = *known.entry(after.key(rules.bounds.tasks)).or_insert(next);
            if index == next {
                invariant::state(rules, &after).map_err(violation)?;
                found.push((after, at, action));
            }
            if action.is_ordinary() {
                ordinary.push((u32::try_from(at).expect("fewer states than that"), index));
            }
        }
        at += 1;
        if found.len() > rules.bounds.most_states {
            let what = format!("more than {} states: the search is not complete", rules.bounds.most_states);
            return Err(Violation { what, trace: String::new() });
        }
    }
    report.states = found.len();
    match progress::without_rest(&found, &ordinary) {
        None => Ok(report),
        Some(stuck) => Err(Violation {
            what: "from here on, no ordinary course ends every task".to_owned(),
            trace: trace::to(&found, stuck, None),
        }),
    }
}
