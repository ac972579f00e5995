use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use jobbers_core::model::{DEFAULT_QUEUE, NewTask, TaskId, TaskType};
use jobbers_core::process::Stores;
use jobbers_core::store::MAX_BATCH;

use super::axis::Point;
use super::simulated::Simulated;
use crate::load;
use crate::meter::{Meter, Spent};
use crate::place::{Kind, Place};

/// Tasks of one measurement.
pub(super) const WORK: usize = 20_000;
/// Tasks that are ended before as many are submitted; the store holds fewer for so long. A turn of each worker, at the most.
const CYCLE: usize = 500;
/// Tasks that one submission brings while work goes on.
const SUBMIT_BATCH: usize = 100;

/// What one task took of Redis, from its submission to its end, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost {
    /// Time in scripts.
    pub submit: f64,
    /// Time in scripts.
    pub turn: f64,
    /// Of the whole server.
    pub cpu: f64,
}

impl Cost {
    /// Time in scripts, all of them.
    pub(super) fn scripts(&self) -> f64 {
        self.submit + self.turn
    }
}

/// A store that holds what a point says, with workers on it: what ends is replaced by new tasks.
#[derive(Debug)]
pub(super) struct Steady {
    pub stores: Stores,
    pub meter: Meter,
    /// Submitted last.
    pub last: TaskId,
    queues: Vec<String>,
    types: Vec<TaskType>,
    workers: Vec<Simulated>,
    /// Whose turn it was.
    next: usize,
    submitted: usize,
    /// Ends the server with this.
    _place: Arc<Place>,
}

impl Steady {
    pub(super) async fn fill(point: Point) -> Result<Self> {
        let place = Kind::Redis.open()?;
        let stores = place.connector().connect().await?;
        // The first one exists in SQL, too: what is asked of the store later asks there as well.
        let queues: Vec<String> = (0..point.queues)
            .map(|number| if number == 0 { DEFAULT_QUEUE.to_owned() } else { format!("queue-{number}") })
            .collect();
        let types: Vec<TaskType> = (0..point.types).map(|number| TaskType::new(format!("type_{number}"), 1)).collect();
        let mut workers = Vec::new();
        for _ in 0..point.workers {
            workers.push(Simulated::start(&stores.tasks, &queues, &types).await?);
        }
        let (meter, last) = (place.meter().await?, TaskId::from_parts(0, 0));
        let mut steady = Self { stores, meter, last, queues, types, workers, next: 0, submitted: 0, _place: place };
        while steady.submitted < point.waiting {
            steady.submit(MAX_BATCH.min(point.waiting - steady.submitted)).await?;
        }
        // From now on each turn ends what the one before has claimed.
        for worker in &mut steady.workers {
            worker.turn().await?;
        }
        Ok(steady)
    }

    /// Claims, ends and submits a fixed number of tasks.
    pub(super) async fn work(&mut self) -> Result<Cost> {
        let (mut turning, mut submitting, mut done) = (Spent::default(), Spent::default(), 0);
        while done < WORK {
            self.meter.reset().await?;
            let ended = self.turns(CYCLE).await?;
            turning = turning.and(self.meter.spent().await?);
            self.meter.reset().await?;
            for first in (0..ended).step_by(SUBMIT_BATCH) {
                self.submit(SUBMIT_BATCH.min(ended - first)).await?;
            }
            submitting = submitting.and(self.meter.spent().await?);
            done += ended;
        }
        let each = |microseconds: f64| microseconds / done as f64;
        Ok(Cost {
            submit: each(submitting.script_microseconds),
            turn: each(turning.script_microseconds),
            cpu: each(submitting.and(turning).cpu_microseconds),
        })
    }

    /// One worker after the other, until so many tasks have ended.
    async fn turns(&mut self, tasks: usize) -> Result<usize> {
        let mut ended = 0;
        while ended < tasks {
            self.next = (self.next + 1) % self.workers.len();
            ended += self.workers[self.next].turn().await?;
        }
        Ok(ended)
    }

    /// The next tasks, spread over queues and types.
    async fn submit(&mut self, tasks: usize) -> Result<()> {
        let parameters = Bytes::from_static(load::PARAMETERS);
        let some: Vec<NewTask> = (self.submitted..self.submitted + tasks)
            .map(|number| NewTask {
                queue: self.queues[number % self.queues.len()].clone(),
                task_type: self.types[number / self.queues.len() % self.types.len()].clone(),
                ..load::task("", &parameters)
            })
            .collect();
        load::store_all(&self.stores.tasks, &some).await?;
        self.submitted += tasks;
        self.last = some.last().map_or(self.last, |task| task.id);
        Ok(())
    }
}
