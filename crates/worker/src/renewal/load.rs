//! How busy the worker is, for whoever looks at the list of workers.

use std::collections::HashMap;
use std::sync::Arc;

use jobbers_core::model::{Queue, Registration, TaskType, WorkerLoad};

use crate::attempt::Attempt;

/// What a worker can run at the most.
#[derive(Debug)]
pub(crate) struct Capacity {
    slots: u32,
    /// Task types with what one worker runs of each at once; none = any number.
    types: Vec<(TaskType, Option<u32>)>,
}

impl Capacity {
    pub(crate) fn new(slots: u32, registrations: &[Registration]) -> Self {
        let types = registrations
            .iter()
            .map(|Registration { task_type, policy, .. }| (task_type.clone(), policy.max_concurrent))
            .collect();
        Self { slots, types }
    }

    /// What is left of it while these attempts run.
    pub(crate) fn load(&self, attempts: &[Arc<Attempt>], queues: &[Queue], draining: bool) -> WorkerLoad {
        let running = attempts.iter().filter(|attempt| !attempt.has_ended()).map(|attempt| {
            let task = attempt.task();
            (task.queue.as_str(), &task.task_type)
        });
        self.left(running, queues, draining)
    }

    fn left<'a>(
        &self,
        attempts: impl Iterator<Item = (&'a str, &'a TaskType)>,
        queues: &[Queue],
        draining: bool,
    ) -> WorkerLoad {
        let mut running = 0_u32;
        let mut by_queue: HashMap<&str, u32> = HashMap::new();
        let mut by_type: HashMap<&TaskType, u32> = HashMap::new();
        for (queue, task_type) in attempts {
            running += 1;
            *by_queue.entry(queue).or_default() += 1;
            *by_type.entry(task_type).or_default() += 1;
        }
        // Who drains takes nothing more, whatever is free.
        let free = if draining { 0 } else { self.slots.saturating_sub(running) };
        let left = |limit: Option<u32>, taken: Option<&u32>| {
            limit.map_or(free, |limit| limit.saturating_sub(taken.copied().unwrap_or(0)).min(free))
        };
        WorkerLoad {
            running,
            free,
            free_by_queue: queues
                .iter()
                .map(|queue| (queue.name.clone(), left(queue.max_concurrent, by_queue.get(queue.name.as_str()))))
                .collect(),
            free_by_type: self
                .types
                .iter()
                .map(|(task_type, limit)| (task_type.clone(), left(*limit, by_type.get(task_type))))
                .collect(),
            draining,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capacity() -> Capacity {
        let types = vec![(TaskType::new("one", 1), Some(1)), (TaskType::new("many", 1), None)];
        Capacity { slots: 4, types }
    }

    fn queues() -> [Queue; 2] {
        [("small", Some(2)), ("open", None)].map(|(name, max_concurrent)| Queue {
            name: name.to_owned(),
            max_concurrent,
            ..Queue::default()
        })
    }

    fn free(load: &WorkerLoad) -> (u32, Vec<u32>, Vec<u32>) {
        let second = |pairs: &[(String, u32)]| pairs.iter().map(|(_, free)| *free).collect();
        (load.free, second(&load.free_by_queue), load.free_by_type.iter().map(|(_, free)| *free).collect())
    }

    #[test]
    fn what_runs_is_taken_from_each_limit_that_it_counts_for() {
        let (one, many) = (TaskType::new("one", 1), TaskType::new("many", 1));
        let idle = capacity().left(std::iter::empty(), &queues(), false);
        assert_eq!((idle.running, free(&idle)), (0, (4, vec![2, 4], vec![1, 4])));
        let busy = capacity().left([("small", &one), ("open", &many)].into_iter(), &queues(), false);
        assert_eq!((busy.running, free(&busy)), (2, (2, vec![1, 2], vec![0, 2])));
    }

    #[test]
    fn a_worker_that_drains_has_nothing_free() {
        let many = TaskType::new("many", 1);
        let load = capacity().left([("open", &many)].into_iter(), &queues(), true);
        assert_eq!((load.running, load.draining, free(&load)), (1, true, (0, vec![0, 0], vec![0, 0])));
    }
}
