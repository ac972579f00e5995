//! How long it took until work went on, as the journal tells.

use super::journal::{Event, Line};

/// Seconds from each death of a worker to the next start of each task that it was running. Tasks that did not start again
/// have none: the check of their end finds them.
pub fn rerun_after(journal: &[Line]) -> Vec<f64> {
    let mut all = Vec::new();
    for (n, line) in journal.iter().enumerate() {
        let Event::Killed { pid } = line.event else { continue };
        for id in running_in(pid, &journal[..n]) {
            let again = journal[n..]
                .iter()
                .find(|later| matches!(&later.event, Event::Start { run } if run.id == id))
                .map(|later| later.at - line.at);
            all.extend(again);
        }
    }
    all
}

/// Tasks that a process has begun and not stopped.
fn running_in(pid: u32, before: &[Line]) -> Vec<&str> {
    let mut running: Vec<(&str, u32)> = Vec::new();
    for line in before {
        match &line.event {
            Event::Start { run } if run.pid == pid => running.push((&run.id, run.attempt)),
            Event::Stop { run, .. } => running.retain(|one| *one != (run.id.as_str(), run.attempt)),
            _ => {}
        }
    }
    running.into_iter().map(|(id, _)| id).collect()
}

/// Seconds from each return of the store to the next start of any task.
pub fn consuming_after(journal: &[Line]) -> Vec<f64> {
    let mut all = Vec::new();
    for (n, line) in journal.iter().enumerate() {
        if line.event == Event::Back {
            let next = journal[n..].iter().find(|later| matches!(later.event, Event::Start { .. }));
            all.extend(next.map(|next| next.at - line.at));
        }
    }
    all
}

/// Median and largest.
pub fn spread(figures: &[f64]) -> Option<(f64, f64)> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some((*sorted.get(sorted.len() / 2)?, *sorted.last()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::journal::{How, Run};

    fn line(at: f64, event: Event) -> Line {
        Line { at, clock: 0, event }
    }

    fn start(id: &str, attempt: u32, pid: u32) -> Event {
        Event::Start { run: Run { id: id.to_owned(), attempt, token: String::new(), pid } }
    }

    #[test]
    fn a_task_counts_whose_worker_died_under_it() {
        let stopped = Run { id: "done".to_owned(), attempt: 1, token: String::new(), pid: 7 };
        let journal = [
            line(1.0, start("ran", 1, 7)),
            line(1.0, start("done", 1, 7)),
            line(1.0, start("elsewhere", 1, 8)),
            line(1.5, Event::Stop { run: stopped, how: How::Ended }),
            line(2.0, Event::Killed { pid: 7 }),
            line(4.5, start("ran", 2, 8)),
        ];
        assert_eq!(rerun_after(&journal), [2.5]);
    }

    #[test]
    fn the_first_start_after_the_return_of_the_store_counts() {
        let journal = [line(1.0, Event::Down), line(3.0, Event::Back), line(3.25, start("next", 1, 7))];
        assert_eq!(consuming_after(&journal), [0.25]);
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some((2.0, 3.0)));
    }
}
