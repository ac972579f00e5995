use super::state::State;
use super::store::Set;

impl State {
    /// What it is known by: the same for states that differ only in which worker, or which task, is which. (Not
    /// always: where they are alike but for what others know of them, both are searched.)
    pub fn key(&self, tasks: usize) -> Self {
        let mut key = *self;
        if tasks > 1 && key.store.records[0] > key.store.records[1] {
            key.swap_tasks();
        }
        if key.workers[0] > key.workers[1] {
            key.swap_workers();
        }
        key
    }

    fn swap_workers(&mut self) {
        self.workers.swap(0, 1);
        self.store.turns.swap(0, 1);
        for worker in self.store.records.iter_mut().flatten().filter_map(|record| record.worker.as_mut()) {
            *worker = 1 - *worker;
        }
    }

    fn swap_tasks(&mut self) {
        let store = &mut self.store;
        store.records.swap(0, 1);
        store.tokens.swap(0, 1);
        self.accepted.swap(0, 1);
        let mut named: Vec<&mut usize> = store.lane.named().collect();
        for set in [&mut store.scheduled, &mut store.started, &mut store.ended, &mut store.dead] {
            *set = swapped(*set);
        }
        named.extend(
            store.turns.iter_mut().flatten().filter_map(|turn| turn.answer.claimed.as_mut()).map(|c| &mut c.task),
        );
        for worker in &mut self.workers {
            worker.held.swap(0, 1);
            let Some(copy) = &mut worker.copy else { continue };
            named.extend(copy.finish.as_mut().map(|finish| &mut finish.task));
            named.extend(copy.answer.claimed.as_mut().map(|claimed| &mut claimed.task));
        }
        named.extend([&mut self.reaping, &mut self.stalling].into_iter().flatten().map(|verdict| &mut verdict.task));
        named.extend(&mut self.resubmitting);
        for task in named {
            *task = 1 - *task;
        }
    }
}

fn swapped(set: Set) -> Set {
    let mut other = Set::default();
    for task in [0, 1].into_iter().filter(|task| set.contains(*task)) {
        other.insert(1 - task);
    }
    other
}
