//! How many ran at once, as their handlers wrote it down.

use std::collections::HashMap;

use crate::fault::journal::{Event, Line, Run};

/// What a journal tells of the tasks in it, in the order of its lines.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Crowd {
    /// Attempts that began, the ids of their tasks.
    pub started: Vec<String>,
    /// Attempts that ran at once, at the most.
    pub most: usize,
    /// The same of one process.
    pub most_in_a_process: usize,
    /// Longest time in seconds in which nothing ran, between two attempts.
    pub longest_gap: f64,
}

impl Crowd {
    pub fn of(journal: &[Line]) -> Self {
        let mut crowd = Self::default();
        let mut running: HashMap<(&str, u32), u32> = HashMap::new();
        let mut empty_since: Option<f64> = None;
        for line in journal {
            match &line.event {
                Event::Start { run } => {
                    running.insert(key(run), run.pid);
                    crowd.started.push(run.id.clone());
                    crowd.most = crowd.most.max(running.len());
                    let beside = running.values().filter(|pid| **pid == run.pid).count();
                    crowd.most_in_a_process = crowd.most_in_a_process.max(beside);
                    if let Some(since) = empty_since.take() {
                        crowd.longest_gap = crowd.longest_gap.max(line.at - since);
                    }
                    continue;
                }
                Event::Stop { run, .. } => drop(running.remove(&key(run))),
                Event::Killed { pid } => running.retain(|_, of| of != pid),
                Event::Frozen { .. }
                | Event::Thawed { .. }
                | Event::Cancelled { .. }
                | Event::CancelAsked { .. }
                | Event::Down
                | Event::Back => {}
            }
            if running.is_empty() && !crowd.started.is_empty() {
                empty_since.get_or_insert(line.at);
            }
        }
        crowd
    }

    /// Processes in which something runs at the end of a journal.
    pub fn running_in(journal: &[Line]) -> Vec<u32> {
        let mut running: HashMap<(&str, u32), u32> = HashMap::new();
        for line in journal {
            match &line.event {
                Event::Start { run } => drop(running.insert(key(run), run.pid)),
                Event::Stop { run, .. } => drop(running.remove(&key(run))),
                Event::Killed { pid } => running.retain(|_, of| of != pid),
                _ => {}
            }
        }
        running.into_values().collect()
    }
}

fn key(run: &Run) -> (&str, u32) {
    (&run.id, run.attempt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::journal::How;

    fn line(at: f64, event: Event) -> Line {
        Line { at, clock: 0, event }
    }

    fn run(id: &str, pid: u32) -> Run {
        Run { id: id.to_owned(), attempt: 1, token: String::new(), pid }
    }

    fn start(at: f64, id: &str, pid: u32) -> Line {
        line(at, Event::Start { run: run(id, pid) })
    }

    fn stop(at: f64, id: &str, pid: u32) -> Line {
        line(at, Event::Stop { run: run(id, pid), how: How::Ended })
    }

    #[test]
    fn those_that_have_begun_and_not_stopped_are_counted() {
        let mut journal = vec![start(1.0, "a", 1), start(1.0, "b", 2), start(2.0, "c", 1), stop(2.5, "a", 1)];
        journal.extend([start(3.0, "d", 1), line(4.0, Event::Killed { pid: 1 })]);
        let crowd = Crowd::of(&journal);
        assert_eq!((crowd.most, crowd.most_in_a_process, crowd.started.len()), (3, 2, 4));
        assert_eq!(Crowd::running_in(&journal), [2]);
        journal.extend([stop(5.0, "b", 2), start(7.5, "e", 2), stop(8.0, "e", 2), start(9.0, "f", 2)]);
        assert!((Crowd::of(&journal).longest_gap - 2.5).abs() < 1e-9);
    }
}
