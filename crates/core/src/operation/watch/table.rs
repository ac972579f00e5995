use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use super::{AGAIN, BATCH, Look, SOON};
use crate::model::{Status, TaskId};

/// The tasks that somebody watches, and which of them shall be looked at.
#[derive(Debug, Default)]
pub(super) struct Table {
    watched: HashMap<TaskId, Watched>,
    /// Each id once: those whose `wanted` is set.
    wanted: VecDeque<TaskId>,
    /// News come.
    pub(super) subscribed: bool,
}

#[derive(Debug)]
struct Watched {
    watchers: usize,
    /// Those among them who want to know of every change.
    closely: usize,
    wanted: bool,
    askers: Vec<oneshot::Sender<Look>>,
    ended: watch::Sender<Option<Look>>,
    changed: watch::Sender<()>,
    /// When it is looked at without news.
    look_at: Instant,
}

/// A task to be looked at, and who wants to know.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) id: TaskId,
    pub(super) askers: Vec<oneshot::Sender<Look>>,
}

impl Table {
    pub(super) fn enter(
        &mut self,
        id: TaskId,
        every_change: bool,
    ) -> (watch::Receiver<Option<Look>>, watch::Receiver<()>) {
        let watched = self.watched.entry(id).or_insert_with(|| Watched {
            watchers: 0,
            closely: 0,
            wanted: false,
            askers: Vec::new(),
            ended: watch::Sender::new(None),
            changed: watch::Sender::new(()),
            look_at: Instant::now() + pause(id, AGAIN),
        });
        watched.watchers += 1;
        watched.closely += usize::from(every_change);
        (watched.ended.subscribe(), watched.changed.subscribe())
    }

    pub(super) fn leave(&mut self, id: TaskId, every_change: bool) {
        if let Some(watched) = self.watched.get_mut(&id) {
            watched.watchers -= 1;
            watched.closely -= usize::from(every_change);
            if watched.watchers == 0 {
                self.watched.remove(&id);
            }
        }
    }

    /// Somebody who watches the task wants to see it.
    pub(super) fn ask(&mut self, id: TaskId, asker: oneshot::Sender<Look>) {
        if let Some(watched) = self.watched.get_mut(&id) {
            watched.askers.push(asker);
            want(watched, id, &mut self.wanted);
        }
    }

    /// A task has this status now; whether that makes anybody look.
    pub(super) fn moved(&mut self, id: TaskId, status: Status) -> bool {
        let Some(watched) = self.watched.get_mut(&id) else { return false };
        if watched.closely > 0 {
            watched.changed.send_replace(());
        }
        if status.is_ended() || status == Status::Unsubmitted {
            want(watched, id, &mut self.wanted);
        }
        !self.wanted.is_empty()
    }

    /// Anything may have happened to any task.
    pub(super) fn want_all(&mut self) {
        for (id, watched) in &mut self.watched {
            watched.changed.send_replace(());
            want(watched, *id, &mut self.wanted);
        }
    }

    /// Wants the tasks that nobody has looked at for long; whether there are any.
    pub(super) fn want_overdue(&mut self) -> bool {
        let now = Instant::now();
        for (id, watched) in &mut self.watched {
            if watched.look_at <= now {
                want(watched, *id, &mut self.wanted);
            }
        }
        !self.wanted.is_empty()
    }

    /// What is to be read next; whoever asks from here on is told of the read after that.
    pub(super) fn take(&mut self) -> Vec<Wanted> {
        let pause_now = if self.subscribed { AGAIN } else { SOON };
        let mut batch = Vec::new();
        while batch.len() < BATCH
            && let Some(id) = self.wanted.pop_front()
        {
            // Whoever wanted it may have gone, and others have come.
            let Some(watched) = self.watched.get_mut(&id).filter(|watched| watched.wanted) else { continue };
            watched.wanted = false;
            watched.look_at = Instant::now() + pause(id, pause_now);
            batch.push(Wanted { id, askers: std::mem::take(&mut watched.askers) });
        }
        batch
    }

    /// A task was looked at.
    pub(super) fn seen(&mut self, id: TaskId, look: &Look) {
        let Some(watched) = self.watched.get_mut(&id) else { return };
        match look {
            Ok(Some(task)) if !task.status.is_ended() => {}
            Ok(_) => {
                watched.ended.send_replace(Some(look.clone()));
            }
            // The news that led to this look are used up.
            Err(_) => watched.look_at = watched.look_at.min(Instant::now() + SOON),
        }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.watched.is_empty()
    }
}

fn want(watched: &mut Watched, id: TaskId, wanted: &mut VecDeque<TaskId>) {
    if !watched.wanted {
        watched.wanted = true;
        wanted.push_back(id);
    }
}

/// About `every`, but not the same for all tasks: those that were looked at together shall not be for ever.
fn pause(id: TaskId, every: Duration) -> Duration {
    let random = id.to_bytes()[TaskId::LEN - 1];
    every.mul_f64(0.75 + f64::from(random) / 512.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    fn id(number: u128) -> TaskId {
        TaskId::from_parts(0, number)
    }

    fn ids(batch: &[Wanted]) -> Vec<TaskId> {
        batch.iter().map(|wanted| wanted.id).collect()
    }

    #[test]
    fn who_asks_for_the_same_task_shares_the_read_and_who_comes_later_does_not() {
        let mut table = Table::default();
        table.enter(id(1), false);
        let ask = |table: &mut Table| {
            let (asker, answer) = oneshot::channel();
            table.ask(id(1), asker);
            answer
        };
        let (mut first, mut second) = (ask(&mut table), ask(&mut table));
        let batch = table.take();
        let mut late = ask(&mut table);
        assert_eq!(ids(&batch), [id(1)]);
        for asker in batch.into_iter().flat_map(|wanted| wanted.askers) {
            asker.send(Ok(None)).unwrap();
        }
        assert!(first.try_recv().is_ok() && second.try_recv().is_ok() && late.try_recv().is_err());
        assert_eq!(ids(&table.take()), [id(1)]);
        assert!(table.take().is_empty());
    }

    #[test]
    fn only_ends_of_watched_tasks_are_looked_at() {
        let mut table = Table::default();
        table.enter(id(1), false);
        for (task, status, looked_at) in [
            (1, Status::Started, false),
            (2, Status::Completed, false),
            (1, Status::Completed, true),
            (1, Status::Unsubmitted, true),
        ] {
            assert_eq!(table.moved(id(task), status), looked_at, "{task} {status}");
            assert_eq!(table.take().len(), usize::from(looked_at));
        }
    }

    #[test]
    fn an_end_goes_to_all_who_wait_and_what_still_runs_to_nobody() {
        let mut table = Table::default();
        let (first, _) = table.enter(id(1), false);
        let (second, _) = table.enter(id(1), false);
        table.seen(id(1), &Err(StoreError::Broken { operation: "get", detail: String::new() }));
        assert!(!first.has_changed().unwrap());
        table.seen(id(1), &Ok(None));
        assert!(first.has_changed().unwrap() && second.has_changed().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_without_news_comes_late_with_a_subscription_and_soon_without() {
        let mut table = Table { subscribed: true, ..Table::default() };
        for number in 0..1_000 {
            table.enter(id(number), false);
        }
        let mut looks = 0;
        let mut most = 0;
        for _ in 0..60 {
            tokio::time::advance(Duration::from_secs(1)).await;
            table.want_overdue();
            let mut in_this_second = 0;
            loop {
                let batch = table.take();
                assert!(batch.len() <= BATCH);
                in_this_second += batch.len();
                if batch.is_empty() {
                    break;
                }
            }
            looks += in_this_second;
            most = most.max(in_this_second);
        }
        assert!((3_000..6_000).contains(&looks), "{looks} in a minute");
        assert!(most < 300, "{most} in one second: they are spread");
        table.subscribed = false;
        table.want_all();
        while !table.take().is_empty() {}
        tokio::time::advance(2 * SOON).await;
        assert!(table.want_overdue());
    }

    #[test]
    fn watchers_leave_nothing_behind() {
        let mut table = Table::default();
        table.enter(id(1), false);
        table.enter(id(1), true);
        table.want_all();
        table.leave(id(1), true);
        assert!(!table.is_empty(), "somebody still watches");
        table.leave(id(1), false);
        assert!(table.is_empty());
        assert!(table.take().is_empty(), "nobody wants it any more");
    }
}
