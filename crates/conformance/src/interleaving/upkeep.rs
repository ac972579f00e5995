//! What a cleaner does, and what else is told of many tasks.

use jobbers_core::model::Timestamp;
use jobbers_core::store::{Cursor, DropWaiting, Errors, MAX_BATCH, Prunable, Prune, Purge, SilentTask, Stall, Sweep};

use super::play::{Checked, Play, same, told};
use super::sent::{TASKS, hundredths_of_a_second, ids, queue};
use super::step::Walk;
use crate::sample::{alpha, beta};

/// More than a walk over so few tasks can have; a store may answer some that are empty.
const MOST_PIECES: usize = 100;

impl Play {
    /// Walks to the end, and compares what was found on the way with what there was to be found: which of several tasks
    /// comes first is left open.
    pub(super) async fn stall(&mut self, stale: Option<u16>, walk: Walk) -> Checked {
        let stale = stale.map(hundredths_of_a_second);
        let mut actual: Vec<SilentTask> = Vec::new();
        let mut after = None;
        for _ in 0..MOST_PIECES {
            let stalled = self.store().stall(&Stall { stale, sweep: piece(walk, after) }).await.map_err(told)?;
            same("stall", &(self.model.now, true), &(stalled.now, stalled.tasks.len() <= usize::from(walk.limit)))?;
            actual.extend(stalled.tasks);
            after = stalled.next;
            if after.is_none() {
                break;
            }
        }
        same("stall, where it goes on at last", &None, &after)?;
        let mut expected = self.model.stall(&Stall { stale, sweep: whole(walk) }).tasks;
        for tasks in [&mut expected, &mut actual] {
            tasks.sort_by_key(|task| task.id);
        }
        same("stall", &expected, &actual)
    }

    pub(super) async fn prune(&mut self, dead: bool, age: u16, walk: Walk) -> Checked {
        let what = if dead { Prunable::DeadLetters } else { Prunable::Ended };
        // What becomes of the place of an attempt when its task is forgotten is left open.
        if (0..TASKS).any(|task| self.model.is_stopping(ids(&[task])[0])) {
            return Ok(());
        }
        let age = hundredths_of_a_second(age);
        let mut actual = 0;
        let mut after = None;
        for _ in 0..MOST_PIECES {
            let swept = self.store().prune(&Prune { what, age, sweep: piece(walk, after) }).await.map_err(told)?;
            same(
                "prune",
                &(self.model.now, true),
                &(swept.now, walk.rehearsal || swept.tasks <= usize::from(walk.limit)),
            )?;
            actual += swept.tasks;
            after = swept.next;
            if after.is_none() {
                break;
            }
        }
        same("prune, where it goes on at last", &None, &after)?;
        same("prune", &self.model.prune(&Prune { what, age, sweep: whole(walk) }).tasks, &actual)
    }

    pub(super) async fn drop_waiting(&mut self, is_beta: bool, elsewhere: bool, waited: u16) -> Checked {
        let task_type = if is_beta { beta() } else { alpha() };
        let (queue, waited) = (queue(elsewhere), hundredths_of_a_second(waited));
        let drop = DropWaiting { queue, task_type, waited, limit: MAX_BATCH };
        let actual = self.store().drop_waiting(&drop).await.map_err(told)?;
        let expected = self.model.drop_waiting(&drop);
        same("drop", &(expected.now, expected.tasks), &(actual.now, actual.tasks))
    }

    pub(super) async fn purge(&mut self, elsewhere: bool, waited: u16, scheduled: bool, walk: Walk) -> Checked {
        let waited = hundredths_of_a_second(waited).as_millis();
        let before = u128::from(self.model.now.as_millis()).saturating_sub(waited);
        let before = Timestamp::from_millis(u64::try_from(before).expect("an earlier time"));
        let mut purge = Purge { queue: queue(elsewhere), before, scheduled, sweep: piece(walk, None) };
        let mut actual = 0;
        for _ in 0..MOST_PIECES {
            let swept = self.store().purge(&purge).await.map_err(told)?;
            same(
                "purge",
                &(self.model.now, true),
                &(swept.now, walk.rehearsal || swept.tasks <= usize::from(walk.limit)),
            )?;
            actual += swept.tasks;
            purge.sweep.after = swept.next;
            if purge.sweep.after.is_none() {
                break;
            }
        }
        same("purge, where it goes on at last", &None, &purge.sweep.after)?;
        purge.sweep = whole(walk);
        same("purge", &self.model.purge(&purge).tasks, &actual)
    }

    /// Compares what waits by type, and dead letters by errors.
    pub(super) async fn count_by_kind(&mut self) -> Checked {
        let mut waiting = self.store().waiting().await.map_err(told)?;
        waiting.sort();
        same("waiting", &self.model.waiting(), &waiting)?;
        let all = Errors { limit: 100, ..Errors::default() };
        let elsewhere = Errors { queue: Some(queue(true)), ..all.clone() };
        let betas = Errors { name: Some(beta().name), version: Some(beta().version), ..all.clone() };
        for errors in [all, elsewhere, betas] {
            let actual = self.store().errors(&errors).await.map_err(told)?;
            self.model.follow_errors(&errors, &actual)?;
        }
        Ok(())
    }
}

fn piece(walk: Walk, after: Option<Cursor>) -> Sweep {
    Sweep { after, limit: usize::from(walk.limit), rehearsal: walk.rehearsal }
}

fn whole(walk: Walk) -> Sweep {
    Sweep { after: None, limit: MAX_BATCH, rehearsal: walk.rehearsal }
}
