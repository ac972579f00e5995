use jobbers_core::lifecycle::{Event, Refused};

use super::action::{Action, Ending, Fate};
use super::answer::{Answer, Moved, TurnAnswer};
use super::rules::Rules;
use super::state::{Finish, Held, State, Turn, Verdict, Worker};
use super::store::Step;

/// From one state to the next.
#[derive(Debug)]
pub(super) struct Edge {
    pub action: Action,
    pub answer: Answer,
    pub events: [Option<Event>; 2],
    pub refused: Option<Refused>,
}

/// Does it: takes the step on the store, and lets its caller hear the answer, or not.
pub(super) fn apply(rules: &Rules, before: &State, action: Action) -> (State, Edge) {
    let mut state = *before;
    if action.is_mishap() {
        state.mishaps_left -= 1;
    }
    let mut store = state.store;
    let mut step = Step::of(rules, &mut store);
    let answer = take(&mut step, &mut state, action);
    let edge = Edge { action, answer, events: step.events, refused: step.refused };
    state.store = store;
    (state.settled(), edge)
}

fn take(step: &mut Step<'_>, state: &mut State, action: Action) -> Answer {
    match action {
        Action::Submit { task, later } => {
            let answer = step.submit(task, later);
            state.accepted[task] = true;
            answer
        }
        Action::Cancel { task } => step.cancel(task),
        Action::Resubmit { task, answer: fate } => {
            let answer = step.resubmit(task);
            // One that was refused may as well be sent for the first time later.
            if fate == Fate::IsLost && answer == Answer::WaitsAgain {
                state.resubmitting = Some(task);
            }
            answer
        }
        Action::ResubmitAgain { task } => {
            state.resubmitting = None;
            step.resubmit(task)
        }
        Action::Forget { task } => {
            let answer = step.forget(task);
            if answer == Answer::Forgotten {
                state.accepted[task] = false;
                // What asks for the task of before is a first request to the one of that id that may come.
                state.resubmitting = state.resubmitting.filter(|other| *other != task);
            }
            answer
        }
        Action::Turn { worker, finish, claims, answer } => {
            turn(step, &mut state.workers[worker], worker, (finish, claims), answer)
        }
        Action::TurnAgain { worker } => {
            let me = &mut state.workers[worker];
            let copy = me.copy.expect("a turn without an answer");
            let answer = step.turn(worker, &copy);
            me.waits = false;
            me.hear(answer);
            answer
        }
        Action::CopyArrives { worker } => {
            let copy = state.workers[worker].copy.take().expect("a copy under way");
            step.turn(worker, &copy)
        }
        Action::Renew { worker, task, beats } => {
            let held = &mut state.workers[worker].held[task];
            let token = held.expect("a held task").token;
            let answer = step.renew(task, token, beats);
            match answer {
                Answer::Taken => *held = None,
                Answer::KeptButAsked => *held = held.map(|held| Held { asked: true, ..held }),
                _ => {}
            }
            answer
        }
        Action::Die { worker } => {
            let me = &mut state.workers[worker];
            *me = Worker { held: Default::default(), waits: false, ..*me };
            Answer::Silence
        }
        Action::Promote { task } => step.promote(task),
        Action::Overdue { task } => list(step.overdue(task), &mut state.reaping),
        Action::Reap { answer } => decided(&mut state.reaping, answer, |verdict| step.reap(verdict)),
        Action::Silent { task } => list(step.silent(task), &mut state.stalling),
        Action::Stall { answer } => decided(&mut state.stalling, answer, |verdict| step.stall(verdict)),
        Action::Outage => {
            step.store.return_after_outage(step.rules.bounds.lease);
            Answer::Silence
        }
        Action::Tick => {
            step.store.tick();
            Answer::Silence
        }
    }
}

fn turn(
    step: &mut Step<'_>,
    me: &mut Worker,
    worker: usize,
    (finish, claims): (Option<(usize, Ending)>, bool),
    fate: Fate,
) -> Answer {
    let finish = finish.map(|(task, ending)| {
        let held = me.held[task].take().expect("a held task");
        Finish { task, token: held.token, ending, failures: held.failures }
    });
    me.sequence += 1;
    let turn = Turn { sequence: me.sequence, finish, claims, answer: TurnAnswer::default() };
    let answer = step.turn(worker, &turn);
    match fate {
        Fate::Arrives => me.hear(answer),
        Fate::IsLost => {
            let given = if let Answer::Turn(given) = answer { given } else { TurnAnswer::default() };
            me.copy = Some(Turn { answer: given, ..turn });
            me.waits = true;
        }
    }
    answer
}

impl Worker {
    /// Takes what it has been given.
    fn hear(&mut self, answer: Answer) {
        if let Answer::Turn(TurnAnswer { claimed: Some(claimed), .. })
        | Answer::TurnAgain(TurnAnswer { claimed: Some(claimed), .. }) = answer
        {
            self.held[claimed.task] = Some(Held { token: claimed.token, failures: claimed.failures, asked: false });
        }
    }
}

fn list(found: Option<Verdict>, pending: &mut Option<Verdict>) -> Answer {
    *pending = found;
    if found.is_some() { Answer::Listed } else { Answer::NothingListed }
}

fn decided(pending: &mut Option<Verdict>, fate: Fate, apply: impl FnOnce(&Verdict) -> Moved) -> Answer {
    let verdict = pending.take().expect("a decision");
    let moved = apply(&verdict);
    // One that was refused may as well be sent for the first time later.
    if fate == Fate::IsLost && moved != Moved::Stale {
        *pending = Some(Verdict { answer: Some(moved), ..verdict });
    }
    Answer::Moved(moved)
}
